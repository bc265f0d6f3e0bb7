#include "service/correction_file.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace millrace::service {
namespace {

using namespace std::chrono_literals;
using store::CorrectionAction;
using store::FillMethod;

const base::Time kFive = base::parse_time("2026-03-01T05:00:00Z").value();

CorrectionRequest filed(CorrectionAction action) {
  return {.property = {"pump-1", "flow"},
          .range = {kFive, kFive + 1h},
          .action = action,
          .value = {},
          .interval = {},
          .reason = "why"};
}

void expect_same(const CorrectionRequest& left, const CorrectionRequest& right) {
  EXPECT_EQ(left.property.thing, right.property.thing);
  EXPECT_EQ(left.property.property, right.property.property);
  EXPECT_EQ(left.range.start, right.range.start);
  EXPECT_EQ(left.range.end, right.range.end);
  EXPECT_EQ(left.action, right.action);
  EXPECT_EQ(left.value, right.value);
  EXPECT_EQ(left.value_to, right.value_to);
  EXPECT_EQ(left.method, right.method);
  EXPECT_EQ(left.interval, right.interval);
  EXPECT_EQ(left.reason, right.reason);
}

TEST(CorrectionFile, what_is_written_is_read_again) {
  std::vector<CorrectionRequest> requests;
  for (const model::Value& value : std::vector<model::Value>{
           1.5, -0.1, 1e300, std::int64_t{-7}, std::uint64_t{18'446'744'073'709'551'615U}, true,
           std::string("null"), std::string("12"), std::string(""),
           std::string("a: b\n\"c\" 流 # d"), std::string("true"), std::string("- x"),
           std::string(" blank ")}) {
    requests.push_back(filed(CorrectionAction::kReplace));
    requests.back().value = value;
  }
  for (const char* reason :
       {"null", "~", "12", "yes", "流量", "a\tb", "'", "\"", "*x", "&y", "!z"}) {
    requests.push_back(filed(CorrectionAction::kRestore));
    requests.back().reason = reason;
  }
  requests.push_back(filed(CorrectionAction::kFill));
  requests.back().method = FillMethod::kLinear;
  requests.back().value = 0.1;
  requests.back().value_to = 1.0 / 3;
  requests.back().interval = 333'333us;
  requests.back().range.start += 1us;
  const std::string text = write_correction_file(requests);
  const CorrectionFile file = read_correction_file(text);
  ASSERT_TRUE(file.problems.empty()) << config::to_text("f", file.problems.front()) << text;
  ASSERT_EQ(file.entries.size(), requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    SCOPED_TRACE(i);
    expect_same(file.entries[i].request, requests[i]);
  }
  EXPECT_EQ(file.entries[0].line, 2);
  EXPECT_TRUE(read_correction_file(write_correction_file({})).problems.empty());
}

TEST(CorrectionFile, every_problem_has_its_line_and_a_next_step) {
  const CorrectionFile file = read_correction_file(
      "- thing: pump-1\n"
      "  property: flow\n"
      "  start: now-1h\n"
      "  end: 2026-03-01T06:00:00Z\n"
      "  action: invalidate\n"
      "  reason: r\n"
      "- thing: Pump 1\n"
      "  property: flow\n"
      "  start: 2026-03-01\n"
      "  end: 2026-03-02\n"
      "  action: replce\n"
      "  vlaue: 3\n"
      "  value: [1]\n"
      "- {thing: p, property: f, start: 2026-03-01, end: 2026-03-02, action: restore, reason: "
      "r}\n");
  std::vector<int> lines;
  for (const config::Problem& one : file.problems) {
    lines.push_back(one.place.line);
    EXPECT_FALSE(one.what.empty());
    EXPECT_FALSE(one.hint.empty() && !one.what.starts_with("value: ")) << one.what;
  }
  EXPECT_EQ(lines, (std::vector<int>{3, 7, 11, 13, 7, 12}));
  ASSERT_EQ(file.entries.size(), 1U) << "the one that is sound";
  EXPECT_EQ(file.entries[0].line, 14);
  EXPECT_EQ(file.entries[0].request.property.thing, "p");
}

TEST(CorrectionFile, what_is_no_list_of_corrections_and_what_is_hostile_is_refused) {
  const auto refused = [](const std::string& text) {
    const CorrectionFile file = read_correction_file(text);
    return file.entries.empty() && !file.problems.empty();
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("thing: pump-1"));
  EXPECT_TRUE(refused("- pump-1"));
  EXPECT_TRUE(refused("- {"));
  EXPECT_TRUE(refused(std::string(9U << 20, ' ')));
  std::string bomb = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += std::format("- &a{} [", i);
    for (int k = 0; k < 10; ++k) bomb += std::format("{}*a{}", k > 0 ? ", " : "", i - 1);
    bomb += "]\n";
  }
  EXPECT_TRUE(refused(bomb));
  EXPECT_TRUE(refused(std::string(100'000, '[')));
  std::string many;
  for (std::size_t i = 0; i <= kCorrectionsInFileMax; ++i) many += "- {thing: p}\n";
  EXPECT_TRUE(refused(many));
}

}  // namespace
}  // namespace millrace::service
