#include "codec/node_json.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace millrace::codec {
namespace {

config::Node yaml(std::string_view text) { return config::parse_yaml(text).value(); }

TEST(NodeJson, every_kind_of_value_comes_back_as_it_was) {
  const std::string text =
      R"({"text":"a \"b\" \\ \n\u0001 泵","number":-1.50e3,"whole":18446744073709551615,)"
      R"("flags":[true,false,null],"digits":"12","word":"true","none":"null","empty":"","map":{}})";
  const auto node = from_json(text);
  ASSERT_TRUE(node) << base::describe(node.error());
  EXPECT_EQ(to_json(*node), text);
  EXPECT_EQ(to_json(yaml(config::to_yaml(*node))), text) << config::to_yaml(*node);
}

TEST(NodeJson, what_yaml_calls_a_number_and_json_does_not_stays_readable_as_a_number) {
  const std::string text = to_json(yaml("{a: +5, b: .5, c: '5', d: 05}"));
  EXPECT_EQ(text, R"({"a":"+5","b":".5","c":"5","d":"05"})");
  const auto node = from_json(text).value();
  EXPECT_FALSE(node.find("a")->value.is_quoted);
  EXPECT_TRUE(node.find("c")->value.is_quoted);
}

TEST(NodeJson, torn_and_bottomless_texts_are_refused) {
  EXPECT_FALSE(from_json("{\"a\":"));
  EXPECT_FALSE(from_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(from_json(""));
}

TEST(NodeJson, differences_name_the_place_and_ignore_the_order_of_members) {
  const config::Node before = yaml("{a: 1, b: {x: [1, 2], 'p/q': old}, gone: true}");
  const config::Node after = yaml("{b: {'p/q': new, x: [1, 3, 4]}, a: 1, more: {}}");
  std::vector<std::string> found;
  for (const NodeDifference& one : differences(before, after, 100)) {
    found.push_back(one.pointer + " " + (one.before ? to_json(*one.before) : "-") + " " +
                    (one.after ? to_json(*one.after) : "-"));
  }
  EXPECT_EQ(found, (std::vector<std::string>{"/b/x/1 2 3", "/b/x/2 - 4", "/b/p~1q \"old\" \"new\"",
                                             "/gone true -", "/more - {}"}));
  EXPECT_EQ(differences(before, after, 2).size(), 2U);
  EXPECT_TRUE(
      differences(before, yaml("{gone: true, b: {x: [1, 2], 'p/q': old}, a: 1}"), 9).empty());
  EXPECT_EQ(differences(yaml("{a: 1}"), yaml("{a: '1'}"), 9).size(), 1U) << "a text is no number";
}

}  // namespace
}  // namespace millrace::codec
