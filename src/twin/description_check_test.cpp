#include "twin/description_check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace millrace::twin {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson lamp() {
  return OrderedJson::parse(R"({
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", {"saref": "https://w3id.org/saref#"}],
    "@type": "saref:LightSwitch", "id": "urn:example:lamp", "title": "Lamp",
    "securityDefinitions": {"basic_sc": {"scheme": "basic", "in": "header"}},
    "security": "basic_sc",
    "properties": {"status": {"type": "string", "forms": [
        {"op": ["readproperty", "observeproperty"], "href": "https://lamp.example/status"}]}},
    "actions": {"toggle": {"forms": [{"href": "https://lamp.example/toggle"}]}},
    "events": {"hot": {"forms": [{"op": "subscribeevent", "href": "https://lamp.example/hot"}]}}})");
}

std::string lines(const OrderedJson& document) {
  std::string out;
  for (const DescriptionProblem& one : check_description(document)) {
    out += one.field + ": " + one.description + "\n";
  }
  return out;
}

TEST(DescriptionCheckTest, WhatTheStandardHasPasses) {
  EXPECT_EQ(lines(lamp()), "");
  OrderedJson old = lamp();
  old["@context"] = "https://www.w3.org/2019/wot/td/v1";
  old["security"] = OrderedJson::array({"basic_sc"});
  EXPECT_EQ(lines(old), "");
}

TEST(DescriptionCheckTest, EveryMandatoryTermThatIsMissingIsNamed) {
  EXPECT_EQ(lines(OrderedJson::object()),
            "(root): @context is required\n(root): title is required\n"
            "(root): securityDefinitions is required\n(root): security is required\n");
  EXPECT_EQ(lines(OrderedJson::array()), "(root): must be an object\n");
}

TEST(DescriptionCheckTest, WhatContradictsTheStandardIsNamedWithItsPlace) {
  OrderedJson wrong = lamp();
  wrong["@context"] =
      OrderedJson::array({"https://example.com", "https://www.w3.org/2022/wot/td/v1.1"});
  wrong["@type"] = "tm:ThingModel";
  wrong["id"] = "lamp 1";
  wrong["security"] = "none_sc";
  wrong["properties"]["status"]["type"] = "float";
  wrong["properties"]["status"]["forms"][0]["op"] = "invokeaction";
  wrong["actions"]["toggle"]["forms"] = OrderedJson::array();
  wrong["events"]["hot"].erase("forms");
  wrong["links"] = OrderedJson::array({{{"rel", "type"}}});
  EXPECT_EQ(lines(wrong),
            "@context: must be, or begin with, https://www.w3.org/2022/wot/td/v1.1\n"
            "@type: is a Thing Model, not a Thing Description\n"
            "id: must be a URI of at most 255 characters, such as urn:example:lamp-1\n"
            "security: 'none_sc' is not in securityDefinitions\n"
            "properties.status.type: \"float\" is no type\n"
            "properties.status.forms.0.op: \"invokeaction\" does not belong here\n"
            "actions.toggle.forms: must be a list, not empty\n"
            "events.hot: forms is required\n"
            "links.0: href is required\n");
}

TEST(DescriptionCheckTest, WhatIsTooLargeTooDeepOrNoJsonIsRefused) {
  EXPECT_EQ(parse_description("{").error().code, base::ErrorCode::kMalformed);
  EXPECT_EQ(parse_description(std::string(100'000, '[')).error().what,
            "the description is nested more than 64 deep");
  EXPECT_EQ(parse_description(std::string(300'000, ' ')).error().code, base::ErrorCode::kTooLarge);
  EXPECT_TRUE(parse_description(lamp().dump()));
}

}  // namespace
}  // namespace millrace::twin
