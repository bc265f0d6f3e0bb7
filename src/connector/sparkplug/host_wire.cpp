#include "connector/sparkplug/host_wire.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "codec/sparkplug_complex.h"
#include "codec/utf8.h"
#include "connector/sparkplug/edge_wire.h"
#include "connector/sparkplug/host_names.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

using base::ErrorCode;
using codec::sparkplug::DataType;
using codec::sparkplug::Fit;
using codec::sparkplug::Metric;
using codec::sparkplug::WireKind;
using codec::sparkplug::WireValue;
using model::Quality;
using model::Reason;
using model::Value;

// The end of the year 9999: what lies beyond cannot be a time stamp, and must not overflow ours.
constexpr std::uint64_t kMillisecondsMax = 253'402'300'799'999;
constexpr std::size_t kFlatValuesMax = 2000;

base::Time from_milliseconds(std::int64_t ms) { return base::Time(std::chrono::milliseconds(ms)); }

std::size_t bytes_of(const WireValue& wire) { return wire.bytes.size(); }

// By far the most samples: theirs need none of what the other types need.
bool is_plain_double(const Metric& metric, const BornMetric& born) {
  return metric.value.kind == WireKind::kDouble && born.datatype == DataType::kDouble &&
         !metric.is_null;
}

// One metric's value with everything that is wrong about it in its quality.
model::Sample read_sample(const Metric& metric, const BornMetric& born, const MessageTimes& times,
                          ValueFaults& faults) {
  model::Sample sample;
  if (metric.quality) sample.quality = Quality::from_sparkplug(*metric.quality);
  const auto mark = [&](Reason reason, std::uint64_t& counter) {
    sample.quality = sample.quality.marked(reason);
    ++counter;
  };
  std::uint64_t uncounted = 0;
  const auto stamp = metric.timestamp_ms ? metric.timestamp_ms : times.payload_ms;
  sample.time =
      stamp ? from_milliseconds(static_cast<std::int64_t>(std::min(*stamp, kMillisecondsMax)))
            : times.received;
  if (!stamp) mark(Reason::kNoSourceTime, faults.no_time);
  if (stamp && *stamp > kMillisecondsMax) mark(Reason::kTimeImplausible, uncounted);
  if (metric.is_null) {
    mark(Reason::kMissingValue, uncounted);
    return sample;
  }
  if (bytes_of(metric.value) > model::kValueBytesMax) {
    mark(Reason::kOutOfRange, faults.too_large);
    return sample;
  }
  auto typed = codec::sparkplug::to_value(metric.value, born.datatype);
  const auto fitting = model::convert_exactly(typed.value, *born.type);
  if (fitting) sample.value = *fitting;
  if (typed.fit == Fit::kWrongType || !fitting) mark(Reason::kWrongType, faults.wrong_type);
  const auto* number = std::get_if<double>(&sample.value);
  if (number && !std::isfinite(*number)) mark(Reason::kNotFinite, faults.not_finite);
  return sample;
}

// Fills batches; opens another when one is full.
class BatchFiller {
 public:
  explicit BatchFiller(const BornDevice& device) : device_(device) {}

  void add(bool is_historical, const BornMetric& metric, model::Sample sample) {
    Open& open = open_[is_historical ? 1 : 0];
    if (open.read.batch.samples.size() >= model::kBatchSamplesMax) flush(is_historical);
    const auto [place, is_new] =
        open.places.try_emplace({metric.property, *metric.type}, open.places.size());
    if (is_new) open.read.batch.properties.push_back({metric.property, *metric.type, metric.unit});
    open.read.batch.samples.push_back(
        {static_cast<std::uint16_t>(place->second), std::move(sample)});
  }

  std::vector<ReadBatch> take() {
    flush(true);
    flush(false);
    return std::move(done_);
  }

 private:
  struct Open {
    ReadBatch read;
    std::map<std::pair<std::string, model::ValueType>, std::size_t> places;
  };

  void flush(bool is_historical) {
    Open& open = open_[is_historical ? 1 : 0];
    if (open.read.batch.samples.empty()) return;
    open.read.is_historical = is_historical;
    open.read.batch.thing = device_.thing;
    done_.push_back(std::move(open.read));
    open = {};
  }

  const BornDevice& device_;
  Open open_[2];
  std::vector<ReadBatch> done_;
};

// The members of a DataSet or Template as metrics of their own.
void add_members(const KnownMetric& known, const BornMetric& born, const MessageTimes& times,
                 BatchFiller& filler, ValueFaults& faults) {
  auto members = codec::sparkplug::flatten(*known.metric, born.datatype, kFlatValuesMax);
  if (!members) {
    ++(members.error().code == ErrorCode::kTooLarge ? faults.too_large : faults.wrong_type);
    return;
  }
  for (codec::sparkplug::FlatValue& member : *members) {
    // In DATA the metric may come by alias alone: the path begins with the name of the birth.
    const std::string path =
        known.metric->name.empty() ? born.name + member.path : std::move(member.path);
    const auto type = codec::sparkplug::value_type(member.datatype);
    if (!type) {
      ++faults.wrong_type;
      continue;
    }
    Metric metric = *known.metric;
    metric.value = member.value;
    metric.is_null = member.is_null;
    const BornMetric plain{path, safe_name(path), member.datatype, type, {}, {}};
    filler.add(metric.is_historical, plain, read_sample(metric, plain, times, faults));
  }
}

}  // namespace

std::vector<ReadBatch> read_batches(const BornDevice& device,
                                    const std::vector<KnownMetric>& metrics,
                                    const MessageTimes& times, ValueFaults& faults) {
  BatchFiller filler(device);
  for (const KnownMetric& known : metrics) {
    const BornMetric& born = device.metrics[known.place];
    if (known.metric->is_transient) {
      ++faults.transient;
    } else if (born.type) {
      filler.add(known.metric->is_historical, born,
                 read_sample(*known.metric, born, times, faults));
    } else {
      add_members(known, born, times, filler, faults);
    }
  }
  return filler.take();
}

base::Result<model::Batch> read_spooled_batch(const BornDevice& device,
                                              const std::vector<KnownMetric>& metrics,
                                              const codec::delivery::BatchBody& body) {
  const auto refuse = [](std::string_view what) {
    return base::fail(ErrorCode::kMalformed, std::format("a batch of an edge: {}", what));
  };
  if (!body.remainders_us.empty() && body.remainders_us.size() != metrics.size()) {
    return refuse("other than one remainder for each metric");
  }
  model::Batch batch{.thing = device.thing, .made = body.made, .properties = {}, .samples = {}};
  constexpr std::uint16_t kNew = model::kBatchPropertiesMax;
  std::vector<std::uint16_t> places(device.metrics.size(), kNew);  // in batch.properties
  batch.properties.reserve(std::min(metrics.size(), device.metrics.size()));
  batch.samples.reserve(metrics.size());
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const BornMetric& born = device.metrics[metrics[i].place];
    const Metric& metric = *metrics[i].metric;
    if (!metric.timestamp_ms || !born.type) return refuse("a metric without time or type");
    std::uint16_t& place = places[metrics[i].place];
    if (place == kNew) {
      if (batch.properties.size() == kNew) return refuse("too many properties");
      place = static_cast<std::uint16_t>(batch.properties.size());
      batch.properties.emplace_back(born.property, *born.type, born.unit);
    }
    model::Sample& sample = batch.samples.emplace_back(place).sample;
    const auto ms = static_cast<std::int64_t>(*metric.timestamp_ms);
    constexpr auto kLimit = static_cast<std::int64_t>(kMillisecondsMax);
    if (ms > kLimit || ms < -kLimit) return refuse("a time beyond the year 9999");
    sample.time = from_milliseconds(ms);
    if (!body.remainders_us.empty()) sample.time += base::Duration(body.remainders_us[i]);
    if (is_plain_double(metric, born)) {
      sample.value = metric.value.as_double();
    } else if (!metric.is_null) {
      auto typed = codec::sparkplug::to_value(metric.value, born.datatype);
      if (typed.fit == Fit::kWrongType) return refuse("a value of another type than was born");
      sample.value = std::move(typed.value);
    }
  }
  for (const codec::delivery::QualityException& one : body.qualities) {
    if (one.sample >= batch.samples.size()) return refuse("a quality without its metric");
    batch.samples[one.sample].sample.quality = Quality::from_bits(one.bits);
  }
  return batch;
}

std::string rebirth_payload(base::Time now) {
  codec::sparkplug::Payload payload;
  payload.timestamp_ms = to_milliseconds(now);
  Metric& metric = payload.metrics.emplace_back();
  metric.name = kRebirth;
  metric.timestamp_ms = to_milliseconds(now);
  metric.datatype = DataType::kBoolean;
  metric.value = WireValue::of_bool(true);
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

std::string acknowledge_payload(const pipeline::Acknowledgement& ack, base::Time now) {
  const std::string body = codec::delivery::encode(
      codec::delivery::AcknowledgementBody{.epoch = ack.epoch,
                                           .session = ack.session,
                                           .number = ack.number,
                                           .committed = ack.committed,
                                           .window_batches = ack.window_batches,
                                           .window_bytes = ack.window_bytes});
  codec::sparkplug::Payload payload;
  payload.timestamp_ms = to_milliseconds(now);
  payload.body = body;
  Metric& metric = payload.metrics.emplace_back();
  metric.name = kAcknowledge;
  metric.timestamp_ms = to_milliseconds(now);
  metric.datatype = DataType::kBoolean;
  metric.value = WireValue::of_bool(true);
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

std::string command_payload(const pipeline::Command& command, base::Time now) {
  const std::string body =
      codec::delivery::encode(codec::delivery::CommandBody{command.id, command.deadline});
  const std::string name =
      command.is_action ? std::format("{}{}", kActionPrefix, command.name) : command.name;
  const auto type = model::type_of(command.value);
  codec::sparkplug::Payload payload;
  payload.timestamp_ms = to_milliseconds(now);
  payload.body = body;
  Metric& metric = payload.metrics.emplace_back();
  metric.name = name;
  metric.timestamp_ms = to_milliseconds(now);
  metric.datatype = type ? codec::sparkplug::data_type(*type) : DataType::kBoolean;
  metric.value = codec::sparkplug::to_wire(command.value);
  metric.is_null = !type;
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

pipeline::CommandAnswer to_answer(const codec::delivery::CommandAnswerBody& body) {
  if (body.code.empty()) return {body.id, {}};
  base::Error error{.what = codec::readable_utf8(body.what),
                    .hint = codec::readable_utf8(body.hint)};
  // A later edge may have a code that we do not know: then it is a fault.
  for (int i = 0; i <= static_cast<int>(ErrorCode::kNoSpace); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    if (base::text(code) == body.code) error.code = code;
  }
  if (body.may_retry) error.retry = base::Retry::kLater;
  return {body.id, std::unexpected(std::move(error))};
}

}  // namespace millrace::connector::sparkplug
