#include "config/yaml_tree.h"

#include <gtest/gtest.h>

namespace millrace::config {
namespace {

TEST(YamlTree, KeepsOrderTextsAndLines) {
  const auto tree = parse_yaml("b: 1\na:\n  - x\n  - {k: 'true'}\nn:\n").value();
  ASSERT_EQ(tree.members.size(), 3U);
  EXPECT_EQ(tree.members[0].first, "b");
  EXPECT_EQ(tree.find("b")->scalar, "1");
  EXPECT_EQ(tree.find("a")->line, 2);
  EXPECT_EQ(tree.find("a")->items[1].find("k")->scalar, "true");
  EXPECT_TRUE(tree.find("n")->is_null());
  EXPECT_EQ(tree.find("zzz"), nullptr);
}

TEST(YamlTree, NamesTheLineOfAMistake) {
  for (const char* bad :
       {"a: 1\nb: [1, 2\n", "a: 1\n b: 2\n", "a: 1\na: 2\n", "a: 1\n? [x]\n: 2\n"}) {
    const auto tree = parse_yaml(bad);
    ASSERT_FALSE(tree) << bad;
    EXPECT_TRUE(tree.error().what.starts_with("line ")) << tree.error().what;
  }
}

TEST(YamlTree, IsNotFilledByNestedOrCyclicAliases) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += std::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_FALSE(parse_yaml(bomb));
  EXPECT_FALSE(parse_yaml("a: &a [*a]\n"));
  EXPECT_FALSE(parse_yaml(std::string(5000, '[')));
}

TEST(YamlTree, FindsTheNearestWord) {
  EXPECT_EQ(nearest("delimeter", {"header", "delimiter", "columns"}), "delimiter");
  EXPECT_EQ(nearest("qqqqqqqq", {"header", "delimiter"}), "");
}

}  // namespace
}  // namespace millrace::config
