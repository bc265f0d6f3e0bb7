#include "pipeline/inbound_binder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Value;
using model::ValueType;

constexpr base::Time kNow{base::Duration(1'700'000'000'000'000)};

HubBindingRow row(std::string address, std::string property, model::Transform transform = {},
                  std::string unit = "") {
  HubBindingRow made{std::move(address), {}, std::move(transform), std::move(unit)};
  made.contract.thing = "pump-1";
  made.contract.property = std::move(property);
  made.contract.range_max = 100;
  return made;
}

std::unique_ptr<InboundBinder> binder_of(HubBinding binding) {
  std::vector<HubBinding> all;
  all.push_back(std::move(binding));
  auto made = InboundBinder::create(std::move(all), {});
  EXPECT_TRUE(made);
  return std::move(*made);
}

BatchArrived message(std::string topic, std::string payload) {
  BatchArrived arrived{.origin = "mqtt", .topic = std::move(topic), .received = kNow};
  arrived.batch.thing = "mqtt-x";
  arrived.batch.properties = {{std::string(kPayloadProperty), ValueType::kText, ""}};
  arrived.batch.samples = {{0, {kNow, std::move(payload), {}}}};
  return arrived;
}

TEST(InboundBinderTest, AFilterTakesTheTopicsThatTheStandardSays) {
  for (const auto& [filter, topic] :
       std::vector<std::pair<const char*, const char*>>{{"a/b", "a/b"},
                                                        {"a/+", "a/b"},
                                                        {"a/#", "a/b/c"},
                                                        {"a/#", "a"},
                                                        {"#", "a/b"},
                                                        {"+/+", "/b"},
                                                        {"a/+/c", "a//c"}}) {
    EXPECT_TRUE(fits_topic_filter(filter, topic)) << filter << " " << topic;
  }
  for (const auto& [filter, topic] :
       std::vector<std::pair<const char*, const char*>>{{"a/b", "a"},
                                                        {"a/+", "a/b/c"},
                                                        {"+", "/b"},
                                                        {"#", "$SYS/x"},
                                                        {"+/x", "$SYS/x"},
                                                        {"a", "a/b"}}) {
    EXPECT_FALSE(fits_topic_filter(filter, topic)) << filter << " " << topic;
  }
}

TEST(InboundBinderTest, AMetricFeedsItsPropertyAndTheRestGoesOnAsItCame) {
  const auto binder = binder_of(
      {.site = "north", .thing = "node-device", .rows = {row("q", "flow", {.factor = 0.06})}});
  BatchArrived arrived{.origin = "node", .received = kNow};
  arrived.batch.thing = "node-device";
  arrived.batch.properties = {{"other", ValueType::kF64, ""}, {"q", ValueType::kF64, "l/min"}};
  arrived.batch.samples = {{1, {kNow, 500.0, {}}}, {0, {kNow, 7.0, {}}}, {1, {kNow, 5e6, {}}}};
  const auto out = binder->bind(std::move(arrived));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].batch.thing, "pump-1");
  EXPECT_EQ(out[0].site, "north");
  EXPECT_EQ(out[0].origin, "node");
  ASSERT_EQ(out[0].batch.samples.size(), 2U);
  EXPECT_EQ(out[0].batch.samples[0].sample.value, Value(30.0));
  EXPECT_TRUE(out[0].batch.samples[0].sample.quality.is_good());
  EXPECT_TRUE(out[0].batch.samples[1].sample.quality.has(Reason::kOutOfRange));
  EXPECT_EQ(out[1].batch.thing, "node-device");
  ASSERT_EQ(out[1].batch.samples.size(), 1U);
  EXPECT_EQ(out[1].batch.samples[0].sample.value, Value(7.0));
}

TEST(InboundBinderTest, AJsonTopicFeedsPropertiesWithItsOwnTime) {
  const auto binder = binder_of({.topic = "hall/+/state",
                                 .time_path = "/ts",
                                 .rows = {row("/t/c", "temperature"), row("/missing", "flow")}});
  const auto out = binder->bind(message("hall/2/state", R"({"ts":1699999999500,"t":{"c":61.5}})"));
  ASSERT_EQ(out.size(), 1U);
  ASSERT_EQ(out[0].batch.samples.size(), 1U);
  EXPECT_EQ(out[0].batch.samples[0].sample.value, Value(61.5));
  EXPECT_EQ(out[0].batch.samples[0].sample.time, kNow - std::chrono::milliseconds(500));
  EXPECT_EQ(binder->counts().unreadable, 0U);
}

TEST(InboundBinderTest, ARetainedPayloadIsStaleUnlessItHasItsOwnTime) {
  for (const char* time_path : {"/ts", ""}) {
    const auto binder =
        binder_of({.topic = "t", .time_path = time_path, .rows = {row("/v", "temperature")}});
    BatchArrived arrived = message("t", R"({"ts":1699999999500,"v":61.5})");
    arrived.is_birth = true;
    arrived.batch.samples.front().sample.quality = model::Quality().marked(Reason::kSourceStale);
    const auto quality =
        binder->bind(std::move(arrived)).front().batch.samples.front().sample.quality;
    EXPECT_EQ(quality.has(Reason::kSourceStale), std::string_view(time_path).empty());
    EXPECT_EQ(quality.is_good(), !std::string_view(time_path).empty());
  }
}

TEST(InboundBinderTest,
     AListOfNamedValuesFeedsEachPropertyByItsNameWithTimeQualityAndNumericTexts) {
  HubBindingRow t1 = row("$.values[?(@.id=='T1')].v", "temperature");
  HubBindingRow t2 = row("$.values[?(@.id=='T2')].v", "outlet");
  t1.quality = "$.values[?(@.id=='T1')].q";
  t2.quality = "$.values[*].q";
  const auto binder = binder_of(
      {.topic = "t", .time_path = "$.values[*].t", .rows = {std::move(t1), std::move(t2)}});
  const auto out = binder->bind(message("t", R"({"values":[
      {"id":"T2","v":"23.4","q":"good","t":1699999990},
      {"id":"T1","v":7,"q":false,"t":1699999991}]})"));
  ASSERT_EQ(out.size(), 1U);
  const auto& samples = out[0].batch.samples;
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].sample.value, Value(7.0));
  EXPECT_EQ(samples[0].sample.time, kNow - std::chrono::seconds(9));
  EXPECT_TRUE(samples[0].sample.quality.is_bad());
  EXPECT_TRUE(samples[0].sample.quality.has(Reason::kSourceStatus));
  EXPECT_EQ(samples[1].sample.value, Value(23.4));
  EXPECT_TRUE(samples[1].sample.quality.is_good());
  EXPECT_EQ(binder->bind(message("t", R"({"values":[{"id":"T3","v":1},{"id":"T2","v":2}]})"))
                .back()
                .batch.samples[0]
                .sample.value,
            Value(std::string(R"({"values":[{"id":"T3","v":1},{"id":"T2"}]})")))
      << "what is not bound waits";
  const auto one = binder->bind(message("t", R"({"values":[{"id":"T2","v":"23.4 °C"}]})"));
  ASSERT_EQ(one[0].batch.samples.size(), 1U) << "only T2 has changed";
  EXPECT_TRUE(one[0].batch.samples[0].sample.quality.has(Reason::kWrongType))
      << "no number as a whole";
}

TEST(InboundBinderTest, WhatAPayloadSaysOfItsQuality) {
  HubBindingRow one = row("/v", "temperature");
  one.quality = "/q";
  const auto severity = [&](const char* said) {
    const auto binder = binder_of({.topic = "t", .rows = {one}});
    return binder->bind(message("t", std::format(R"({{"v":1,"q":{}}})", said)))[0]
        .batch.samples[0]
        .sample.quality.severity();
  };
  for (const char* good : {"true", "1", "192", "\"GOOD\"", "null"}) {
    EXPECT_EQ(severity(good), model::Severity::kGood) << good;
  }
  for (const char* bad : {"false", "0", "24", "\"Bad\"", "\"\"", "[1]"}) {
    EXPECT_EQ(severity(bad), model::Severity::kBad) << bad;
  }
  for (const char* doubtful : {"64", "500", "\"Uncertain\""}) {
    EXPECT_EQ(severity(doubtful), model::Severity::kUncertain) << doubtful;
  }
}

TEST(InboundBinderTest, WhatNoBindingReadsOfAPayloadGoesOnWithItsTimeAndWithoutWhatIsBound) {
  std::vector<HubBinding> all;
  all.push_back({.topic = "hall/+", .time_path = "/ts", .rows = {row("/t", "temperature")}});
  all.push_back({.topic = "hall/2", .rows = {row("/list/0", "flow")}});
  const auto binder = std::move(*InboundBinder::create(std::move(all), {}));
  const auto out =
      binder->bind(message("hall/2", R"({"ts":1699999999500,"t":61.5,"h":40,"list":[7,8]})"));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].batch.samples.front().sample.value, Value(61.5));
  EXPECT_EQ(out[1].batch.samples.front().sample.value, Value(7.0));
  EXPECT_EQ(out[2].batch.thing, "mqtt-x");
  EXPECT_EQ(out[2].topic, "hall/2");
  ASSERT_EQ(out[2].batch.samples.size(), 1U);
  const model::Sample& rest = out[2].batch.samples.front().sample;
  EXPECT_EQ(rest.time, kNow);
  EXPECT_EQ(rest.value, Value(std::string(R"({"h":40,"list":[{},8],"ts":1699999999500})")));
  EXPECT_EQ(binder->counts().unreadable, 0U);
  EXPECT_EQ(binder->counts().bound, 2U);
}

TEST(InboundBinderTest, TheRestKeepsItsTimeAndQualityAlsoWhereTheseAreBoundAsValues) {
  HubBindingRow one = row("/v", "temperature");
  one.quality = "/q";
  const auto binder = binder_of(
      {.topic = "t", .time_path = "/ts", .rows = {one, row("/ts", "clock"), row("/q", "valid")}});
  const auto out = binder->bind(message("t", R"({"ts":1699999990,"q":false,"v":1,"w":2})"));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].batch.samples.size(), 3U);
  const model::Sample& rest = out[1].batch.samples.front().sample;
  HubBindingRow late = row("/w", "flow");
  late.quality = "/q";
  const auto later = PayloadReader::create("/ts", {late, row("/q", "valid"), row("/ts", "clock")});
  ASSERT_TRUE(later);
  const auto found = later->read(rest);
  ASSERT_EQ(found.size(), 1U) << "what was bound is found only once";
  EXPECT_EQ(found[0].sample.time, kNow - std::chrono::seconds(10));
  EXPECT_TRUE(found[0].sample.quality.is_bad());
  EXPECT_EQ(binder->bind(message("t", R"({"ts":1699999991,"q":true,"v":1})")).size(), 1U)
      << "time and quality alone are no rest";
}

TEST(InboundBinderTest, MembersThatOnlySayWhichItemOneIsAreNoRest) {
  for (const char* path : {"/0/v", "$[*].v", "$[?(@.id=='T1')].v"}) {
    const auto binder = binder_of({.topic = "t", .rows = {row(path, "temperature")}});
    const auto out = binder->bind(message("t", R"([{"id":"T1","v":3}])"));
    ASSERT_EQ(out.size(), 1U) << path;
    EXPECT_EQ(out[0].batch.thing, "pump-1") << path;
  }
}

TEST(InboundBinderTest, TextsThatAreWholeNumbersStayExact) {
  HubBindingRow wanted = row("/v", "count");
  const auto reader = PayloadReader::create("", {wanted});
  ASSERT_TRUE(reader);
  const auto value = [&](const char* text) {
    return reader->read({kNow, std::format(R"({{"v":"{}"}})", text), {}}).at(0).sample.value;
  };
  EXPECT_EQ(value("-7"), Value(std::int64_t{-7}));
  EXPECT_EQ(value("9223372036854775809"), Value(std::uint64_t{9223372036854775809U}));
  EXPECT_EQ(value("18446744073709551616"), Value(18446744073709551616.0));
}

TEST(InboundBinderTest, AListOfValuesKeepsEachWithItsTime) {
  const auto binder =
      binder_of({.topic = "t", .time_path = "$[*].at", .rows = {row("$[*].v", "temperature")}});
  const auto out =
      binder->bind(message("t", R"([{"at":1699999990,"v":1},{"v":2},{"at":1699999992,"v":3}])"));
  ASSERT_EQ(out.size(), 1U);
  const auto& samples = out[0].batch.samples;
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].sample.time, kNow - std::chrono::seconds(10));
  EXPECT_TRUE(samples[1].sample.quality.has(Reason::kNoSourceTime));
  EXPECT_EQ(samples[1].sample.time, kNow);
  EXPECT_EQ(samples[2].sample.time, kNow - std::chrono::seconds(8));
}

TEST(InboundBinderTest, APayloadInWhichNothingIsFoundIsCountedAndKeptAsItCame) {
  const auto binder = binder_of({.topic = "t", .rows = {row("/v", "temperature")}});
  for (const char* payload : {"{torn", R"({"w":1})"}) {
    const auto out = binder->bind(message("t", payload));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].batch.thing, "mqtt-x");
    EXPECT_EQ(out[0].batch.samples.front().sample.value, Value(std::string(payload)));
  }
  EXPECT_EQ(binder->counts().unreadable, 2U);
}

BatchArrived metric(std::string name, double value, std::string unit = "") {
  BatchArrived arrived{.origin = "node", .received = kNow};
  arrived.batch.thing = "node-device";
  arrived.batch.properties = {{std::move(name), ValueType::kF64, std::move(unit)}};
  arrived.batch.samples = {{0, {kNow, value, {}}}};
  return arrived;
}

TEST(InboundBinderTest, AValueOfTheWrongTypeStaysWithItsPropertyInTheContractsType) {
  HubBindingRow speed = row("/rpm", "speed");
  speed.contract.type = ValueType::kI64;
  speed.contract.range_max.reset();
  const auto binder = binder_of({.topic = "t", .rows = {row("/q", "flow"), std::move(speed)}});
  for (const bool is_misfit : {false, true, false}) {
    const auto out = binder->bind(
        message("t", is_misfit ? R"({"q":"n/a","rpm":1480.5})" : R"({"q":5,"rpm":1480})"));
    ASSERT_EQ(out.size(), 1U);
    ASSERT_EQ(out[0].batch.properties.size(), 2U);
    for (const model::BatchSample& one : out[0].batch.samples) {
      const model::BatchProperty& property = out[0].batch.properties[one.property];
      EXPECT_EQ(property.type, property.name == "flow" ? ValueType::kF64 : ValueType::kI64);
      EXPECT_EQ(one.sample.quality.has(Reason::kWrongType), is_misfit);
      EXPECT_EQ(one.sample.value == Value(), is_misfit);
    }
  }
}

TEST(InboundBinderTest, AMetricThatTwoRowsAndTwoBindingsReadReachesAllOfThem) {
  std::vector<HubBinding> all;
  all.push_back({.thing = "node-device", .rows = {row("q", "flow"), row("q", "flow-2")}});
  all.push_back({.thing = "node-device", .rows = {row("q", "flow-3")}});
  const auto binder = std::move(*InboundBinder::create(std::move(all), {}));
  const auto out = binder->bind(metric("q", 5));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].batch.samples.size(), 2U);
  EXPECT_EQ(out[1].batch.properties.front().name, "flow-3");
}

TEST(InboundBinderTest, WhatANodeSaysIsHistoricalIsNoClockThatIsBehind) {
  for (const bool is_historical : {false, true}) {
    const auto binder = binder_of({.thing = "node-device", .rows = {row("q", "flow")}});
    bool is_clock = false;
    for (int i = 0; i < 20; ++i) {
      BatchArrived arrived = metric("q", 5);
      arrived.received = kNow + std::chrono::seconds(i);
      arrived.batch.samples[0].sample.time = arrived.received - std::chrono::minutes(4);
      arrived.is_historical = is_historical;
      const auto out = binder->bind(std::move(arrived));
      is_clock = out.front().batch.samples.front().sample.quality.has(Reason::kClock);
    }
    EXPECT_EQ(is_clock, !is_historical);
  }
}

TEST(InboundBinderTest, AMetricInAnotherUnitThanItsBindingSaysIsKeptAndMarked) {
  const auto units = unit::Units::create();
  ASSERT_TRUE(units);
  std::vector<HubBinding> all;
  all.push_back({.thing = "node-device", .rows = {row("q", "flow", {}, "l/min")}});
  const auto binder = std::move(*InboundBinder::create(std::move(all), {}, compare_units(*units)));
  const auto quality = [&](const char* unit) {
    return binder->bind(metric("q", 5, unit)).front().batch.samples.front().sample.quality;
  };
  EXPECT_TRUE(quality("").is_good());
  EXPECT_FALSE(quality("L/min").has(Reason::kWrongUnit));
  EXPECT_FALSE(quality("L/MIN").has(Reason::kWrongUnit)) << "in other letters";
  EXPECT_FALSE(quality("litres a minute").has(Reason::kWrongUnit)) << "no unit is not another";
  EXPECT_TRUE(quality("m3/h").has(Reason::kWrongUnit));
  EXPECT_TRUE(quality("m3/h").is_bad());
}

TEST(InboundBinderTest, AMetricWhoseNameIsNoNameIsFoundByItsBirthAlsoByASuccessor) {
  const auto made = [] {
    return binder_of({.thing = "node-device", .rows = {row("Motor/Speed", "speed")}});
  };
  auto binder = made();
  EXPECT_EQ(binder->bind(metric("motor-speed-1f2e", 5)).front().batch.thing, "node-device");
  binder->learn("node-device", {{"motor-speed-1f2e", ValueType::kF64, "", "Motor/Speed"}});
  EXPECT_EQ(binder->bind(metric("motor-speed-1f2e", 5)).front().batch.thing, "pump-1");
  const auto next = made();
  next->succeed(*binder);
  EXPECT_EQ(next->bind(metric("motor-speed-1f2e", 5)).front().batch.thing, "pump-1");
}

HubBinding watched(std::string title) {
  HubBindingRow made = row("q", "flow");
  made.contract.title = std::move(title);
  made.contract.flat_line = std::chrono::minutes(10);
  made.contract.stale = std::chrono::seconds(30);
  return {.site = "north", .thing = "node-device", .rows = {std::move(made)}};
}

TEST(InboundBinderTest, ASuccessorGoesOnWithWhatTheRulesOfUnchangedContractsRemember) {
  const auto first = binder_of(watched("Flow"));
  const auto at = [](InboundBinder& binder, std::chrono::minutes after) {
    BatchArrived arrived = metric("q", 5);
    arrived.received = arrived.batch.samples[0].sample.time = kNow + after;
    return binder.bind(std::move(arrived)).front().batch.samples.front().sample.quality;
  };
  EXPECT_TRUE(at(*first, std::chrono::minutes(0)).is_good());
  HubBinding renamed = watched("Durchfluss");
  renamed.rows.push_back(row("p", "pressure"));
  std::ranges::reverse(renamed.rows);
  const auto next = binder_of(renamed);
  next->succeed(*first);
  EXPECT_TRUE(at(*next, std::chrono::minutes(0)).has(Reason::kDuplicate));
  EXPECT_TRUE(at(*next, std::chrono::minutes(11)).has(Reason::kFlatLine));
  HubBinding other = watched("Flow");
  other.rows[0].contract.flat_line = std::chrono::minutes(5);
  const auto last = binder_of(other);
  last->succeed(*next);
  EXPECT_TRUE(at(*last, std::chrono::minutes(11)).is_good()) << "another contract begins anew";
}

TEST(InboundBinderTest, AThirdPartyThatFallsSilentIsSaidToBeStaleOnceAlsoByASuccessor) {
  using std::chrono::seconds;
  auto binder = binder_of(watched("Flow"));
  const auto listen = [&](int second) {
    return binder->listen(base::MonotonicTime(seconds(second)), kNow + seconds(second));
  };
  EXPECT_TRUE(listen(0).empty());
  binder->bind(metric("q", 5));
  EXPECT_TRUE(listen(1).empty());
  auto next = binder_of(watched("Durchfluss"));
  next->succeed(*binder);
  binder = std::move(next);
  EXPECT_TRUE(listen(30).empty());
  const auto silent = listen(31);
  ASSERT_EQ(silent.size(), 1U);
  EXPECT_EQ(silent[0].batch.thing, "pump-1");
  EXPECT_EQ(silent[0].site, "north");
  const model::Sample& stale = silent[0].batch.samples.front().sample;
  EXPECT_EQ(stale.value, Value());
  EXPECT_EQ(stale.time, kNow + seconds(30));
  EXPECT_TRUE(stale.quality.has(Reason::kStale));
  EXPECT_TRUE(listen(90).empty());
  binder->bind(metric("q", 5));
  EXPECT_TRUE(listen(91).empty());
  EXPECT_EQ(listen(121).size(), 1U);
}

TEST(InboundBinderTest, AnObjectThatIsReadAsAWholeIsWholeAndLeavesItsTimeForTheOthers) {
  HubBindingRow about = row("/meta", "about");
  about.contract.type = ValueType::kText;
  const auto binder = binder_of({.topic = "t", .time_path = "/meta/t", .rows = {std::move(about)}});
  const auto out = binder->bind(message("t", R"({"meta":{"fw":"1.2","t":1699999990},"v":21.5})"));
  ASSERT_EQ(out.size(), 2U);
  const model::Sample& whole = out[0].batch.samples.front().sample;
  EXPECT_EQ(whole.value, Value(std::string(R"({"fw":"1.2","t":1699999990})")));
  EXPECT_EQ(whole.time, kNow - std::chrono::seconds(10));
  const model::Sample& rest = out[1].batch.samples.front().sample;
  EXPECT_EQ(rest.value,
            Value(std::string(R"({"meta":{"t":{"millrace:bound":1699999990}},"v":21.5})")));
  const auto later =
      *PayloadReader::create("/meta/t", {row("/v", "temperature"), row("/meta", "about")});
  const auto found = later.read(rest);
  ASSERT_EQ(found.size(), 1U) << "what was bound is not found again";
  EXPECT_EQ(found[0].sample.time, kNow - std::chrono::seconds(10)) << "with the time of its own";
  const auto all = binder->bind(message("t", R"({"meta":{"fw":"1.2","t":1699999990}})"));
  EXPECT_EQ(all.size(), 1U) << "a time alone is nothing to keep";
}

/// What comes of a payload of one of two devices that a '+' stands for.
model::Quality fed_by(InboundBinder& binder, const char* topic, int second,
                      bool is_retained = false) {
  BatchArrived arrived = message(topic, R"({"v":21.5,"w":3})");
  arrived.is_birth = is_retained;
  arrived.received = arrived.batch.samples[0].sample.time = kNow + std::chrono::seconds(second);
  return binder.bind(std::move(arrived)).front().batch.samples.front().sample.quality;
}

TEST(InboundBinderTest, DevicesThatTakeTurnsBehindAPlusAreMarkedAndNamedOnceAlsoByASuccessor) {
  const auto made = [] {
    return binder_of({.name = "line",
                      .topic = "line/+/values",
                      .rows = {row("/v", "temperature"), row("/w", "pressure")}});
  };
  const auto first = made();
  int second = 0;
  for (const char* topic : {"line/a/values", "line/b/values", "line/a/values"}) {
    EXPECT_TRUE(fed_by(*first, topic, ++second).is_good());
    EXPECT_TRUE(first->take_mixed().empty()) << "a device may be replaced, and come back";
  }
  for (int i = 0; i < 4; ++i) {
    fed_by(*first, i % 2 ? "line/a/values" : "line/b/values", ++second, true);
  }
  EXPECT_TRUE(first->take_mixed().empty()) << "what is retained comes again at any time";
  const auto next = made();
  next->succeed(*first);
  const model::Quality quality = fed_by(*next, "line/b/values", ++second);
  EXPECT_TRUE(quality.has(Reason::kMixedSources));
  EXPECT_EQ(quality.severity(), model::Severity::kUncertain);
  const auto mixed = next->take_mixed();
  ASSERT_EQ(mixed.size(), 1U);
  EXPECT_EQ(mixed[0].thing, "pump-1");
  EXPECT_EQ(mixed[0].binding, "line");
  EXPECT_EQ(mixed[0].properties, (std::vector<std::string>{"temperature", "pressure"}));
  EXPECT_EQ(mixed[0].topics,
            (std::pair<std::string, std::string>("line/a/values", "line/b/values")));
  EXPECT_TRUE(fed_by(*next, "line/a/values", ++second).has(Reason::kMixedSources));
  EXPECT_TRUE(next->take_mixed().empty());
}

TEST(InboundBinderTest, TopicsAndThingsThatNobodyBoundPassUntouched) {
  const auto binder = binder_of({.topic = "t", .rows = {row("/v", "temperature")}});
  const auto out = binder->bind(message("other", "{}"));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].batch.thing, "mqtt-x");
  BatchArrived spooled = message("t", R"({"v":1})");
  spooled.position = Position{};
  EXPECT_EQ(binder->bind(std::move(spooled)).front().batch.thing, "mqtt-x");
}

TEST(InboundBinderTest, ABindingWithAWrongPathIsRefused) {
  std::vector<HubBinding> all;
  all.push_back({.topic = "t", .rows = {row("v", "temperature")}});
  EXPECT_EQ(InboundBinder::create(std::move(all), {}).error().code, base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace millrace::pipeline
