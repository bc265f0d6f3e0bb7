#include "connector/opcua/source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "base/log.h"
#include "base/time_text.h"
#include "connector/opcua/server.h"
#include "pipeline/tag_pipeline.h"
#include "support/tcp_relay.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using model::Reason;
using model::Sample;
using model::ValueType;
using pipeline::LinkState;
using pipeline::Reading;
using pipeline::Said;

namespace fs = std::filesystem;

const base::SystemClock kSourceClock;

/// Keeps what it is offered; can be full.
class Collector final : public pipeline::ReadingSink {
 public:
  bool offer(Reading reading) override {
    const std::lock_guard lock(mutex_);
    if (is_full_) return false;
    readings_.push_back(std::move(reading));
    return true;
  }
  void set_full(bool is_full) {
    const std::lock_guard lock(mutex_);
    is_full_ = is_full;
  }
  std::vector<Sample> of(std::uint32_t tag) const {
    const std::lock_guard lock(mutex_);
    std::vector<Sample> samples;
    for (const Reading& reading : readings_) {
      const bool is_again =
          reading.said == Said::kOnRequest && !samples.empty() && samples.back() == reading.sample;
      if (reading.tag == tag && !is_again) samples.push_back(reading.sample);
    }
    return samples;
  }

  std::ptrdiff_t answers(std::uint32_t tag) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count_if(readings_, [&](const Reading& reading) {
      return reading.tag == tag && reading.said == Said::kOnRequest;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Reading> readings_;
  bool is_full_ = false;
};

/// What an edge does with readings of one tag: its pipeline, which asks the source back.
class Edge final : public pipeline::ReadingSink {
 public:
  explicit Edge(model::FilterPolicy filter = {})
      : pipeline_({{.contract = contract(), .filter = filter, .transform = {}}}, {}, {}) {}

  bool offer(Reading reading) override {
    const std::lock_guard lock(mutex_);
    if (reading.tag == 0) pipeline_.take(reading, clock_.now(), clock_.monotonic());
    return true;
  }
  /// All samples of tag 0 so far.
  std::vector<Sample> turn(pipeline::Source& source) {
    const std::lock_guard lock(mutex_);
    const model::EdgeTime now{clock_.now(), clock_.monotonic(), {}};
    for (const model::Batch& batch : pipeline_.due(now.monotonic, now, true)) {
      for (const model::BatchSample& one : batch.samples) samples_.push_back(one.sample);
    }
    for (const std::uint32_t tag : pipeline_.take_asks()) source.ask(tag);
    return samples_;
  }

 private:
  static model::PropertyContract contract() {
    model::PropertyContract contract;
    contract.thing = "pump-1";
    contract.property = "flow";
    return contract;
  }
  const base::SystemClock clock_;
  std::mutex mutex_;
  pipeline::TagPipeline pipeline_;
  std::vector<Sample> samples_;
};

bool wait_for(base::Duration limit, const std::function<bool()>& is_done) {
  const auto end = kSourceClock.monotonic() + limit;
  while (kSourceClock.monotonic() < end) {
    if (is_done()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return is_done();
}

/// A folder for certificates that all tests share: making a key costs most of a second.
fs::path certificates(const std::string& who) {
  return fs::temp_directory_path() / std::format("millrace-opcua-{}", ::getpid()) / who;
}

const std::vector<ServedVariable>& variables() {
  static const std::vector<ServedVariable> kVariables = {
      {"pump-1", "flow", "Flow", ValueType::kF64, "m3/h", 0, 160},
      {"pump-1", "running_hours", "", ValueType::kI64, "h", 0, 1e6},
      {"pump-1", "starts", "", ValueType::kU64, "", 0, 0},
      {"pump-1", "running", "", ValueType::kBool, "", 0, 0},
      {"pump-1", "state", "", ValueType::kText, "", 0, 0},
      {"pump-1", "blob", "", ValueType::kBytes, "", 0, 0},
      {"pump-1", "speed", "Set point", ValueType::kI64, "rpm", 0, 3000, true},
      {"pump-1", "enabled", "", ValueType::kBool, "", 0, 0, true},
      {"pump-1", "note", "", ValueType::kText, "", 0, 0, true}};
  return kVariables;
}

class OpcUa : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::make_directories(certificates("server")));
    const auto port = free_port();
    ASSERT_TRUE(port);
    server_options_.port = *port;
    server_options_.user = "operator";
    server_options_.password = "s3cret";
    server_options_.certificates = certificates("server");
    options_.name = "line-1";
    options_.url = std::format("opc.tcp://127.0.0.1:{}", *port);
    options_.security = Security::kNone;
    options_.publishing_interval = 50ms;
    options_.sampling_interval = 0ms;
    options_.timeout = 2s;
    for (const ServedVariable& variable : variables()) {
      tags_.push_back(std::format("ns=1;s={}/{}", variable.thing, variable.property));
    }
  }
  void TearDown() override {
    if (source_) source_->stop();
  }

  void start_server() {
    auto server = Server::start(server_options_, variables(),
                                [this](std::size_t variable, const Sample& sample) {
                                  const std::lock_guard lock(heard_mutex_);
                                  heard_.emplace_back(variable, sample.value);
                                });
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
  }
  void start_source() { start_source(sink_); }
  void start_source(pipeline::ReadingSink& sink) {
    auto source = make_source(options_, tags_, {kSourceClock, certificates("client"), "edge-1"});
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
    const auto started = source_->start(sink);
    ASSERT_TRUE(started) << started.error().what;
  }
  bool is_connected() const { return source_->status().state == LinkState::kConnected; }
  bool connects() {
    return wait_for(10s, [this] { return is_connected(); });
  }
  void write(std::size_t variable, const Sample& sample) {
    const auto written = server_->write(variable, sample);
    ASSERT_TRUE(written) << written.error().what;
  }
  /// The last sample of a tag is this one within a time.
  bool arrives(std::uint32_t tag, const Sample& sample, base::Duration limit = 5s) {
    return wait_for(limit, [&] {
      const auto samples = sink_.of(tag);
      return !samples.empty() && samples.back() == sample;
    });
  }
  int items() const {
    int count = 0;
    for (std::size_t i = 0; i < variables().size(); ++i) count += server_->monitored_items(i);
    return count;
  }

  ServerOptions server_options_;
  ClientOptions options_;
  std::vector<std::string> tags_;
  Collector sink_;
  std::mutex heard_mutex_;
  std::vector<std::pair<std::size_t, model::Value>> heard_;  // what clients wrote
  std::unique_ptr<Server> server_;
  std::unique_ptr<pipeline::Source> source_;
};

const base::Time kT0 = *base::parse_time("2026-03-04T05:06:07.123456Z");

TEST_F(OpcUa, KeepsTypesSourceTimesAndStatusCodes) {
  start_server();
  start_source();
  ASSERT_TRUE(connects()) << source_->status().problem;
  const std::vector<Sample> written = {
      {kT0, 82.125, {}},
      {kT0 + 1us, std::numeric_limits<std::int64_t>::min(), {}},
      {kT0 + 2us, std::numeric_limits<std::uint64_t>::max(), {}},
      {kT0 + 3us, true, {}},
      {kT0 + 4us, std::string("läuft"), model::Quality::from_opcua(0x40920000U)},
      {kT0 + 5us, model::Bytes{std::string("\0\xff", 2)}, {}}};
  for (std::size_t i = 0; i < written.size(); ++i) write(i, written[i]);
  for (std::uint32_t i = 0; i < written.size(); ++i) EXPECT_TRUE(arrives(i, written[i])) << i;
  EXPECT_EQ(sink_.of(4).back().quality.to_opcua(), 0x40920000U);
}

TEST_F(OpcUa, CarriesEveryUpdateInOrderEvenBetweenTwoPublishesAndWhenTheValueStaysTheSame) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  std::vector<Sample> written;
  for (int i = 0; i < 100; ++i) {
    written.push_back({kT0 + i * 1ms, i < 50 ? 1.0 : double(i), {}});
    write(0, written.back());
    if (i % 10 == 9) std::this_thread::sleep_for(60ms);
  }
  ASSERT_TRUE(arrives(0, written.back()));
  auto samples = sink_.of(0);
  samples.erase(samples.begin(),
                samples.end() - std::min<std::ptrdiff_t>(std::ssize(samples), 100));
  EXPECT_EQ(samples, written);
}

TEST_F(OpcUa, ADropoutIsASampleWithoutValueAndWithTheServersStatus) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(0, {kT0, 1.0, {}});
  ASSERT_TRUE(arrives(0, {kT0, 1.0, {}}));
  write(0, {kT0 + 1s, {}, model::Quality::from_opcua(0x80310000U)});
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.of(0).back().time == kT0 + 1s; }));
  const Sample dropout = sink_.of(0).back();
  EXPECT_EQ(dropout.value.index(), 0U);
  EXPECT_EQ(dropout.quality.to_opcua(), 0x80310000U);
  EXPECT_TRUE(dropout.quality.has(Reason::kSourceStatus));
  write(0, {kT0 + 2s, std::nan(""), {}});
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.of(0).back().time == kT0 + 2s; }));
  EXPECT_TRUE(std::isnan(std::get<double>(sink_.of(0).back().value)));
}

TEST_F(OpcUa, ABadNodeIdStopsNoOtherAndIsNamed) {
  tags_[1] = "ns=1;s=pump-1/no-such-node";
  tags_[2] = "pump-1 flow";
  tags_[3] = "nsu=urn:nobody;s=pump-1/running";
  tags_[4] = "nsu=urn:millrace:server:plant;s=pump-1/state";
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(0, {kT0, 7.0, {}});
  write(4, {kT0, std::string("on"), {}});
  EXPECT_TRUE(arrives(0, {kT0, 7.0, {}}));
  EXPECT_TRUE(arrives(4, {kT0, std::string("on"), {}}));
  const auto tags = source_->status().tags;
  EXPECT_TRUE(tags[0].is_readable && tags[4].is_readable && tags[5].is_readable);
  EXPECT_EQ(tags[1].problem, "BadNodeIdUnknown");
  EXPECT_EQ(tags[2].problem, "'pump-1 flow' is not a node id; write it like ns=2;s=Name");
  EXPECT_EQ(tags[3].problem, "the server has no namespace 'urn:nobody'");
  for (const std::uint32_t bad : {1U, 2U, 3U}) {
    ASSERT_EQ(sink_.of(bad).size(), 1U) << "one sample says so";
    EXPECT_TRUE(sink_.of(bad)[0].quality.has(Reason::kNotReadable));
  }
}

TEST_F(OpcUa, ReadsOverAnEncryptedChannelWithUserAndPasswordOnceTheServerIsTrusted) {
  options_.security = Security::kBasic256Sha256;
  options_.user = "operator";
  options_.password = "s3cret";
  fs::remove_all(certificates("client") / "trusted");
  fs::remove_all(certificates("client") / "rejected");
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  const std::string problem = source_->status().problem;
  EXPECT_NE(problem.find("the server's certificate is not trusted"), std::string::npos) << problem;
  const std::size_t at = problem.find(certificates("client") / "rejected");
  ASSERT_NE(at, std::string::npos) << problem << ": names the file to move";
  const std::string rejected = problem.substr(at, problem.find(' ', at) - at);
  fs::rename(rejected, certificates("client") / "trusted" / "server.der");
  ASSERT_TRUE(connects()) << source_->status().problem;
  write(0, {kT0, 5.0, {}});
  EXPECT_TRUE(arrives(0, {kT0, 5.0, {}}));
}

TEST_F(OpcUa, LogsInWithUserAndPasswordOnTheEndpointNone) {
  server_options_.allows_anonymous = false;
  options_.user = "operator";
  options_.password = "s3cret";
  start_server();
  start_source();
  EXPECT_TRUE(connects()) << source_->status().problem;
}

TEST_F(OpcUa, AWrongPasswordIsAClearErrorAndIsNotInIt) {
  options_.user = "operator";
  options_.password = "wrong-pa55word";
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  const std::string problem = source_->status().problem;
  EXPECT_NE(problem.find("BadUserAccessDenied"), std::string::npos) << problem;
  EXPECT_NE(problem.find("Check user and password"), std::string::npos) << problem;
  EXPECT_EQ(problem.find("wrong-pa55word"), std::string::npos);
}

TEST_F(OpcUa, ALoginTheServerDoesNotOfferSaysWhatItOffers) {
  server_options_.allows_anonymous = false;
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  EXPECT_NE(source_->status().problem.find("it offers: None None (certificate, user name)"),
            std::string::npos)
      << source_->status().problem;
}

TEST_F(OpcUa, AServerKilledAndRestartedIsPickedUpWithinFiveSecondsWithOneItemForEachTag) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  for (int round = 1; round <= 5; ++round) {
    server_.reset();
    ASSERT_TRUE(wait_for(10s, [&] { return !is_connected(); })) << "round " << round;
    std::this_thread::sleep_for(round * 200ms);
    start_server();
    const Sample sample{kT0 + round * 1s, double(round), {}};
    write(0, sample);
    ASSERT_TRUE(arrives(0, sample, 5s)) << "round " << round << source_->status().problem;
    ASSERT_TRUE(wait_for(2s, [&] { return items() == std::ssize(tags_); })) << items();
    for (std::size_t i = 0; i < tags_.size(); ++i) EXPECT_EQ(server_->monitored_items(i), 1);
    EXPECT_EQ(server_->sessions(), 1U);
  }
  EXPECT_EQ(source_->status().connects, 6U);
}

TEST_F(OpcUa, ATornLineResumesTheSessionAndBringsWhatTheServerQueuedMeanwhile) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  options_.queue_size = 100;
  start_source();
  ASSERT_TRUE(connects());
  std::vector<Sample> written;
  for (int round = 0; round < 5; ++round) {
    relay.tear();
    ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); })) << "round " << round;
    for (int i = 0; i < 10; ++i) {
      written.push_back({kT0 + round * 1s + i * 1ms, double(round * 10 + i), {}});
      write(0, written.back());
    }
    relay.mend();
    ASSERT_TRUE(arrives(0, written.back(), 5s)) << "round " << round;
    EXPECT_EQ(items(), std::ssize(tags_));
    EXPECT_EQ(server_->sessions(), 1U);
  }
  auto samples = sink_.of(0);
  std::erase_if(samples, [](const Sample& sample) { return sample.time < kT0; });
  std::erase_if(samples, [](const Sample& sample) { return sample.time > kT0 + 1h; });
  EXPECT_EQ(samples, written) << "nothing lost, nothing twice";
}

TEST_F(OpcUa, AfterATornLineItAsksOnlyForWhatTheServerHadNothingQueuedOf) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  start_source();
  ASSERT_TRUE(connects());
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.answers(0) == 1 && sink_.answers(1) == 1; }));
  relay.tear();
  ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); }));
  const Sample queued{kT0, 7.0, {}};
  write(0, queued);
  relay.mend();
  ASSERT_TRUE(arrives(0, queued));
  ASSERT_TRUE(wait_for(10s, [&] { return sink_.answers(1) == 2; })) << "silent, so it is asked for";
  EXPECT_EQ(sink_.answers(0), 1) << "an answer would overtake what is queued";
  EXPECT_EQ(server_->sessions(), 1U) << "resumed";
}

TEST_F(OpcUa, AServerThatComesLaterIsPickedUpAndOneThatStaysAwayIsReportedOncePerTag) {
  options_.loss_after = 1s;
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return !sink_.of(5).empty(); }));
  std::this_thread::sleep_for(1500ms);
  for (std::uint32_t i = 0; i < tags_.size(); ++i) {
    ASSERT_EQ(sink_.of(i).size(), 1U);
    EXPECT_TRUE(sink_.of(i)[0].quality.has(Reason::kNotReadable));
  }
  start_server();
  EXPECT_TRUE(connects());
  write(0, {kT0, 1.5, {}});
  EXPECT_TRUE(arrives(0, {kT0, 1.5, {}}));
}

TEST_F(OpcUa, AValueThatStandsIsGoodAgainAfterALossWhetherTheSessionResumesOrTheServerIsNew) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  options_.loss_after = 1s;
  Edge edge;
  start_source(edge);
  ASSERT_TRUE(connects());
  const Sample standing{kSourceClock.now(), 5.0, {}};
  write(0, standing);
  const auto newest = [&] {
    return edge.turn(*source_).empty() ? Sample{} : edge.turn(*source_).back();
  };
  ASSERT_TRUE(wait_for(5s, [&] { return newest() == standing; }));
  for (const bool is_new : {false, true}) {
    relay.tear();
    if (is_new) server_.reset();
    ASSERT_TRUE(wait_for(15s, [&] { return newest().quality.has(Reason::kNotReadable); }));
    const base::Time lost = newest().time;
    if (is_new) {
      start_server();
      write(0, standing);
    }
    relay.mend();
    ASSERT_TRUE(wait_for(15s, [&] { return newest().value == standing.value; })) << is_new;
    EXPECT_GT(newest().time, lost);
    EXPECT_TRUE(newest().quality.is_good());
    EXPECT_TRUE(newest().quality.has(Reason::kNoSourceTime)) << "it is not the source's time";
  }
  const auto all = edge.turn(*source_);
  EXPECT_EQ(std::ranges::count(all, standing.time, &Sample::time), 1) << "said again, stored once";
}

TEST_F(OpcUa, SubscribedToAgainAValueThatStandsIsNotStoredTwice) {
  start_server();
  Edge edge;
  const Sample standing{kSourceClock.now(), 5.0, {}};
  write(0, standing);
  for (int round = 0; round < 3; ++round) {
    if (source_) source_->stop();
    start_source(edge);
    ASSERT_TRUE(connects());
    ASSERT_TRUE(wait_for(5s, [&] { return source_->status().tags[0].readings > 0; }));
    std::this_thread::sleep_for(200ms);  // what is read is offered
    EXPECT_EQ(edge.turn(*source_), std::vector<Sample>{standing}) << "round " << round;
  }
}

TEST_F(OpcUa, AnUnchangedValueIsSentOnEachHeartbeatWhileTheServerIsThere) {
  start_server();
  Edge edge({.kind = model::FilterKind::kException, .heartbeat = 1s});
  start_source(edge);
  ASSERT_TRUE(connects());
  write(0, {kSourceClock.now(), 5.0, {}});
  const auto fives = [&] {
    return std::ranges::count(edge.turn(*source_), model::Value(5.0), &Sample::value);
  };
  ASSERT_TRUE(wait_for(15s, [&] { return fives() >= 4; })) << fives();
  server_.reset();
  ASSERT_TRUE(wait_for(10s, [this] { return !is_connected(); }));
  const auto before = fives();
  for (const auto until = kSourceClock.monotonic() + 3s; kSourceClock.monotonic() < until;) {
    EXPECT_EQ(fives(), before) << "nobody knows how it stands";
    std::this_thread::sleep_for(100ms);
  }
}

TEST_F(OpcUa, WhatAFullSinkRefusesIsKeptAndComesLaterInOrder) {
  options_.queue_size = 200;
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(0, {kT0, 0.0, {}});
  ASSERT_TRUE(arrives(0, {kT0, 0.0, {}}));
  sink_.set_full(true);
  for (int i = 1; i <= 50; ++i) write(0, {kT0 + i * 1ms, double(i), {}});
  ASSERT_TRUE(wait_for(5s, [&] { return source_->status().refused > 0; }));
  std::this_thread::sleep_for(200ms);
  sink_.set_full(false);
  ASSERT_TRUE(arrives(0, {kT0 + 50ms, 50.0, {}}));
  const auto samples = sink_.of(0);
  ASSERT_GE(samples.size(), 51U);
  for (int i = 0; i <= 50; ++i) {
    EXPECT_EQ(std::get<double>(samples[samples.size() - 51 + static_cast<std::size_t>(i)].value),
              i);
  }
}

TEST_F(OpcUa, ValuesTheServerLostAreCounted) {
  options_.queue_size = 2;
  options_.publishing_interval = 500ms;
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  for (int i = 0; i < 50; ++i) write(0, {kT0 + i * 1ms, double(i), {}});
  ASSERT_TRUE(wait_for(5s, [&] { return source_->status().tags[0].overflows > 0; }));
}

TEST_F(OpcUa, WritesAsTheTypeOfTheVariableAndTheServerHearsOfIt) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(6, {kT0, std::int64_t{100}, {}});
  const auto written = source_->write(6, 1500.0);
  ASSERT_TRUE(written) << written.error().what;
  ASSERT_TRUE(source_->write(7, true)) << "it had no value yet: by its declared type";
  ASSERT_TRUE(source_->write(8, std::string("läuft")));
  ASSERT_TRUE(wait_for(5s, [&] {
    const auto speed = sink_.of(6);
    return !speed.empty() && speed.back().value == model::Value(std::int64_t{1500});
  })) << "and it comes back by subscription";
  EXPECT_GE(sink_.of(6).back().time, kT0) << "with the server's time of writing";
  const std::lock_guard lock(heard_mutex_);
  const std::vector<std::pair<std::size_t, model::Value>> expected = {
      {6, std::int64_t{1500}}, {7, true}, {8, std::string("läuft")}};
  EXPECT_EQ(heard_, expected) << "of clients only, not of itself";
}

TEST_F(OpcUa, AWriteThatCannotBeSaysWhy) {
  tags_.push_back("ns=1;s=pump-1/no-such-node");
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(0, {kT0, 1.0, {}});
  write(6, {kT0, std::int64_t{100}, {}});
  const auto code = [&](std::uint32_t tag, const model::Value& value) {
    const auto written = source_->write(tag, value);
    return written ? std::string_view("written") : base::text(written.error().code);
  };
  EXPECT_EQ(code(0, 2.0), "forbidden") << "it is read-only";
  EXPECT_EQ(code(6, 1.5), "invalid");
  EXPECT_EQ(code(6, std::string("fast")), "invalid");
  EXPECT_EQ(code(9, 1.5), "unsupported");
  server_.reset();
  ASSERT_TRUE(wait_for(10s, [&] { return !is_connected(); }));
  EXPECT_EQ(code(6, std::int64_t{1}), "unavailable");
  source_->stop();
  EXPECT_EQ(code(6, std::int64_t{1}), "unavailable");
}

TEST_F(OpcUa, AnAddressThatIsOnlyWrittenIsNotSubscribedTo) {
  tags_ = {tags_[0], tags_[7]};
  start_server();
  pipeline::SourceDeps deps{kSourceClock, certificates("client"), "edge-1"};
  deps.written_only = 1;
  source_ = *make_source(options_, tags_, deps);
  ASSERT_TRUE(source_->start(sink_));
  ASSERT_TRUE(connects());
  ASSERT_TRUE(source_->write(1, true));
  write(0, {kT0, 5.0, {}});
  ASSERT_TRUE(arrives(0, {kT0, 5.0, {}}));
  EXPECT_EQ(server_->monitored_items(7), 0);
  EXPECT_TRUE(sink_.of(1).empty());
  EXPECT_EQ(source_->status().tags.size(), 1U);
}

TEST_F(OpcUa, ATagThatTheServerHasInAnotherUnitThanItsBindingSaysComesBadAndSaysWhatToWrite) {
  tags_ = {tags_[0], tags_[1], tags_[3], "nsu=urn:millrace:server:plant;s=pump-1/speed"};
  start_server();
  write(0, {kT0, 100.0, {}});
  write(1, {kT0, std::int64_t{7}, {}});
  write(3, {kT0, true, {}});
  write(6, {kT0, std::int64_t{1500}, {}});
  pipeline::SourceDeps deps{kSourceClock, certificates("client"), "edge-1"};
  deps.units = {"l/min", "h", "bar", "rad/s"};
  source_ = *make_source(options_, tags_, deps);
  ASSERT_TRUE(source_->start(sink_));
  ASSERT_TRUE(wait_for(10s, [&] {
    return !sink_.of(0).empty() && !sink_.of(1).empty() && !sink_.of(2).empty() &&
           !sink_.of(3).empty();
  }));
  EXPECT_EQ(sink_.of(0)[0].value, model::Value(100.0)) << "kept as it came";
  EXPECT_TRUE(sink_.of(0)[0].quality.is_bad());
  EXPECT_TRUE(sink_.of(0)[0].quality.has(Reason::kWrongUnit)) << "from the first sample on";
  EXPECT_TRUE(sink_.of(1)[0].quality.is_good());
  EXPECT_TRUE(sink_.of(2)[0].quality.is_good()) << "the server says no unit of it";
  EXPECT_TRUE(sink_.of(3)[0].quality.has(Reason::kWrongUnit));
  const auto tags = source_->status().tags;
  EXPECT_EQ(tags[0].problem, "the server says m3/h, the binding says l/min: write unit: m3/h");
  EXPECT_TRUE(tags[0].is_readable);
  EXPECT_EQ(tags[1].problem, "");
}

TEST_F(OpcUa, StoppingClosesTheSession) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  EXPECT_EQ(server_->sessions(), 1U);
  source_->stop();
  EXPECT_TRUE(wait_for(2s, [&] { return server_->sessions() == 0 && items() == 0; }));
}

TEST_F(OpcUa, RefusesAnEmptyList) {
  const pipeline::SourceDeps deps{kSourceClock, certificates("client"), "edge-1"};
  EXPECT_EQ(make_source(options_, {}, deps).error().code, base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace millrace::opcua
