#include "twin/data_schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>
#include <limits>
#include <nlohmann/json.hpp>

#include "config/codec.h"
#include "config/json.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;
using model::ValueType;

namespace {

constexpr double kAnyNumber = 1e300;

const std::vector<std::string>& schema_terms() {
  static const std::vector<std::string> kTerms = {"@type",
                                                  "title",
                                                  "titles",
                                                  "description",
                                                  "descriptions",
                                                  "const",
                                                  "default",
                                                  "unit",
                                                  "oneOf",
                                                  "enum",
                                                  "readOnly",
                                                  "writeOnly",
                                                  "format",
                                                  "type",
                                                  "items",
                                                  "minItems",
                                                  "maxItems",
                                                  "minimum",
                                                  "maximum",
                                                  "exclusiveMinimum",
                                                  "multipleOf",
                                                  "minLength",
                                                  "exclusiveMaximum",
                                                  "maxLength",
                                                  "pattern",
                                                  "properties",
                                                  "contentEncoding",
                                                  "contentMediaType",
                                                  "required",
                                                  "tm:ref"};
  return kTerms;
}

const std::vector<std::string>& json_types() {
  static const std::vector<std::string> kTypes = {"number", "integer", "boolean", "string",
                                                  "object", "array",   "null"};
  return kTypes;
}

/// A term of a vocabulary that the document brings along, such as "saref:hasState".
bool is_foreign(std::string_view term) {
  const bool is_ours = term.starts_with("mr:") || term.starts_with("tm:");
  return term.contains(':') && !is_ours;
}

bool matches(const nlohmann::ordered_json& value, std::string_view json_type) {
  if (json_type == "number") return value.is_number();
  if (json_type == "integer") {
    return value.is_number_integer() ||
           (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
  }
  if (json_type == "boolean") return value.is_boolean();
  if (json_type == "string") return value.is_string();
  if (json_type == "object") return value.is_object();
  return json_type == "array" ? value.is_array() : value.is_null();
}

}  // namespace

bool has_placeholder(const Node& node) {
  if (node.kind != Node::Kind::kScalar) return false;
  const std::size_t open = node.scalar.find("{{");
  return open != std::string::npos && node.scalar.find("}}", open) != std::string::npos;
}

ValueSchema DataSchemaReader::read(const Node& node, const std::string& path,
                                   const std::vector<std::string>& more) const {
  ValueSchema schema;
  if (node.kind != Node::Kind::kMap) {
    report_.add("syntax", node.place, std::format("{}: a section is needed here", path),
                "Write type, title and the like below it, indented.");
    return schema;
  }
  check_terms(node, path, more);
  check_shapes(node, path);
  Node known = node;
  std::erase_if(known.entries, [](const Node::Entry& e) { return has_placeholder(e.value); });
  read_type(known, path, schema);
  check_unit(known, path, schema);
  read_limits(known, path, schema);
  check_values(known, path, schema);
  read_parts(known, path);
  return schema;
}

void DataSchemaReader::check_terms(const Node& node, const std::string& path,
                                   const std::vector<std::string>& more) const {
  std::vector<std::string> known = schema_terms();
  known.insert(known.end(), more.begin(), more.end());
  for (const Node::Entry& entry : node.entries) {
    if (std::ranges::contains(known, entry.key) || is_foreign(entry.key)) continue;
    report_.add("unknown_key", entry.place,
                std::format("{}: unknown term '{}'", path, entry.key.substr(0, 80)),
                did_you_mean(entry.key, known,
                             "Use the terms of WoT TD 1.1, 'mr:' terms, or a prefix of your own."));
  }
}

void DataSchemaReader::check_shapes(const Node& node, const std::string& path) const {
  for (const std::string_view key : {"readOnly", "writeOnly", "observable"}) {
    const Node* flag = value_of(node, key);
    if (!flag || has_placeholder(*flag)) continue;
    config::Problems problems;
    config::read_flag(*flag, problems);
    for (const config::Problem& p : problems) {
      report_.add("type", p.place, std::format("{}.{}: {}", path, key, p.what), p.hint);
    }
  }
  if (text_of(node, "readOnly") == "true" && text_of(node, "writeOnly") == "true") {
    report_.add("contradiction", value_of(node, "writeOnly")->place,
                std::format("{}: readOnly and writeOnly are both true", path),
                "Remove one of them.");
  }
}

void DataSchemaReader::read_type(const Node& node, const std::string& path,
                                 ValueSchema& schema) const {
  const Node* type = value_of(node, "type");
  if (!type) return;
  if (!std::ranges::contains(json_types(), type->scalar)) {
    report_.add("type", type->place, std::format("{}: there is no type '{}'", path, type->scalar),
                did_you_mean(type->scalar, json_types(),
                             "Types: number, integer, boolean, string, object, array."));
    return;
  }
  schema.json_type = type->scalar;
  if (type->scalar == "number") schema.type = ValueType::kF64;
  if (type->scalar == "integer") schema.type = ValueType::kI64;
  if (type->scalar == "boolean") schema.type = ValueType::kBool;
  if (type->scalar == "string") schema.type = ValueType::kText;
}

void DataSchemaReader::check_unit(const Node& node, const std::string& path,
                                  ValueSchema& schema) const {
  const Node* unit = value_of(node, "unit");
  if (!unit) return;
  if (unit->kind != Node::Kind::kScalar || unit->scalar.empty()) {
    report_.add("unit", unit->place, std::format("{}: the unit is empty", path),
                "Write a unit such as m3/h, or remove the line.");
    return;
  }
  if (const auto checked = units_.check(unit->scalar); !checked) {
    report_.add("unit", unit->place, std::format("{}: {}", path, checked.error().what),
                checked.error().hint);
    return;
  }
  const bool is_number =
      schema.json_type.empty() || schema.type == ValueType::kF64 || schema.type == ValueType::kI64;
  if (!is_number) {
    report_.add("unit", unit->place, std::format("{}: a {} has no unit", path, schema.json_type),
                "Remove the unit, or make the type number.");
    return;
  }
  schema.unit = unit->scalar;
}

std::optional<double> DataSchemaReader::limit(const Node& node, std::string_view key,
                                              const std::string& path) const {
  const Node* value = value_of(node, key);
  if (!value) return std::nullopt;
  config::Problems problems;
  const auto number = config::read_number(*value, {-kAnyNumber, kAnyNumber}, problems);
  for (const config::Problem& p : problems) {
    report_.add("range", p.place, std::format("{}.{}: {}", path, key, p.what), p.hint);
  }
  return number;
}

void DataSchemaReader::read_limits(const Node& node, const std::string& path,
                                   ValueSchema& schema) const {
  struct Side {
    std::string_view closed;
    std::string_view open;
    double towards;
    std::optional<double> ValueSchema::* member;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::array<Side, 2> sides = {
      {{"minimum", "exclusiveMinimum", kInfinity, &ValueSchema::min},
       {"maximum", "exclusiveMaximum", -kInfinity, &ValueSchema::max}}};
  for (const Side& side : sides) {
    const auto closed = limit(node, side.closed, path);
    const auto open = limit(node, side.open, path);
    if (closed && open) {
      report_.add("contradiction", value_of(node, side.open)->place,
                  std::format("{}: {} and {} are both there", path, side.closed, side.open),
                  "Keep one of them.");
    }
    if (closed) schema.*side.member = closed;
    // The next number inside: whole for integers.
    if (open && !closed) {
      const double step = side.towards > 0 ? 1 : -1;
      schema.*side.member =
          schema.type == ValueType::kI64 ? *open + step : std::nextafter(*open, side.towards);
    }
    const Node* at = value_of(node, closed ? side.closed : side.open);
    const bool is_number = schema.json_type.empty() || schema.type == ValueType::kF64 ||
                           schema.type == ValueType::kI64;
    if (at && !is_number) {
      report_.add("range", at->place, std::format("{}: a {} has no limits", path, schema.json_type),
                  "Remove the limit, or make the type number.");
    }
  }
  if (!schema.min || !schema.max || *schema.min <= *schema.max) return;
  const Node* at =
      value_of(node, "minimum") ? value_of(node, "minimum") : value_of(node, "exclusiveMinimum");
  report_.add("range", at->place,
              std::format("{}: the smallest value {} is above the largest {}", path,
                          config::number_text(*schema.min), config::number_text(*schema.max)),
              "Exchange them.");
}

void DataSchemaReader::check_value(const Node& value, const std::string& what,
                                   const ValueSchema& schema) const {
  if (has_placeholder(value)) return;
  const auto json = config::to_json(value);
  if (!schema.json_type.empty() && !matches(json, schema.json_type)) {
    report_.add("type", value.place,
                std::format("{} {} is no {}", what, json.dump().substr(0, 60), schema.json_type),
                schema.json_type == "string" ? "Put it in quotes, or change the type."
                                             : "Correct the value, or change the type.");
    return;
  }
  if (!json.is_number()) return;
  const auto number = json.get<double>();
  if ((schema.min && number < *schema.min) || (schema.max && number > *schema.max)) {
    report_.add("range", value.place,
                std::format("{} {} is outside of the range", what, json.dump()),
                "Correct the value, or widen minimum and maximum.");
  }
}

void DataSchemaReader::check_values(const Node& node, const std::string& path,
                                    const ValueSchema& schema) const {
  const Node* choices = value_of(node, "enum");
  if (choices && (choices->kind != Node::Kind::kList || choices->items.empty())) {
    report_.add("syntax", choices->place, std::format("{}: enum is a list of values", path),
                "Write enum: [a, b].");
    choices = nullptr;
  }
  if (choices) {
    for (const Node& choice : choices->items) check_value(choice, path + ": the choice", schema);
  }
  for (const std::string_view key : {"const", "default"}) {
    const Node* value = value_of(node, key);
    if (!value || has_placeholder(*value)) continue;
    check_value(*value, std::format("{}: the {}", path, key), schema);
    if (!choices) continue;
    const auto json = config::to_json(*value);
    const bool is_choice = std::ranges::any_of(
        choices->items, [&](const Node& choice) { return config::to_json(choice) == json; });
    if (!is_choice) {
      report_.add("contradiction", value->place,
                  std::format("{}: the {} {} is not in enum", path, key, json.dump().substr(0, 60)),
                  "Use one of enum, or add it there.");
    }
  }
  const Node* fixed = value_of(node, "const");
  const Node* preset = value_of(node, "default");
  if (fixed && preset && config::to_json(*fixed) != config::to_json(*preset)) {
    report_.add("contradiction", preset->place,
                std::format("{}: const and default are not the same", path), "Remove the default.");
  }
}

void DataSchemaReader::read_parts(const Node& node, const std::string& path) const {
  if (const Node* parts = value_of(node, "properties"); parts) {
    if (parts->kind != Node::Kind::kMap) {
      report_.add("syntax", parts->place, std::format("{}.properties is a section", path),
                  "Write each member with its schema below it.");
      return;
    }
    for (const Node::Entry& part : parts->entries) {
      read(part.value, std::format("{}.properties.{}", path, part.key), {});
    }
  }
  const Node* items = value_of(node, "items");
  if (items && items->kind == Node::Kind::kMap) read(*items, path + ".items", {});
}

}  // namespace millrace::twin
