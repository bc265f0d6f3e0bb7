#include "twin/difference.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace millrace::twin {
namespace {

std::vector<Difference> between(std::string_view before, std::string_view after) {
  return differences(config::parse_yaml(before).value(), config::parse_yaml(after).value());
}

TEST(Difference, OrderAndSpellingOfScalarsDoNotCount) {
  EXPECT_TRUE(between("{a: 1, b: {c: x, d: 2.0}}", "{b: {d: 2, c: 'x'}, a: 1}").empty());
  EXPECT_EQ(between("a: 1", "a: '1'").size(), 1U);
}

TEST(Difference, NamesEachChangeByItsPath) {
  EXPECT_EQ(between("properties: {flow: {maximum: 100, unit: m3/h}, old: {}}",
                    "properties: {flow: {maximum: 120, unit: m3/h, minimum: 0}}"),
            (std::vector<Difference>{{"spec.properties.flow.maximum", "100", "120"},
                                     {"spec.properties.flow.minimum", "", "0"},
                                     {"spec.properties.old", "{}", ""}}));
}

TEST(Difference, RowsWithANameAreComparedByIt) {
  EXPECT_EQ(between("rows: [{property: a, x: 1}, {property: b, x: 2}]",
                    "rows: [{property: c, x: 3}, {property: b, x: 4}, {property: a, x: 1}]"),
            (std::vector<Difference>{{"spec.rows[property=b].x", "2", "4"},
                                     {"spec.rows[property=c]", "", R"({"property":"c","x":3})"}}));
  EXPECT_EQ(between("l: [1, 2]", "l: [1, 3, 4]"),
            (std::vector<Difference>{{"spec.l[1]", "2", "3"}, {"spec.l[2]", "", "4"}}));
}

}  // namespace
}  // namespace millrace::twin
