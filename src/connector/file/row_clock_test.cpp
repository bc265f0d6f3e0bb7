#include "connector/file/row_clock.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace millrace::connector::file {
namespace {

using namespace std::chrono_literals;

std::string read_as(std::string_view format, std::string_view text) {
  const auto time = TimeFormat::create(format).value().parse(text);
  if (!time) return "";
  const auto offset = time->offset ? std::format("|{}", time->offset->count()) : "";
  return base::to_text(base::Time(time->local.time_since_epoch())) + offset;
}

TEST(TimeFormat, ReadsIsoWithAndWithoutOffset) {
  EXPECT_EQ(read_as("iso", "2020-02-08 18:34:51"), "2020-02-08T18:34:51Z");
  EXPECT_EQ(read_as("iso", "2020-02-08T18:34:51.1234567+01:00"),
            "2020-02-08T18:34:51.123456Z|3600");
  EXPECT_EQ(read_as("iso", "2020-02-29"), "2020-02-29T00:00:00Z");
  EXPECT_EQ(read_as("iso", "2020-02-08 18:34"), "2020-02-08T18:34:00Z");
  for (const char* bad :
       {"", "2021-02-29", "2020-13-01", "2020-01-01 25:00", "2020-01-01 10:00:00x", "08.02.2020",
        "2020-01-01 24:00:01", "2020-1-1"}) {
    EXPECT_EQ(read_as("iso", bad), "") << bad;
  }
}

TEST(TimeFormat, ReadsEpochsWithoutRounding) {
  EXPECT_EQ(read_as("epoch_s", "1582934400.250001"), "2020-02-29T00:00:00.250001Z|0");
  EXPECT_EQ(read_as("epoch_ms", "1582934400250.5"), "2020-02-29T00:00:00.250500Z|0");
  EXPECT_EQ(read_as("epoch_us", "-1"), "1969-12-31T23:59:59.999999Z|0");
  for (const char* bad : {"", "-", "1e9", "12a", "99999999999999999999"}) {
    EXPECT_EQ(read_as("epoch_s", bad), "") << bad;
  }
}

TEST(TimeFormat, ReadsPatterns) {
  EXPECT_EQ(read_as("%d.%m.%Y %H:%M", "8.2.2020  7:05"), "2020-02-08T07:05:00Z");
  EXPECT_EQ(read_as("%m/%d/%y %I:%M %p", "02/08/20 12:30 AM"), "2020-02-08T00:30:00Z");
  EXPECT_EQ(read_as("%d-%b-%Y %T", "08-FEB-2020 23:59:59.5"), "2020-02-08T23:59:59.500Z");
  EXPECT_EQ(read_as("%Y%m%d%H%M", "202002082400"), "2020-02-09T00:00:00Z");
  EXPECT_EQ(read_as("%Y/%j", "2020/366"), "2020-12-31T00:00:00Z");
  EXPECT_EQ(read_as("%Y/%j", "2021/366"), "");
  EXPECT_EQ(read_as("%F %T%z", "2020-02-08 10:00:00-0230"), "2020-02-08T10:00:00Z|-9000");
  EXPECT_FALSE(TimeFormat::create("%Q"));
  EXPECT_FALSE(TimeFormat::create("ISO8601"));
}

TEST(Zone, KnowsRepeatedAndSkippedHours) {
  auto zone = Zone::create("America/Los_Angeles").value();
  const auto at = [&](std::string_view text) {
    return zone.resolve(TimeFormat::create("iso").value().parse(text)->local);
  };
  EXPECT_EQ(base::to_text(at("2019-07-01 12:00").earlier), "2019-07-01T19:00:00Z");
  const Instants twice = at("2019-11-03 01:30");
  EXPECT_EQ(twice.kind, LocalKind::kAmbiguous);
  EXPECT_EQ(base::to_text(twice.earlier), "2019-11-03T08:30:00Z");
  EXPECT_EQ(base::to_text(twice.later), "2019-11-03T09:30:00Z");
  const Instants never = at("2020-03-08 02:30");
  EXPECT_EQ(never.kind, LocalKind::kNonexistent);
  EXPECT_EQ(base::to_text(never.earlier), "2020-03-08T10:30:00Z");
  EXPECT_EQ(at("2019-11-03 00:59").kind, LocalKind::kUnique);
  EXPECT_EQ(at("2019-11-03 02:00").kind, LocalKind::kUnique);
}

TEST(Zone, AgreesWithTheRulesAroundEveryChangeOfThirtyYears) {
  const auto* rules = std::chrono::locate_zone("Europe/Berlin");
  auto zone = Zone::create("Europe/Berlin").value();
  for (LocalTime local = LocalTime(std::chrono::local_days(std::chrono::year(1995) / 1 / 1));
       local < std::chrono::local_days(std::chrono::year(2025) / 1 / 1); local += 30min) {
    const auto info = rules->get_info(std::chrono::floor<std::chrono::seconds>(local));
    const Instants found = zone.resolve(local);
    ASSERT_EQ(static_cast<int>(found.kind), info.result == std::chrono::local_info::unique ? 0
                                            : info.result == std::chrono::local_info::ambiguous
                                                ? 1
                                                : 2);
    ASSERT_EQ(found.earlier.time_since_epoch(), local.time_since_epoch() - info.first.offset);
  }
}

TEST(Zone, TakesFixedOffsetsAndNamesTheNearestZone) {
  EXPECT_EQ(Zone::create("+05:30").value().resolve(LocalTime(0s)).earlier.time_since_epoch(),
            -(5h + 30min));
  const auto wrong = Zone::create("Europe/Berlim");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().hint, "Did you mean Europe/Berlin?");
}

/// Passes of rows at these minutes of the hour that is repeated, between one before and one after.
std::string passes(const std::vector<int>& minutes, bool is_descending = false) {
  FoldResolver folds;
  folds.note(1, 0, LocalTime(is_descending ? 10h : 0h), false);
  std::uint64_t row = 1;
  for (const int minute : minutes) folds.note(1, row++, LocalTime(5h + minute * 1min), true);
  folds.note(1, row, LocalTime(is_descending ? 0h : 10h), false);
  folds.finish();
  std::string text;
  for (std::uint64_t i = 1; i < row; ++i) text += "12?"[static_cast<int>(folds.pass_of(i))];
  return text;
}

TEST(FoldResolver, TellsThePassesByTheStepBack) {
  EXPECT_EQ(passes({0, 0}), "12");
  EXPECT_EQ(passes({0, 15, 30, 45, 0, 15, 30, 45}), "11112222");
  EXPECT_EQ(passes({30, 10}), "12");
  EXPECT_EQ(passes({45, 30, 15, 0, 45, 30, 15, 0}, true), "22221111");
  EXPECT_EQ(passes({0, 0}, true), "21");
}

TEST(FoldResolver, SaysUnknownWhereTheFileDoesNotShowIt) {
  EXPECT_EQ(passes({0}), "?");
  EXPECT_EQ(passes({0, 15, 30, 45}), "????");
  EXPECT_EQ(passes({0, 0, 0}), "???");
}

TEST(FoldResolver, KeepsThingsAndYearsApart) {
  FoldResolver folds;
  folds.note(1, 0, LocalTime(0h), true);
  folds.note(2, 1, LocalTime(0h), true);
  folds.note(1, 2, LocalTime(0h), true);
  folds.note(1, 3, LocalTime(8760h), true);
  folds.finish();
  EXPECT_EQ(folds.pass_of(0), Pass::kFirst);
  EXPECT_EQ(folds.pass_of(1), Pass::kUnknown);
  EXPECT_EQ(folds.pass_of(2), Pass::kSecond);
  EXPECT_EQ(folds.pass_of(3), Pass::kUnknown);
  EXPECT_EQ(folds.ambiguous_rows(), 4U);
  EXPECT_EQ(folds.unknown_rows(), 2U);
}

}  // namespace
}  // namespace millrace::connector::file
