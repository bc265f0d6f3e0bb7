#include "twin/catalog.h"

#include <gtest/gtest.h>

#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

using Catalogs = TwinTest;

const std::string kPumpFile = R"(kind: Site
name: north
spec: {title: North, enterprise: acme, time_zone: Europe/Berlin}
---
kind: ThingModel
name: pump
version: 1
spec:
  "@type": tm:ThingModel
  properties:
    pressure: {type: number, unit: bar}
    temperature: {type: number, unit: degC}
    running: {type: boolean}
    count: {type: integer}
  actions:
    set-speed: {input: {type: number, unit: 1/min}}
---
kind: Thing
name: pump-1
spec: {model: pump@1, place: {site: north, area: hall-2}, tags: {criticality: high}}
---
kind: Connection
name: line
spec:
  edge: edge-1
  opcua: {url: "opc.tcp://x"}
)";  // 26 lines

std::string binding(const std::string& rows, const std::string& name = "b",
                    const std::string& source = "connection: line") {
  return std::format("---\nkind: Binding\nname: {}\nspec:\n  thing: pump-1\n  {}\n{}", name, source,
                     rows);
}

TEST_F(Catalogs, ABindingCombinesScaleOffsetAndUnits) {
  const auto catalog = build(kPumpFile + binding(R"(  properties:
    - {property: pressure, address: ns=2;s=P, unit: kPa, scale: 0.5, offset: 10}
    - {property: temperature, address: ns=2;s=T, unit: degF}
    - {property: running, address: ns=2;s=R, values: {"0": "false", "1": "true"}}
  actions:
    - {action: set-speed, address: ns=2;s=S, unit: Hz}
)"));
  const auto [found, pressure] = catalog->feeding("pump-1", "pressure");
  ASSERT_NE(pressure, nullptr);
  EXPECT_EQ(found->name, "b");
  EXPECT_NEAR(pressure->transform.factor, 0.005, 1e-12);
  EXPECT_NEAR(pressure->transform.offset, 0.1, 1e-12);
  const auto& temperature = catalog->feeding("pump-1", "temperature").second->transform;
  EXPECT_NEAR(212 * temperature.factor + temperature.offset, 100, 1e-9);
  const auto& running = catalog->feeding("pump-1", "running").second->transform;
  EXPECT_EQ(running.type, model::ValueType::kBool);
  EXPECT_EQ(running.values.size(), 2U);
  EXPECT_NEAR(catalog->acting("pump-1", "set-speed").second->transform.factor, 60, 1e-9);
  EXPECT_EQ(catalog->feeding("pump-1", "count").second, nullptr);
  EXPECT_EQ(catalog->thing("pump-1")->place.enterprise, "acme");
  EXPECT_EQ(catalog->contract("pump-1", "pressure")->thing, "pump-1");
  EXPECT_FALSE(catalog->contract("pump-1", "none"));
  EXPECT_EQ(catalog->connections().at("line").type, "opcua");
}

TEST_F(Catalogs, ABindingThatDoesNotSayItsUnitIsRefused) {
  EXPECT_EQ(
      problems(kPumpFile + binding("  properties: [{property: pressure, address: ns=1}]\n")),
      "33 unit: property 'pressure' of pump-1 is in bar, and the binding does not say in what "
      "unit the source has it (Write unit: bar if that is what the source has, or its own "
      "unit.)\n");
}

TEST_F(Catalogs, ACorrectedSensorStillHasTheUnitThatItsSourceSays) {
  const auto raw_unit = [&](const std::string& property, const std::string& rest) {
    const auto catalog = build(kPumpFile + binding("  properties: [{property: " + property +
                                                   ", address: ns=1, " + rest + "}]\n"));
    return catalog->feeding("pump-1", property).second->raw_unit;
  };
  EXPECT_EQ(raw_unit("pressure", "unit: bar, offset: -0.02"), "bar");
  EXPECT_EQ(raw_unit("pressure", "unit: bar, scale: 1.003"), "bar");
  EXPECT_EQ(raw_unit("pressure", "unit: bar, scale: 0.01"), "") << "of kPa";
  EXPECT_EQ(raw_unit("temperature", "unit: degC, offset: 0.4"), "degC");
  EXPECT_EQ(raw_unit("temperature", "unit: degC, offset: -273.15"), "") << "of K";
}

TEST_F(Catalogs, AUnitThatMeasuresSomethingElseIsRefused) {
  const std::string found = problems(
      kPumpFile + binding("  properties: [{property: pressure, address: ns=1, unit: m3/h}]\n"));
  EXPECT_TRUE(found.starts_with("33 unit: property 'pressure' of pump-1: ")) << found;
  EXPECT_TRUE(found.contains("m3/h") && found.contains("bar")) << found;
}

TEST_F(Catalogs, AUnitWhereTheModelHasNoneIsRefused) {
  EXPECT_EQ(
      problems(kPumpFile +
               binding("  properties: [{property: count, address: ns=1, unit: bar}]\n")),
      "33 unit: property 'count' of pump-1 has no unit in its model, the binding says bar (Remove "
      "the unit here, or add one to a new version of the model.)\n");
}

TEST_F(Catalogs, TwoBindingsOnOnePropertyAreRefusedAndBothAreNamed) {
  const std::string rows = "  properties:\n    - {property: count, address: ns=1}\n";
  EXPECT_EQ(problems(kPumpFile + binding(rows) + binding(rows, "c")),
            "42 binding_twice: property 'count' of pump-1 is bound by Binding c and by Binding b "
            "(f.yaml:28) (Remove it from one of the two: a property has one source.)\n");
  EXPECT_EQ(problems(kPumpFile + binding(rows + "    - {property: count, address: ns=2}\n")),
            "35 binding_twice: property 'count' of pump-1 is fed by two rows (Keep one of them: a "
            "property has one source.)\n");
}

TEST_F(Catalogs, TwoThingsMayReadOneAddress) {
  EXPECT_EQ(problems(kPumpFile + "---\nkind: Thing\nname: pump-2\nspec: {model: pump@1}\n" +
                     binding("  properties: [{property: count, address: ns=1}]\n") +
                     "---\nkind: Binding\nname: c\nspec: {thing: pump-2, connection: line, "
                     "properties: [{property: count, address: ns=1}]}\n"),
            "");
}

TEST_F(Catalogs, AReferenceToNothingNamesTheNearest) {
  EXPECT_EQ(problems(kPumpFile + R"(---
kind: Thing
name: a
spec: {model: pmp@1, place: {site: nroth}}
---
kind: Binding
name: b
spec: {thing: pump-2, connection: lin}
---
kind: Binding
name: c
spec: {thing: pump-1, connection: line, properties: [{property: presure, address: x, unit: bar}]}
---
kind: Connection
name: d
spec: {edge: e, opcau: {url: x}}
)"),
            "30 unknown_reference: there is no thing model pmp@1 (Did you mean 'pump@1'?)\n"
            "30 unknown_reference: there is no site 'nroth' (Did you mean 'north'?)\n"
            "34 unknown_reference: there is no thing 'pump-2' (Did you mean 'pump-1'?)\n"
            "34 unknown_reference: there is no connection 'lin' (Did you mean 'line'?)\n"
            "38 unknown_reference: pump-1 has no property 'presure': its model is pump@1 (Did you "
            "mean 'pressure'?)\n"
            "38 address: 'x' is no address of opcua (Write ns=2;s=Name.)\n"
            "42 unknown_key: there is no connector 'opcau' (Did you mean 'opcua'?)\n");
}

TEST_F(Catalogs, SiblingsExist) {
  const auto fan = [](const std::string& siblings) {
    return kPumpFile + std::format(R"(---
kind: ThingModel
name: fan
version: 1
spec:
  tm:optional: [/properties/right]
  properties:
    left: {{type: number, mr:quality: {{siblings: [{}]}}}}
    right: {{type: number}}
---
kind: Thing
name: fan-1
spec: {{model: fan@1, optional: []}}
)",
                                   siblings);
  };
  EXPECT_EQ(problems(fan("right, pump-1/pressure")), "");
  EXPECT_EQ(problems(fan("rigth, pump-1/presure")),
            "39 unknown_reference: property 'left' of fan@1 is compared with 'rigth', which is not "
            "there (Correct siblings in the model: a property of the same thing, or "
            "thing/property.)\n"
            "39 unknown_reference: property 'left' of fan@1 is compared with 'pump-1/presure', "
            "which is not there (Correct siblings in the model: a property of the same thing, or "
            "thing/property.)\n");
}

TEST_F(Catalogs, AThingOfAModelThatIsWrongIsNotBlamed) {
  EXPECT_EQ(problems(R"(kind: ThingModel
name: m
version: 1
spec: {"@type": tm:ThingModel, properties: {x: {type: nmber}}}
---
kind: Thing
name: t
spec: {model: m@1}
---
kind: Binding
name: b
spec: {thing: t, mqtt: {topic: a}, properties: [{property: y, address: /y}]}
)"),
            "4 type: properties.x: there is no type 'nmber' (Did you mean 'number'?)\n");
}

TEST_F(Catalogs, SourcesAtTheHubAreChecked) {
  EXPECT_EQ(problems(kPumpFile + binding("  properties: [{property: count, address: /a/0}]\n", "b",
                                         "mqtt: {topic: plant/+/state, time: /ts}")),
            "");
  const auto with_quality = [&](const std::string& path, const std::string& source) {
    return problems(kPumpFile + binding("  properties: [{property: count, address: \"$[*].v\", "
                                        "quality: \"" +
                                            path + "\"}]\n",
                                        "b", source));
  };
  EXPECT_EQ(with_quality("$[*].q", "mqtt: {topic: a}"), "");
  EXPECT_TRUE(with_quality("q", "mqtt: {topic: a}").contains("'q' is no path into JSON"));
  EXPECT_TRUE(with_quality("$[*].q", "sparkplug: {group: g, node: n}")
                  .contains("quality is a path into JSON, and the source has none"));
  EXPECT_TRUE(problems(kPumpFile + binding("", "b", "mqtt: {topic: 'a/#'}"))
                  .contains("'#' is not allowed"));
  EXPECT_TRUE(problems(kPumpFile + binding("", "b", "mqtt: {topic: millrace/things}"))
                  .contains("'millrace/' is not for plain JSON"));
  EXPECT_TRUE(problems(kPumpFile + binding("", "b", "sparkplug: {group: g/h, node: n}"))
                  .contains("'g/h' is no Sparkplug id"));
  EXPECT_EQ(problems(kPumpFile + binding("  sparkplug: {group: g, node: n}\n")),
            "33 contradiction: the binding has two sources: connection and sparkplug (Name one: a "
            "connection, a sparkplug node or an mqtt topic.)\n");
}

TEST_F(Catalogs, StatesAreMappedToValuesOfTheProperty) {
  EXPECT_EQ(
      problems(kPumpFile + binding(R"(  properties:
    - {property: running, address: ns=1, values: {"0": "off"}}
    - {property: count, address: ns=2, values: {"a": "1"}, scale: 2}
    - {property: pressure, address: ns=3, unit: bar, scale: 0}
)")),
      "34 type: property 'running' of pump-1 is bool, and 'off' is none (Write a value of the "
      "property's type on the right.)\n"
      "35 contradiction: property 'count' of pump-1 is mapped by values and has a scale, "
      "offset or unit, too (Keep either the values, or scale, offset and unit.)\n"
      "36 range: a scale of 0 makes every value the same (Write the factor from the raw value "
      "to the unit.)\n");
}

TEST_F(Catalogs, AConnectionHasOneConnectorWithItsOptions) {
  const std::string head = "kind: Connection\nname: c\nspec:\n  edge: e\n";
  EXPECT_EQ(problems(head),
            "4 missing: the connection does not say how to connect (Write one of these "
            "with its options: modbus opcua.)\n");
  EXPECT_EQ(problems(head + "  opcua: {url: x}\n  modbus: {host: x}\n"),
            "6 contradiction: the connection is both opcua and modbus (Make two connections of "
            "it.)\n");
  EXPECT_EQ(problems(head + "  modbus: {}\n"), "5 option: 'host' is missing (Where it is.)\n");
}

TEST_F(Catalogs, AResourceWithoutAFileNamesItself) {
  const std::vector<FileText> files = {{"f", "kind: Thing\nname: t\nspec: {model: m@1}\n"}};
  auto parsed = parse_files(files);
  parsed.resources[0].file.clear();
  const auto built = Catalog::build(parsed.resources, units(), checks());
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error()[0].problem.what, "Thing t: there is no thing model m@1");
}

TEST_F(Catalogs, ThereIsOneRetentionAndTimeZonesAreReal) {
  EXPECT_EQ(build("kind: Retention\nname: d\nspec: {raw_d: 730}\n")->retention()->raw_days, 730);
  EXPECT_EQ(problems("kind: Retention\nname: d\n---\nkind: Retention\nname: e\n"),
            "4 twice: there is another Retention, d (Keep one of them: it is the hub's.)\n");
  EXPECT_EQ(problems("kind: Site\nname: s\nspec: {time_zone: Europe/Berlni}\n"),
            "3 unknown_reference: there is no time zone 'Europe/Berlni' (Did you mean "
            "'Europe/Berlin'?)\n");
}

/// A catalog of `count` things with twenty properties each, all bound.
std::string thousands(int count) {
  std::string properties;
  for (int i = 0; i < 20; ++i) {
    properties += std::format("    p{}: {{type: number, unit: bar, minimum: 0, maximum: 9}}\n", i);
  }
  std::string text = kPumpFile + model("big", "  properties:\n" + properties);
  for (int t = 0; t < count; ++t) {
    text += std::format(
        "---\nkind: Thing\nname: t{}\nspec: {{model: big@1}}\n---\nkind: Binding\n"
        "name: t{}\nspec:\n  thing: t{}\n  connection: line\n  properties:\n",
        t, t, t);
    for (int i = 0; i < 20; ++i) {
      text += std::format("    - {{property: p{}, address: ns=2;s=T{}, unit: kPa}}\n", i, t);
    }
  }
  return text;
}

TEST_F(Catalogs, ThousandsOfThingsBuildInSeconds) {
  std::vector<FileText> files;
  files.push_back({"0.yaml", thousands(1000)});
  ParsedFiles parsed = parse_files(files);
  ASSERT_TRUE(parsed.problems.empty()) << lines(parsed.problems);
  std::vector<Resource> many = parsed.resources;
  const std::size_t shared = 5;  // what all the things stand on
  for (int copy = 1; copy < 10; ++copy) {
    for (std::size_t i = shared; i < parsed.resources.size(); ++i) {
      Resource resource = parsed.resources[i];
      resource.key.name += std::format("-{}", copy);
      for (auto& entry : resource.spec.entries) {
        if (entry.key == "thing") entry.value.scalar = resource.key.name;
      }
      many.push_back(std::move(resource));
    }
  }
  const base::SystemClock clock;
  const auto timed = [&](std::vector<Resource> resources, std::size_t things) {
    const auto from = clock.monotonic();
    const auto built = Catalog::build(std::move(resources), units(), checks());
    const auto took = std::chrono::duration<double>(clock.monotonic() - from).count();
    EXPECT_TRUE(built) << (built ? "" : lines(built.error()));
    EXPECT_EQ(built ? (*built)->things().size() : 0, things);
    std::printf("%zu things of 20 properties: %.2f s\n", things, took);
    return took;
  };
  EXPECT_LT(timed(std::move(parsed.resources), 1001), 10);
  EXPECT_LT(timed(std::move(many), 10001), 30);
}

}  // namespace
}  // namespace millrace::twin
