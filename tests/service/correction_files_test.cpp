// Corrections from files: what is in force is left alone, what is not is made, in their order.

#include <numeric>

#include "base/time_text.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

class CorrectionFilesTest : public ServiceTest {
 protected:
  CorrectionFilesTest() {
    for (const int second : {0, 10, 20, 30, 70, 80, 120}) {
      put(flow_, {start_ + second * 1s, second * 2.0, {}});
    }
  }

  /// An entry of pump-1/flow in seconds from the start.
  std::string entry(int from, int to, const std::string& rest, const std::string& reason = "r") {
    return std::format(
        "- thing: pump-1\n  property: flow\n  start: {}\n  end: {}\n  {}\n  reason: {}\n",
        base::to_text(start_ + from * 1s), base::to_text(start_ + to * 1s), rest, reason);
  }
  CorrectionsApplied apply(const std::string& yaml, Rehearsal rehearsal = Rehearsal::kNo) {
    const auto done = services_->correction_files.apply(as(Role::kOtEngineer), yaml, rehearsal);
    EXPECT_TRUE(done) << base::describe(done.error());
    return done.value_or(CorrectionsApplied{});
  }
  /// Of each entry: how many corrections it became, -1 for one that was there, -2 for a refusal.
  static std::vector<int> states(const CorrectionsApplied& applied) {
    std::vector<int> found;
    for (const FiledResult& one : applied.entries) {
      const int made = static_cast<int>(one.made);
      found.push_back(one.state == FiledState::kNew     ? made
                      : one.state == FiledState::kThere ? -1
                                                        : -2);
    }
    return found;
  }
  using States = std::vector<int>;
  std::vector<double> seen() {
    std::vector<double> found;
    const auto rows =
        series_->raw({.series = flow_, .start = base::Time::min(), .end = base::Time::max()});
    for (const auto& one : rows->samples) {
      found.push_back(one.quality.is_bad() ? -1 : std::get<double>(one.value));
    }
    return found;
  }
  std::size_t count() { return series_->corrections({})->size(); }
  std::string exported() {
    const auto text = services_->correction_files.exported({});
    EXPECT_TRUE(text) << base::describe(text.error());
    return text.value_or("");
  }

  const model::SeriesId flow_ = define("pump-1", "flow");
  const base::Time start_ = clock_.now() - 1h;
};

TEST_F(CorrectionFilesTest, a_file_is_one_commit_and_applying_it_again_changes_nothing) {
  const std::string file = entry(0, 11, "action: replace\n  value: 5") +
                           entry(10, 31, "action: invalidate") + entry(20, 21, "action: restore");
  const auto before = series_->newest_commit();
  EXPECT_EQ(states(apply(file, Rehearsal::kYes)), (States{1, 1, 1}));
  EXPECT_EQ(series_->newest_commit(), before) << "a rehearsal";
  const auto done = apply(file);
  EXPECT_EQ(states(done), (States{1, 1, 1}));
  ASSERT_TRUE(done.commit);
  EXPECT_EQ(number(*done.commit), number(before) + 1);
  const std::vector<double> expected{5, -1, 40, -1, 140, 160, 240};
  EXPECT_EQ(seen(), expected) << "the later one counts";
  EXPECT_EQ(count_audit("correction.made"), 3U);
  EXPECT_EQ(series_->events(0, 10)->size(), 3U);
  EXPECT_TRUE(series_->events(0, 1)->front().body.contains("\"id\":3"));
  for (int round = 0; round < 2; ++round) {
    const auto again = apply(file);
    EXPECT_EQ(states(again), (States{-1, -1, -1}));
    EXPECT_FALSE(again.commit);
  }
  EXPECT_EQ(count(), 3U);
  EXPECT_EQ(seen(), expected);
}

TEST_F(CorrectionFilesTest, one_entry_that_cannot_be_made_keeps_all_others_from_being_made) {
  const auto done =
      apply(entry(0, 11, "action: replace\n  value: 5") +
            entry(10, 31, "action: replace\n  value: high") + entry(40, 39, "action: invalidate") +
            "- thing: pump-9\n  property: flow\n  start: 2026-01-01\n"
            "  end: 2026-01-02\n  action: restore\n  reason: r\n" +
            entry(0, 5, "action: sto"));
  EXPECT_EQ(states(done), (States{1, -2, -2, -2}));
  std::vector<int> lines;
  for (const auto& one : done.problems) lines.push_back(one.problem.place.line);
  EXPECT_EQ(lines, (std::vector<int>{8, 15, 21, 31}));
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(count_audit("correction.made"), 0U);
  const auto viewer = services_->correction_files.apply(as(Role::kViewer), "[]", Rehearsal::kYes);
  EXPECT_EQ(viewer.error().code, ErrorCode::kForbidden);
}

TEST_F(CorrectionFilesTest, fills_that_are_looked_up_are_known_again_hole_by_hole) {
  const std::string file =
      entry(31, 115, "action: fill\n  method: linear") +
      entry(0, 9, "action: fill\n  method: previous\n  interval_ms: 3000", "p");
  EXPECT_EQ(states(apply(file)), (States{2, 1}));
  const auto filled = seen();
  EXPECT_EQ(states(apply(file)), (States{-1, -1}));
  EXPECT_EQ(seen(), filled);
  // A late sample leaves a hole of its own, and the file fills it once.
  put(flow_, {start_ + 57s, 7.0, {}});
  EXPECT_EQ(states(apply(file)), (States{1, -1}));
  EXPECT_EQ(states(apply(file)), (States{-1, -1}));
}

TEST_F(CorrectionFilesTest, what_lies_over_a_fill_in_the_file_does_not_make_it_new) {
  const std::string fill = entry(31, 69, "action: fill\n  method: linear\n  interval_ms: 10000");
  for (const char* over :
       {"action: restore", "action: invalidate", "action: replace\n  value: 1"}) {
    const std::string file = fill + entry(0, 100, over, "over it");
    apply(file);
    const std::size_t made = count();
    EXPECT_EQ(states(apply(file)), (States{-1, -1})) << over;
    EXPECT_EQ(count(), made);
  }
}

TEST_F(CorrectionFilesTest, a_fill_sees_what_stands_before_it_in_the_file) {
  apply(entry(30, 31, "action: replace\n  value: 100") + entry(70, 71, "action: invalidate") +
        entry(31, 69, "action: fill\n  method: previous\n  interval_ms: 10000"));
  EXPECT_EQ(seen(), (std::vector<double>{0, 20, 40, 100, 100, 100, 100, -1, 160, 240}));
}

TEST_F(CorrectionFilesTest, what_was_laid_over_an_entry_since_makes_it_again_and_says_so) {
  const std::string file = entry(0, 21, "action: replace\n  value: 5");
  apply(file);
  ASSERT_TRUE(services_->corrections.create(admin(), {.property = {"pump-1", "flow"},
                                                      .range = {start_ + 10s, start_ + 11s},
                                                      .action = store::CorrectionAction::kRestore,
                                                      .interval = {},
                                                      .reason = "by hand"}));
  const auto again = apply(file);
  EXPECT_EQ(states(again), (States{1}));
  EXPECT_EQ(again.entries[0].covered_by, 2);
  EXPECT_EQ(states(apply(file)), (States{-1}));
  // What comes into the file before it is below it.
  const std::string longer = entry(0, 31, "action: invalidate") + file;
  const auto grown = apply(longer);
  EXPECT_EQ(states(grown), (States{1, 1}));
  EXPECT_EQ(grown.entries[1].covered_by, 0);
  EXPECT_EQ(seen(), (std::vector<double>{5, 5, 5, -1, 140, 160, 240}));
  EXPECT_EQ(states(apply(longer)), (States{-1, -1}));
}

TEST_F(CorrectionFilesTest, an_export_is_there_where_it_came_from_and_makes_the_same_elsewhere) {
  apply(entry(0, 11, "action: replace\n  value: 5") +
        entry(31, 115, "action: fill\n  method: linear") +
        entry(35, 45, "action: fill\n  method: constant\n  value: 0.1\n  interval_ms: 3333.333") +
        entry(10, 31, "action: invalidate") + entry(20, 21, "action: restore"));
  const std::string file = exported();
  const auto original = seen();
  const std::size_t made = count();
  for (const auto& state : states(apply(file))) EXPECT_EQ(state, -1);
  EXPECT_EQ(count(), made);
  EXPECT_EQ(exported(), file);
  // Elsewhere: another thing with the same samples.
  const auto other = define("pump-2", "flow");
  for (const int second : {0, 10, 20, 30, 70, 80, 120}) {
    put(other, {start_ + second * 1s, second * 2.0, {}});
  }
  std::string moved = file;
  for (auto at = moved.find("pump-1"); at != std::string::npos; at = moved.find("pump-1")) {
    moved.replace(at, 6, "pump-2");
  }
  EXPECT_EQ(apply(moved).entries.size(), made);
  const auto all = [&](model::SeriesId id) {
    return series_->raw({.series = id, .start = base::Time::min(), .end = base::Time::max()})
        ->samples;
  };
  EXPECT_EQ(all(other), all(flow_));
}

TEST_F(CorrectionFilesTest, any_file_is_applied_once_whatever_was_made_between) {
  base::Random random(7);
  const std::vector<std::string> kinds = {
      "action: replace\n  value: 5", "action: replace\n  value: 6", "action: invalidate",
      "action: restore", "action: fill\n  method: constant\n  value: 3\n  interval_ms: 4000"};
  for (int round = 0; round < 60; ++round) {
    std::string file;
    for (std::size_t i = 0; i <= random.below(6); ++i) {
      const int from = static_cast<int>(random.below(100));
      file += entry(from, from + 1 + static_cast<int>(random.below(60)),
                    kinds[random.below(kinds.size())], random.below(2) == 0 ? "a" : "b");
    }
    ASSERT_TRUE(apply(file).problems.empty());
    const auto once = seen();
    for (const FiledResult& one : apply(file).entries) {
      ASSERT_EQ(one.state, FiledState::kThere) << "round " << round << "\n" << file;
    }
    ASSERT_EQ(seen(), once);
  }
}

TEST_F(CorrectionFilesTest, a_file_of_what_has_expired_since_is_there) {
  const std::string file = entry(0, 11, "action: replace\n  value: 5") +
                           entry(31, 69, "action: fill\n  method: previous");
  apply(file);
  ASSERT_TRUE(series_->seal());
  clock_.advance(60 * 24h);
  put(flow_, {clock_.now(), 1.0, {}});
  ASSERT_TRUE(series_->seal());
  ASSERT_TRUE(services_->system.retain({.raw = 24h}, {}));
  ASSERT_FALSE(series_->expired(model::ValueType::kF64).empty());
  EXPECT_EQ(states(apply(file)), (States{-1, -1}));
  EXPECT_EQ(states(apply(file + entry(5, 6, "action: restore"))), (States{-1, -1, -2}));
}

}  // namespace
}  // namespace millrace::service
