#include "spool/record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include "base/files.h"
#include "base/random.h"
#include "spool/crc32c.h"
#include "spool/internal/hold_trace.h"

namespace millrace::spool {
namespace {

using namespace std::chrono_literals;
using model::Bytes;
using model::ValueType;

base::Time at(std::int64_t micros) { return base::Time(base::Duration(micros)); }

/// Every type, a value that is not there, a quality, extremes and times that go backwards.
model::Batch one_of_each() {
  model::Batch batch;
  batch.thing = "pump-1";
  batch.made.wall = at(1'750'000'000'000'000);
  batch.made.monotonic = base::MonotonicTime(base::Duration(12'345'678));
  for (std::uint8_t i = 0; i < 16; ++i) batch.made.boot.bytes[i] = i;
  batch.properties = {{"flow", ValueType::kF64, "m3/h"}, {"starts", ValueType::kI64, ""},
                      {"total", ValueType::kU64, "kWh"}, {"running", ValueType::kBool, ""},
                      {"state", ValueType::kText, ""},   {"wave", ValueType::kBytes, "m/s2"}};
  const auto bad = model::Quality::from_bits(0x80340010);
  const model::Value values[] = {12.5, std::int64_t{-3},     std::uint64_t{~0ULL},
                                 true, std::string("läuft"), Bytes{std::string("\0\1\xFF", 3)}};
  for (std::uint16_t i = 0; i < 6; ++i) {
    batch.samples.push_back({i, {at(1'750'000'000'000'000 + i), values[i], {}}});
  }
  batch.samples.push_back({0, {at(-1), std::monostate{}, bad}});
  batch.samples.push_back({1, {base::Time::max(), std::numeric_limits<std::int64_t>::min(), {}}});
  batch.samples.push_back({3, {base::Time::min(), false, bad}});
  batch.samples.push_back({0, {at(0), -0.0, {}}});
  return batch;
}

model::Value any_value(base::Random& random) {
  switch (random.below(7)) {
    case 0:
      return {};
    case 1:
      return random.normal();
    case 2:
      return static_cast<std::int64_t>(random.next());
    case 3:
      return random.next() >> random.below(64);
    case 4:
      return random.below(2) == 1;
    case 5:
      return std::string(random.below(40), 't');
    default:
      return Bytes{std::string(random.below(300), '\xEE')};
  }
}

model::Batch any_batch(base::Random& random) {
  model::Batch batch{.thing = std::string(random.below(63) + 1, 'a')};
  batch.made = {at(static_cast<std::int64_t>(random.next())), {}, base::Uuid::make(random)};
  const std::uint64_t properties = random.below(20) + 1;
  for (std::uint64_t i = 0; i < properties; ++i) {
    batch.properties.push_back(
        {std::to_string(i), static_cast<ValueType>(random.below(6) + 1), "u"});
  }
  for (std::uint64_t i = random.below(model::kBatchSamplesMax + 1); i > 0; --i) {
    const auto bits = static_cast<std::uint32_t>(random.below(3) == 0 ? random.next() : 0);
    batch.samples.push_back({static_cast<std::uint16_t>(random.below(properties)),
                             {at(static_cast<std::int64_t>(random.next())), any_value(random),
                              model::Quality::from_bits(bits)}});
  }
  return batch;
}

TEST(Crc32c, AgreesWithRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
}

TEST(Record, DecodesToWhatWasEncoded) {
  EXPECT_EQ(decode_record(encode_record(one_of_each())), one_of_each());
  EXPECT_EQ(decode_record(encode_record({})), model::Batch{});
  base::Random random(7);
  for (int i = 0; i < 300; ++i) {
    const model::Batch batch = any_batch(random);
    ASSERT_EQ(decode_record(encode_record(batch)), batch);
  }
}

TEST(Record, KeepsEveryBitOfANumberThatIsNone) {
  model::Batch batch = one_of_each();
  batch.samples[0].sample.value = std::bit_cast<double>(0x7FF8000000ABCDEFULL);
  const auto back = decode_record(encode_record(batch));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(back->samples[0].sample.value)),
            0x7FF8000000ABCDEFULL);
}

TEST(Record, HasTheBytesThatVersion1HasAlwaysHad) {
  const auto golden = base::read_file("tests/golden/spool_record_v1.bin");
  ASSERT_TRUE(golden) << base::describe(golden.error());
  EXPECT_EQ(encode_record(one_of_each()), *golden);
  EXPECT_EQ(decode_record(*golden), one_of_each());
}

HeldLoss held_loss() {
  return {"pump-1", "pressure", base::Time(base::Duration(1'763'856'000'123'456)),
          base::Time(base::Duration(1'763'856'125'123'456)), 300};
}

TEST(Record, OfWhatAFilterHeldHasTheBytesOfVersion2AndIsNoBatchToAnOlderProgram) {
  const auto golden = base::read_file("tests/golden/spool_record_v2.bin");
  ASSERT_TRUE(golden) << base::describe(golden.error());
  EXPECT_EQ(encode_held(held_loss()), *golden);
  EXPECT_EQ(decode_held(*golden), held_loss());
  EXPECT_EQ(decode_record(*golden).error().code, base::ErrorCode::kUnsupported);
  EXPECT_EQ(decode_held(encode_record(one_of_each())).error().code, base::ErrorCode::kCorrupt);
  for (std::size_t bit = 8; bit < golden->size() * 8; ++bit) {  // behind the version
    std::string broken = *golden;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_EQ(decode_held(broken).error().code, base::ErrorCode::kCorrupt) << bit;
  }
}

TEST(HoldTrace, HasTheBytesThatVersion1HasAlwaysHadAndIsLeftOutWhenDamaged) {
  const auto golden = base::read_file("tests/golden/spool_hold_v1.bin");
  ASSERT_TRUE(golden) << base::describe(golden.error());
  const base::Time from(base::Duration(1'763'856'000'123'456));
  const Hold hold{"pump-1", "pressure", from, from + 30s, from + 600s, 300};
  EXPECT_EQ(encode_hold(hold), *golden);
  const std::string key = hold_key("pump-1", "pressure");
  EXPECT_EQ(key, std::string("hold\0pump-1\0pressure", 20));
  const auto back = decode_hold(key, *golden);
  ASSERT_TRUE(back);
  EXPECT_EQ(std::tuple(back->thing, back->property, back->samples),
            std::tuple("pump-1", "pressure", 300U));
  EXPECT_EQ(std::tuple(back->from, back->last, back->until),
            std::tuple(hold.from, hold.last, hold.until));
  for (std::size_t bit = 0; bit < golden->size() * 8; ++bit) {
    std::string broken = *golden;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(decode_hold(key, broken)) << bit;
  }
  EXPECT_FALSE(decode_hold(key, ""));
}

TEST(Record, IsRefusedWithAnyBitFlippedAndAtAnyShorterLength) {
  const std::string whole = encode_record(one_of_each());
  for (std::size_t bit = 8; bit < whole.size() * 8; ++bit) {  // behind the version
    std::string broken = whole;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_EQ(decode_record(broken).error().code, base::ErrorCode::kCorrupt) << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_EQ(decode_record(whole.substr(0, size)).error().code, base::ErrorCode::kCorrupt);
  }
  EXPECT_EQ(decode_record(whole + "x").error().code, base::ErrorCode::kCorrupt);
}

TEST(Record, OfALaterVersionIsNamedSo) {
  std::string later = encode_record(one_of_each());
  later[0] = 2;
  EXPECT_EQ(decode_record(later).error().code, base::ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace millrace::spool
