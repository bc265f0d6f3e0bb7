#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <mutex>

#include "connector/mqtt/source.h"
#include "model/name.h"
#include "net/mqtt_fixture.h"
#include "pipeline/hub_binding.h"

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

TEST(TopicSessionTest, ARetainedMessageThatIsStoredIsNoNewsAfterARestart) {
  base::Metrics metrics;
  TopicSession session({}, metrics);
  session.remember("a", "1");
  EXPECT_FALSE(session.take({"a", "1", Retain::kYes, {}}));
  const auto changed = session.take({"a", "2", Retain::kYes, {}});
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->batch.is_birth);
  EXPECT_FALSE(session.take({"a", "2", Retain::kNo, {}})->batch.is_birth);
}

TEST(SubscriptionsTest, NoTopicFitsTwoOfThemAndAllThatWereAskedForFitOne) {
  const std::vector<std::string> topics = {"a",     "a/b", "a/c",   "b/b", "b/c", "a/b/c",
                                           "a/c/c", "c",   "c/b/d", "/a",  "b/"};
  const std::vector<std::vector<std::string>> asked = {
      {"a/b", "a/b", "a/c"}, {"a/#", "a/b", "a"}, {"a/+", "+/b"},          {"+/b", "b/+", "c"},
      {"a/b/+", "a/+/c"},    {"#", "a/b"},        {"a/+", "+/b", "+/+/c"}, {"+", "a/#"}};
  for (const auto& filters : asked) {
    const Subscriptions made = subscriptions_for(filters);
    for (const std::string& topic : topics) {
      const auto fits = [&](const std::string& one) {
        return pipeline::fits_topic_filter(one, topic);
      };
      const bool is_asked_for = std::ranges::any_of(filters, fits);
      const auto taken = std::ranges::count_if(made.filters, fits);
      EXPECT_LE(taken, 1) << filters[0] << " … for " << topic;
      EXPECT_EQ(taken == 1 && made.takes(topic), is_asked_for) << filters[0] << " … for " << topic;
    }
  }
}

TEST(SubscriptionsTest, AFilterIsAsTheStandardSays) {
  for (const char* good : {"a", "/", "a/+/b", "#", "a/#", "+"}) EXPECT_TRUE(is_topic_filter(good));
  for (const char* bad : {"", "a#", "a/#/b", "a+", "+a/b"}) EXPECT_FALSE(is_topic_filter(bad));
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

TEST(TopicSessionTest, ATreeThatFillsTheLimitLocksOutNeitherNamedTopicsNorOtherTrees) {
  base::Metrics metrics;
  TopicSession session({.topics_max = 100, .topics_few = 5}, metrics,
                       [](std::string_view topic) { return topic.starts_with("dev/bound/"); });
  session.remember("old/topic", "1");
  int taken = 0;
  for (int i = 0; i < 200; ++i) {
    taken += session.take({std::format("dev/{}", i), "1", Retain::kNo, {}}).has_value() ? 1 : 0;
  }
  EXPECT_EQ(taken, 89) << "nine tenths, of which one is stored from before";
  EXPECT_TRUE(session.take({"dev/7", "2", Retain::kNo, {}})) << "a topic that was taken goes on";
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(session.take({std::format("dev/bound/{}", i), "1", Retain::kNo, {}})) << i;
  }
  for (const char* first : {"plant", "hall"}) {
    taken = 0;
    for (int i = 0; i < 20; ++i) {
      taken += session.take({std::format("{}/{}", first, i), "1", Retain::kNo, {}}) ? 1 : 0;
    }
    EXPECT_EQ(taken, 5) << first;
  }
  EXPECT_TRUE(metrics.render().contains("millrace_mqtt_topics_refused_total 141"));
}

TEST(TopicSessionTest, WhatBindingsComeToNameCountsNoMoreAndWhatTheyLeaveCountsAgain) {
  base::Metrics metrics;
  std::string named;
  TopicSession session({.topics_max = 1}, metrics,
                       [&](std::string_view topic) { return topic == named; });
  session.remember("a", "1");
  EXPECT_FALSE(session.take({"b", "1", Retain::kNo, {}}));
  named = "a";
  session.recount();
  EXPECT_TRUE(session.take({"b", "1", Retain::kNo, {}}));
  EXPECT_FALSE(session.take({"c", "1", Retain::kNo, {}}));
  named = "b";
  session.recount();
  EXPECT_FALSE(session.take({"c", "1", Retain::kNo, {}})) << "a is nobody's again";
}

TEST(TopicSessionTest, ARetainedPayloadIsOfUnknownAge) {
  base::Metrics metrics;
  TopicSession session({}, metrics);
  const auto quality = [&](Retain retained, const char* payload) {
    return session.take({"a", payload, retained, {}})->batch.batch.samples.front().sample.quality;
  };
  EXPECT_TRUE(quality(Retain::kYes, "1").has(model::Reason::kSourceStale));
  EXPECT_TRUE(quality(Retain::kNo, "2").is_good());
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
  (*source)->follow({});
  (*source)->follow({"yard/+", "+/gate"});
  EXPECT_TRUE(net::eventually([&] { return says("yard/gate", "back"); }));
  (void)device->publish({"yard/gate", "once", net::Qos::kAtLeastOnce, Retain::kNo});
  EXPECT_TRUE(net::eventually([&] { return says("yard/end", "end"); }));
  EXPECT_EQ(std::ranges::count(sink.payloads(), "once"), 1);
  EXPECT_FALSE(std::ranges::contains(sink.payloads(), "elsewhere"));
  (*source)->stop();
}

TEST(TopicSourceTest, OnlyWhatABindingNamesDoesNotCountForTheLimit) {
  auto broker = net::broker_in(net::scratch("topic_limit"));
  ASSERT_TRUE(broker->start());
  base::Metrics metrics;
  auto source = TopicSource::create(
      {.mqtt = net::options_for("hub"), .port = broker->port(), .limits = {.topics_max = 1}},
      {net::system_clock(), metrics, base::Random(3)});
  ASSERT_TRUE(source);
  Collector sink;
  (*source)->start(sink);
  (*source)->follow({"plant/#"});
  net::Recorder events(broker->port());
  const auto device = net::session_for(net::options_for("device"), events);
  device->start();
  const auto arrives = [&](const std::string& topic, const std::string& payload) {
    return net::eventually([&] {
      (void)device->publish({topic, payload, net::Qos::kAtLeastOnce, Retain::kNo});
      return (*source)->is_connected() && std::ranges::contains(sink.payloads(), payload);
    });
  };
  const auto say = [&](const std::string& topic) {
    (void)device->publish({topic, topic, net::Qos::kAtLeastOnce, Retain::kNo});
  };
  ASSERT_TRUE(arrives("plant/a", "one"));
  (*source)->follow({"plant/#"}, {"plant/+"});
  say("plant/b");
  ASSERT_TRUE(arrives("plant/a", "two"));
  EXPECT_FALSE(std::ranges::contains(sink.payloads(), "plant/b")) << "a '+' may stand for any";
  (*source)->follow({"plant/#"}, {"plant/a"});
  EXPECT_TRUE(arrives("plant/b", "three")) << "plant/a counts no more";
  say("plant/c");
  ASSERT_TRUE(arrives("plant/a", "four"));
  EXPECT_FALSE(std::ranges::contains(sink.payloads(), "plant/c"));
  (*source)->stop();
}

}  // namespace
}  // namespace millrace::connector::mqtt
