#include "base/time_text.h"

#include <gtest/gtest.h>

namespace millrace::base {
namespace {

using namespace std::chrono_literals;

constexpr Time at(std::int64_t us) { return Time(Duration(us)); }

TEST(TimeText, ReadsOffsetsFractionsAndPlainDates) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:01Z"), at(1'000'000));
  EXPECT_EQ(parse_time("1970-01-01T08:00:00.25+08:00"), at(250'000));
  EXPECT_EQ(parse_time("1969-12-31T23:59:59.999999Z"), at(-1));
  EXPECT_EQ(parse_time("1970-01-01 00:00:00.123456789Z"), at(123'456));
  EXPECT_EQ(parse_time("1970-01-02"), at(86'400'000'000));
}

TEST(TimeText, RefusesWhatIsNotATimeWithANextStep) {
  for (const char* text : {"", "now", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z",
                           "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx", "2026-1-1"}) {
    const auto result = parse_time(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kMalformed);
    EXPECT_FALSE(result.error().hint.empty());
  }
}

TEST(TimeText, WritesWhatItReads) {
  for (const char* text : {"2026-11-22T08:30:00Z", "2026-11-22T08:30:00.250Z",
                           "1969-12-31T23:59:59.999999Z", "2099-01-01T00:00:00.000001Z"}) {
    EXPECT_EQ(to_text(parse_time(text).value()), text);
  }
}

TEST(TimeText, ReadsDurations) {
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("15m"), Duration(15min));
  EXPECT_EQ(parse_duration("1min"), Duration(1min));
  EXPECT_EQ(parse_duration("7d"), Duration(7 * 24h));
  EXPECT_EQ(parse_duration("PT15M"), Duration(15min));
  EXPECT_EQ(parse_duration("P1D"), Duration(24h));
  for (const char* text : {"", "5", "-1s", "0s", "1y", "P1M", "9223372036854775807w"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(TimeZone, is_the_one_that_is_given_and_none_for_nonsense) {
  EXPECT_EQ(time_zone_name("Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(time_zone_name(":Asia/Shanghai"), "Asia/Shanghai");
  EXPECT_EQ(time_zone_name("Nowhere/At-All"), "");
}

}  // namespace
}  // namespace millrace::base
