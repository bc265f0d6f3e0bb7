#include "codec/contract_options.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace millrace::codec {
namespace {

using model::FilterKind;
using model::FilterPolicy;
using model::PropertyContract;
using model::Severity;
using namespace std::chrono_literals;

std::string problem_of(std::string_view text, const auto& table) {
  const auto loaded = config::load_text(text, "t.yaml", table);
  return loaded ? "" : base::describe(loaded.error());
}

TEST(ContractOptions, EveryRuleCanBeWrittenInAFile) {
  const auto contract = config::load_text(
      "min: 0\nmax: 10\nflat_line_s: 600\nflat_tolerance: 0.01\nstale_s: 30\nlate_s: 60\n"
      "siblings: [inlet, other-pump/inlet]\nsibling_window_s: 5\noutlier_z: 8\nunit_jump: true\n"
      "severity: {flat_line: bad, out_of_range: uncertain}\n",
      "t.yaml", contract_table());
  ASSERT_TRUE(contract) << base::describe(contract.error());
  EXPECT_EQ(contract->stale, base::Duration(30s));
  EXPECT_EQ(contract->siblings.size(), 2U);
  EXPECT_EQ(contract->severities.flat_line, Severity::kBad);
  EXPECT_EQ(contract->severities.out_of_range, Severity::kUncertain);
  EXPECT_EQ(contract->severities.rate_of_change, Severity::kBad) << "the reason's default";
}

TEST(ContractOptions, WhatIsPrintedReadsBackTheSame) {
  PropertyContract contract;
  contract.siblings = {"a", "b"};
  contract.stale = 30s;
  contract.severities.gap = Severity::kUncertain;
  const std::string text = config::to_text(contract, contract_table(), config::Secrets::kShown);
  const auto again = config::load_text(text, "t.yaml", contract_table());
  ASSERT_TRUE(again) << base::describe(again.error());
  EXPECT_EQ(*again, contract);
  const FilterPolicy policy{.kind = FilterKind::kSwingingDoor, .deviation = 0.5};
  const auto filter = config::load_text(
      config::to_text(policy, filter_table(), config::Secrets::kShown), "t.yaml", filter_table());
  ASSERT_TRUE(filter) << base::describe(filter.error());
  EXPECT_EQ(*filter, policy);
}

TEST(ContractOptions, ASingleSiblingIsRefused) {
  EXPECT_NE(problem_of("siblings: [inlet]\n", contract_table()).find("at least two"),
            std::string::npos);
}

TEST(FilterOptions, AFilterWithoutWhatItLivesByOrWithWhatItIgnoresIsRefused) {
  EXPECT_EQ(problem_of("deadband: 0.1\n", filter_table()), "");
  EXPECT_EQ(problem_of("filter: window\nwindow_ms: 60000\nwindow_value: max\n", filter_table()),
            "");
  EXPECT_NE(problem_of("filter: swinging_door\n", filter_table()).find("deviation"),
            std::string::npos);
  EXPECT_NE(problem_of("filter: sample\n", filter_table()).find("window_ms"), std::string::npos);
  EXPECT_NE(problem_of("deviation: 1\n", filter_table()).find("swinging_door"), std::string::npos);
  EXPECT_NE(problem_of("window_ms: 1000\n", filter_table()).find("sample"), std::string::npos);
  EXPECT_NE(problem_of("filter: exception\ndeadband: 1\n", filter_table()).find("no deadband"),
            std::string::npos);
}

}  // namespace
}  // namespace millrace::codec
