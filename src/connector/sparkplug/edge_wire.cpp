#include "connector/sparkplug/edge_wire.h"

#include "codec/sparkplug.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

using codec::sparkplug::DataType;
using codec::sparkplug::Metric;
using codec::sparkplug::Payload;
using codec::sparkplug::WireValue;

constexpr std::int64_t kMicrosecondsPerMs = 1000;

std::int64_t floor_ms(base::Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Metric plain(std::string_view name, DataType type, WireValue value, base::Time now) {
  Metric metric;
  metric.name = name;
  metric.datatype = type;
  metric.timestamp_ms = to_milliseconds(now);
  metric.value = value;
  return metric;
}

Metric bd_seq_metric(std::uint8_t bd_seq, base::Time now) {
  return plain(kBdSeq, DataType::kInt64, WireValue::of_long(bd_seq), now);
}

std::string_view name_of(NodeMetric metric) {
  switch (metric) {
    case NodeMetric::kSpoolBatches:
      return "Millrace/Spool/Batches";
    case NodeMetric::kSpoolBytes:
      return "Millrace/Spool/Bytes";
    case NodeMetric::kEvicted:
      return "Millrace/Spool/Evicted Batches";
    case NodeMetric::kLostBatches:
      break;
  }
  return "Millrace/Lost Batches";
}

Metric born_node_metric(NodeMetric which, base::Time now) {
  Metric metric = plain(name_of(which), DataType::kUInt64, {}, now);
  metric.alias = static_cast<std::uint64_t>(which);
  metric.is_null = true;
  return metric;
}

Metric node_metric(NodeMetric which, std::uint64_t value, base::Time now) {
  Metric metric;
  metric.alias = static_cast<std::uint64_t>(which);
  metric.timestamp_ms = to_milliseconds(now);
  metric.value = WireValue::of_long(value);
  return metric;
}

std::string encoded(const Payload& payload) {
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

std::string encoded(Payload payload, std::uint8_t seq, base::Time now) {
  payload.seq = seq;
  payload.timestamp_ms = to_milliseconds(now);
  return encoded(payload);
}

std::size_t text_bytes(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) return bytes->data.size();
  return 0;
}

void set_sample(Metric& metric, const model::Sample& sample) {
  metric.timestamp_ms = to_milliseconds(sample.time);
  metric.value = codec::sparkplug::to_wire(sample.value);
  metric.is_null = std::holds_alternative<std::monostate>(sample.value);
  if (!sample.quality.is_good()) metric.quality = sample.quality.to_sparkplug();
}

codec::delivery::BatchBody body_of(const BatchToWrite& from) {
  codec::delivery::BatchBody body{.epoch = from.position->epoch,
                                  .sequence = from.position->sequence,
                                  .made = from.batch.made,
                                  .remainders_us = {},
                                  .qualities = {}};
  bool has_remainder = false;
  for (std::uint32_t i = 0; i < from.batch.samples.size(); ++i) {
    const model::Sample& sample = from.batch.samples[i].sample;
    const auto remainder = static_cast<std::uint32_t>(sample.time.time_since_epoch().count() -
                                                      floor_ms(sample.time) * kMicrosecondsPerMs);
    has_remainder = has_remainder || remainder != 0;
    body.remainders_us.push_back(remainder);
    if (sample.quality.bits() != 0) body.qualities.push_back({i, sample.quality.bits()});
  }
  if (!has_remainder) body.remainders_us.clear();
  return body;
}

}  // namespace

std::uint64_t to_milliseconds(base::Time time) {
  return static_cast<std::uint64_t>(floor_ms(time));
}

std::string ndeath_payload(std::uint8_t bd_seq, base::Time now) {
  Payload payload;
  payload.timestamp_ms = to_milliseconds(now);
  payload.metrics.push_back(bd_seq_metric(bd_seq, now));
  return encoded(payload);
}

std::string nbirth_payload(std::uint8_t bd_seq, const pipeline::SpoolHello& hello, base::Time now) {
  const std::string body = codec::delivery::encode(
      codec::delivery::HelloBody{hello.epoch, hello.oldest, hello.next, hello.now});
  Payload payload;
  payload.body = body;
  payload.metrics = {bd_seq_metric(bd_seq, now),
                     plain(kRebirth, DataType::kBoolean, WireValue::of_bool(false), now),
                     plain(kAcknowledge, DataType::kBoolean, WireValue::of_bool(false), now)};
  for (const NodeMetric which : {NodeMetric::kSpoolBatches, NodeMetric::kSpoolBytes,
                                 NodeMetric::kEvicted, NodeMetric::kLostBatches}) {
    payload.metrics.push_back(born_node_metric(which, now));
  }
  return encoded(std::move(payload), 0, now);
}

std::string dbirth_payload(const CatalogThing& thing, std::uint8_t seq, base::Time now) {
  Payload payload;
  payload.metrics.reserve(thing.metrics.size());
  std::size_t room = kBirthBytesMax;
  const auto takes = [&](std::size_t bytes) {
    const bool has_room = bytes <= room;
    if (has_room) room -= bytes;
    return has_room;
  };
  for (const CatalogMetric& from : thing.metrics) {
    Metric metric = plain(from.name, codec::sparkplug::data_type(from.property.type), {}, now);
    metric.alias = from.alias;
    metric.unit = from.property.unit;
    if (takes(from.title.size())) metric.title = from.title;
    metric.is_null = true;
    if (from.has_last && takes(text_bytes(from.last.value))) set_sample(metric, from.last);
    payload.metrics.push_back(std::move(metric));
  }
  return encoded(std::move(payload), seq, now);
}

std::string ddata_payload(const BatchToWrite& from, std::uint8_t seq, base::Time now) {
  std::string body;
  if (from.position) body = codec::delivery::encode(body_of(from));
  Payload payload;
  if (from.position) payload.body = body;
  payload.metrics.reserve(from.batch.samples.size());
  for (const model::BatchSample& one : from.batch.samples) {
    Metric& metric = payload.metrics.emplace_back();
    metric.alias = from.thing.metrics[from.places.metrics[one.property]].alias;
    metric.is_historical = from.is_historical;
    set_sample(metric, one.sample);
  }
  return encoded(std::move(payload), seq, now);
}

std::string ndata_payload(const pipeline::BatchesLost& lost, std::uint8_t seq, base::Time now) {
  const std::string body = codec::delivery::encode(
      codec::delivery::TombstoneBody{lost.epoch, lost.range, lost.samples, lost.time_from,
                                     lost.time_to, lost.reason, lost.thing, lost.property});
  Payload payload;
  payload.body = body;
  payload.metrics = {node_metric(NodeMetric::kLostBatches, count(lost.range), now)};
  return encoded(std::move(payload), seq, now);
}

std::string ndata_payload(const pipeline::OriginStatus& status, std::uint8_t seq, base::Time now) {
  const std::string body = codec::delivery::encode(codec::delivery::StatusBody{
      status.spool_batches, status.spool_bytes, status.evicted_batches, status.now});
  Payload payload;
  payload.body = body;
  payload.metrics = {node_metric(NodeMetric::kSpoolBatches, status.spool_batches, now),
                     node_metric(NodeMetric::kSpoolBytes, status.spool_bytes, now),
                     node_metric(NodeMetric::kEvicted, status.evicted_batches, now)};
  return encoded(std::move(payload), seq, now);
}

std::string ndata_payload(const pipeline::CommandAnswer& answer, std::uint8_t seq, base::Time now) {
  codec::delivery::CommandAnswerBody said{.id = answer.id, .code = {}, .what = {}, .hint = {}};
  if (!answer.result) {
    const base::Error& error = answer.result.error();
    said.code = base::text(error.code);
    said.what = error.what;
    said.hint = error.hint;
    said.may_retry = error.retry == base::Retry::kLater;
  }
  const std::string body = codec::delivery::encode(said);
  Payload payload;
  payload.body = body;
  return encoded(std::move(payload), seq, now);
}

base::Result<pipeline::Command> read_device_command(std::string_view thing,
                                                    std::string_view bytes) {
  Payload payload;
  MILLRACE_TRY(codec::sparkplug::decode(bytes, payload));
  if (!payload.body) {
    return base::fail(base::ErrorCode::kUnsupported, "a command that is none of a Millrace hub");
  }
  MILLRACE_LET(const auto body, codec::delivery::decode(*payload.body));
  const auto* said = std::get_if<codec::delivery::CommandBody>(&body);
  if (said == nullptr || payload.metrics.size() != 1) {
    return base::fail(base::ErrorCode::kMalformed, "a command has its body and one metric");
  }
  const Metric& metric = payload.metrics.front();
  std::string_view name = metric.name;
  const bool is_action = name.starts_with(kActionPrefix);
  if (is_action) name.remove_prefix(kActionPrefix.size());
  if (!model::is_name(name) || !model::is_name(thing) || !metric.datatype) {
    return base::fail(base::ErrorCode::kMalformed, "a command without a name or a datatype");
  }
  pipeline::Command command{.id = said->id,
                            .thing = std::string(thing),
                            .name = std::string(name),
                            .is_action = is_action,
                            .value = {},
                            .deadline = said->deadline};
  if (metric.is_null) return command;
  auto typed = codec::sparkplug::to_value(metric.value, *metric.datatype);
  if (typed.fit != codec::sparkplug::Fit::kExact) {
    return base::fail(base::ErrorCode::kMalformed, "a command whose value is not of its datatype");
  }
  command.value = std::move(typed.value);
  return command;
}

base::Result<NodeCommand> read_node_command(std::string_view bytes) {
  Payload payload;
  MILLRACE_TRY(codec::sparkplug::decode(bytes, payload));
  NodeCommand command;
  for (const Metric& metric : payload.metrics) {
    const bool is_true = metric.value == WireValue::of_bool(true);
    if (metric.name == kRebirth && is_true) command.wants_rebirth = true;
  }
  if (!payload.body) return command;
  MILLRACE_LET(const auto body, codec::delivery::decode(*payload.body));
  if (const auto* ack = std::get_if<codec::delivery::AcknowledgementBody>(&body)) {
    command.acknowledgement = pipeline::Acknowledgement{.epoch = ack->epoch,
                                                        .session = ack->session,
                                                        .number = ack->number,
                                                        .committed = ack->committed,
                                                        .window_batches = ack->window_batches,
                                                        .window_bytes = ack->window_bytes};
  }
  return command;
}

}  // namespace millrace::connector::sparkplug
