#include "twin/property_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "twin/wot_topic.h"

namespace millrace::twin {
namespace {

using model::Value;
using model::ValueType;

TEST(PropertyValueTest, AValueIsBareJsonWithEveryDigit) {
  const PropertySpec plain;
  EXPECT_EQ(to_json(Value(41.7), plain), "41.7");
  EXPECT_EQ(to_json(Value(1e300), plain), "1e+300");
  EXPECT_EQ(to_json(Value(std::int64_t{-9007199254740993}), plain), "-9007199254740993");
  EXPECT_EQ(to_json(Value(std::numeric_limits<std::uint64_t>::max()), plain),
            "18446744073709551615");
  EXPECT_EQ(to_json(Value(true), plain), "true");
  EXPECT_EQ(to_json(Value(std::string("auto \"1\"\n泵")), plain), "\"auto \\\"1\\\"\\n泵\"");
  EXPECT_EQ(to_json(Value(model::Bytes{"\x01\x02\x03"}), plain), "\"AQID\"");
  EXPECT_FALSE(to_json(Value(), plain));
  EXPECT_FALSE(to_json(Value(std::nan("")), plain)) << "no number of JSON";
  EXPECT_EQ(to_json(Value(std::string("\xff")), plain), "\"\xEF\xBF\xBD\"");
}

TEST(PropertyValueTest, WhereTheModelHasAnObjectItsTextIsThatObject) {
  PropertySpec object;
  object.is_json = true;
  EXPECT_EQ(to_json(Value(std::string(R"({"x":[1,2]})")), object), R"({"x":[1,2]})");
  EXPECT_EQ(to_json(Value(std::string("{")), object), "\"{\"");
}

TEST(PropertyValueTest, JsonBecomesAValueOfTheTypeOrNone) {
  EXPECT_EQ(*parse_value("1480", ValueType::kF64), Value(1480.0));
  EXPECT_EQ(*parse_value("1480.0", ValueType::kI64), Value(std::int64_t{1480}));
  EXPECT_EQ(*parse_value(" 18446744073709551615 ", ValueType::kU64),
            Value(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(*parse_value("false", ValueType::kBool), Value(false));
  EXPECT_EQ(*parse_value("\"auto\"", ValueType::kText), Value(std::string("auto")));
  EXPECT_EQ(*parse_value(R"({"a":1})", ValueType::kText), Value(std::string(R"({"a":1})")));
  for (const auto& [text, type] : std::vector<std::pair<std::string, ValueType>>{
           {"\"1\"", ValueType::kF64},
           {"1.5", ValueType::kI64},
           {"-1", ValueType::kU64},
           {"1", ValueType::kBool},
           {"null", ValueType::kF64},
           {"7", ValueType::kText},
           {"\"AQID\"", ValueType::kBytes},
           {std::string(200'000, '[') + std::string(200'000, ']'), ValueType::kF64}}) {
    const auto value = parse_value(text, type);
    ASSERT_FALSE(value) << text.substr(0, 20);
    EXPECT_EQ(value.error().code, base::ErrorCode::kInvalid);
  }
  EXPECT_EQ(parse_value("", ValueType::kF64).error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(parse_value("NaN", ValueType::kF64).error().code, base::ErrorCode::kMalformed);
}

TEST(WotTopicTest, OnlyTopicsOfCommandsWithNamesAreCommands) {
  const auto set = parse_command_topic(set_topic("pump-1", "motor.speed"));
  ASSERT_TRUE(set);
  EXPECT_EQ(std::tie(set->thing, set->name, set->is_action),
            std::make_tuple(std::string("pump-1"), std::string("motor.speed"), false));
  const auto action = parse_command_topic(action_topic("pump-1", "start"));
  ASSERT_TRUE(action);
  EXPECT_TRUE(action->is_action);
  for (const std::string topic :
       {"", "millrace/things/", "millrace/things/pump-1/properties/flow",
        "millrace/things/pump-1/properties/flow/set/x", "millrace/things/Pump/actions/start",
        "millrace/things/pump-1/actions/", "millrace/things//actions/start",
        "millrace/things/pump-1/actions/start/", "millrace/north/edge-1/desired",
        "other/things/pump-1/actions/start"}) {
    EXPECT_FALSE(parse_command_topic(topic)) << topic;
  }
}

}  // namespace
}  // namespace millrace::twin
