#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "codec/delivery_body.h"
#include "codec/internal/delivery_fields.h"
#include "codec/internal/pbf.h"

// The reading half of delivery_body.cpp, where the grammar stands.
namespace millrace::codec::delivery {
namespace {

using base::ErrorCode;

constexpr std::size_t kSamplesMax = 65'536;
constexpr std::size_t kRangesMax = 1'000'000;
constexpr std::uint32_t kMicrosecondsMax = 999;

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
  constexpr std::array kViews = {kEpoch,  kRemainders, kQualities, kBoot, kSamples,
                                 kReason, kRanges,     kCommandId, kCode, kWhat,
                                 kHint,   kThing,      kProperty};
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
  body.thing = fields.views[kThing].substr(0, kNameBytesMax);
  body.property = fields.views[kProperty].substr(0, kNameBytesMax);
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

base::Result<Body> read_command(const Fields& fields) {
  CommandBody body;
  MILLRACE_LET(body.id, uuid(fields, kCommandId));
  if (!fields.is_there[kDeadline]) return refuse("a command without a deadline");
  body.deadline = time(fields, kDeadline);
  return body;
}

base::Result<Body> read_command_answer(const Fields& fields) {
  CommandAnswerBody body;
  MILLRACE_LET(body.id, uuid(fields, kCommandId));
  body.code = fields.views[kCode].substr(0, kCodeBytesMax);
  if (body.code.empty()) return body;
  body.what = fields.views[kWhat].substr(0, kSentenceBytesMax);
  body.hint = fields.views[kHint].substr(0, kSentenceBytesMax);
  body.may_retry = fields.numbers[kMayRetry] != 0;
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
    case Kind::kCommand:
      return read_command(fields);
    case Kind::kCommandAnswer:
      return read_command_answer(fields);
  }
  return base::fail(ErrorCode::kUnsupported, std::format("delivery body: kind {}", kind));
}

}  // namespace

base::Result<Body> decode(std::string_view bytes) {
  return pbf::guarded("delivery body", [&] { return read_body(bytes); });
}

}  // namespace millrace::codec::delivery
