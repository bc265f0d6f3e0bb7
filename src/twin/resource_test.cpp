#include "twin/resource.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

std::string problems_of(const std::vector<FileText>& files) {
  std::string out;
  for (const ResourceProblem& p : parse_files(files).problems) {
    out += std::format("{}\n", to_text(p.file, p.problem));
  }
  return out;
}

std::string problems_of(const std::string& text) { return problems_of({{"f", text}}); }

TEST(Resource, SeveralDocumentsAreSeveralResourcesEachAtItsPlace) {
  const std::vector<FileText> files = {
      {"a/site.yaml",
       "kind: Site\nname: north\nspec: {title: North}\n---\nkind: ThingModel\n"
       "name: pump\nversion: 3\nspec: {title: Pump}\n"}};
  const ParsedFiles parsed = parse_files(files);
  ASSERT_TRUE(parsed.problems.empty());
  ASSERT_EQ(parsed.resources.size(), 2U);
  EXPECT_EQ(text(parsed.resources[0].key), "Site north");
  EXPECT_EQ(text(parsed.resources[1].key), "ThingModel pump@3");
  EXPECT_EQ(parsed.resources[1].file, "a/site.yaml");
  EXPECT_EQ(parsed.resources[1].place.line, 5);
}

TEST(Resource, AnUnknownKindOrKeyNamesTheNearest) {
  EXPECT_EQ(problems_of("kind: Thng\nname: a\nspec: {}\n"),
            "f:1: there is no kind 'Thng' (Did you mean 'Thing'?)\n");
  EXPECT_EQ(problems_of("kind: Site\nname: a\nspc: {}\n"),
            "f:3: unknown key 'spc' beside kind, name and spec (Did you mean 'spec'?)\n");
}

TEST(Resource, EverythingThatIsMissingOrMisspeltIsSaidAtOnce) {
  EXPECT_EQ(problems_of("spec: {}\n"),
            "f:1: 'kind' is missing (Kinds: Site, ThingModel, Thing, Connection, Binding, "
            "Retention.)\n"
            "f:1: 'name' is missing (Give it a name such as pump-1: it stays for ever, the title "
            "may change.)\n");
  EXPECT_EQ(problems_of("kind: Thing\nname: Pump 1\nversion: 2\n"),
            "f:2: 'Pump 1' is not a name (Names are small letters, digits, '.', '_' and '-', at "
            "most 63; nearest: 'pump-1'.)\n"
            "f:3: a Thing has no version (Remove 'version': only thing models have versions.)\n");
  EXPECT_EQ(problems_of("kind: ThingModel\nname: a\n"),
            "f:1: 'version' is missing (Write 'version: 1', or the next number after the model's "
            "newest version.)\n");
  EXPECT_EQ(problems_of("kind: ThingModel\nname: a\nversion: 0\n"),
            "f:3: version: 0 is out of bounds (Allowed: 1 to 1e+06.)\n");
}

TEST(Resource, FilesThatAreSmallAndExpandToMillionsEndAtOneLimitForAll) {
  std::string spread = "  a: &a [x";
  for (int i = 1; i < 600; ++i) spread += ", x";
  spread += "]\n  b: [*a";
  for (int i = 1; i < 700; ++i) spread += ", *a";
  spread += "]\n";
  std::vector<FileText> files;
  for (int i = 0; i < 60; ++i) {
    files.push_back({std::format("{}.yaml", i),
                     std::format("kind: Thing\nname: t{}\nspec:\n{}", i, spread)});
  }
  const ParsedFiles parsed = parse_files(files);
  EXPECT_LT(parsed.resources.size(), 6U);
  ASSERT_EQ(parsed.problems.size(), 1U);
  EXPECT_EQ(to_text(parsed.problems[0].file, parsed.problems[0].problem),
            "4.yaml: up to this file there are more than 2000000 values (Apply the files in parts, "
            "or write out what their aliases (*) repeat.)");
}

TEST(Resource, TheSameResourceTwiceNamesBothPlaces) {
  EXPECT_EQ(problems_of({{"a.yaml", "kind: Site\nname: x\n"},
                         {"b.yaml", "# second\n---\nkind: Site\nname: x\n"}}),
            "b.yaml:3: Site x stands here and in a.yaml:1 (Keep one of the two, or give one "
            "another name.)\n");
}

TEST(Resource, APathThatLeavesItsFolderIsRefused) {
  for (const std::string path : {"../x.yaml", "a/../../x", "/etc/passwd", "a\\..\\x"}) {
    const std::string found = problems_of({{path, "kind: Site\nname: x\n"}});
    EXPECT_TRUE(found.contains("the file's name")) << path;
    EXPECT_TRUE(found.contains("Name files by paths below the folder")) << path;
  }
  EXPECT_TRUE(problems_of({{std::string("a\0b", 3), ""}}).contains("control characters"));
  for (const std::string name : {"../x", "a/b", "..", "\"a\\0b\""}) {
    EXPECT_TRUE(problems_of("kind: Thing\nname: " + name + "\n").contains("is not a name")) << name;
  }
}

TEST(Resource, AYamlBombIsRefused) {
  std::string bomb = "kind: Thing\nname: x\nspec:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += std::format("  a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) bomb += std::format("*a{}{}", i - 1, j < 9 ? ", " : "]\n");
  }
  EXPECT_TRUE(problems_of(bomb).contains("the file has too many values")) << problems_of(bomb);
}

TEST(Resource, ItsTextIsCanonicalAndComesBack) {
  const std::string text = R"(kind: Binding
name: b
spec:
  properties:
    - {unit: l/min, address: "ns=2;s=Flow", property: flow}
    - {values: {"1": "true", "0": "false"}, property: on, address: x}
  thing: pump-1
  connection: line
)";
  const std::vector<FileText> files = {{"f", text}};
  const ParsedFiles parsed = parse_files(files);
  ASSERT_EQ(parsed.resources.size(), 1U);
  const std::string canonical = to_text(parsed.resources[0]);
  EXPECT_EQ(canonical, R"(kind: Binding
name: b
spec:
  thing: pump-1
  connection: line
  properties:
    - property: flow
      address: ns=2;s=Flow
      unit: l/min
    - property: on
      address: x
      values:
        0: "false"
        1: "true"
)");
  const std::vector<FileText> again = {{"g", canonical}};
  const ParsedFiles second = parse_files(again);
  ASSERT_EQ(second.resources.size(), 1U);
  EXPECT_EQ(to_text(second.resources[0]), canonical);
}

TEST(Resource, EachKindHasASchemaForEditors) {
  for (const Kind kind : {Kind::kSite, Kind::kThingModel, Kind::kThing, Kind::kConnection,
                          Kind::kBinding, Kind::kRetention}) {
    const auto schema = nlohmann::json::parse(json_schema(kind));
    EXPECT_EQ(schema["properties"]["kind"]["const"], text(kind));
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema["properties"].contains("version"), kind == Kind::kThingModel);
  }
  const auto model = nlohmann::json::parse(json_schema(Kind::kThingModel));
  const auto& terms = model["$defs"]["property"]["properties"];
  EXPECT_TRUE(terms["mr:quality"]["properties"].contains("flat_line_s"));
  EXPECT_FALSE(terms["mr:quality"]["properties"].contains("unit"));
  EXPECT_TRUE(terms.contains("unit"));
}

}  // namespace
}  // namespace millrace::twin
