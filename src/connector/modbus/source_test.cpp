#include "connector/modbus/source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "connector/modbus/server.h"
#include "support/tcp_relay.h"

namespace millrace::modbus {
namespace {

using namespace std::chrono_literals;
using model::Reason;
using model::Sample;
using model::Value;
using pipeline::LinkState;
using pipeline::Reading;

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
      if (reading.tag == tag) samples.push_back(reading.sample);
    }
    return samples;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Reading> readings_;
  bool is_full_ = false;
};

bool wait_for(base::Duration limit, const std::function<bool()>& is_done) {
  const auto end = kSourceClock.monotonic() + limit;
  while (kSourceClock.monotonic() < end) {
    if (is_done()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return is_done();
}

Address at(std::string_view text) { return *parse_address(text); }

class Modbus : public testing::Test {
 protected:
  void SetUp() override {
    start_server(0);
    options_.name = "line-1";
    options_.host = "127.0.0.1";
    options_.port = server_->port();
    options_.poll_interval = 30ms;
    options_.timeout = 400ms;
    options_.tag_retry = 1s;
  }
  void TearDown() override {
    if (source_) source_->stop();
  }

  void start_server(std::uint16_t port) {
    auto server = Server::start(port, [this](const Request& request) {
      const std::lock_guard lock(mutex_);
      written_.push_back(request);
    });
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
  }
  void start_source(std::vector<std::string> addresses) {
    addresses_ = std::move(addresses);
    auto source = make_source(options_, addresses_, kSourceClock);
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
    ASSERT_TRUE(source_->start(sink_));
  }
  void set(std::string_view address, const Value& value) {
    const auto done = server_->set(at(address), value);
    ASSERT_TRUE(done) << done.error().what;
  }
  std::optional<Sample> last(std::uint32_t tag) const {
    const auto samples = sink_.of(tag);
    return samples.empty() ? std::nullopt : std::optional(samples.back());
  }
  bool arrives(std::uint32_t tag, const Value& value, base::Duration limit = 5s) {
    return wait_for(limit, [&] { return last(tag) && last(tag)->value == value; });
  }
  bool is_connected() const { return source_->status().state == LinkState::kConnected; }

  std::unique_ptr<Server> server_;
  ClientOptions options_;
  std::vector<std::string> addresses_;
  Collector sink_;
  std::unique_ptr<pipeline::Source> source_;
  std::mutex mutex_;
  std::vector<Request> written_;
};

TEST_F(Modbus, ReadsEveryTypeInEveryOrderFromAllFourTables) {
  std::vector<std::pair<std::string, Value>> all = {{"coil:12", true},
                                                    {"discrete:3", true},
                                                    {"input:0:i16", std::int64_t{-5}},
                                                    {"holding:0:u16", std::uint64_t{65535}},
                                                    {"holding:5:bit=3", true},
                                                    {"input:40:text:len=7", std::string("läuft")}};
  int place = 100;
  for (const char* order : {"abcd", "badc", "cdab", "dcba"}) {
    const std::pair<const char*, Value> typed[] = {{"i32", std::int64_t{-123456789}},
                                                   {"u32", std::uint64_t{4000000000}},
                                                   {"f32", -0.15625},
                                                   {"i64", std::int64_t{-1234567890123456789}},
                                                   {"f64", 0.1},
                                                   {"u64", std::uint64_t{17000000000000000000ULL}}};
    for (const auto& [type, value] : typed) {
      all.emplace_back(std::format("holding:{}:{}:{}", place, type, order), value);
      place += 4;
    }
  }
  std::vector<std::string> addresses;
  for (const auto& [address, value] : all) {
    set(address, value);
    addresses.push_back(address);
  }
  const base::Time before = kSourceClock.now();
  start_source(addresses);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(arrives(i, all[i].second)) << all[i].first;
    const Sample first = sink_.of(i).front();
    EXPECT_TRUE(first.quality.is_good());
    EXPECT_GE(first.time, before) << "the time of reading";
    EXPECT_LE(first.time, kSourceClock.now());
  }
  EXPECT_TRUE(is_connected());
  for (const auto& tag : source_->status().tags) {
    EXPECT_TRUE(tag.is_readable) << tag.address << tag.problem;
    EXPECT_GT(tag.readings, 0U);
  }
}

TEST_F(Modbus, PollsInItsRhythmWithOneRequestForEachBlock) {
  std::vector<std::string> addresses;
  for (int i = 0; i < 200; ++i) {
    addresses.push_back(std::format("holding:{}", i));
    set(addresses.back(), std::uint64_t(i));
  }
  options_.poll_interval = 100ms;
  start_source(addresses);
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.of(199).size() >= 5; }));
  source_->stop();
  const auto requests = server_->requests();
  const Request first{1, 3, 0, 125}, second{1, 3, 125, 75};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i], i % 2 ? second : first);
  }
  const auto samples = sink_.of(0);
  const auto span = samples[4].time - samples[0].time;
  EXPECT_GE(span, 350ms);
  EXPECT_LE(span, 1000ms);
}

TEST_F(Modbus, AnUnreadableRegisterStopsNoOtherIsNamedAndComesBack) {
  std::vector<std::string> addresses;
  for (int i = 0; i < 40; ++i) {
    addresses.push_back(std::format("holding:{}", i));
    if (i != 17) set(addresses.back(), std::uint64_t(i));
  }
  addresses.push_back("holding:40001");
  start_source(addresses);
  for (std::uint32_t i = 0; i < 40; ++i) {
    if (i == 17) continue;
    ASSERT_TRUE(arrives(i, std::uint64_t{i})) << i;
  }
  ASSERT_TRUE(wait_for(2s, [&] { return last(17) && last(40); }));
  const Sample bad = *last(17);
  EXPECT_EQ(bad.value, Value{});
  EXPECT_TRUE(bad.quality.is_bad() && bad.quality.has(Reason::kNotReadable));
  const auto tags = source_->status().tags;
  EXPECT_FALSE(tags[17].is_readable);
  EXPECT_EQ(tags[17].problem, "exception 2: illegal data address");
  EXPECT_EQ(tags[40].problem,
            "exception 2: illegal data address; if the register map says 40001, write 40001 "
            "without holding:");
  EXPECT_TRUE(tags[16].is_readable && tags[18].is_readable);
  std::this_thread::sleep_for(1500ms);  // over a retry
  EXPECT_EQ(sink_.of(17).size(), 1U) << "one sample says so";
  set("holding:17", std::uint64_t{17});
  EXPECT_TRUE(arrives(17, std::uint64_t{17}, 3s));
  EXPECT_TRUE(source_->status().tags[17].is_readable);
}

TEST_F(Modbus, OtherExceptionsAreNamedAndConcernTheirTableOnly) {
  set("holding:0", std::uint64_t{1});
  set("input:0", std::uint64_t{2});
  server_->set_exception(at("input:0"), 4);
  start_source({"holding:0", "input:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{1}));
  ASSERT_TRUE(wait_for(2s, [&] { return last(1).has_value(); }));
  EXPECT_EQ(source_->status().tags[1].problem, "exception 4: slave device or server failure");
  server_->set_exception(at("input:0"), 0);
  EXPECT_TRUE(arrives(1, std::uint64_t{2}, 3s));
}

TEST_F(Modbus, UnitsBehindAGatewayAreReadEachAndASilentOneHoldsUpNoOther) {
  set("holding:0:unit=1", std::uint64_t{1});
  set("holding:0:unit=7", std::uint64_t{7});
  options_.tag_retry = 60s;
  start_source({"holding:0", "holding:0:unit=7", "holding:0:unit=3"});
  ASSERT_TRUE(arrives(0, std::uint64_t{1}));
  ASSERT_TRUE(arrives(1, std::uint64_t{7}));
  ASSERT_TRUE(wait_for(3s, [&] { return last(2).has_value(); }));
  EXPECT_EQ(source_->status().tags[2].problem, "no answer");
  const std::size_t before = sink_.of(0).size();
  EXPECT_TRUE(wait_for(2s, [&] { return sink_.of(0).size() >= before + 20; }))
      << "the rhythm is kept";
  EXPECT_TRUE(is_connected());
}

TEST_F(Modbus, AServerKilledAndRestartedIsPickedUpWithinFiveSeconds) {
  set("holding:0", std::uint64_t{0});
  start_source({"holding:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{0}));
  for (std::uint64_t round = 1; round <= 3; ++round) {
    server_.reset();
    ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); })) << "round " << round;
    EXPECT_FALSE(source_->status().tags[0].is_readable);
    std::this_thread::sleep_for(round * 200ms);
    start_server(options_.port);
    set("holding:0", round);
    ASSERT_TRUE(arrives(0, round, 5s)) << "round " << round << source_->status().problem;
    EXPECT_TRUE(is_connected());
    EXPECT_EQ(server_->clients(), 1U);
  }
  for (const Sample& sample : sink_.of(0)) EXPECT_TRUE(sample.quality.is_good());
  EXPECT_EQ(source_->status().connects, 4U);
}

TEST_F(Modbus, ADeviceThatIsAwayForTheTimeOfLossGivesEachTagOneSampleThatSaysSo) {
  set("holding:0", std::uint64_t{1});
  set("coil:0", true);
  options_.loss_after = 500ms;
  start_source({"holding:0", "coil:0"});
  ASSERT_TRUE(arrives(1, true));
  server_.reset();
  ASSERT_TRUE(wait_for(5s, [&] { return last(0)->quality.is_bad() && last(1)->quality.is_bad(); }));
  std::this_thread::sleep_for(700ms);
  for (const std::uint32_t tag : {0U, 1U}) {
    const auto samples = sink_.of(tag);
    EXPECT_EQ(std::ranges::count_if(samples, [](const Sample& s) { return s.quality.is_bad(); }),
              1);
    EXPECT_TRUE(samples.back().quality.has(Reason::kNotReadable));
    EXPECT_EQ(samples.back().value, Value{});
  }
  EXPECT_NE(source_->status().problem.find("Connection refused"), std::string::npos)
      << source_->status().problem;
}

TEST_F(Modbus, ASlowServerIsReadSlowlyAndOneThatIsTooSlowIsAway) {
  set("holding:0", std::uint64_t{1});
  server_->set_delay(200ms);
  start_source({"holding:0"});
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.of(0).size() >= 3; }));
  EXPECT_TRUE(is_connected());
  server_->set_delay(2s);
  ASSERT_TRUE(wait_for(8s, [&] { return !is_connected(); }));
  EXPECT_NE(source_->status().problem.find("no answer"), std::string::npos);
  server_->set_delay(0ms);
  set("holding:0", std::uint64_t{2});
  EXPECT_TRUE(arrives(0, std::uint64_t{2}, 10s));
}

TEST_F(Modbus, ATornLineIsMadeAnewAtOnce) {
  set("holding:0", std::uint64_t{1});
  start_source({"holding:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{1}));
  for (int round = 0; round < 5; ++round) {
    server_->drop_connections();
    std::this_thread::sleep_for(100ms);
    const std::size_t before = sink_.of(0).size();
    EXPECT_TRUE(wait_for(1s, [&] { return sink_.of(0).size() > before + 3; })) << round;
  }
}

TEST_F(Modbus, WhatAFullSinkRefusesIsKeptAndComesLaterInOrder) {
  set("holding:0", std::uint64_t{0});
  start_source({"holding:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{0}));
  sink_.set_full(true);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    set("holding:0", i);
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_GT(source_->status().refused, 0U);
  sink_.set_full(false);
  ASSERT_TRUE(arrives(0, std::uint64_t{5}));
  std::vector<std::uint64_t> seen;
  for (const Sample& sample : sink_.of(0)) {
    const auto value = std::get<std::uint64_t>(sample.value);
    if (seen.empty() || seen.back() != value) seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5})) << "each in its order";
}

TEST_F(Modbus, WritesCoilsRegistersAndSingleBitsAndTheServerHearsOfIt) {
  const std::vector<std::pair<std::string, Value>> all = {
      {"coil:12", true},
      {"holding:0:u16", std::uint64_t{500}},
      {"holding:2:f32:cdab", 12.5},
      {"holding:4:f64:dcba", -0.1},
      {"holding:10:text:len=5", std::string("an")}};
  std::vector<std::string> addresses;
  for (const auto& [address, value] : all) addresses.push_back(address);
  addresses.push_back("holding:20:bit=3");
  for (const auto& [address, value] : all) {
    const bool is_text = std::holds_alternative<std::string>(value);
    set(address, is_text              ? Value(std::string("off"))
                 : value.index() == 4 ? Value(false)
                                      : Value(0.0));
  }
  set("holding:20:u16", std::uint64_t{0xFF00});
  start_source(addresses);
  ASSERT_TRUE(wait_for(5s, [&] { return is_connected(); }));
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const auto written = source_->write(i, all[i].second);
    ASSERT_TRUE(written) << written.error().what;
    EXPECT_EQ(server_->get(at(all[i].first)), all[i].second);
    EXPECT_TRUE(arrives(i, all[i].second));
  }
  ASSERT_TRUE(source_->write(5, true));
  EXPECT_EQ(server_->get(at("holding:20")), Value(std::uint64_t{0xFF08})) << "others untouched";
  ASSERT_TRUE(source_->write(5, false));
  EXPECT_EQ(server_->get(at("holding:20")), Value(std::uint64_t{0xFF00}));
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(written_.size(), 7U);
  EXPECT_EQ(written_[0], (Request{1, 5, 12, 1}));
  EXPECT_EQ(written_[1], (Request{1, 6, 0, 1}));
  EXPECT_EQ(written_[2], (Request{1, 16, 2, 2}));
  EXPECT_EQ(written_[5], (Request{1, 22, 20, 1}));
}

TEST_F(Modbus, AWriteThatCannotBeSaysWhy) {
  set("holding:0", std::uint64_t{1});
  set("input:0", std::uint64_t{1});
  server_->set_exception(at("holding:5"), 3);
  start_source({"holding:0", "input:0", "holding:5", "holding:9"});
  ASSERT_TRUE(wait_for(5s, [&] { return is_connected(); }));
  const auto code = [&](std::uint32_t tag, const Value& value) {
    const auto written = source_->write(tag, value);
    return written ? std::string_view("written") : base::text(written.error().code);
  };
  EXPECT_EQ(code(0, std::uint64_t{70000}), "invalid");
  EXPECT_EQ(code(1, std::uint64_t{1}), "unsupported");
  EXPECT_EQ(code(2, std::uint64_t{1}), "forbidden");
  EXPECT_EQ(code(3, std::uint64_t{1}), "forbidden");
  EXPECT_EQ(code(0, std::uint64_t{7}), "written");
  server_.reset();
  ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); }));
  EXPECT_EQ(code(0, std::uint64_t{8}), "unavailable");
  source_->stop();
  EXPECT_EQ(code(0, std::uint64_t{8}), "unavailable");
}

TEST_F(Modbus, AnAddressThatIsOnlyWrittenIsNeverRead) {
  set("holding:0", std::uint64_t{7});
  set("coil:3", false);
  source_ = *make_source(options_, {"holding:0", "coil:3"}, kSourceClock, 1);
  ASSERT_TRUE(source_->start(sink_));
  ASSERT_TRUE(arrives(0, std::uint64_t{7}));
  ASSERT_TRUE(source_->write(1, true));
  EXPECT_EQ(server_->get(at("coil:3")), Value(true));
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.of(0).size() >= 5; }));
  EXPECT_TRUE(sink_.of(1).empty());
  EXPECT_EQ(source_->status().tags.size(), 1U);
  for (const Request& request : server_->requests()) EXPECT_NE(request.function, 1) << "of coils";
}

TEST_F(Modbus, AWriteWhoseAnswerIsLostIsReadBack) {
  set("holding:0", std::uint64_t{1});
  start_source({"holding:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{1}));
  server_->drop_after_writes(1);
  const auto written = source_->write(0, std::uint64_t{2});
  EXPECT_TRUE(written) << written.error().what;
  EXPECT_EQ(server_->get(at("holding:0")), Value(std::uint64_t{2}));
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(written_.size(), 1U) << "not written twice";
}

TEST_F(Modbus, AWriteThatDidNotReachTheDeviceIsAnError) {
  set("holding:0", std::uint64_t{1});
  test::TcpRelay relay(server_->port());
  options_.port = relay.port();
  options_.poll_interval = 2s;  // the write is the first to notice
  start_source({"holding:0"});
  ASSERT_TRUE(arrives(0, std::uint64_t{1}));
  relay.tear();
  std::this_thread::sleep_for(50ms);
  const auto written = source_->write(0, std::uint64_t{2});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(written.error().what.find("not known"), std::string::npos) << written.error().what;
  relay.mend();
  EXPECT_TRUE(wait_for(5s, [&] { return is_connected(); }));
  EXPECT_EQ(server_->get(at("holding:0")), Value(std::uint64_t{1}));
}

TEST_F(Modbus, ManyClientsReadOneServer) {
  set("holding:0", std::uint64_t{1});
  std::vector<std::unique_ptr<pipeline::Source>> sources;
  std::vector<std::unique_ptr<Collector>> sinks;
  for (int i = 0; i < 8; ++i) {
    sources.push_back(*make_source(options_, {"holding:0"}, kSourceClock));
    sinks.push_back(std::make_unique<Collector>());
    ASSERT_TRUE(sources.back()->start(*sinks.back()));
  }
  for (const auto& sink : sinks) {
    EXPECT_TRUE(wait_for(5s, [&] { return sink->of(0).size() >= 5; }));
  }
  EXPECT_EQ(server_->clients(), 8U);
  for (const auto& source : sources) source->stop();
}

TEST_F(Modbus, RefusesAddressesThatCannotBeRead) {
  EXPECT_EQ(make_source(options_, {}, kSourceClock).error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(make_source(options_, {"holding:0", "pump"}, kSourceClock).error().code,
            base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace millrace::modbus
