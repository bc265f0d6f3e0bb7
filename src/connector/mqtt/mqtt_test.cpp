#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <mutex>

#include "connector/mqtt/source.h"
#include "model/name.h"
#include "net/mqtt_fixture.h"

namespace millrace::connector::mqtt {
namespace {

using net::Retain;

TEST(TopicSessionTest, EveryTopicHasAThingOfItsOwnWithAValidName) {
  const std::string long_topic(300, 'x');
  for (const std::string topic :
       {"Plant/Pump 1/Flow", "plant/pump-1/flow", "温度", "a", "/", long_topic.c_str()}) {
    EXPECT_TRUE(model::is_name(thing_of_topic(topic))) << thing_of_topic(topic);
  }
  EXPECT_NE(thing_of_topic("Plant/Pump"), thing_of_topic("plant/pump"));
  EXPECT_EQ(thing_of_topic("a/b"), thing_of_topic("a/b"));
}

TEST(TopicSessionTest, OnlyTopicsOfDevicesAreTaken) {
  base::Metrics metrics;
  TopicSession session({}, metrics);
  for (const char* topic : {"$SYS/uptime", "spBv1.0/g/NDATA/n", "millrace/things/a"}) {
    EXPECT_FALSE(session.take({topic, "1", Retain::kNo, {}})) << topic;
  }
  const auto first = session.take({"plant/a", "1", Retain::kNo, {}});
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->first);
  EXPECT_EQ(first->first->properties.front().title, "plant/a");
  EXPECT_EQ(first->batch.topic, "plant/a");
  EXPECT_FALSE(session.take({"plant/a", "2", Retain::kNo, {}})->first);
}

TEST(TopicSessionTest, ARetainedMessageThatComesAgainIsNoNewSample) {
  base::Metrics metrics;
  TopicSession session({}, metrics);
  EXPECT_TRUE(session.take({"a", "1", Retain::kYes, {}}));
  EXPECT_FALSE(session.take({"a", "1", Retain::kYes, {}}));
  EXPECT_TRUE(session.take({"a", "1", Retain::kNo, {}}));
  EXPECT_TRUE(session.take({"a", "2", Retain::kYes, {}}));
}

TEST(TopicSessionTest, BytesThatAreNoTextAreKeptAsBytes) {
  base::Metrics metrics;
  TopicSession session({}, metrics);
  const auto taken = session.take({"a", "\xff\xfe", Retain::kNo, {}});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->batch.batch.properties.front().type, model::ValueType::kBytes);
}

TEST(TopicSessionTest, TopicsAndPayloadsHaveLimitsThatAreCounted) {
  base::Metrics metrics;
  TopicSession session({.topics_max = 1, .payload_bytes_max = 4}, metrics);
  EXPECT_TRUE(session.take({"a", "1", Retain::kNo, {}}));
  EXPECT_FALSE(session.take({"b", "1", Retain::kNo, {}}));
  EXPECT_FALSE(session.take({"a", "12345", Retain::kNo, {}}));
  const std::string page = metrics.render();
  EXPECT_TRUE(page.contains("millrace_mqtt_topics_refused_total 1"));
  EXPECT_TRUE(page.contains("millrace_mqtt_too_large_total 1"));
}

class Collector final : public pipeline::InboundSink {
 public:
  bool offer(pipeline::Inbound inbound) override {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(inbound));
    return true;
  }
  std::vector<std::string> payloads() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const auto& one : all_) {
      const auto* arrived = std::get_if<pipeline::BatchArrived>(&one);
      if (arrived) texts.push_back(std::get<std::string>(arrived->batch.samples[0].sample.value));
    }
    return texts;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<pipeline::Inbound> all_;
};

TEST(TopicSourceTest, WhatIsFollowedArrivesAlsoAfterTheBrokerWasAway) {
  auto broker = net::broker_in(net::scratch("topics"));
  ASSERT_TRUE(broker->start());
  base::Metrics metrics;
  auto source = TopicSource::create({.mqtt = net::options_for("hub"), .port = broker->port()},
                                    {net::system_clock(), metrics, base::Random(3)});
  ASSERT_TRUE(source);
  Collector sink;
  (*source)->start(sink);
  (*source)->follow({"plant/#"});
  net::Recorder events(broker->port());
  const auto device = net::session_for(net::options_for("device"), events);
  device->start();
  const auto says = [&](const std::string& topic, const std::string& payload) {
    (void)device->publish({topic, payload, net::Qos::kAtLeastOnce, Retain::kNo});
    const auto got = (*source)->is_connected() ? sink.payloads() : std::vector<std::string>{};
    return std::ranges::contains(got, payload);
  };
  EXPECT_TRUE(net::eventually([&] { return says("plant/a", R"({"v":1})"); }));
  (*source)->follow({"plant/#", "hall/+"});
  EXPECT_TRUE(net::eventually([&] { return says("hall/2", "hall"); }));
  const int pid = broker->pid();
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(net::eventually([&] { return broker->pid() != 0 && broker->pid() != pid; }));
  EXPECT_TRUE(net::eventually([&] { return says("plant/b", "again"); }));
  EXPECT_FALSE(std::ranges::contains(sink.payloads(), "elsewhere"));
  (*source)->stop();
}

}  // namespace
}  // namespace millrace::connector::mqtt
