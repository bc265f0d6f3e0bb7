#include "store/overlay.h"

#include <gtest/gtest.h>

namespace millrace::store {
namespace {

using namespace std::chrono_literals;
using model::Quality;
using model::Reason;

constexpr base::Time at(int seconds) { return base::Time(std::chrono::seconds(seconds)); }

Correction make(std::int64_t id, int from, int to, CorrectionAction action) {
  return {.id = id,
          .range = {at(from), at(to)},
          .action = action,
          .value = {},
          .commit = model::CommitId(id)};
}
Correction replace(std::int64_t id, int from, int to, double value) {
  Correction one = make(id, from, to, CorrectionAction::kReplace);
  one.value = value;
  return one;
}
Correction fill(std::int64_t id, int from, int to, double value) {
  Correction one = make(id, from, to, CorrectionAction::kFill);
  one.value = value;
  one.method = FillMethod::kConstant;
  one.interval = 10s;
  return one;
}

/// What is seen of samples stored at these seconds, each with its second as value.
std::vector<std::pair<int, double>> seen(const Overlay& overlay, const std::vector<int>& stored,
                                         int from, int to) {
  std::vector<std::pair<int, double>> found;
  OverlayWalk walk(overlay, {at(from), at(to)}, [&](const SeenRow& row) {
    found.emplace_back(static_cast<int>(row.sample.time.time_since_epoch() / 1s),
                       std::get<double>(row.sample.value));
  });
  for (const int time : stored) {
    if (time >= from) walk.stored({at(time), double(time), {}});
  }
  walk.finish();
  return found;
}
using Seen = std::vector<std::pair<int, double>>;

TEST(Overlay, the_highest_correction_decides_and_a_range_does_not_hold_its_end) {
  const Overlay overlay(
      {replace(1, 10, 40, 1), replace(2, 20, 30, 2), make(3, 25, 28, CorrectionAction::kRestore)});
  EXPECT_EQ(seen(overlay, {9, 10, 20, 25, 28, 30, 40}, 0, 100),
            (Seen{{9, 9}, {10, 1}, {20, 2}, {25, 25}, {28, 2}, {30, 1}, {40, 40}}));
  EXPECT_EQ(overlay.touched().ranges(),
            (std::vector<TimeRange>{{at(10), at(25)}, {at(28), at(40)}}));
}

TEST(Overlay, an_invalid_sample_keeps_its_value_and_the_worse_of_its_reasons) {
  const Overlay overlay({make(1, 0, 10, CorrectionAction::kInvalidate)});
  model::Sample sample{at(5), 1.5,
                       Quality().marked(Reason::kOutOfRange).marked(Reason::kWrongUnit)};
  EXPECT_EQ(overlay.apply(sample), 1);
  EXPECT_EQ(sample.value, model::Value(1.5));
  EXPECT_TRUE(sample.quality.is_bad());
  EXPECT_EQ(sample.quality.reasons(), (std::vector{Reason::kCorrected, Reason::kOutOfRange}));
}

TEST(Overlay, a_fill_shows_a_sample_for_each_empty_cell_from_wherever_one_begins_to_read) {
  const Overlay overlay({fill(1, 100, 145, 7)});
  const std::vector<int> stored{95, 112, 150};
  EXPECT_EQ(seen(overlay, stored, 0, 200),
            (Seen{{95, 95}, {100, 7}, {112, 112}, {120, 7}, {130, 7}, {140, 7}, {150, 150}}));
  EXPECT_EQ(seen(overlay, stored, 101, 131), (Seen{{112, 112}, {120, 7}, {130, 7}}));
  EXPECT_EQ(seen(overlay, stored, 110, 112), Seen{});
  EXPECT_EQ(overlay.horizon(at(111)), at(120));
  EXPECT_EQ(overlay.horizon(at(143)), at(145));
  EXPECT_EQ(overlay.horizon(at(145)), at(145));
}

TEST(Overlay, a_fill_gives_way_to_a_newer_one_and_to_a_restore_and_bears_a_newer_replace) {
  const Overlay overlay({fill(1, 0, 60, 1), fill(2, 20, 30, 2),
                         make(3, 30, 40, CorrectionAction::kRestore), replace(4, 40, 50, 4)});
  EXPECT_EQ(seen(overlay, {}, 0, 60), (Seen{{0, 1}, {10, 1}, {20, 2}, {40, 4}, {50, 1}}));
  const Overlay older({replace(1, 0, 20, 4), fill(2, 0, 20, 1)});
  EXPECT_EQ(seen(older, {15}, 0, 60), (Seen{{0, 1}, {15, 4}}));
}

TEST(Overlay, a_line_rises_from_border_to_border_and_whole_numbers_stay_whole) {
  Correction line = fill(1, 0, 40, 0);
  line.method = FillMethod::kLinear;
  line.value_to = 6;
  EXPECT_EQ(seen(Overlay({line}), {}, 0, 60), (Seen{{0, 0}, {10, 1.5}, {20, 3}, {30, 4.5}}));
  line.value = std::int64_t{0};
  std::vector<model::Value> values;
  Overlay({line}).fill(at(0), at(100), at(100),
                       [&](const auto& filled) { values.push_back(filled.sample.value); });
  EXPECT_EQ(values, (std::vector<model::Value>{std::int64_t{0}, std::int64_t{2}, std::int64_t{3},
                                               std::int64_t{4}}));
}

TEST(Overlay, the_newest_sample_may_be_one_that_a_fill_shows) {
  const Overlay overlay({fill(1, 0, 45, 1)});
  EXPECT_EQ(newest_seen(overlay, model::Sample{at(17), 2.0, {}}).sample->time, at(40));
  EXPECT_EQ(newest_seen(overlay, model::Sample{at(41), 2.0, {}}).sample->time, at(41));
  EXPECT_EQ(newest_seen(overlay, std::nullopt).correction, 1);
  EXPECT_FALSE(newest_seen(Overlay(), std::nullopt).sample);
  EXPECT_EQ(overlay.last_fill(at(0), at(35), at(33))->sample.time, at(20));
  EXPECT_EQ(overlay.last_fill(at(0), at(40), at(33))->sample.time, at(30));
  EXPECT_FALSE(overlay.last_fill(at(31), at(35), at(33)));
}

}  // namespace
}  // namespace millrace::store
