#include "edge/edge_report.h"

#include <gtest/gtest.h>

#include <limits>

#include "config/yaml.h"
#include "edge/assignment.h"
#include "hub/edge_reports.h"

namespace millrace::apps {
namespace {

using pipeline::LinkState;
using namespace std::chrono_literals;

constexpr base::Time kNow{1'800'000'000s};

EdgeReport report(std::int64_t revision, LinkState state, std::string problem = {}) {
  EdgeReport report{.revision = revision};
  report.connections = {{.name = "line-1",
                         .kind = "opcua",
                         .is_assigned = true,
                         .state = state,
                         .problem = std::move(problem),
                         .tags = 20,
                         .unreadable = 1}};
  return report;
}

std::vector<std::string> kinds(const std::vector<store::Event>& events) {
  std::vector<std::string> kinds;
  for (const store::Event& one : events) kinds.push_back(one.kind);
  return kinds;
}

TEST(EdgeReport, IsReadBackAsItWasSaid) {
  EdgeReport said = report(12, LinkState::kFailed, "no \"answer\"\nat all");
  said.refused = std::string(5000, 'x') + "ü";
  said.refused_revision = 13;
  const auto heard = parse_edge_report(to_text(said));
  ASSERT_TRUE(heard) << base::describe(heard.error());
  EXPECT_EQ(heard->revision, 12);
  EXPECT_EQ(heard->refused_revision, 13);
  EXPECT_EQ(heard->refused.size(), 4000U);
  EXPECT_EQ(heard->connections, said.connections);
  EXPECT_FALSE(parse_edge_report("{\"version\": 1, \"revisoin\": 2}"));
  EXPECT_FALSE(parse_edge_report("[]"));
  EXPECT_FALSE(parse_edge_report("{"));
  EXPECT_EQ(shortened("aü", 2), "a");
}

TEST(EdgeReport, FilterFiguresReachTheHubsReport) {
  pipeline::TagFilterFigures figures{.thing = "pump-1", .property = "flow", .unit = "m3/h"};
  figures.policy.deadband_absolute = 0.5;
  figures.figures = {.received = 100,
                     .sent = 10,
                     .bytes_received = 2400,
                     .bytes_sent = 240,
                     .since = kNow - 1h,
                     .error_max = 0.49,
                     .error_mean = std::numeric_limits<double>::quiet_NaN()};
  const auto heard = parse_filter_report(to_text(filter_report({figures})));
  ASSERT_TRUE(heard) << base::describe(heard.error());
  EdgeReports reports;
  reports.note("edge-1", *heard, kNow);
  const auto rows = reports.filters();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].edge, "edge-1");
  EXPECT_EQ(rows[0].policy, "deadband 0.5, heartbeat 60 s");
  EXPECT_EQ(rows[0].bytes_saved, 2160);
  EXPECT_EQ(rows[0].error_max, 0.49);
  EXPECT_EQ(rows[0].error_mean, std::nullopt);
  EXPECT_EQ(rows[0].stepped_max, std::nullopt) << "only of a swinging door";
  EXPECT_EQ(rows[0].since, kNow - 1h);
  EXPECT_EQ(rows[0].reported, kNow);
  reports.note("edge-1", FilterFigureReport(), kNow);
  EXPECT_TRUE(reports.filters().empty());
}

TEST(EdgeReport, WhatChangesIsAnEventAndHowThingsWereAtTheStartIsNone) {
  EdgeReports reports;
  reports.note("edge-1", "north", report(3, LinkState::kConnected));
  EXPECT_TRUE(reports.take_events(kNow).empty());
  EXPECT_EQ(reports.site_of("edge-1"), "north");
  reports.note("edge-1", "north", report(4, LinkState::kConnecting));
  EXPECT_EQ(kinds(reports.take_events(kNow)), (std::vector<std::string>{"edge.configured"}));
  EdgeReport refusing = report(4, LinkState::kConnected);
  refusing.refused = "unknown option";
  refusing.refused_revision = 5;
  reports.note("edge-1", "north", refusing);
  reports.note("edge-1", "north", refusing);
  const auto events = reports.take_events(kNow);
  ASSERT_EQ(kinds(events), (std::vector<std::string>{"edge.assignment_refused"}));
  EXPECT_EQ(events[0].subject, "edge-1");
  EXPECT_EQ(events[0].body, R"({"revision":5,"why":"unknown option","hint":""})");
}

TEST(EdgeReport, AnEdgeThatDoesNotKnowWhatTheHubWritesIsToBeUpdated) {
  // As an edge from before "source_unit" reads an assignment of today.
  const std::string today = to_text(
      Assignment{.revision = 6,
                 .connections = {{.kind = "modbus",
                                  .name = "line",
                                  .options = config::parse_yaml("{name: line, host: h}").value(),
                                  .tags = {{.address = "holding:1",
                                            .thing = "pump-1",
                                            .property = "pressure",
                                            .source_unit = "kPa"}}}}});
  ASSERT_TRUE(parse_assignment(today)) << today;
  std::string unknown = today;
  unknown.replace(unknown.find("source_unit"), 11, "source_what");
  const auto read = parse_assignment(unknown);
  ASSERT_FALSE(read) << "nothing of it is in force";
  EXPECT_TRUE(read.error().what.contains("unknown option 'source_what'")) << read.error().what;
  EdgeReports reports;
  reports.note("edge-1", "north", report(5, LinkState::kConnected));
  EdgeReport refusing = report(5, LinkState::kConnected);
  refusing.refused = read.error().what;
  refusing.refused_hint = read.error().hint;
  const auto heard = parse_edge_report(to_text(refusing));
  ASSERT_TRUE(heard);
  reports.note("edge-1", "north", *heard);
  const auto events = reports.take_events(kNow);
  ASSERT_EQ(kinds(events), (std::vector<std::string>{"edge.assignment_refused"}));
  EXPECT_TRUE(events[0].body.contains("source_what")) << events[0].body;
  EXPECT_TRUE(events[0].body.contains("update millrace-edge")) << events[0].body;
}

TEST(EdgeReport, ALineThatComesAndGoesIsAnEventOnceAMinute) {
  EdgeReports reports;
  reports.note("edge-1", "north", report(3, LinkState::kConnected));
  std::size_t count = 0;
  for (int second = 0; second < 180; ++second) {
    const auto state = second % 2 == 0 ? LinkState::kFailed : LinkState::kConnected;
    reports.note("edge-1", "north", report(3, state, "refused"));
    count += reports.take_events(kNow + second * 1s).size();
  }
  EXPECT_GE(count, 2U);
  EXPECT_LE(count, 4U);
  reports.note("edge-1", "north", report(3, LinkState::kFailed, "refused"));
  auto last = reports.take_events(kNow + 10min);
  if (last.empty()) last = reports.take_events(kNow + 20min);
  for (const auto& one : last) EXPECT_EQ(one.kind, "connection.failed");
}

}  // namespace
}  // namespace millrace::apps
