#include "config/yaml.h"

#include <gtest/gtest.h>

namespace millrace::config {
namespace {

std::string first_problem(std::string_view text, const YamlLimits& limits = {}) {
  const auto tree = parse_yaml(text, limits);
  return tree ? "" : to_text("f", tree.error().front());
}

TEST(Yaml, KnowsWhereEverythingStands) {
  const auto tree = parse_yaml("a: 1\nb:\n  - x\n  - {c: 'q'}\n");
  ASSERT_TRUE(tree);
  const Node& list = tree->find("b")->value;
  EXPECT_EQ(list.items[1].find("c")->place, (Place{4, 6}));
  EXPECT_TRUE(list.items[1].find("c")->value.is_quoted);
  EXPECT_FALSE(tree->find("a")->value.is_quoted);
}

TEST(Yaml, RefusesWhatIsNotYamlWithTheLine) {
  EXPECT_TRUE(first_problem("a: 1\nb: [1, 2\n").starts_with("f:3: this is not YAML"));
  EXPECT_TRUE(first_problem("a: {b: 1\n c").starts_with("f:2: this is not YAML"));
  EXPECT_EQ(first_problem(""), "f: the file is empty (Write its options into it.)");
}

TEST(Yaml, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(first_problem("a: 1\nb: 2\na: 3\n"), "f:3: 'a' stands here twice (Keep one of them.)");
}

TEST(Yaml, RefusesTagsASecondDocumentAndKeysThatAreNoText) {
  EXPECT_EQ(first_problem("a: !!binary aGk=\n"),
            "f:1: the tag tag:yaml.org,2002:binary is not supported (Remove it.)");
  EXPECT_EQ(first_problem("a: 1\n---\nb: 2\n"),
            "f:3: there is a second document after --- (Remove it.)");
  EXPECT_EQ(first_problem("[a]: 1\n"),
            "f:1: a key must be plain text (Write a word before the colon.)");
}

TEST(Yaml, ExpandsAliasesWithinTheLimit) {
  const auto tree = parse_yaml("a: &x {b: 1}\nc: *x\n");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find("c")->value.find("b")->value.scalar, "1");
}

TEST(Yaml, ABombOfAliasesEndsAtTheLimit) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += std::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) bomb += std::format("*a{}{}", i - 1, j < 9 ? ", " : "]\n");
  }
  EXPECT_TRUE(first_problem(bomb).ends_with(
      "the file has too many values (Split it, or write out what its aliases (*) repeat.)"));
}

TEST(Yaml, CopiesThatAreKeptForAliasesCount) {
  // Ten levels of anchors around the same hundred values: each level keeps a copy of all of them.
  std::string nested = "b: ";
  for (int i = 0; i < 10; ++i) nested += std::format("&l{} [", i);
  nested += "x";
  for (int i = 1; i < 100; ++i) nested += ", x";
  nested += std::string(10, ']') + "\n";
  EXPECT_EQ(first_problem(nested, {.nodes_max = 1'300}), "");
  EXPECT_TRUE(first_problem(nested, {.nodes_max = 800}).contains("too many values"));
  EXPECT_GT(parse_yaml_documents(nested).nodes, 1'000U);
}

TEST(Yaml, EndsAtItsLimitsOfDepthAndSize) {
  EXPECT_TRUE(
      first_problem(std::string(40, '[') + std::string(40, ']')).contains("nested too deeply"));
  EXPECT_FALSE(first_problem(std::string(100000, '[')).empty());
  EXPECT_EQ(first_problem("a: 1", {.bytes_max = 3}),
            "f: the file is larger than 3 bytes (Split it.)");
}

TEST(Yaml, AnAliasInsideItsOwnAnchorIsRefused) {
  EXPECT_EQ(first_problem("a: &x [1, *x]\n"),
            "f:1: the alias refers to itself (Write the value out here.)");
}

TEST(Yaml, ReadsSeveralDocumentsEachAtItsPlace) {
  const auto documents = parse_yaml_documents("---\na: 1\n---\n---\n# none\n---\nb: [2]\n");
  ASSERT_TRUE(documents.problems.empty());
  ASSERT_EQ(documents.roots.size(), 2U);
  EXPECT_EQ(documents.roots[0].place.line, 2);
  EXPECT_EQ(documents.roots[1].find("b")->place, (Place{7, 1}));
}

TEST(Yaml, KeepsTheDocumentsBeforeTheOneThatIsWrong) {
  const auto documents = parse_yaml_documents("a: 1\n---\nb: 2\nb: 3\n---\nc: 1\n");
  ASSERT_EQ(documents.roots.size(), 1U);
  ASSERT_EQ(documents.problems.size(), 1U);
  EXPECT_EQ(to_text("f", documents.problems[0]), "f:4: 'b' stands here twice (Keep one of them.)");
  const auto torn = parse_yaml_documents("a: 1\n---\nb: [1\n");
  EXPECT_EQ(torn.roots.size(), 1U);
  EXPECT_TRUE(torn.problems.at(0).what.starts_with("this is not YAML"));
}

TEST(Yaml, TheLimitsAreThoseOfAllDocumentsTogether) {
  const std::string one = "[x, x, x, x]\n";
  EXPECT_TRUE(parse_yaml_documents(one, {.nodes_max = 12}).problems.empty());
  const auto three = parse_yaml_documents(one + "---\n" + one + "---\n" + one, {.nodes_max = 12});
  ASSERT_EQ(three.problems.size(), 1U);
  EXPECT_EQ(
      to_text("f", three.problems[0]),
      "f:5: the file has too many values (Split it, or write out what its aliases (*) repeat.)");
}

TEST(Yaml, AMapOfManyKeysTakesNoQuadraticTimeAndStillRefusesOneTwice) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::format("key{}: 1\n", i);
  EXPECT_TRUE(parse_yaml_documents(text).problems.empty());
  EXPECT_EQ(first_problem(text + "key7: 2\n"),
            "f:100001: 'key7' stands here twice (Keep one of them.)");
}

TEST(Yaml, AnAnchorIsOfItsDocumentOnly) {
  EXPECT_FALSE(parse_yaml_documents("a: &x 1\n---\nb: *x\n").problems.empty());
}

}  // namespace
}  // namespace millrace::config
