#include "twin/thing_model.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

using ThingModels = TwinTest;
using ModelJson = nlohmann::json;

const std::string kMachine = model("machine", R"(  title: Machine
  mr:tags: [rotating]
  tm:optional: [/properties/vibration]
  properties:
    temperature: {type: number, unit: degC, minimum: -40, maximum: 150, readOnly: true}
    vibration: {type: number, unit: mm/s, minimum: 0}
)");

const ThingModel& at(const std::shared_ptr<const Catalog>& catalog, std::string_view name) {
  return *catalog->models().at({std::string(name), 1});
}

TEST_F(ThingModels, APropertyHasItsContractFromTheTermsOfTheModel) {
  const auto catalog = build(model("pump", R"(  title: Pump
  titles: {de: Pumpe}
  properties:
    flow:
      title: Flow
      type: number
      unit: m3/h
      minimum: 0
      exclusiveMaximum: 120
      readOnly: true
      observable: true
      mr:interval_ms: 1000
      mr:quality: {rate_max_per_s: 50, flat_line_s: 600}
      mr:filter: {deadband: 0.1}
      mr:alarms: [{name: high, above: 100, severity: bad}]
    starts: {type: integer, mr:type: u64, exclusiveMinimum: 4}
    running: {type: boolean}
)"));
  const ThingModel& pump = at(catalog, "pump");
  const PropertySpec& flow = *pump.property("flow");
  EXPECT_EQ(pump.titles, (Texts{{"", "Pump"}, {"de", "Pumpe"}}));
  EXPECT_EQ(flow.contract.type, model::ValueType::kF64);
  EXPECT_EQ(flow.contract.unit, "m3/h");
  EXPECT_EQ(flow.contract.title, "Flow");
  EXPECT_EQ(flow.contract.range_min, 0.0);
  EXPECT_LT(*flow.contract.range_max, 120.0);
  EXPECT_GT(*flow.contract.range_max, 119.999999);
  EXPECT_EQ(flow.contract.interval, base::Duration(1'000'000));
  EXPECT_EQ(flow.contract.rate_max_per_s, 50.0);
  EXPECT_EQ(flow.filter.deadband_absolute, 0.1);
  ASSERT_EQ(flow.alarms.size(), 1U);
  EXPECT_EQ(flow.alarms[0].severity, model::Severity::kBad);
  EXPECT_FALSE(flow.is_writable);
  EXPECT_TRUE(flow.is_observable);
  EXPECT_EQ(pump.property("starts")->contract.type, model::ValueType::kU64);
  EXPECT_TRUE(pump.property("running")->is_writable);
  EXPECT_EQ(pump.property("none"), nullptr);
  EXPECT_EQ(ModelJson::parse(pump.document)["@context"][0], "https://www.w3.org/2022/wot/td/v1.1");
}

TEST_F(ThingModels, ExtendsImportsAffordancesAndItsOwnOverrideThem) {
  const auto catalog = build(kMachine + model("pump", R"(  links:
    - {rel: "tm:extends", href: machine@1}
  properties:
    temperature: {maximum: 90}
    flow: {type: number, unit: m3/h}
)"));
  const ThingModel& pump = at(catalog, "pump");
  ASSERT_EQ(pump.properties.size(), 3U);
  EXPECT_EQ(pump.property("temperature")->contract.range_min, -40.0);
  EXPECT_EQ(pump.property("temperature")->contract.range_max, 90.0);
  EXPECT_TRUE(pump.property("vibration")->is_optional);
  EXPECT_FALSE(pump.property("flow")->is_optional);
  EXPECT_EQ(pump.tags, std::vector<std::string>{"rotating"});
  EXPECT_TRUE(ModelJson::parse(pump.document).contains("links"));
  EXPECT_FALSE(ModelJson::parse(pump.resolved).contains("links"));
}

TEST_F(ThingModels, OfSeveralExtendedModelsTheLaterGoesOverTheEarlier) {
  const auto catalog = build(kMachine + model("hot", R"(  properties:
    temperature: {type: number, unit: degC, maximum: 500}
)") + model("oven", R"(  links:
    - {rel: "tm:extends", href: machine@1}
    - {rel: "tm:extends", href: hot@1}
)"));
  EXPECT_EQ(at(catalog, "oven").property("temperature")->contract.range_max, 500.0);
  EXPECT_EQ(at(catalog, "oven").property("temperature")->contract.range_min, -40.0);
}

TEST_F(ThingModels, PropertiesOfASubmodelBearItsName) {
  const auto catalog = build(kMachine + model("pump", R"(  links:
    - {rel: "tm:submodel", href: machine@1, instanceName: motor}
    - {rel: "tm:submodel", href: machine@1, instanceName: gear}
)"));
  const ThingModel& pump = at(catalog, "pump");
  ASSERT_EQ(pump.properties.size(), 4U);
  EXPECT_EQ(pump.property("motor.temperature")->contract.unit, "degC");
  EXPECT_TRUE(pump.property("gear.vibration")->is_optional);
}

TEST_F(ThingModels, WhatASubmodelComparesWithEachOtherIsComparedInsideOfThePart) {
  const auto catalog = build(model("bearing", R"(  properties:
    a: {type: number, mr:quality: {siblings: [b, c]}}
    b: {type: number, mr:quality: {siblings: [a, "reference/c"]}}
    c: {type: number}
)") + model("motor", R"(  links: [{rel: "tm:submodel", href: bearing@1, instanceName: drive-end}]
)") + "---\nkind: Thing\nname: reference\nspec: {model: bearing@1}\n" +
                             "---\nkind: Thing\nname: m\nspec: {model: motor@1}\n");
  const ThingModel& motor = at(catalog, "motor");
  EXPECT_EQ(motor.property("drive-end.a")->contract.siblings,
            (std::vector<std::string>{"drive-end.b", "drive-end.c"}));
  EXPECT_EQ(motor.property("drive-end.b")->contract.siblings,
            (std::vector<std::string>{"drive-end.a", "reference/c"}));
}

TEST_F(ThingModels, AnOptionNamedByItsPointerIsNotAnotherOfTheSameName) {
  const std::string both = model("m", R"(  tm:optional: [/properties/mode, /actions/mode]
  properties: {mode: {type: string}, flow: {type: number}}
  actions: {mode: {}}
)");
  const auto has = [&](const std::string& chosen) {
    const auto catalog = build(both + "---\nkind: Thing\nname: t\nspec: {model: m@1, optional: [" +
                               chosen + "]}\n");
    const ThingModel& of_thing = *catalog->thing("t")->model;
    return std::pair(of_thing.property("mode") != nullptr, of_thing.action("mode") != nullptr);
  };
  EXPECT_EQ(has("/actions/mode"), std::pair(false, true));
  EXPECT_EQ(has("/properties/mode"), std::pair(true, false));
  EXPECT_EQ(has("mode"), std::pair(true, true));
  EXPECT_EQ(has(""), std::pair(false, false));
}

TEST_F(ThingModels, ARefIsReplacedAndItsSiblingsPatchIt) {
  const auto catalog = build(kMachine + model("pump", R"(  properties:
    inlet: {"tm:ref": "machine@1#/properties/temperature", maximum: 60, title: Inlet}
    outlet: {"tm:ref": "#/properties/inlet", title: Outlet, readOnly: null}
)"));
  const PropertySpec& outlet = *at(catalog, "pump").property("outlet");
  EXPECT_EQ(outlet.contract.range_min, -40.0);
  EXPECT_EQ(outlet.contract.range_max, 60.0);
  EXPECT_EQ(outlet.contract.title, "Outlet");
  EXPECT_TRUE(outlet.is_writable);
  EXPECT_FALSE(at(catalog, "pump").resolved.contains("tm:ref"));
}

TEST_F(ThingModels, TheKindSaysThatItIsAThingModelAndATypeMayNotSayOtherwise) {
  const std::string head = "kind: ThingModel\nname: a\nversion: 1\nspec:\n";
  const std::string rest = "  properties: {x: {type: number}}\n";
  const auto catalog = build(head + rest);
  const auto& model = *catalog->models().at({"a", 1});
  EXPECT_EQ(ModelJson::parse(model.document)["@type"], "tm:ThingModel");
  EXPECT_EQ(problems(head + "  \"@type\": Thing\n" + rest),
            "5 contradiction: @type does not say tm:ThingModel (Remove it, or write \"@type\": "
            "tm:ThingModel.)\n");
}

TEST_F(ThingModels, ACycleIsRefusedAndItsWayIsNamed) {
  EXPECT_EQ(problems(model("a", "  links: [{rel: \"tm:extends\", href: b@1}]\n") +
                     model("b", "  links: [{rel: \"tm:submodel\", href: a@1, instanceName: x}]\n")),
            "14 cycle: thing models go in a circle: a@1 extends b@1 has as submodel 'x' a@1 "
            "(Remove one of these references: a model must not stand on itself.)\n");
  EXPECT_TRUE(problems(model("a", "  links: [{rel: \"tm:extends\", href: a@1}]\n"))
                  .contains("a@1 extends a@1"));
  EXPECT_EQ(problems(model("a", R"(  properties:
    x: {"tm:ref": "#/properties/y"}
    y: {"tm:ref": "#/properties/x"}
)")),
            "8 cycle: tm:ref goes in a circle: #/properties/y → #/properties/x → #/properties/y "
            "(Remove one of these references.)\n"
            "9 cycle: tm:ref goes in a circle: #/properties/x → #/properties/y → #/properties/x "
            "(Remove one of these references.)\n");
}

TEST_F(ThingModels, AReferenceToNothingNamesTheNearest) {
  EXPECT_EQ(problems(kMachine + model("pump", R"(  links:
    - {rel: "tm:extends", href: machin@1}
    - {rel: "tm:extends", href: machine@2}
  properties:
    a: {"tm:ref": "machine@1#/properties/temprature"}
)")),
            "20 unknown_reference: there is no thing model machin@1 (Did you mean 'machine@1'?)\n"
            "21 unknown_reference: there is no thing model machine@2 (There is machine@1.)\n"
            "23 unknown_reference: tm:ref 'machine@1#/properties/temprature' leads nowhere: "
            "machine@1 has no 'temprature' there (Did you mean 'temperature'?)\n");
}

TEST_F(ThingModels, AWrongPartIsReportedWhereItStandsAndNotAgainWhereItIsImported) {
  EXPECT_EQ(problems(model("a", "  properties: {x: {type: number, unit: barr}}\n") +
                     model("b", "  links: [{rel: \"tm:extends\", href: a@1}]\n")),
            "7 unit: properties.x: " + units().check("barr").error().what + " (" +
                units().check("barr").error().hint + ")\n");
}

TEST_F(ThingModels, PlaceholdersAreReplacedWithTheirTypeForEachThing) {
  const std::string pump = model("pump", R"(  properties:
    flow: {type: number, unit: "{{UNIT}}", maximum: "{{MAX}}", title: "Flow of {{WHAT}}"}
)");
  const auto catalog = build(pump + R"(---
kind: Thing
name: p1
spec: {model: pump@1, placeholders: {UNIT: m3/h, MAX: 120, WHAT: water}}
---
kind: Thing
name: p2
spec: {model: pump@1, placeholders: {UNIT: m3/h, MAX: 120, WHAT: water}}
)");
  const PropertySpec& flow = *catalog->thing("p1")->model->property("flow");
  EXPECT_EQ(flow.contract.range_max, 120.0);
  EXPECT_EQ(flow.contract.unit, "m3/h");
  EXPECT_EQ(flow.contract.title, "Flow of water");
  EXPECT_EQ(
      ModelJson::parse(catalog->thing("p1")->model->resolved)["properties"]["flow"]["maximum"],
      120);
  EXPECT_EQ(catalog->thing("p1")->model, catalog->thing("p2")->model);
  EXPECT_EQ(problems(pump + R"(---
kind: Thing
name: p1
spec:
  model: pump@1
  placeholders: {UNIT: m3/h, MAXX: 1, WHAT: water}
)"),
            "14 placeholder: the model's placeholder MAX has no value (Write placeholders: "
            "{MAX: …}.)\n"
            "14 placeholder: the model has no placeholder 'MAXX' (Did you mean 'MAX'?)\n");
}

TEST_F(ThingModels, APlaceholderMayBeSetForOneSubmodel) {
  const auto catalog = build(model("motor",
                                   "  properties: {rpm: {type: number, unit: 1/min, "
                                   "maximum: \"{{MAX}}\"}}\n") +
                             model("train", R"(  links:
    - {rel: "tm:submodel", href: motor@1, instanceName: left}
    - {rel: "tm:submodel", href: motor@1, instanceName: right}
)") + "---\nkind: Thing\nname: t\nspec: {model: train@1, placeholders: {MAX: 10, left.MAX: 20}}\n");
  EXPECT_EQ(catalog->thing("t")->model->property("left.rpm")->contract.range_max, 20.0);
  EXPECT_EQ(catalog->thing("t")->model->property("right.rpm")->contract.range_max, 10.0);
}

TEST_F(ThingModels, AThingHasTheOptionalPartsThatItNames) {
  const std::string thing = "---\nkind: Thing\nname: m\nspec: {model: machine@1, optional: ";
  EXPECT_NE(build(kMachine + thing + "[vibration]}\n")->thing("m")->model->property("vibration"),
            nullptr);
  EXPECT_EQ(build(kMachine + thing + "[]}\n")->thing("m")->model->property("vibration"), nullptr);
  EXPECT_EQ(problems(kMachine + thing + "[vibrations]}\n"),
            "16 unknown_reference: optional: the model has no optional affordance 'vibrations' "
            "(Did you mean 'vibration'?)\n");
  EXPECT_EQ(problems(model("m", "  tm:optional: [/properties/x, vibration]\n")),
            "7 unknown_reference: tm:optional: there is no properties 'x' (Add it, or remove the "
            "pointer.)\n"
            "7 unknown_reference: tm:optional: 'vibration' is no pointer to an affordance (Write "
            "for example /properties/vibration.)\n");
}

TEST_F(ThingModels, ReferencesThatMultiplyEndAtALimit) {
  std::string text = model("m0", "  properties: {x: {type: number}}\n");
  for (int i = 1; i < 30; ++i) {
    text += model(std::format("m{}", i), std::format(R"(  links:
    - {{rel: "tm:submodel", href: m{}@1, instanceName: a}}
    - {{rel: "tm:submodel", href: m{}@1, instanceName: b}}
)",
                                                     i - 1, i - 1));
  }
  EXPECT_TRUE(problems(text).contains("grows too large by what it refers to"));
}

TEST_F(ThingModels, SubmodelsDoNotCollide) {
  EXPECT_EQ(
      problems(kMachine + model("pump", R"(  links:
    - {rel: "tm:submodel", href: machine@1, instanceName: motor}
    - {rel: "tm:submodel", href: machine@1, instanceName: motor}
    - {rel: "tm:submodel", href: machine@1, instanceName: gear}
  properties:
    gear.temperature: {type: number}
)")),
      "21 twice: two submodels are called 'motor' (Give each submodel an instanceName of its "
      "own.)\n"
      "22 twice: properties.gear.temperature comes from submodel machine@1 and from elsewhere "
      "(Give the submodel another instanceName, or remove the other one.)\n");
}

}  // namespace
}  // namespace millrace::twin
