#include "config/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/yaml.h"

namespace millrace::config {
namespace {

std::string json_of(std::string_view yaml) { return to_json(parse_yaml(yaml).value()).dump(); }

TEST(Json, ScalarsAreWhatYamlSaysAndQuotedOnesAreText) {
  EXPECT_EQ(json_of("[1, -2, +3, 1.5, 1e3, true, no, '1', ~, null, x, 007, .inf, 1 m]"),
            R"([1,-2,3,1.5,1000.0,true,"no","1",null,null,"x",7,".inf","1 m"])");
  EXPECT_EQ(json_of("[18446744073709551615, 9007199254740993]"),
            "[18446744073709551615,9007199254740993]");
}

TEST(Json, ATreeOfJsonComesBackAsItWas) {
  const auto json = nlohmann::ordered_json::parse(
      R"({"b":{"x":[1,2.5,"3","true","null","~","","text: x"]},"a":null,"f":false,"n":-1e300})");
  EXPECT_EQ(to_json(from_json(json)), json);
  EXPECT_EQ(to_json(parse_yaml(to_yaml(from_json(json))).value()), json);
}

}  // namespace
}  // namespace millrace::config
