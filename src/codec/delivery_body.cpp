#include "codec/delivery_body.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "codec/internal/pbf.h"

// The body (field 5) of a Sparkplug payload between a Millrace edge and a hub, version 1. A
// protobuf message; unknown fields are skipped, so fields may be added under the same version.
//
//   field  type           in kinds  what
//    1     uint32         all       version, 1; any other is refused
//    2     bytes, 16      1 2 3 4   epoch: UUID of the spool file
//    3     uint64 ≥ 1     1         sequence of the batch in its epoch
//    4     uint32         all       kind: 1 batch (DDATA), 2 hello (NBIRTH, NDATA), 3 tombstone
//                                   (NDATA), 4 acknowledgement (NCMD), 5 status (NDATA)
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
//   18     uint64         4         every sequence from 1 to this is committed
//   19     packed uint64  4         pairs (gap ≥ 1, length ≥ 1) above it: gap sequences are not
//                                   committed, then length are
//   20,21  uint32         4         window: batches and bytes that may be unacknowledged
//   22…24  uint64         5         batches and bytes in the spool, batches evicted so far
//   25,26  uint64         4         session, drawn at random by each run of the hub, and number,
//                                   which rises within it
//
// A tag's samples: metric timestamp is floor(time / 1 ms) as two's complement, field 5 the rest.
// A sample without value is is_null. The Sparkplug alias or name leads to the property as the birth
// has it; a name "p~2" is property "p" under another type or unit. Recovery: there is none, the
// message is refused as a whole and the edge sends the batch again.
namespace millrace::codec::delivery {
namespace {

using base::ErrorCode;
using protozero::pbf_writer;

constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kSamplesMax = 65'536;
constexpr std::size_t kRangesMax = 1'000'000;
constexpr std::size_t kReasonBytesMax = 64;
constexpr std::uint32_t kMicrosecondsMax = 999;

enum class Kind : std::uint32_t { kBatch = 1, kHello, kTombstone, kAcknowledgement, kStatus };

enum Field : std::uint32_t {
  kVersionField = 1,
  kEpoch,
  kSequence,
  kKind,
  kRemainders,
  kQualities,
  kWall,
  kMonotonic,
  kBoot,
  kOldest,
  kNext,
  kRangeFrom,
  kRangeTo,
  kSamples,
  kTimeFrom,
  kTimeTo,
  kReason,
  kAckedTo,
  kRanges,
  kWindowBatches,
  kWindowBytes,
  kSpoolBatches,
  kSpoolBytes,
  kEvicted,
  kSession,
  kNumber,
  kFieldsEnd,
};

// Every field as it came; what a kind needs is picked from here.
struct Fields {
  std::array<std::uint64_t, kFieldsEnd> numbers{};
  std::array<std::string_view, kFieldsEnd> views{};
  std::array<bool, kFieldsEnd> is_there{};
};

auto refuse(std::string_view what) {
  return base::fail(ErrorCode::kMalformed, std::format("delivery body: {}", what));
}

bool is_number(std::uint32_t field) {
  constexpr std::array kViews = {kEpoch,   kRemainders, kQualities, kBoot,
                                 kSamples, kReason,     kRanges};
  return !std::ranges::contains(kViews, field);
}

Fields read_fields(std::string_view bytes) {
  Fields fields;
  auto reader = pbf::reader(bytes);
  while (reader.next()) {
    const auto field = static_cast<std::uint32_t>(reader.tag());
    const bool is_known = field < kFieldsEnd;
    if (is_known && is_number(field) && reader.tag_and_type() == pbf::varint(field)) {
      fields.numbers[field] = reader.get_uint64();
      fields.is_there[field] = true;
    } else if (is_known && !is_number(field) && reader.tag_and_type() == pbf::bytes(field)) {
      fields.views[field] = pbf::view(reader);
      fields.is_there[field] = true;
    } else {
      reader.skip();
    }
  }
  return fields;
}

base::Result<base::Uuid> uuid(const Fields& fields, Field field) {
  const std::string_view bytes = fields.views[field];
  base::Uuid result;
  if (bytes.size() != result.bytes.size()) return refuse("a UUID is not 16 bytes long");
  std::ranges::copy(bytes, result.bytes.begin());
  return result;
}

base::Result<model::Sequence> sequence(const Fields& fields, Field field) {
  const std::uint64_t value = fields.numbers[field];
  // The last number stays free so that next() of a sequence never wraps.
  if (value == 0 || value == std::numeric_limits<std::uint64_t>::max()) {
    return refuse("a sequence is missing or out of its bounds");
  }
  return model::Sequence(value);
}

base::Result<std::uint32_t> small(const Fields& fields, Field field) {
  if (fields.numbers[field] > std::numeric_limits<std::uint32_t>::max()) {
    return refuse("a number does not fit 32 bits");
  }
  return static_cast<std::uint32_t>(fields.numbers[field]);
}

base::Time time(const Fields& fields, Field field) {
  return base::Time(base::Duration(static_cast<std::int64_t>(fields.numbers[field])));
}

base::Result<model::EdgeTime> edge_time(const Fields& fields) {
  MILLRACE_LET(const base::Uuid boot, uuid(fields, kBoot));
  const base::Duration monotonic(static_cast<std::int64_t>(fields.numbers[kMonotonic]));
  return model::EdgeTime{time(fields, kWall), base::MonotonicTime(monotonic), boot};
}

template <class T>
base::Result<std::vector<T>> numbers(std::string_view packed, std::size_t limit) {
  std::vector<T> result;
  result.reserve(std::min(packed.size(), limit));
  const char* at = packed.data();
  const char* const end = at + packed.size();
  while (at < end) {
    const std::uint64_t value = protozero::decode_varint(&at, end);
    if (value > std::numeric_limits<T>::max()) return refuse("a packed number is too large");
    if (result.size() >= limit) return refuse("too many packed numbers");
    result.push_back(static_cast<T>(value));
  }
  return result;
}

base::Result<std::vector<QualityException>> read_qualities(std::string_view packed) {
  MILLRACE_LET(const auto pairs, numbers<std::uint32_t>(packed, 2 * kSamplesMax));
  if (pairs.size() % 2 != 0) return refuse("half a quality");
  std::vector<QualityException> result;
  std::uint64_t sample = 0;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    sample += pairs[i];
    if (sample >= kSamplesMax || pairs[i + 1] == 0) return refuse("a quality out of its bounds");
    result.push_back({static_cast<std::uint32_t>(sample), pairs[i + 1]});
    ++sample;
  }
  return result;
}

base::Result<Body> read_batch(const Fields& fields) {
  BatchBody body;
  MILLRACE_LET(body.epoch, uuid(fields, kEpoch));
  MILLRACE_LET(body.sequence, sequence(fields, kSequence));
  MILLRACE_LET(body.made, edge_time(fields));
  MILLRACE_LET(body.remainders_us, numbers<std::uint32_t>(fields.views[kRemainders], kSamplesMax));
  const bool fit = std::ranges::all_of(body.remainders_us,
                                       [](std::uint32_t us) { return us <= kMicrosecondsMax; });
  if (!fit) return refuse("more than 999 µs below a millisecond");
  MILLRACE_LET(body.qualities, read_qualities(fields.views[kQualities]));
  return body;
}

base::Result<Body> read_hello(const Fields& fields) {
  HelloBody body;
  MILLRACE_LET(body.epoch, uuid(fields, kEpoch));
  MILLRACE_LET(body.oldest, sequence(fields, kOldest));
  MILLRACE_LET(body.next, sequence(fields, kNext));
  MILLRACE_LET(body.now, edge_time(fields));
  if (body.oldest > body.next) return refuse("the oldest sequence lies above the next");
  return body;
}

base::Result<Body> read_tombstone(const Fields& fields) {
  TombstoneBody body;
  MILLRACE_LET(body.epoch, uuid(fields, kEpoch));
  MILLRACE_LET(body.range.from, sequence(fields, kRangeFrom));
  MILLRACE_LET(body.range.to, sequence(fields, kRangeTo));
  MILLRACE_LET(body.samples, numbers<std::uint32_t>(fields.views[kSamples], kSamplesMax));
  body.time_from = time(fields, kTimeFrom);
  body.time_to = time(fields, kTimeTo);
  body.reason = fields.views[kReason].substr(0, kReasonBytesMax);
  if (body.range.from > body.range.to) return refuse("a range that ends before it begins");
  if (body.samples.size() > 1 && body.samples.size() != count(body.range)) {
    return refuse("samples for another number of batches than the range has");
  }
  return body;
}

base::Result<Body> read_acknowledgement(const Fields& fields) {
  AcknowledgementBody body;
  MILLRACE_LET(body.epoch, uuid(fields, kEpoch));
  body.session = fields.numbers[kSession];
  body.number = fields.numbers[kNumber];
  MILLRACE_LET(body.window_batches, small(fields, kWindowBatches));
  MILLRACE_LET(body.window_bytes, small(fields, kWindowBytes));
  MILLRACE_LET(const auto pairs, numbers<std::uint64_t>(fields.views[kRanges], 2 * kRangesMax));
  if (pairs.size() % 2 != 0) return refuse("half a range");
  std::uint64_t end = fields.numbers[kAckedTo];
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max() - 1;
  if (end > kLast) return refuse("a watermark out of its bounds");
  if (end > 0) body.committed.add({model::Sequence(1), model::Sequence(end)});
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    const std::uint64_t gap = pairs[i], length = pairs[i + 1];
    if (gap == 0 || length == 0 || gap > kLast - end || length > kLast - end - gap) {
      return refuse("a range out of its bounds");
    }
    const std::uint64_t from = end + gap + 1;
    end += gap + length;
    body.committed.add({model::Sequence(from), model::Sequence(end)});
  }
  return body;
}

base::Result<Body> read_status(const Fields& fields) {
  StatusBody body;
  MILLRACE_LET(body.now, edge_time(fields));
  body.spool_batches = fields.numbers[kSpoolBatches];
  body.spool_bytes = fields.numbers[kSpoolBytes];
  body.evicted_batches = fields.numbers[kEvicted];
  return body;
}

base::Result<Body> read_body(std::string_view bytes) {
  const Fields fields = read_fields(bytes);
  if (!fields.is_there[kVersionField]) return refuse("no version");
  if (fields.numbers[kVersionField] != kVersion) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("delivery body: version {}", fields.numbers[kVersionField]));
  }
  MILLRACE_LET(const std::uint32_t kind, small(fields, kKind));
  switch (static_cast<Kind>(kind)) {
    case Kind::kBatch:
      return read_batch(fields);
    case Kind::kHello:
      return read_hello(fields);
    case Kind::kTombstone:
      return read_tombstone(fields);
    case Kind::kAcknowledgement:
      return read_acknowledgement(fields);
    case Kind::kStatus:
      return read_status(fields);
  }
  return base::fail(ErrorCode::kUnsupported, std::format("delivery body: kind {}", kind));
}

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
};

}  // namespace

base::Result<Body> decode(std::string_view bytes) {
  return pbf::guarded("delivery body", [&] { return read_body(bytes); });
}

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
