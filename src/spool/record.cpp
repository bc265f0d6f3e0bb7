#include "spool/record.h"

#include <format>

#include "spool/crc32c.h"
#include "spool/internal/byte_stream.h"

// A record: of version 1 a batch, of version 2 what a filter held when the edge was killed. Numbers
// as in internal/byte_stream.h.
//
//   record   = head body
//   head     = version:u8 (1, 2)  zero:u8  zero:u16  body_bytes:u32  crc32c(body):u32
//   body 2   = thing:text  property:text  from:i64  to:i64  samples:varint
//   body 1   = thing:text  wall:i64  monotonic:i64  boot:16 bytes
//              properties:varint property*  samples:varint sample*
//   property = name:text  type:u8 (ValueType)  unit:text
//   sample   = property:varint  time:signed varint  kind:u8  [quality:u32]  value
//   kind     = bits 0-2 type of the value (ValueType, 0 none) | bit 3 quality follows
//              | bit 4 the value of a bool
//   value    = nothing (none, bool) | f64: 8 bytes | i64: signed varint | u64: varint
//              | text, bytes: text
//
// Times are µs since 1970; the time of a sample is the difference to the sample before it, of the
// first one to `wall`. Quality is left out when its 32 bits are 0.
//
// Limits: those of model/sample.h; names, units and the thing at most 4,096 bytes. A record is
// valid when its length is 12 + body_bytes, the checksum holds and the body is read to its last
// byte; anything else is corrupt as a whole. A program that knows version 1 only takes a record of
// version 2 for a corrupt batch: it tells the hub of a loss of that many samples and these times,
// without thing and property. Batches are written as version 1 for good. The spool cuts a record
// into fragments of at most 65,536 bytes, which carry nothing of their own.

namespace millrace::spool {
namespace {

constexpr std::uint8_t kBatchVersion = 1, kHeldVersion = 2;
constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kTextBytesMax = 4096;
constexpr std::uint8_t kTypeMask = 0x07, kHasQuality = 0x08, kTrue = 0x10;

/// Time differences wrap, so that any two times of 64 bits survive.
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

void write_value(ByteWriter& out, const model::Value& value) {
  if (const auto* d = std::get_if<double>(&value)) out.fixed(*d);
  if (const auto* i = std::get_if<std::int64_t>(&value)) out.signed_varint(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&value)) out.varint(*u);
  if (const auto* t = std::get_if<std::string>(&value)) out.text(*t);
  if (const auto* b = std::get_if<model::Bytes>(&value)) out.text(b->data);
}

void write_sample(ByteWriter& out, const model::BatchSample& one, std::int64_t before) {
  const model::Sample& sample = one.sample;
  auto kind = static_cast<std::uint8_t>(sample.value.index());
  if (sample.quality.bits() != 0) kind |= kHasQuality;
  if (const bool* b = std::get_if<bool>(&sample.value); b && *b) kind |= kTrue;
  out.varint(one.property);
  out.signed_varint(difference(micros(sample.time), before));
  out.fixed(kind);
  if (sample.quality.bits() != 0) out.fixed(sample.quality.bits());
  write_value(out, sample.value);
}

std::string encode_body(const model::Batch& batch) {
  std::string body;
  body.reserve(256 + batch.samples.size() * 16);
  ByteWriter out(body);
  out.text(batch.thing);
  out.fixed(micros(batch.made.wall));
  out.fixed(batch.made.monotonic.time_since_epoch().count());
  out.fixed(batch.made.boot.bytes);
  out.varint(batch.properties.size());
  for (const model::BatchProperty& property : batch.properties) {
    out.text(property.name);
    out.fixed(static_cast<std::uint8_t>(property.type));
    out.text(property.unit);
  }
  out.varint(batch.samples.size());
  std::int64_t before = micros(batch.made.wall);
  for (const model::BatchSample& sample : batch.samples) {
    write_sample(out, sample, before);
    before = micros(sample.sample.time);
  }
  return body;
}

model::Value read_value(ByteReader& in, std::uint8_t kind) {
  switch (kind & kTypeMask) {
    case 0:
      return {};
    case static_cast<std::uint8_t>(model::ValueType::kF64):
      return in.fixed<double>();
    case static_cast<std::uint8_t>(model::ValueType::kI64):
      return in.signed_varint();
    case static_cast<std::uint8_t>(model::ValueType::kU64):
      return in.varint();
    case static_cast<std::uint8_t>(model::ValueType::kBool):
      return (kind & kTrue) != 0;
    case static_cast<std::uint8_t>(model::ValueType::kText):
      return std::string(in.text(model::kValueBytesMax));
    case static_cast<std::uint8_t>(model::ValueType::kBytes):
      return model::Bytes{std::string(in.text(model::kValueBytesMax))};
    default:
      in.fail();
      return {};
  }
}

model::BatchProperty read_property(ByteReader& in) {
  model::BatchProperty property;
  property.name = in.text(kTextBytesMax);
  const auto type = in.fixed<std::uint8_t>();
  property.unit = in.text(kTextBytesMax);
  if (type < 1 || type > static_cast<std::uint8_t>(model::ValueType::kBytes)) {
    in.fail();
    return property;
  }
  property.type = static_cast<model::ValueType>(type);
  return property;
}

model::BatchSample read_sample(ByteReader& in, std::size_t properties, std::int64_t before) {
  model::BatchSample one;
  const std::uint64_t property = in.varint();
  if (property >= properties) in.fail();
  one.property = static_cast<std::uint16_t>(property);
  const auto time =
      static_cast<std::uint64_t>(before) + static_cast<std::uint64_t>(in.signed_varint());
  one.sample.time = time_of(static_cast<std::int64_t>(time));
  const auto kind = in.fixed<std::uint8_t>();
  if (kind >= 2 * kTrue) in.fail();
  if ((kind & kHasQuality) != 0) {
    one.sample.quality = model::Quality::from_bits(in.fixed<std::uint32_t>());
  }
  one.sample.value = read_value(in, kind);
  return one;
}

model::Batch read_body(ByteReader& in) {
  model::Batch batch;
  batch.thing = in.text(kTextBytesMax);
  batch.made.wall = time_of(in.fixed<std::int64_t>());
  batch.made.monotonic = base::MonotonicTime(base::Duration(in.fixed<std::int64_t>()));
  batch.made.boot.bytes = in.fixed<decltype(batch.made.boot.bytes)>();
  const std::size_t properties = in.count(model::kBatchPropertiesMax);
  batch.properties.reserve(properties);
  for (std::size_t i = 0; i < properties; ++i) batch.properties.push_back(read_property(in));
  const std::size_t samples = in.count(model::kBatchSamplesMax);
  batch.samples.reserve(samples);
  std::int64_t before = micros(batch.made.wall);
  for (std::size_t i = 0; i < samples && in.is_good(); ++i) {
    batch.samples.push_back(read_sample(in, properties, before));
    before = micros(batch.samples.back().sample.time);
  }
  return batch;
}

std::string with_head(std::uint8_t version, const std::string& body) {
  std::string record;
  record.reserve(kHeadBytes + body.size());
  ByteWriter out(record);
  out.fixed(version);
  out.fixed(std::uint8_t{0});
  out.fixed(std::uint16_t{0});
  out.fixed(static_cast<std::uint32_t>(body.size()));
  out.fixed(crc32c(body));
  return record + body;
}

/// The body of a record of that version, whole.
base::Result<std::string_view> body_of(std::uint8_t wanted, std::string_view bytes) {
  ByteReader head(bytes.substr(0, std::min(bytes.size(), kHeadBytes)));
  const auto version = head.fixed<std::uint8_t>();
  const bool is_zero = head.fixed<std::uint8_t>() == 0 && head.fixed<std::uint16_t>() == 0;
  const auto size = head.fixed<std::uint32_t>();
  const auto checksum = head.fixed<std::uint32_t>();
  if (head.is_good() && version > wanted) {
    return base::fail(base::ErrorCode::kUnsupported,
                      std::format("a spool record has version {}", version),
                      "Use the newer millrace-edge that wrote this spool.");
  }
  if (!head.is_good() || version != wanted || !is_zero || bytes.size() != kHeadBytes + size) {
    return base::fail(base::ErrorCode::kCorrupt, "a spool record has no whole head");
  }
  const std::string_view body = bytes.substr(kHeadBytes);
  if (crc32c(body) != checksum) {
    return base::fail(base::ErrorCode::kCorrupt, "the checksum of a spool record does not hold");
  }
  return body;
}

base::Result<void> check_end(const ByteReader& in) {
  if (in.is_good() && in.is_at_end()) return {};
  return base::fail(base::ErrorCode::kCorrupt, "the content of a spool record breaks its grammar");
}

}  // namespace

std::string encode_record(const model::Batch& batch) {
  return with_head(kBatchVersion, encode_body(batch));
}

base::Result<model::Batch> decode_record(std::string_view bytes) {
  MILLRACE_LET(const std::string_view body, body_of(kBatchVersion, bytes));
  ByteReader in(body);
  model::Batch batch = read_body(in);
  MILLRACE_TRY(check_end(in));
  return batch;
}

std::string encode_held(const HeldLoss& lost) {
  std::string body;
  ByteWriter out(body);
  out.text(lost.thing);
  out.text(lost.property);
  out.fixed(micros(lost.from));
  out.fixed(micros(lost.to));
  out.varint(lost.samples);
  return with_head(kHeldVersion, body);
}

base::Result<HeldLoss> decode_held(std::string_view bytes) {
  MILLRACE_LET(const std::string_view body, body_of(kHeldVersion, bytes));
  ByteReader in(body);
  HeldLoss lost;
  lost.thing = in.text(kTextBytesMax);
  lost.property = in.text(kTextBytesMax);
  lost.from = time_of(in.fixed<std::int64_t>());
  lost.to = time_of(in.fixed<std::int64_t>());
  lost.samples = in.varint();
  MILLRACE_TRY(check_end(in));
  return lost;
}

}  // namespace millrace::spool
