#include "twin/thing_description.h"

#include <nlohmann/json.hpp>

#include "twin/description_check.h"
#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

using OrderedJson = nlohmann::ordered_json;

const std::string kPumpPlant = R"(kind: Site
name: north
spec: {title: North, enterprise: acme}
---
kind: ThingModel
name: pump
version: 3
spec:
  "@context": [{saref: "https://w3id.org/saref#"}, "https://www.w3.org/2022/wot/td/v1.1"]
  "@type": ["tm:ThingModel", "saref:Pump"]
  title: Pump
  description: Moves water
  properties:
    flow: {title: Flow, type: number, unit: m3/h, minimum: 0, maximum: "{{MAX}}", readOnly: true}
    speed: {type: number, unit: rpm, maximum: 3000, "saref:measures": speed,
            mr:alarms: [{name: high, above: 9}]}
    state: {type: object, "mr:type": text, readOnly: true,
            required: [mode],
            properties: {mode: {type: string, enum: [auto, manual]},
                         stage: {oneOf: [{const: 0, title: Off}, {const: 1, title: On}]}}}
    limit: {type: number}
    secret: {type: string, writeOnly: true, maxLength: 40}
    hidden: {type: string, writeOnly: true}
    foreign: {type: number}
    image: {type: string, "mr:type": bytes}
    quiet: {type: boolean, observable: false}
    vibration: {type: number}
  tm:optional: [/properties/vibration]
  actions:
    set-speed: {title: Set speed, input: {type: number, unit: rpm, minimum: 0}}
    stop: {}
    reset: {}
    move: {input: {type: object, properties: {x: {type: number}}}}
    ring: {}
---
kind: Thing
name: pump-1
spec:
  title: {en: Pump 1, de: Pumpe 1}
  model: pump@3
  place: {site: north, area: hall-2}
  tags: {criticality: high}
  placeholders: {MAX: 120}
  optional: []
---
kind: Connection
name: line
spec:
  edge: edge-1
  opcua: {url: "opc.tcp://x"}
---
kind: Binding
name: pump-1-opcua
spec:
  thing: pump-1
  connection: line
  properties:
    - {property: flow, address: ns=1;s=F, unit: m3/h}
    - {property: speed, address: ns=1;s=S, unit: rpm}
    - {property: secret, address: ns=1;s=X}
    - {property: image, address: ns=1;s=I}
  actions:
    - {action: set-speed, address: ns=1;s=SP, unit: rpm}
    - {action: stop, address: ns=1;s=ST}
    - {action: move, address: ns=1;s=M}
---
kind: Binding
name: third-party
spec:
  thing: pump-1
  sparkplug: {group: g, node: n, device: d}
  properties:
    - {property: foreign, address: Foreign}
)";

class ThingDescriptions : public TwinTest {
 protected:
  OrderedJson describe(DescriptionFacts facts) {
    facts.hub = "test";
    return thing_description(*catalog_, *catalog_->thing("pump-1"), facts);
  }
  const std::shared_ptr<const Catalog> catalog_ = build(kPumpPlant);
};

TEST_F(ThingDescriptions, SaysWhatTheThingIsAndWhereItsModelStands) {
  const OrderedJson td = describe({.base = "http://hub:8080",
                                   .revision = 12,
                                   .modified = base::Time(std::chrono::seconds(1'800'000'000))});
  EXPECT_EQ(check_description(td).size(), 0U);
  EXPECT_EQ(td["@context"].dump(),
            R"(["https://www.w3.org/2022/wot/td/v1.1",{"mr":"urn:millrace:terms:",)"
            R"("mqv":"https://www.w3.org/2019/wot/mqtt#","saref":"https://w3id.org/saref#"}])");
  EXPECT_EQ(td["@type"].dump(), R"(["Thing","saref:Pump"])");
  EXPECT_EQ(td["id"], "urn:millrace:test:pump-1");
  EXPECT_EQ(td["title"], "Pump 1");
  EXPECT_EQ(td["titles"].dump(), R"({"de":"Pumpe 1","en":"Pump 1"})");
  EXPECT_EQ(td["description"], "Moves water");
  EXPECT_EQ(td["version"].dump(), R"({"instance":"12","model":"3"})");
  EXPECT_EQ(td["modified"], "2027-01-15T08:00:00Z");
  EXPECT_EQ(td["mr:place"].dump(), R"({"enterprise":"acme","site":"north","area":"hall-2"})");
  EXPECT_EQ(td["base"], "http://hub:8080/api/v1/wot/t/pump-1/");
  EXPECT_EQ(td["links"][0]["href"], "/api/v1/thing-models/pump@3");
  EXPECT_EQ(td["forms"][0]["op"].dump(), R"(["readallproperties"])");
  EXPECT_EQ(thing_of_wot_id("test", "urn:millrace:test:pump-1"), "pump-1");
  EXPECT_FALSE(thing_of_wot_id("test", "urn:millrace:other:pump-1"));
}

TEST_F(ThingDescriptions, NoTermOfAModelIsLeft) {
  const std::string text = describe({.base = "http://hub", .broker = "hub:1883"}).dump();
  EXPECT_EQ(text.find("tm:"), std::string::npos) << text;
  EXPECT_EQ(text.find("{{"), std::string::npos);
  EXPECT_EQ(text.find("vibration"), std::string::npos) << "an option that the thing does not have";
  const OrderedJson td = OrderedJson::parse(text);
  EXPECT_EQ(td["properties"]["flow"]["mr:expected"]["maximum"], 120);
  EXPECT_EQ(td["properties"]["speed"]["saref:measures"], "speed");
}

TEST_F(ThingDescriptions, WhatCanBeReadIsNotPromisedToKeepItsRange) {
  const OrderedJson td = describe({.base = "http://hub"});
  const OrderedJson& flow = td["properties"]["flow"];
  EXPECT_EQ(flow["mr:expected"].dump(), R"({"minimum":0,"maximum":120})");
  EXPECT_FALSE(flow.contains("minimum") || flow.contains("maximum"));
  const OrderedJson& speed = td["properties"]["speed"];
  EXPECT_FALSE(speed.contains("maximum")) << "somebody at the panel may set more";
  EXPECT_EQ(speed["mr:expected"]["maximum"], 3000);
  EXPECT_EQ(td["properties"]["secret"]["maxLength"], 40) << "nobody reads it";
  const OrderedJson& state = td["properties"]["state"];
  EXPECT_FALSE(state["properties"]["mode"].contains("enum")) << state.dump();
  EXPECT_EQ(state["properties"]["mode"]["mr:expected"]["enum"].dump(), R"(["auto","manual"])");
  EXPECT_EQ(state["mr:expected"].dump(), R"({"required":["mode"]})");
  EXPECT_EQ(state["properties"]["stage"]["mr:expected"]["oneOf"][1]["title"], "On");
  EXPECT_FALSE(state.contains("required") || state["properties"]["stage"].contains("oneOf"));
  EXPECT_EQ(td["actions"]["set-speed"]["input"]["minimum"], 0);
  EXPECT_EQ(check_description(td).size(), 0U);
}

TEST_F(ThingDescriptions, FormsOfHttpSayWhatMayBeDone) {
  const OrderedJson td = describe({.base = "http://hub", .ticket = "t.1"});
  const OrderedJson& flow = td["properties"]["flow"];
  EXPECT_EQ(flow["readOnly"], true);
  EXPECT_EQ(flow["observable"], true);
  ASSERT_EQ(flow["forms"].size(), 2U);
  EXPECT_EQ(flow["forms"][0].dump(),
            R"({"op":["readproperty"],"href":"properties/flow","contentType":"application/json",)"
            R"("htv:methodName":"GET"})");
  EXPECT_EQ(flow["forms"][1]["href"], "properties/flow/observe?ticket=t.1");
  EXPECT_EQ(flow["forms"][1]["subprotocol"], "sse");
  const OrderedJson& speed = td["properties"]["speed"];
  EXPECT_FALSE(speed.contains("readOnly"));
  EXPECT_EQ(speed["forms"][1]["htv:methodName"], "PUT");
  EXPECT_EQ(td["properties"]["limit"]["readOnly"], true) << "nothing is bound to it";
  EXPECT_EQ(td["properties"]["secret"]["forms"].size(), 1U);
  EXPECT_EQ(td["properties"]["secret"]["forms"][0]["op"].dump(), R"(["writeproperty"])");
  EXPECT_EQ(td["properties"]["quiet"]["forms"].size(), 1U);
  EXPECT_EQ(td["properties"]["quiet"]["observable"], false);
  EXPECT_EQ(td["actions"]["set-speed"]["input"]["unit"], "rpm");
  EXPECT_EQ(td["actions"]["set-speed"]["forms"][0]["href"], "actions/set-speed");
  EXPECT_EQ(td["security"].dump(), R"(["bearer_sc"])");
}

TEST_F(ThingDescriptions, WhatNoCommandCouldReachIsNotOffered) {
  const OrderedJson td = describe({.base = "http://hub", .broker = "hub:1883"});
  for (const char* name : {"foreign", "limit", "image"}) {
    const OrderedJson& property = td["properties"][name];
    EXPECT_EQ(property["readOnly"], true) << name;
    EXPECT_EQ(property["forms"].dump().find("writeproperty"), std::string::npos) << name;
  }
  EXPECT_FALSE(td["properties"].contains("hidden"));
  EXPECT_TRUE(td["properties"].contains("secret"));
  for (const char* name : {"reset", "ring", "move"}) EXPECT_FALSE(td["actions"].contains(name));
  EXPECT_EQ(td["actions"].size(), 2U);
  EXPECT_EQ(check_description(td).size(), 0U);
}

TEST_F(ThingDescriptions, FormsOfMqttHaveTheTopicInHrefAndInTheBindingsTerms) {
  const OrderedJson td = describe({.base = "http://hub", .broker = "hub:1883"});
  const OrderedJson& speed = td["properties"]["speed"]["forms"];
  ASSERT_EQ(speed.size(), 5U);
  EXPECT_EQ(speed[3]["href"], "mqtt://hub:1883/millrace/things/pump-1/properties/speed");
  EXPECT_EQ(speed[3]["mqv:filter"], "millrace/things/pump-1/properties/speed");
  EXPECT_EQ(speed[3]["mqv:controlPacket"], "subscribe");
  EXPECT_EQ(speed[3]["op"].dump(), R"(["readproperty","observeproperty","unobserveproperty"])");
  EXPECT_EQ(speed[3]["security"].dump(), R"(["mqtt_sc"])");
  EXPECT_EQ(speed[4]["mqv:topic"], "millrace/things/pump-1/properties/speed/set");
  EXPECT_EQ(speed[4]["mqv:retain"], false);
  EXPECT_EQ(td["properties"]["flow"]["forms"].size(), 3U);
  EXPECT_EQ(td["actions"]["stop"]["forms"][1]["href"],
            "mqtt://hub:1883/millrace/things/pump-1/actions/stop");
  EXPECT_TRUE(td["securityDefinitions"].contains("mqtt_sc"));
  EXPECT_EQ(check_description(td).size(), 0U);
}

TEST_F(ThingDescriptions, TheDirectoryDescribesItself) {
  const OrderedJson td = directory_description({.hub = "test", .base = "http://hub"});
  EXPECT_EQ(check_description(td).size(), 0U);
  EXPECT_EQ(td["@type"], "ThingDirectory");
  EXPECT_EQ(td["base"], "http://hub/");
  EXPECT_EQ(td["properties"]["things"]["forms"][0]["href"], "api/v1/wot/things{?offset,limit}");
  EXPECT_EQ(td["actions"]["deleteThing"]["forms"][0]["htv:methodName"], "DELETE");
}

}  // namespace
}  // namespace millrace::twin
