// The directory's own description: the API of W3C WoT Discovery §7.3.2 as affordances.
#include <format>
#include <nlohmann/json.hpp>

#include "twin/thing_description.h"

namespace millrace::twin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDiscoveryContext = "https://www.w3.org/2022/wot/discovery";
constexpr const char* kTd = "application/td+json";
constexpr const char* kOne = "api/v1/wot/things/{id}";
constexpr const char* kAll = "api/v1/wot/things";

/// What an operation of the directory is called with and what it answers.
struct Operation {
  const char* title;
  const char* method;
  const char* href;
  const char* content_type;  // of the body; empty: without
  int status;
  const char* answer_type;  // empty: without a body
};

Json form_of(const Operation& operation, const char* kind) {
  Json form = {
      {"op", Json::array({kind})}, {"href", operation.href}, {"htv:methodName", operation.method}};
  if (*operation.content_type) form["contentType"] = operation.content_type;
  Json response = {{"description", "Success"}, {"htv:statusCodeValue", operation.status}};
  if (*operation.answer_type) response["contentType"] = operation.answer_type;
  // A response without contentType would not fit the schema of TD 1.1.
  if (*operation.answer_type) form["response"] = std::move(response);
  return form;
}

Json action_of(const Operation& operation) {
  Json action = {{"title", operation.title}};
  if (std::string_view(operation.href) == kOne) {
    action["uriVariables"] = {
        {"id", {{"title", "Id of the Thing Description"}, {"type", "string"}}}};
  }
  const std::string_view method = operation.method;
  if (*operation.content_type) action["input"] = {{"type", "object"}};
  if (*operation.answer_type) action["output"] = {{"type", "object"}};
  action["safe"] = method == "GET";
  action["idempotent"] = method != "POST";
  action["forms"] = Json::array({form_of(operation, "invokeaction")});
  return action;
}

Json things_of() {
  Json form =
      form_of({"", "GET", "api/v1/wot/things{?offset,limit}", "", 200, "application/ld+json"},
              "readproperty");
  return {{"title", "All Thing Descriptions, by id, a page at a time"},
          {"type", "array"},
          {"items", {{"type", "object"}}},
          {"readOnly", true},
          {"uriVariables",
           {{"offset", {{"title", "How many to leave out"}, {"type", "integer"}, {"minimum", 0}}},
            {"limit",
             {{"title", "How many in a page"},
              {"type", "integer"},
              {"minimum", 1},
              {"maximum", 1000}}}}},
          {"forms", Json::array({std::move(form)})}};
}

Json event_of(const char* type, const char* title) {
  return {{"title", title},
          {"uriVariables",
           {{"diff", {{"title", "With the description, or its changes"}, {"type", "boolean"}}}}},
          {"data", {{"type", "object"}, {"properties", {{"id", {{"type", "string"}}}}}}},
          {"forms", Json::array({{{"op", Json::array({"subscribeevent", "unsubscribeevent"})},
                                  {"href", std::format("api/v1/wot/events?type={}", type)},
                                  {"subprotocol", "sse"},
                                  {"contentType", "text/event-stream"},
                                  {"htv:methodName", "GET"}}})}};
}

}  // namespace

Json directory_description(const DescriptionFacts& facts) {
  Json td = {{"@context", Json::array({kTdContext, kDiscoveryContext})},
             {"@type", "ThingDirectory"},
             {"id", std::format("urn:millrace:{}", facts.hub)},
             {"title", std::format("Thing Directory of the Millrace hub {}", facts.hub)},
             {"version", {{"instance", "1.0.0"}}},
             {"securityDefinitions",
              {{"bearer_sc",
                {{"scheme", "bearer"},
                 {"in", "header"},
                 {"format", "opaque"},
                 {"description", "A session token of POST /api/v1/login, or an API token."}}}}},
             {"security", Json::array({"bearer_sc"})}};
  if (!facts.base.empty()) td["base"] = facts.base + "/";
  td["properties"] = {{"things", things_of()}};
  td["actions"] = {
      {"createThing", action_of({"Register, or replace", "PUT", kOne, kTd, 201, ""})},
      {"createAnonymousThing", action_of({"Register without an id", "POST", kAll, kTd, 201, ""})},
      {"retrieveThing", action_of({"One Thing Description", "GET", kOne, "", 200, kTd})},
      {"updateThing", action_of({"Replace, or register", "PUT", kOne, kTd, 204, ""})},
      {"partiallyUpdateThing",
       action_of({"Change parts", "PATCH", kOne, "application/merge-patch+json", 204, ""})},
      {"deleteThing", action_of({"Remove", "DELETE", kOne, "", 204, ""})}};
  td["events"] = {{"thingCreated", event_of("thing_created", "A description came")},
                  {"thingUpdated", event_of("thing_updated", "A description changed")},
                  {"thingDeleted", event_of("thing_deleted", "A description went")}};
  return td;
}

}  // namespace millrace::twin
