// What waits to be bound.

#include "service/third_party_fixture.h"

namespace millrace::service {
namespace {

using model::Value;
using model::ValueType;

class OnboardingTest : public ThirdPartyTest {
 protected:
  std::vector<Candidate> candidates(const std::string& words = {}) {
    const auto page = services_->onboarding.candidates(words, {.limit = 100});
    EXPECT_TRUE(page);
    return page ? page->items : std::vector<Candidate>();
  }
  std::vector<std::string> things() {
    std::vector<std::string> ids;
    const auto page = services_->twins.things({}, {.limit = 100});
    for (const Thing& thing : page->items) ids.push_back(thing.id);
    return ids;
  }
};

TEST_F(OnboardingTest, an_unknown_device_waits_with_its_recent_values) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 200,
       [](int i) { return Value(static_cast<double>(i)); });
  fill(define_metric("speed", "", "", ValueType::kI64), then_ + 1h, 3,
       [](int i) { return Value(std::int64_t{i}); });
  define("pump-1", "flow");  // of an edge
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "sparkplug:plant2/gw7/mixer");
  EXPECT_EQ(found[0].source, "plant2/gw7/mixer");
  EXPECT_EQ(found[0].title, "mixer");
  EXPECT_EQ(found[0].thing, "gw7.mixer");
  EXPECT_EQ(found[0].samples, 203U);
  EXPECT_EQ(found[0].first_seen, then_);
  EXPECT_EQ(found[0].last_seen, then_ + 1h + 2s);
  ASSERT_EQ(found[0].properties.size(), 2U);
  const CandidateProperty& pressure = found[0].properties[0];
  EXPECT_EQ(pressure.address, "P/Out");
  EXPECT_EQ(pressure.unit, "kPa");
  ASSERT_EQ(pressure.recent.size(), kCandidateRecentMax);
  EXPECT_EQ(pressure.recent.front().value, Value(140.0));
  EXPECT_EQ(pressure.recent.back().value, Value(199.0));
  EXPECT_EQ(found[0].properties[1].address, "speed");
  EXPECT_EQ(found[0].properties[1].recent.size(), 3U);
  EXPECT_EQ(services_->onboarding.candidate("sparkplug:plant2/gw7/mixer")->samples, 203U);
  const auto unknown = services_->onboarding.candidate("sparkplug:plant2/gw7/mixr");
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error().hint, "Did you mean sparkplug:plant2/gw7/mixer?");
}

TEST_F(OnboardingTest, values_that_come_later_are_seen) {
  const auto id = define_metric("p-out", "P/Out", "kPa");
  fill(id, then_, 2, [](int i) { return Value(static_cast<double>(i)); });
  EXPECT_EQ(candidates()[0].properties[0].recent.size(), 2U);
  fill(id, then_ + 2s, 3, [](int i) { return Value(static_cast<double>(i)); });
  clock_.advance(10s);
  EXPECT_EQ(candidates()[0].properties[0].recent.size(), 5U);
  EXPECT_EQ(candidates()[0].samples, 5U);
}

TEST_F(OnboardingTest, a_topic_waits_with_the_values_in_its_payloads) {
  fill(define_topic("hall/1/state"), then_, 70, [](int i) {
    return Value(
        std::format(R"({{"name":"m/1","t":[{{"c":{}}}],"on":true}})", i % 2 == 0 ? "20" : "20.5"));
  });
  fill(define_topic("hall/1/log"), then_, 2, [](int) { return Value(std::string("no JSON")); });
  fill(define_topic("hall/1/level"), then_, 2, [](int) { return Value(std::string("4.25")); });
  const auto found = candidates("STATE");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "mqtt:hall/1/state");
  EXPECT_EQ(found[0].kind, CandidateKind::kMqtt);
  EXPECT_EQ(found[0].samples, 70U);
  ASSERT_EQ(found[0].properties.size(), 3U);
  EXPECT_EQ(found[0].properties[0].address, "/name");
  EXPECT_EQ(found[0].properties[0].type, ValueType::kText);
  EXPECT_EQ(found[0].properties[1].address, "/on");
  EXPECT_EQ(found[0].properties[1].type, ValueType::kBool);
  const CandidateProperty& celsius = found[0].properties[2];
  EXPECT_EQ(celsius.address, "/t/0/c");
  EXPECT_EQ(celsius.type, ValueType::kF64);
  ASSERT_EQ(celsius.recent.size(), kCandidateRecentMax);
  EXPECT_EQ(celsius.recent.back().value, Value(20.5));
  EXPECT_LT(celsius.recent.front().time, celsius.recent.back().time);
  EXPECT_EQ(candidates().size(), 3U);
  EXPECT_TRUE(candidates("log")[0].properties.empty());
  EXPECT_EQ(candidates("level")[0].properties[0].address, "");
}

TEST_F(OnboardingTest, pages_hold_each_once_the_most_recently_seen_first) {
  for (int i = 0; i < 7; ++i) {
    fill(define_topic(std::format("hall/{}/state", i)), then_ + (i % 3) * 1h, 1,
         [](int) { return Value(std::string("1")); });
  }
  std::vector<std::string> seen;
  PageRequest page{.limit = 2};
  do {
    const auto found = services_->onboarding.candidates({}, page);
    ASSERT_TRUE(found);
    for (const Candidate& one : found->items) seen.push_back(one.source.substr(5, 1));
    page.cursor = found->next;
  } while (page.cursor && seen.size() < 20);
  EXPECT_EQ(seen, (std::vector<std::string>{"2", "5", "1", "4", "0", "3", "6"}));
  EXPECT_FALSE(services_->onboarding.candidates({}, {.cursor = "!!"}));
}

TEST_F(OnboardingTest, what_is_bound_leaves_both_lists_and_is_still_read_by_its_name) {
  const auto pressure = define_metric("p-out", "P/Out", "kPa");
  const auto label = define_metric("label", "", "", ValueType::kText);
  fill(pressure, then_, 2, [](int i) { return Value(static_cast<double>(i)); });
  fill(label, then_, 1, [](int) { return Value(std::string("x")); });
  const auto state = define_topic("hall/1/state");
  fill(state, then_ + 1min, 1,
       [](int) { return Value(std::string(R"({"ts":1,"p":{"kpa":2},"rpm":3})")); });
  EXPECT_EQ(candidates().size(), 2U);
  EXPECT_EQ(things(), std::vector<std::string>{"gw7.mixer"});
  bind(std::string(kMetrics) + "---\n" + kTopics);
  EXPECT_TRUE(candidates().empty());
  // One value of the device is bound to nothing.
  EXPECT_EQ(things(), (std::vector<std::string>{"gw7.mixer", "mixer-1", "mixer-2"}));
  std::string more = kMetrics;
  const auto model = std::string(kModel);
  std::string wider = model;
  wider.replace(wider.find("version: 1"), 10, "version: 2");
  wider.replace(wider.find("speed:"), 0, "label: {type: string}\n    ");
  for (std::size_t at = 0; (at = wider.find("mixer@1", at)) != wider.npos;) {
    wider.replace(at, 7, "mixer@2");
  }
  more += "    - {property: label, address: label}\n";
  apply(wider + "---\n" + more + "---\n" + kTopics);
  EXPECT_TRUE(services_->bindings.follow());
  EXPECT_EQ(things(), (std::vector<std::string>{"mixer-1", "mixer-2"}));
  EXPECT_EQ(services_->twins.thing("gw7.mixer")->properties.size(), 2U);
  EXPECT_EQ(services_->twins.thing("mqtt-hall-1-state")->properties.size(), 1U);
}

TEST_F(OnboardingTest, a_topic_that_is_bound_in_part_waits_with_the_rest_and_says_what_is_bound) {
  const auto state = define_topic("hall/1/state");
  fill(state, then_, 2, [](int i) {
    return Value(std::format(R"({{"ts":{},"p":{{"kpa":2}},"rpm":3,"on":true}})", i));
  });
  bind(kTopics);
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "mqtt:hall/1/state");
  EXPECT_EQ(found[0].time_path, "/ts");
  ASSERT_EQ(found[0].properties.size(), 3U);
  EXPECT_EQ(found[0].properties[0].address, "/on");
  EXPECT_EQ(found[0].properties[0].feeds, "");
  EXPECT_EQ(found[0].properties[0].recent.size(), 2U);
  EXPECT_EQ(found[0].properties[1].address, "/p/kpa");
  EXPECT_EQ(found[0].properties[1].feeds, "mixer-2/pressure");
  EXPECT_EQ(found[0].properties[1].unit, "kPa");
  EXPECT_EQ(found[0].properties[2].address, "/rpm");
  EXPECT_EQ(found[0].properties[2].feeds, "mixer-2/speed");
  EXPECT_EQ(found[0].properties[2].type, ValueType::kI64);
  // As it is stored while it is bound: the rest alone.
  fill(state, then_ + 1min, 1, [](int) { return Value(std::string(R"({"on":false,"ts":9})")); });
  EXPECT_EQ(candidates()[0].properties[0].recent.size(), 3U);
  fill(state, then_ + 2min, 1, [](int) { return Value(std::string(R"({"ts":9,"rpm":4})")); });
  EXPECT_TRUE(candidates().empty()) << "the newest payload holds nothing else";
}

TEST_F(OnboardingTest, a_topic_of_which_only_the_names_of_its_items_are_left_waits_no_more) {
  fill(define_topic("hall/1/state"), then_, 2,
       [](int) { return Value(std::string(R"([{"id":"P1","kpa":3}])")); });
  EXPECT_EQ(candidates().size(), 1U);
  std::string by_place = kTopics;
  bind(by_place.replace(by_place.find("/p/kpa"), 6, "/0/kpa"));
  EXPECT_TRUE(candidates().empty());
}

TEST_F(OnboardingTest, a_thing_that_is_configured_under_the_automatic_name_does_not_wait) {
  fill(define_metric("pressure", "", "bar"), then_, 2,
       [](int i) { return Value(static_cast<double>(i)); });
  EXPECT_EQ(candidates().size(), 1U);
  apply(std::string(kModel) + "---\nkind: Thing\nname: gw7.mixer\nspec: {model: mixer@1}\n");
  EXPECT_TRUE(candidates().empty());
}

}  // namespace
}  // namespace millrace::service
