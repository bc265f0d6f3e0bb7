// A new version of a thing model that others refer to, tried on their things.
#include "effects_fixture.h"

namespace millrace::service {
namespace {

using twin::ModelRef;

constexpr char kFlow100[] = "flow: {type: number, minimum: 0, maximum: 100}";
constexpr char kFlow50[] = "flow: {type: number, minimum: 0, maximum: 50}";

std::string model_file(const std::string& name, int version, const std::string& links,
                       const std::string& properties) {
  return std::format(
      "---\nkind: ThingModel\nname: {}\nversion: {}\nspec:\n  title: Of tests\n  links: [{}]\n"
      "  properties: {{{}}}\n",
      name, version, links, properties);
}
std::string extends(const std::string& model) { return "{rel: 'tm:extends', href: " + model + "}"; }
std::string submodel(const std::string& model, const std::string& name) {
  return std::format("{{rel: 'tm:submodel', href: {}, instanceName: {}}}", model, name);
}
std::string thing_file(const std::string& thing, const std::string& model,
                       const std::string& more = {}) {
  return std::format("---\nkind: Thing\nname: {}\nspec: {{model: {}{}}}\n", thing, model, more);
}

class ModelTrialsTest : public ResourceEffectsTest {
 protected:
  /// 0 … 99 of a property.
  void measure(const std::string& thing, const std::string& property = "flow") {
    fill(define(thing, property), 100, [](int i) { return i; });
  }
  static std::vector<std::string> tried(const Effects& effects) {
    std::vector<std::string> all;
    for (const ModelTrial& one : effects.trials) {
      std::string through;
      for (const ModelRef& ref : one.through) through += " " + text(ref);
      all.push_back(std::format("{} for {} through{}: {}", text(one.model),
                                one.instead_of ? text(*one.instead_of) : "nothing", through,
                                one.things));
    }
    return all;
  }
};

TEST_F(ModelTrialsTest, a_new_base_is_tried_on_the_things_of_what_extends_the_one_before) {
  apply(model_file("machine", 1, "", kFlow100) + model_file("pump", 1, extends("machine@1"), "") +
        model_file("fan", 1, "", kFlow100) + thing_file("pump-1", "pump@1") +
        thing_file("pump-2", "pump@1") + thing_file("fan-1", "fan@1"));
  for (const char* one : {"pump-1", "pump-2", "fan-1"}) measure(one);
  const auto found = effects(model_file("machine", 2, "", kFlow50));
  EXPECT_EQ(tried(found), Texts{"machine@2 for machine@1 through pump@1: 2"});
  EXPECT_EQ(texts(found),
            (Texts{"pump-1.flow out_of_range bad 49/100", "pump-2.flow out_of_range bad 49/100"}));
  EXPECT_TRUE(found.not_replayed.empty());
  EXPECT_TRUE(found.is_complete());
  // Nothing of what was supposed is there afterwards.
  EXPECT_EQ(catalogs_->configuration()->revision, 1);
  EXPECT_EQ(catalogs_->now()->models().size(), 3U);
  EXPECT_EQ(catalogs_->now()->thing("pump-1")->model->property("flow")->contract.range_max, 100);
}

TEST_F(ModelTrialsTest, submodels_and_refs_lead_to_things_too_however_far) {
  apply(model_file("sensor", 1, "", "value: {type: number, maximum: 100}") +
        model_file("pump", 1, submodel("sensor@1", "inlet"), "") +
        model_file("line", 1, submodel("pump@1", "feed"), "") +
        model_file("fan", 1, "", "speed: {'tm:ref': 'sensor@1#/properties/value'}") +
        thing_file("line-1", "line@1") + thing_file("fan-1", "fan@1"));
  measure("line-1", "feed.inlet.value");
  measure("fan-1", "speed");
  const auto found = effects(model_file("sensor", 2, "", "value: {type: number, maximum: 50}"));
  EXPECT_EQ(tried(found), Texts{"sensor@2 for sensor@1 through fan@1 pump@1: 2"});
  EXPECT_EQ(texts(found), (Texts{"fan-1.speed out_of_range bad 49/100",
                                 "line-1.feed.inlet.value out_of_range bad 49/100"}));
}

TEST_F(ModelTrialsTest, several_new_versions_are_tried_together) {
  apply(model_file("machine", 1, "", kFlow100) +
        model_file("pump", 1, extends("machine@1"), "head: {type: number}") +
        model_file("fan", 1, extends("machine@1"), "") + thing_file("pump-1", "pump@1") +
        thing_file("fan-1", "fan@1"));
  for (const char* one : {"pump-1", "fan-1"}) measure(one);
  measure("pump-1", "head");
  const std::string head = "head: {type: number, maximum: 90}";
  const std::string machine = model_file("machine", 2, "", kFlow50);
  const Texts all{"fan-1.flow out_of_range bad 49/100", "pump-1.flow out_of_range bad 49/100",
                  "pump-1.head out_of_range bad 9/100"};
  const auto new_base = effects(machine + model_file("pump", 2, extends("machine@2"), head));
  EXPECT_EQ(tried(new_base),
            (Texts{"machine@2 for machine@1 through fan@1: 1", "pump@2 for pump@1 through: 1"}));
  EXPECT_EQ(texts(new_base), all);
  const auto old_base = effects(machine + model_file("pump", 2, extends("machine@1"), head));
  EXPECT_EQ(tried(old_base), (Texts{"machine@2 for machine@1 through fan@1 pump@2: 2",
                                    "pump@2 for pump@1 through: 1"}));
  EXPECT_EQ(texts(old_base), all);
}

TEST_F(ModelTrialsTest, only_the_newest_earlier_version_that_things_have_gives_its_place) {
  apply(model_file("machine", 1, "", kFlow100) +
        model_file("machine", 2, extends("machine@1"), "") +
        model_file("machine", 3, extends("machine@2"), "") +
        model_file("pump", 1, extends("machine@1"), "") +
        model_file("fan", 1, extends("machine@2"), "") + thing_file("pump-1", "pump@1") +
        thing_file("fan-1", "fan@1"));
  for (const char* one : {"pump-1", "fan-1"}) measure(one);
  const auto found = effects(model_file("machine", 4, extends("machine@3"), kFlow50));
  EXPECT_EQ(tried(found), Texts{"machine@4 for machine@2 through fan@1: 1"})
      << "what it is made of keeps its references";
  EXPECT_EQ(texts(found), Texts{"fan-1.flow out_of_range bad 49/100"});
}

TEST_F(ModelTrialsTest, things_may_have_the_earlier_version_themselves_and_through_others) {
  apply(model_file("machine", 1, "", kFlow100) + model_file("pump", 1, extends("machine@1"), "") +
        thing_file("machine-1", "machine@1") + thing_file("pump-1", "pump@1"));
  for (const char* one : {"machine-1", "pump-1"}) measure(one);
  const auto found = effects(model_file("machine", 2, "", kFlow50));
  EXPECT_EQ(tried(found), Texts{"machine@2 for machine@1 through pump@1: 2"});
  EXPECT_EQ(texts(found), (Texts{"machine-1.flow out_of_range bad 49/100",
                                 "pump-1.flow out_of_range bad 49/100"}));
}

TEST_F(ModelTrialsTest, what_a_new_base_breaks_is_named_and_the_rest_is_tried) {
  apply(model_file("machine", 1, "", std::string(kFlow100) + ", head: {type: number}") +
        model_file("pump", 1, "", "lift: {'tm:ref': 'machine@1#/properties/head'}") +
        model_file("fan", 1, extends("machine@1"), "") + thing_file("pump-1", "pump@1") +
        thing_file("fan-1", "fan@1"));
  measure("pump-1", "lift");
  measure("fan-1");
  const auto found = effects(model_file("machine", 2, "", kFlow50));
  EXPECT_EQ(tried(found), Texts{"machine@2 for machine@1 through fan@1 pump@1: 2"});
  EXPECT_EQ(texts(found), Texts{"fan-1.flow out_of_range bad 49/100"});
  ASSERT_EQ(found.not_replayed.size(), 1U);
  EXPECT_EQ(found.not_replayed[0].thing, "pump-1");
  EXPECT_EQ(found.not_replayed[0].why,
            "it cannot have machine@2 as it is: pump@1: tm:ref 'machine@2#/properties/head' leads "
            "nowhere: machine@2 has no 'head' there");
}

TEST_F(ModelTrialsTest, a_new_version_is_still_tried_where_a_new_base_breaks_it) {
  apply(model_file("machine", 1, "", std::string(kFlow100) + ", head: {type: number}") +
        model_file("pump", 1, "", kFlow100) + thing_file("pump-1", "pump@1"));
  measure("pump-1");
  const std::string pump =
      std::string(kFlow50) + ", lift: {'tm:ref': 'machine@1#/properties/head'}";
  const auto found =
      effects(model_file("pump", 2, "", pump) + model_file("machine", 2, "", kFlow50));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow out_of_range bad 49/100"});
  EXPECT_EQ(tried(found),
            (Texts{"machine@2 for nothing through: 0", "pump@2 for pump@1 through: 1"}))
      << "no thing has machine@1 yet";
  apply(model_file("line", 1, extends("machine@1"), "") + thing_file("line-1", "line@1"));
  const auto both =
      effects(model_file("pump", 2, "", pump) + model_file("machine", 2, "", kFlow50));
  EXPECT_EQ(texts(both), Texts{"pump-1.flow out_of_range bad 49/100"});
  ASSERT_EQ(both.not_replayed.size(), 1U);
  EXPECT_TRUE(both.not_replayed[0].why.starts_with("it cannot have machine@2 as it is: pump@2: "))
      << both.not_replayed[0].why;
}

TEST_F(ModelTrialsTest, placeholders_and_chosen_options_of_a_thing_go_with_it) {
  const auto machine = [](int version, const std::string& more) {
    return std::format(
        "---\nkind: ThingModel\nname: machine\nversion: {}\nspec:\n  title: M\n"
        "  tm:optional: [/properties/head, /properties/lift]\n  properties:\n"
        "    flow: {{type: number, maximum: '{{{{MAX}}}}'{}}}\n"
        "    head: {{type: number{}}}\n    lift: {{type: number{}}}\n",
        version, more, more, more);
  };
  apply(machine(1, "") + model_file("pump", 1, extends("machine@1"), "") +
        thing_file("pump-1", "pump@1", ", placeholders: {MAX: 100}, optional: [/properties/head]"));
  for (const char* one : {"flow", "head", "lift"}) measure("pump-1", one);
  const auto found = effects(machine(2, ", minimum: 10"));
  EXPECT_EQ(tried(found), Texts{"machine@2 for machine@1 through pump@1: 1"});
  EXPECT_EQ(texts(found),
            (Texts{"pump-1.flow out_of_range bad 10/100", "pump-1.head out_of_range bad 10/100"}))
      << "pump-1 has no lift";
}

}  // namespace
}  // namespace millrace::service
