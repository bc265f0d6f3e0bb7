#include <format>
#include <nlohmann/json.hpp>

#include "codec/contract_options.h"
#include "config/reference.h"
#include "twin/resource.h"
#include "twin/spec_tables.h"

namespace millrace::twin {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNamePattern = "^[a-z0-9][a-z0-9._-]{0,62}$";

Json table_schema(const config::Table& table) {
  Json schema = Json::parse(config::json_schema(table));
  schema.erase("$schema");
  return schema;
}

Json named(Json value) {
  return {{"type", "object"},
          {"propertyNames", {{"pattern", kNamePattern}}},
          {"additionalProperties", std::move(value)}};
}

/// A value, or a placeholder that each thing replaces.
Json or_placeholder(Json schema) {
  const Json placeholder = {{"type", "string"}, {"pattern", "\\{\\{[^{}]+\\}\\}"}};
  return {{"anyOf", {std::move(schema), placeholder}}};
}

Json text_schema(const char* description) {
  return {{"type", "string"}, {"description", description}};
}

/// A text for people, or a word such as a tag: the reader takes a bare 5 for "5".
Json any_text_schema(const char* description) {
  return {{"type", config::kTextTypes}, {"description", description}};
}

Json texts_schema(const char* description) {
  return {{"type", "object"},
          {"description", description},
          {"additionalProperties", {{"type", config::kTextTypes}}}};
}

/// A text, or one for each language.
Json text_or_texts_schema(const char* description) {
  return {{"description", description},
          {"anyOf", {{{"type", config::kTextTypes}}, texts_schema("By language.")}}};
}

/// The options of a table without those that a model says otherwise.
Json partial_table(const config::Table& table, std::initializer_list<const char*> without) {
  Json schema = table_schema(table);
  for (const char* key : without) schema["properties"].erase(key);
  return schema;
}

/// Terms that say more than type, unit and limits.
Json shape_terms() {
  const Json count = {{"type", "integer"}, {"minimum", 0}};
  return {
      {"enum", {{"type", "array"}, {"minItems", 1}}},
      {"const", Json::object()},
      {"default", Json::object()},
      {"format", text_schema("Format of a text.")},
      {"pattern", text_schema("Regular expression for a text.")},
      {"minLength", count},
      {"maxLength", count},
      {"minItems", count},
      {"maxItems", count},
      {"items", Json::object()},
      {"properties", {{"type", "object"}, {"additionalProperties", {{"$ref", "#/$defs/data"}}}}},
      {"required", {{"type", "array"}, {"items", {{"type", "string"}}}}},
      {"contentEncoding", text_schema("Encoding of a text.")},
      {"contentMediaType", text_schema("Media type of a text.")},
      {"oneOf", {{"type", "array"}}}};
}

Json data_schema() {
  const Json number = or_placeholder({{"type", "number"}});
  Json properties = {
      {"tm:ref", text_schema("name@version#/properties/x, or #/properties/x of this model.")},
      {"@type", {{"type", {"string", "array"}}}},
      {"title", text_or_texts_schema("Name for people.")},
      {"titles", texts_schema("The title by language.")},
      {"description", text_or_texts_schema("What it is.")},
      {"descriptions", texts_schema("The description by language.")},
      {"type",
       {{"enum", {"number", "integer", "boolean", "string", "object", "array", "null"}},
        {"description", "Type of the value."}}},
      {"unit", any_text_schema("Unit of measure, e.g. m3/h, °C, kWh.")},
      {"minimum", number},
      {"maximum", number},
      {"exclusiveMinimum", number},
      {"exclusiveMaximum", number},
      {"multipleOf", number},
      {"readOnly", {{"type", "boolean"}}},
      {"writeOnly", {{"type", "boolean"}}}};
  properties.update(shape_terms());
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"patternProperties", {{"^(?!mr:|tm:)[^:]+:", Json::object()}}},
          {"additionalProperties", false}};
}
Json property_schema() {
  Json schema = data_schema();
  Json& terms = schema["properties"];
  terms["forms"] = {{"type", "array"}};
  terms["uriVariables"] = {{"type", "object"}};
  terms["observable"] = {{"type", "boolean"}, {"description", "Consumers may observe it."}};
  terms["mr:type"] = {{"enum", {"f64", "i64", "u64", "bool", "text", "bytes"}},
                      {"description", "How it is stored, where 'type' is not enough."}};
  terms["mr:tags"] = {{"type", "array"}, {"items", any_text_schema("A free word.")}};
  terms["mr:interval_ms"] = or_placeholder({{"type", "integer"}, {"minimum", 1}});
  terms["mr:quality"] = partial_table(codec::contract_table(),
                                      {"title", "type", "unit", "min", "max", "interval_ms"});
  terms["mr:filter"] = table_schema(codec::filter_table());
  terms["mr:alarms"] = {{"type", "array"}, {"items", table_schema(alarm_table())}};
  return schema;
}

Json action_schema() {
  const Json data = {{"$ref", "#/$defs/data"}};
  return {{"type", "object"},
          {"properties",
           {{"tm:ref", text_schema("name@version#/actions/x, or #/actions/x of this model.")},
            {"@type", {{"type", {"string", "array"}}}},
            {"title", text_or_texts_schema("Name for people.")},
            {"titles", texts_schema("The title by language.")},
            {"description", text_or_texts_schema("What it does.")},
            {"descriptions", texts_schema("The description by language.")},
            {"input", data},
            {"output", data},
            {"safe", {{"type", "boolean"}}},
            {"idempotent", {{"type", "boolean"}}},
            {"synchronous", {{"type", "boolean"}}},
            {"uriVariables", {{"type", "object"}}},
            {"forms", {{"type", "array"}}}}},
          {"patternProperties", {{"^(?!mr:|tm:)[^:]+:", Json::object()}}},
          {"additionalProperties", false}};
}

Json link_schema() {
  return {{"type", "object"},
          {"properties",
           {{"rel", text_schema("tm:extends, tm:submodel, or another relation.")},
            {"href", text_schema("A thing model as name@version.")},
            {"instanceName",
             {{"type", "string"},
              {"pattern", kNamePattern},
              {"description", "Of a submodel: its affordances become <instanceName>.<name>."}}},
            {"type", {{"type", "string"}}}}},
          {"required", {"href"}}};
}

Json model_schema() {
  const Json tags = {{"type", "array"}, {"items", any_text_schema("A free word.")}};
  Json properties = {
      {"@context", {{"description", "Filled in when absent."}}},
      {"@type",
       {{"anyOf",
         {{{"const", "tm:ThingModel"}},
          {{"type", "array"}, {"contains", {{"const", "tm:ThingModel"}}}}}}}},
      {"id", {{"type", "string"}}},
      {"title", text_or_texts_schema("Name for people.")},
      {"titles", texts_schema("The title by language.")},
      {"description", text_or_texts_schema("What kind of equipment it is.")},
      {"descriptions", texts_schema("The description by language.")},
      {"version", {{"type", "object"}}},
      {"links", {{"type", "array"}, {"items", link_schema()}}},
      {"mr:tags", tags},
      {"tm:optional",
       {{"type", "array"},
        {"items", {{"type", "string"}, {"pattern", "^/(properties|actions|events)/"}}}}},
      {"properties", named({{"$ref", "#/$defs/property"}})},
      {"actions", named({{"$ref", "#/$defs/action"}})},
      {"events", named(Json::object())}};
  for (const char* key : {"created", "modified", "support", "base", "profile", "forms", "security",
                          "securityDefinitions", "schemaDefinitions", "uriVariables"}) {
    properties[key] = Json::object();
  }
  return {{"type", "object"},
          {"title", "ThingModel"},
          {"description", "A class of equipment: a W3C WoT Thing Model 1.1 with mr: terms."},
          {"properties", std::move(properties)},
          {"patternProperties", {{"^(?!mr:|tm:)[^:]+:", Json::object()}}},
          {"additionalProperties", false}};
}

/// The resource has the name already.
Json unnamed(Json options) {
  const auto required = options.find("required");
  if (required == options.end()) return options;
  Json rest = Json::array();
  for (const Json& key : *required) {
    if (key != "name") rest.push_back(key);
  }
  *required = std::move(rest);
  return options;
}

Json connection_schema(std::span<const ConnectorSchema> connectors) {
  Json schema = table_schema(connection_table());
  Json one_of = Json::array();
  for (const ConnectorSchema& connector : connectors) {
    schema["properties"][connector.type] = unnamed(table_schema(*connector.options));
    one_of.push_back({{"required", {connector.type}}});
  }
  if (connectors.empty()) {
    schema["additionalProperties"] = {{"type", "object"}};
  } else {
    schema["oneOf"] = std::move(one_of);
  }
  return schema;
}

Json spec_schema(Kind kind, std::span<const ConnectorSchema> connectors) {
  if (kind == Kind::kThingModel) return model_schema();
  if (kind == Kind::kConnection) return connection_schema(connectors);
  Json schema = table_schema(*spec_table(kind));
  if (kind == Kind::kBinding) {
    schema["oneOf"] = {
        {{"required", {"connection"}}}, {{"required", {"sparkplug"}}}, {{"required", {"mqtt"}}}};
  }
  return schema;
}

}  // namespace

std::string json_schema(Kind kind, std::span<const ConnectorSchema> connectors) {
  Json properties = {{"kind", {{"const", text(kind)}}},
                     {"name",
                      {{"type", config::kTextTypes},
                       {"pattern", kNamePattern},
                       {"minimum", 0},
                       {"description", "Stays for ever; the title may change."}}}};
  Json required = {"kind", "name"};
  if (kind == Kind::kThingModel) {
    properties["version"] = {{"type", "integer"},
                             {"minimum", 1},
                             {"description", "Immutable once applied: a change is a new one."}};
    required.push_back("version");
  }
  Json spec = spec_schema(kind, connectors);
  if (spec.contains("required")) required.push_back("spec");
  properties["spec"] = std::move(spec);
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", std::format("Millrace {}", text(kind))},
                 {"type", "object"},
                 {"properties", std::move(properties)},
                 {"required", std::move(required)},
                 {"additionalProperties", false}};
  if (kind == Kind::kThingModel) {
    schema["$defs"] = {
        {"data", data_schema()}, {"property", property_schema()}, {"action", action_schema()}};
  }
  return schema.dump(2) + "\n";
}

}  // namespace millrace::twin
