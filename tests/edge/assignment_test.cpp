#include "edge/assignment.h"

#include <nlohmann/json.hpp>
#include <nlohmann/json.hpp>
#include <print>

#include "hub/assignment_texts.h"
#include "plant_files.h"
#include "twin/commanding.h"
#include "twin/thing_description.h"

namespace millrace::apps {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string without(const std::string& text, const std::string& document) {
  const auto at = text.find("---\nkind: " + document);
  EXPECT_NE(at, std::string::npos) << document;
  const auto end = text.find("---\n", at + 4);
  return text.substr(0, at) + (end == std::string::npos ? "" : text.substr(end));
}

TEST(Assignment, AnEdgeGetsItsConnectionsWithContractsFiltersAndTransforms) {
  const auto edges = connections_by_edge(*catalog_of(kPumps));
  ASSERT_EQ(edges.size(), 2U);
  const EdgeConnection& opcua = edges.at("edge-1").at(0);
  EXPECT_EQ(opcua.kind, "opcua");
  EXPECT_EQ(opcua.name, "line-1");
  ASSERT_EQ(opcua.tags.size(), 2U);
  const EdgeTag& pressure = opcua.tags[0];  // by name, not in the order of the file
  EXPECT_EQ(pressure.property, "pressure");
  EXPECT_EQ(pressure.contract.title, "Pressure");
  EXPECT_EQ(pressure.contract.range_max, 10.0);
  EXPECT_EQ(pressure.contract.unit, "bar");
  EXPECT_EQ(pressure.source_unit, "bar") << "to be held against what the server says";
  EXPECT_EQ(pressure.filter.deadband_absolute, 0.1);
  const EdgeConnection& modbus = edges.at("edge-2").at(0);
  EXPECT_DOUBLE_EQ(modbus.tags.at(0).transform.factor, 0.001);  // 0.1 kPa in bar
  EXPECT_EQ(modbus.tags.at(0).source_unit, "") << "a scale may stand for a unit";
  EXPECT_EQ(modbus.actions.at(0).address, "coil:5");
}

TEST(Assignment, WhatStandsWhereNothingCanBeWrittenTakesNoCommands) {
  const auto line = [](const std::string& address) {
    const auto catalog = catalog_of(replaced(kPumps, "holding:0", address));
    const twin::PropertySpec& pressure = *catalog->thing("pump-2")->model->property("pressure");
    const auto [binding, row] = catalog->feeding("pump-2", "pressure");
    const bool is_offered = twin::takes_writes(*catalog, pressure, binding);
    const EdgeTag tag = connections_by_edge(*catalog).at("edge-2").at(0).tags.at(0);
    EXPECT_EQ(tag.is_writable, is_offered) << address;
    const auto description = twin::thing_description(*catalog, *catalog->thing("pump-2"), {});
    const bool is_read_only = description["properties"]["pressure"].value("readOnly", false);
    EXPECT_EQ(is_read_only, !is_offered) << address;
    return is_offered;
  };
  EXPECT_TRUE(line("holding:0"));
  EXPECT_FALSE(line("input:0"));
}

TEST(Assignment, ATextIsReadBackAsItWasMade) {
  for (const auto& [edge, connections] : connections_by_edge(*catalog_of(kPumps))) {
    const std::string text = to_text(Assignment{.revision = 7, .connections = connections});
    const auto read = parse_assignment(text);
    ASSERT_TRUE(read) << base::describe(read.error()) << "\n" << text;
    EXPECT_EQ(read->revision, 7);
    ASSERT_EQ(read->connections.size(), connections.size());
    EXPECT_EQ(to_text(read->connections[0]), to_text(connections[0]));
    EXPECT_EQ(read->connections[0].tags[0].source_unit, connections[0].tags[0].source_unit);
    EXPECT_EQ(read->connections[0].tags[0].transform, connections[0].tags[0].transform);
    EXPECT_EQ(read->connections[0].tags[0].contract, connections[0].tags[0].contract);
    EXPECT_EQ(text.contains("s3cret"), edge == "edge-1") << "a secret goes to its edge alone";
  }
}

TEST(Assignment, TwentyThousandTagsFitInAMessageAndAreReadInSeconds) {
  constexpr int kThings = 1000, kProperties = 20;
  std::string model = "kind: ThingModel\nname: m\nversion: 1\nspec:\n  properties:\n";
  for (int p = 0; p < kProperties; ++p) {
    model += std::format(
        "    p{}: {{title: A property, type: number, unit: m3/h, minimum: 0, maximum: 100, "
        "mr:interval_ms: 1000, mr:filter: {{deadband: 0.1}}}}\n",
        p);
  }
  model +=
      "---\nkind: Connection\nname: line\nspec:\n  edge: edge-1\n"
      "  opcua: {url: \"opc.tcp://127.0.0.1:4840\"}\n";
  for (int t = 0; t < kThings; ++t) {
    model += std::format(
        "---\nkind: Thing\nname: t{0}\nspec: {{model: m@1}}\n---\nkind: Binding\n"
        "name: t{0}\nspec:\n  thing: t{0}\n  connection: line\n  properties:\n",
        t);
    for (int p = 0; p < kProperties; ++p) {
      model += std::format("    - {{property: p{1}, address: \"ns=2;s=T{0}.P{1}\", unit: l/min}}\n",
                           t, p);
    }
  }
  const auto catalog = catalog_of(model);
  const base::SystemClock clock;
  const auto began = clock.monotonic();
  AssignmentTexts texts;
  texts.follow(*catalog, 1, {});
  const auto made = clock.monotonic();
  const std::string& made_text = texts.all().at("edge-1").text;
  const auto read = parse_assignment(made_text);
  const auto done = clock.monotonic();
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->connections.at(0).tags.size(), std::size_t{kThings * kProperties});
  EXPECT_LT(made_text.size(), 15U << 20);
  const auto seconds = [](base::Duration d) { return std::chrono::duration<double>(d).count(); };
  std::println("20,000 tags: {} bytes, made in {:.2f} s, read in {:.2f} s", made_text.size(),
               seconds(made - began), seconds(done - made));
  EXPECT_LT(done - began, std::chrono::seconds(60));
}

TEST(Assignment, WhatIsWrongInATextIsSaidAndNothingIsRead) {
  const std::string head = "version: 1\nrevision: 3\n";
  const auto unknown = parse_assignment(head + "opcuaa: []\n");
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(unknown.error().what.contains("opcuaa"));
  EXPECT_FALSE(parse_assignment(""));
  EXPECT_FALSE(parse_assignment("version: 2\nrevision: 3\n"));
  const std::string tag = "{address: \"holding:1\", thing: pump-1, property: p}";
  EXPECT_FALSE(parse_assignment(head + "modbus:\n  - {name: a, host: h, tags: [" + tag + ", " +
                                tag + "]}\n"));
  EXPECT_TRUE(parse_assignment(head));
}

TEST(Assignment, WhereEdgeYamlReadsTheSameItStands) {
  const auto text = [](const std::string& name, const std::string& properties) {
    std::string yaml = "version: 1\nrevision: 1\nmodbus:\n  - name: " + name + "\n    host: h\n";
    yaml += "    tags:\n";
    for (const char property : properties) {
      yaml += std::format("      - {{address: \"holding:1\", thing: pump-1, property: {}}}\n",
                          property);
    }
    return parse_assignment(yaml)->connections;
  };
  const auto local = text("local", "ab");
  auto assigned = text("line", "bc");
  for (auto& one : text("local", "d")) assigned.push_back(one);
  for (auto& one : text("double", "a")) assigned.push_back(one);
  const MergedConnections merged = merge(local, assigned);
  ASSERT_EQ(merged.connections.size(), 2U);
  EXPECT_EQ(merged.connections[0].tags.size(), 2U);
  ASSERT_EQ(merged.connections[1].tags.size(), 1U);
  EXPECT_EQ(merged.connections[1].tags[0].property, "c");
  ASSERT_EQ(merged.conflicts.size(), 3U);
  EXPECT_EQ(merged.conflicts.at("line").problem, "edge.yaml already reads pump-1/b");
  EXPECT_TRUE(merged.conflicts.at("local").problem.contains("of this name"));
  EXPECT_TRUE(check_together(merged.connections));
}

TEST(Assignment, OnlyTheEdgeWhoseBindingsChangeGetsAnotherText) {
  AssignmentTexts texts;
  texts.follow(*catalog_of(kPumps), 1, {});
  texts.place("edge-1", "millrace/north/edge-1/desired");
  for (auto& [edge, entry] : texts.all()) entry.is_published = true;
  const std::string other = texts.all().at("edge-2").text;
  texts.follow(*catalog_of(replaced(kPumps, "ns=1;s=p", "ns=1;s=p2")), 2, {});
  EXPECT_FALSE(texts.all().at("edge-1").is_published);
  EXPECT_EQ(parse_assignment(texts.all().at("edge-1").text)->revision, 2);
  EXPECT_TRUE(texts.all().at("edge-2").is_published);
  EXPECT_EQ(texts.all().at("edge-2").text, other);
  EXPECT_TRUE(texts.take_left().empty());
}

TEST(Assignment, AnEdgeThatIsNamedNoMoreReadsNothingAndAnUnknownOnesTopicIsEmptied) {
  const std::string fewer = without(kPumps, "Binding\nname: pump-1-opcua");
  AssignmentTexts texts;
  texts.follow(*catalog_of(kPumps), 1, {});
  texts.place("edge-1", "millrace/north/edge-1/desired");
  AssignmentTexts reported = texts;
  reported.follow(*catalog_of(fewer), 2, {"edge-1"});
  const auto nothing = parse_assignment(reported.all().at("edge-1").text);
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->connections.empty());
  EXPECT_TRUE(reported.take_left().empty());
  texts.follow(*catalog_of(fewer), 2, {});
  EXPECT_FALSE(texts.all().contains("edge-1"));
  EXPECT_EQ(texts.take_left(), (std::vector<std::string>{"millrace/north/edge-1/desired"}));
  reported.place("edge-1", "millrace/south/edge-1/desired");
  EXPECT_EQ(reported.take_left().size(), 1U) << "secrets do not stay where an edge was";
}

}  // namespace
}  // namespace millrace::apps
