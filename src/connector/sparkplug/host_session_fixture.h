#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "connector/sparkplug/edge_wire.h"
#include "connector/sparkplug/host_session.h"

// For the tests of HostSession only: what nodes say, and a session whose actions are kept.
namespace millrace::connector::sparkplug {

using codec::sparkplug::DataType;
using codec::sparkplug::Metric;
using codec::sparkplug::Payload;
using codec::sparkplug::WireKind;
using codec::sparkplug::WireValue;
using model::Reason;
using namespace std::chrono_literals;

inline constexpr std::uint64_t kTime = 1'700'000'000'000;

inline Metric metric(std::string_view name, DataType type, WireValue value) {
  Metric result;
  result.name = name;
  result.datatype = type;
  result.timestamp_ms = kTime;
  result.value = value;
  return result;
}

inline Metric by_alias(std::uint64_t alias, WireValue value) {
  Metric result;
  result.alias = alias;
  result.timestamp_ms = kTime + 1;
  result.value = value;
  return result;
}

inline std::string message(std::vector<Metric> metrics, std::optional<std::uint64_t> seq,
                           std::string_view body = {}) {
  Payload payload;
  payload.timestamp_ms = kTime;
  payload.seq = seq;
  payload.metrics = std::move(metrics);
  if (!body.empty()) payload.body = body;
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

class HostSessionTest : public ::testing::Test, public HostActions {
 protected:
  void SetUp() override { make({}); }
  void make(HostConfig config) {
    limits_.emplace(config.rebirths_per_second_max, config.nodes_max);
    names_.emplace(config.thing_names);
    session_.emplace(std::move(config), "default", std::vector<Server>{{"a", 1}},
                     HostSession::Deps{*this, *counters_, *names_, *limits_});
    will_ = session_->dial(clocks()).will;
    session_->connected();
    session_->subscribed(true, clocks());
  }

  void subscribe(std::vector<std::string> filters) override { filters_ = std::move(filters); }
  void publish(net::MqttMessage message) override { published_.push_back(std::move(message)); }
  void disconnect() override { ++disconnects_; }
  bool offer(pipeline::Inbound inbound) override {
    if (is_full_) return false;
    inbound_.push_back(std::move(inbound));
    return true;
  }

  void answered(const std::string& origin, const pipeline::CommandAnswer& answer) override {
    answers_.emplace_back(origin, answer);
  }

  HostSession::Clocks clocks() const { return {now_, monotonic_}; }
  void advance(base::Duration by) {
    now_ += by;
    monotonic_ += by;
    session_->tick(clocks());
  }
  void say(std::string_view topic, const std::string& payload) {
    session_->received(topic, payload, clocks());
  }
  void nbirth(std::uint64_t bd_seq = 0, DataType bd_seq_type = DataType::kInt64) {
    say("spBv1.0/Site A/NBIRTH/Node 1",
        message({metric("bdSeq", bd_seq_type, WireValue::of_long(bd_seq)),
                 metric("Node Control/Rebirth", DataType::kBoolean, WireValue::of_bool(false))},
                0));
  }
  void dbirth() {
    Metric flow = metric("Flow", DataType::kDouble, WireValue::of_double(1.5));
    flow.alias = 7;
    flow.unit = "m3/h";
    Metric count = metric("Count", DataType::kInt16, WireValue::of_int(0xFFFF));
    count.alias = 8;
    say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1", message({flow, count}, 1));
  }
  void ddata(double value, std::optional<std::uint64_t> seq) {
    say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
        message({by_alias(7, WireValue::of_double(value))}, seq));
  }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> result;
    for (const auto& one : inbound_) {
      if (const auto* match = std::get_if<T>(&one)) result.push_back(*match);
    }
    return result;
  }
  std::vector<double> values() const {
    std::vector<double> result;
    for (const auto& arrived : of<pipeline::BatchArrived>()) {
      for (const auto& one : arrived.batch.samples) {
        if (arrived.is_birth) continue;
        const auto* number = std::get_if<double>(&one.sample.value);
        if (number != nullptr) result.push_back(*number);
      }
    }
    return result;
  }
  std::size_t rebirths() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        published_, [](const auto& one) { return one.topic.contains("/NCMD/"); }));
  }
  model::Sample only_sample() const {
    const auto arrived = of<pipeline::BatchArrived>();
    EXPECT_FALSE(arrived.empty());
    return arrived.empty() ? model::Sample{} : arrived.back().batch.samples.at(0).sample;
  }

  base::Time now_{1'700'000'001s};
  base::MonotonicTime monotonic_{1h};
  base::Metrics metrics_;
  std::optional<HostCounters> counters_{std::in_place, metrics_};
  std::optional<HostNames> names_;
  std::optional<HostLimits> limits_;
  std::optional<HostSession> session_;
  std::optional<net::MqttMessage> will_;
  std::vector<std::string> filters_;
  std::vector<net::MqttMessage> published_;
  std::vector<pipeline::Inbound> inbound_;
  std::vector<std::pair<std::string, pipeline::CommandAnswer>> answers_;
  int disconnects_ = 0;
  bool is_full_ = false;
};

}  // namespace millrace::connector::sparkplug
