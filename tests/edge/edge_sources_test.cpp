// The sources of an edge against a real Modbus server, while what is read changes.
#include "edge/edge_sources.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "connector/modbus/server.h"
#include "edge/assignment.h"
#include "pipeline/quality_rules.h"
#include "spool/spool.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

const base::SystemClock kClock;

/// A way that nobody answers.
class Way final : public pipeline::Uplink {
 public:
  base::Result<void> start(std::vector<pipeline::OutboundProperty>,
                           pipeline::UplinkEvents&) override {
    return {};
  }
  void stop() override {}
  void update(std::vector<pipeline::OutboundProperty>) override {}
  void announce() override {}
  pipeline::Sending send(const pipeline::Position&, const model::Batch&, bool) override {
    return pipeline::Sending::kNotNow;
  }
  pipeline::Sending send_unpositioned(const model::Batch&) override {
    return pipeline::Sending::kNotNow;
  }
  bool send(const pipeline::BatchesLost&) override { return false; }
  bool send(const pipeline::OriginStatus&) override { return false; }
  bool send(const pipeline::CommandAnswer& /*answer*/) override { return true; }
};

template <class Condition>
bool eventually(Condition condition) {
  const auto until = kClock.monotonic() + 10s;
  while (!condition()) {
    if (kClock.monotonic() > until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class EdgeSourcesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    spool_ = std::move(*spool::Spool::create({.directory = folder_ / "spool"}, {kClock, random_}));
    ASSERT_TRUE(spool_->start());
    runner_ = std::make_unique<fleet::EdgeRunner>(
        fleet::EdgeRunner::Options{},
        fleet::EdgeRunner::Deps{*spool_, way_, kClock, metrics_, random_});
    ASSERT_TRUE(runner_->start());
    server_ = std::move(*modbus::Server::start());
    for (const char* address : {"holding:0", "holding:1", "holding:2"}) {
      ASSERT_TRUE(server_->set(*modbus::parse_address(address), std::uint64_t{7}));
    }
    sources_ = std::make_unique<EdgeSources>(EdgeSources::Deps{
        *runner_, kClock, "edge-1", folder_,
        [this](std::vector<fleet::CommandRoute> routes) { routes_ = std::move(routes); }});
  }
  void TearDown() override {
    sources_->stop();
    runner_->stop();
    sources_.reset();
    runner_.reset();
    spool_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// A connection with one tag for each letter, at rising addresses.
  std::vector<EdgeConnection> connection(const std::string& name, const std::string& properties,
                                         const std::string& more = {}) {
    std::string yaml = std::format(
        "version: 1\nrevision: 1\nmodbus:\n  - name: {}\n    host: 127.0.0.1\n    port: {}\n"
        "    poll_interval_ms: 20\n    tags:\n",
        name, server_->port());
    for (std::size_t i = 0; i < properties.size(); ++i) {
      yaml += std::format("      - {{address: \"holding:{}\", thing: pump, property: {}{}}}\n", i,
                          properties[i], more);
    }
    auto read = parse_assignment(yaml);
    EXPECT_TRUE(read) << base::describe(read.error());
    return read->connections;
  }
  bool is_connected(const std::string& name) {
    return eventually([&] {
      for (const ConnectionReport& one : sources_->states()) {
        if (one.name == name) return one.state == pipeline::LinkState::kConnected;
      }
      return false;
    });
  }
  std::shared_ptr<pipeline::Source> source_of(const std::string& property) {
    for (const fleet::CommandRoute& route : routes_) {
      if (route.name == property) return route.source;
    }
    return nullptr;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-sources-{}", ::getpid());
  base::Random random_{5};
  base::Metrics metrics_;
  Way way_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<fleet::EdgeRunner> runner_;
  std::unique_ptr<modbus::Server> server_;
  std::vector<fleet::CommandRoute> routes_;
  std::unique_ptr<EdgeSources> sources_;
};

TEST_F(EdgeSourcesTest, WhatDidNotChangeGoesOnWithTheSameSource) {
  auto both = connection("a", "p");
  for (auto& one : connection("b", "q")) both.push_back(one);
  ASSERT_TRUE(sources_->apply(both));
  ASSERT_TRUE(is_connected("a") && is_connected("b"));
  const auto kept = source_of("p"), replaced = source_of("q");
  auto changed = connection("a", "p", ", max: 5");  // another contract is no other source
  for (auto& one : connection("b", "qr")) changed.push_back(one);
  ASSERT_TRUE(sources_->apply(changed));
  EXPECT_EQ(source_of("p"), kept);
  EXPECT_EQ(kept->status().connects, 1U);
  EXPECT_NE(source_of("q"), replaced);
  EXPECT_NE(source_of("r"), nullptr);
  ASSERT_TRUE(is_connected("b"));
  ASSERT_TRUE(sources_->apply({}));
  EXPECT_TRUE(sources_->states().empty());
  EXPECT_TRUE(eventually([&] { return server_->clients() == 0; }));
}

TEST_F(EdgeSourcesTest, AConnectionThatCannotBeMadeChangesNothing) {
  ASSERT_TRUE(sources_->apply(connection("a", "p")));
  const auto kept = source_of("p");
  auto broken = connection("b", "q");
  broken[0].tags[0].address = "nowhere";
  EXPECT_FALSE(sources_->apply(broken));
  EXPECT_EQ(source_of("p"), kept);
  EXPECT_TRUE(is_connected("a"));
}

TEST_F(EdgeSourcesTest, ActionsHaveAPlaceThatCanBeWritten) {
  auto with = connection("a", "p");
  with[0].tags[0].is_writable = true;
  with[0].actions = {{.address = "holding:1", .thing = "pump", .action = "start", .transform = {}},
                     {.address = "holding:2", .thing = "pump", .action = "other", .transform = {}}};
  ASSERT_TRUE(sources_->apply(with));
  ASSERT_TRUE(is_connected("a"));
  ASSERT_EQ(routes_.size(), 3U);
  EXPECT_TRUE(routes_[0].is_writable && !routes_[0].is_action && routes_[1].is_action);
  EXPECT_EQ(routes_[1].tag, 1U) << "behind the tags";
  ASSERT_TRUE(routes_[2].source->write(routes_[2].tag, std::int64_t{42}));
  const auto there = server_->get(*modbus::parse_address("holding:2"));
  ASSERT_TRUE(there);
  EXPECT_EQ(pipeline::as_number(*there), 42.0);
}

}  // namespace
}  // namespace millrace::apps
