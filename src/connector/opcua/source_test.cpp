#include "connector/opcua/source.h"

#include <cmath>
#include <limits>

#include "connector/opcua/source_fixture.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using model::Reason;
using model::Sample;

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
