#include "service/correction_match.h"

#include <gtest/gtest.h>

namespace millrace::service {
namespace {

using namespace std::chrono_literals;
using store::Correction;
using store::CorrectionAction;
using store::FillMethod;

const base::Time kMidnight{};

CorrectionRequest asked(const char* reason, int from, int to, double value) {
  return {.property = {"p", "f"},
          .range = {kMidnight + from * 1s, kMidnight + to * 1s},
          .action = CorrectionAction::kReplace,
          .value = value,
          .interval = {},
          .reason = reason};
}

/// A record that says it, as the store numbers it.
Correction record_of(const CorrectionRequest& request, std::int64_t id) {
  return {.id = id,
          .range = {request.range.start, request.range.end},
          .action = request.action,
          .value = request.value,
          .method = request.method,
          .value_to = request.value_to,
          .interval = request.interval.value_or(base::Duration()),
          .by = {},
          .role = {},
          .why = request.reason};
}

class Matching : public testing::Test {
 protected:
  const CorrectionRequest a_ = asked("a", 0, 10, 1), b_ = asked("b", 5, 15, 2),
                          c_ = asked("c", 20, 30, 3);
  CorrectionMatch match(const std::vector<const CorrectionRequest*>& records,
                        const std::vector<const CorrectionRequest*>& entries) {
    std::vector<Correction> all;
    for (const auto* one : records) all.push_back(record_of(*one, std::ssize(all) + 1));
    CorrectionMatch found(std::move(all));
    found.find(entries);
    return found;
  }
  static std::vector<std::int64_t> ids(const CorrectionMatch& match, std::size_t entry) {
    std::vector<std::int64_t> found;
    for (const Correction& one : match.of(entry)) found.push_back(one.id);
    return found;
  }
  using Ids = std::vector<std::int64_t>;
};

TEST_F(Matching, a_file_that_was_applied_is_there_in_its_order) {
  const auto found = match({&a_, &b_, &c_}, {&a_, &b_, &c_});
  EXPECT_EQ(ids(found, 0), (Ids{1}));
  EXPECT_EQ(ids(found, 1), (Ids{2}));
  EXPECT_EQ(ids(found, 2), (Ids{3}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(found.covered_by(i));
}

TEST_F(Matching, where_entries_overlap_their_order_counts_and_elsewhere_it_does_not) {
  EXPECT_EQ(ids(match({&b_, &a_}, {&a_, &b_}), 0), Ids{}) << "b must be the stronger one";
  const auto apart = match({&c_, &a_}, {&a_, &c_});
  EXPECT_EQ(ids(apart, 0), (Ids{2}));
  EXPECT_EQ(ids(apart, 1), (Ids{1}));
}

TEST_F(Matching, what_somebody_laid_over_it_since_is_named) {
  const auto found = match({&a_, &b_}, {&a_});
  EXPECT_EQ(ids(found, 0), (Ids{1}));
  EXPECT_EQ(found.covered_by(0), 2);
  EXPECT_FALSE(match({&b_, &a_}, {&a_}).covered_by(0)) << "it is below";
  EXPECT_FALSE(match({&a_, &c_}, {&a_}).covered_by(0)) << "it is elsewhere";
}

TEST_F(Matching, equal_ones_are_found_one_for_one) {
  const auto found = match({&a_, &b_, &a_}, {&a_, &b_, &a_});
  EXPECT_EQ(ids(found, 0), (Ids{1}));
  EXPECT_EQ(ids(found, 2), (Ids{3}));
  EXPECT_EQ(ids(match({&a_, &a_}, {&a_}), 0), (Ids{2})) << "the latest";
}

TEST_F(Matching, one_that_differs_in_anything_is_another_one) {
  for (const auto change : std::vector<void (*)(CorrectionRequest&)>{
           [](auto& one) { one.range.end += 1us; }, [](auto& one) { one.value = 1.5; },
           [](auto& one) { one.value = model::Value(); }, [](auto& one) { one.reason = "A"; },
           [](auto& one) { one.action = CorrectionAction::kRestore; },
           [](auto& one) { one.interval = 1s; }, [](auto& one) { one.value_to = 1; },
           [](auto& one) { one.method = FillMethod::kConstant; }}) {
    CorrectionRequest other = a_;
    change(other);
    EXPECT_EQ(ids(match({&a_}, {&other}), 0), Ids{});
  }
  CorrectionRequest whole = a_;
  whole.value = std::int64_t{1};
  EXPECT_EQ(ids(match({&a_}, {&whole}), 0), (Ids{1})) << "as JSON and YAML have 1.0";
}

TEST_F(Matching, a_fill_that_was_looked_up_is_all_its_holes) {
  CorrectionRequest hole = asked("fill", 2, 4, 1), other = asked("fill", 6, 8, 2);
  for (auto* one : {&hole, &other}) {
    one->action = CorrectionAction::kFill;
    one->method = FillMethod::kPrevious;
    one->interval = 1s;
  }
  CorrectionRequest fill = hole;
  fill.range = a_.range;
  fill.value = model::Value();
  EXPECT_EQ(ids(match({&hole, &c_, &other}, {&fill}), 0), (Ids{1, 3}));
  EXPECT_EQ(ids(match({&hole, &other, &c_, &hole}, {&fill}), 0), (Ids{2, 4})) << "filled again";
  fill.interval.reset();
  EXPECT_EQ(ids(match({&hole, &other}, {&fill}), 0), (Ids{1, 2}));
  fill.interval = 2s;
  EXPECT_EQ(ids(match({&hole, &other}, {&fill}), 0), Ids{});
}

}  // namespace
}  // namespace millrace::service
