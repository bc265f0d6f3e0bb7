#include "codec/delivery_body.h"

#include "codec/internal/delivery_fields.h"
#include "codec/internal/pbf.h"

// The body (field 5) of a Sparkplug payload between a Millrace edge and a hub, version 1. A
// protobuf message; unknown fields are skipped, so fields may be added under the same version.
//
//   field  type           in kinds  what
//    1     uint32         all       version, 1; any other is refused
//    2     bytes, 16      1 2 3 4   epoch: UUID of the spool file
//    3     uint64 ≥ 1     1         sequence of the batch in its epoch
//    4     uint32         all       kind: 1 batch (DDATA), 2 hello (NBIRTH, NDATA), 3 tombstone
//                                   (NDATA), 4 acknowledgement (NCMD), 5 status (NDATA), 6 command
//                                   (DCMD), 7 answer to a command (NDATA)
//    5     packed uint32  1         µs below the millisecond, 0 … 999, one for each metric of the
//                                   payload in its order; absent when all are 0
//    6     packed uint32  1         pairs (index of metric − index of the pair before − 1, the
//                                   first from −1; quality bits ≠ 0): metrics that are not good
//    7     int64          1 2 5     wall clock of the edge, µs since 1970 UTC
//    8     int64          1 2 5     monotonic clock of the edge, µs
//    9     bytes, 16      1 2 5     boot id that the monotonic clock belongs to
//   10     uint64 ≥ 1     2         oldest sequence in the spool, `next` when it is empty
//   11     uint64 ≥ 1     2         sequence the next batch will get
//   12,13  uint64 ≥ 1     3         first and last sequence lost, both included
//   14     packed uint32  3         samples of each batch of the range, or one total; absent when
//                                   unknown
//   15,16  int64          3         earliest and latest time of the lost samples, µs
//   17     string ≤ 64    3         reason: "evicted", "erased", …
//   33,34  string ≤ 64    3         thing and property, where only one has lost samples (reason
//                                   "held": by a filter of an edge that was killed, at least
//                                   that many, none newer than field 16)
//   18     uint64         4         every sequence from 1 to this is committed
//   19     packed uint64  4         pairs (gap ≥ 1, length ≥ 1) above it: gap sequences are not
//                                   committed, then length are
//   20,21  uint32         4         window: batches and bytes that may be unacknowledged
//   22…24  uint64         5         batches and bytes in the spool, batches evicted so far
//   25,26  uint64         4         session, drawn at random by each run of the hub, and number,
//                                   which rises within it
//   27     bytes, 16      6 7       id of the command
//   28     int64          6         from when on it is not carried out any more, by the edge's wall
//                                   clock, µs since 1970 UTC
//   29     string ≤ 32    7         why it was not done, as error codes stand in JSON ("forbidden",
//                                   …); absent when it was
//   30,31  string ≤ 512   7         the engineer's sentence and the operator's next step
//   32     uint32         7         1 when the same command may succeed later
//
// A command's only metric is what is to be written, by its name, never by an alias: the property,
// or "Action/" and the action. The metric of an action without input is_null.
// A tag's samples: metric timestamp is floor(time / 1 ms) as two's complement, field 5 the rest.
// A sample without value is is_null. The Sparkplug alias or name leads to the property as the birth
// has it; a name "p~2" is property "p" under another type or unit. Recovery: there is none, the
// message is refused as a whole and the edge sends the batch again.
namespace millrace::codec::delivery {
namespace {

using protozero::pbf_writer;

void write_uuid(pbf_writer& writer, Field field, const base::Uuid& value) {
  writer.add_bytes(field, reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
}

void write_time(pbf_writer& writer, Field field, base::Time value) {
  writer.add_int64(field, value.time_since_epoch().count());
}

void write_edge_time(pbf_writer& writer, const model::EdgeTime& value) {
  write_time(writer, kWall, value.wall);
  writer.add_int64(kMonotonic, value.monotonic.time_since_epoch().count());
  write_uuid(writer, kBoot, value.boot);
}

template <class T>
void write_numbers(pbf_writer& writer, Field field, const std::vector<T>& values) {
  if constexpr (sizeof(T) == 4) {
    writer.add_packed_uint32(field, values.begin(), values.end());
  } else {
    writer.add_packed_uint64(field, values.begin(), values.end());
  }
}

struct Writer {
  pbf_writer& writer;

  void kind(Kind value) const {
    writer.add_uint32(kVersionField, kVersion);
    writer.add_uint32(kKind, static_cast<std::uint32_t>(value));
  }
  void operator()(const BatchBody& body) const {
    kind(Kind::kBatch);
    write_uuid(writer, kEpoch, body.epoch);
    writer.add_uint64(kSequence, number(body.sequence));
    write_edge_time(writer, body.made);
    write_numbers(writer, kRemainders, body.remainders_us);
    std::vector<std::uint32_t> pairs;
    std::uint32_t next = 0;
    for (const QualityException& one : body.qualities) {
      pairs.push_back(one.sample - next);
      pairs.push_back(one.bits);
      next = one.sample + 1;
    }
    write_numbers(writer, kQualities, pairs);
  }
  void operator()(const HelloBody& body) const {
    kind(Kind::kHello);
    write_uuid(writer, kEpoch, body.epoch);
    write_edge_time(writer, body.now);
    writer.add_uint64(kOldest, number(body.oldest));
    writer.add_uint64(kNext, number(body.next));
  }
  void operator()(const TombstoneBody& body) const {
    kind(Kind::kTombstone);
    write_uuid(writer, kEpoch, body.epoch);
    writer.add_uint64(kRangeFrom, number(body.range.from));
    writer.add_uint64(kRangeTo, number(body.range.to));
    write_numbers(writer, kSamples, body.samples);
    write_time(writer, kTimeFrom, body.time_from);
    write_time(writer, kTimeTo, body.time_to);
    writer.add_string(kReason, body.reason.substr(0, kReasonBytesMax));
    if (!body.thing.empty()) writer.add_string(kThing, body.thing.substr(0, kNameBytesMax));
    if (!body.property.empty()) {
      writer.add_string(kProperty, body.property.substr(0, kNameBytesMax));
    }
  }
  void operator()(const AcknowledgementBody& body) const {
    kind(Kind::kAcknowledgement);
    write_uuid(writer, kEpoch, body.epoch);
    std::uint64_t end = number(body.committed.acked_to());
    writer.add_uint64(kAckedTo, end);
    std::vector<std::uint64_t> pairs;
    for (const model::SequenceRange& range : body.committed.ranges_above()) {
      pairs.push_back(number(range.from) - end - 1);
      pairs.push_back(count(range));
      end = number(range.to);
    }
    write_numbers(writer, kRanges, pairs);
    writer.add_uint64(kSession, body.session);
    writer.add_uint64(kNumber, body.number);
    writer.add_uint32(kWindowBatches, body.window_batches);
    writer.add_uint32(kWindowBytes, body.window_bytes);
  }
  void operator()(const StatusBody& body) const {
    kind(Kind::kStatus);
    write_edge_time(writer, body.now);
    writer.add_uint64(kSpoolBatches, body.spool_batches);
    writer.add_uint64(kSpoolBytes, body.spool_bytes);
    writer.add_uint64(kEvicted, body.evicted_batches);
  }
  void operator()(const CommandBody& body) const {
    kind(Kind::kCommand);
    write_uuid(writer, kCommandId, body.id);
    write_time(writer, kDeadline, body.deadline);
  }
  void operator()(const CommandAnswerBody& body) const {
    kind(Kind::kCommandAnswer);
    write_uuid(writer, kCommandId, body.id);
    if (body.code.empty()) return;
    writer.add_string(kCode, body.code.substr(0, kCodeBytesMax));
    writer.add_string(kWhat, body.what.substr(0, kSentenceBytesMax));
    writer.add_string(kHint, body.hint.substr(0, kSentenceBytesMax));
    writer.add_uint32(kMayRetry, body.may_retry ? 1 : 0);
  }
};

}  // namespace

std::string encode(const Body& body) {
  std::string out;
  pbf_writer writer(out);
  std::visit(Writer{writer}, body);
  return out;
}

std::string metric_name(std::string_view property, std::size_t variant) {
  return variant <= 1 ? std::string(property) : std::format("{}~{}", property, variant);
}

std::string_view property_of_metric(std::string_view metric) {
  return metric.substr(0, metric.find('~'));
}

}  // namespace millrace::codec::delivery
