#include "twin/affordance_reader.h"

#include <algorithm>
#include <array>
#include <format>
#include <nlohmann/json.hpp>

#include "codec/contract_options.h"
#include "config/json.h"
#include "model/name.h"
#include "twin/plain_texts.h"
#include "twin/spec_tables.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;
using model::ValueType;

namespace {

const std::vector<std::string>& property_terms() {
  static const std::vector<std::string> kTerms = {"forms",      "uriVariables", "observable",
                                                  "mr:type",    "mr:tags",      "mr:interval_ms",
                                                  "mr:quality", "mr:filter",    "mr:alarms"};
  return kTerms;
}

const std::vector<std::string>& action_terms() {
  static const std::vector<std::string> kTerms = {
      "@type", "title",  "titles",     "description", "descriptions", "forms", "uriVariables",
      "input", "output", "idempotent", "safe",        "synchronous",  "tm:ref"};
  return kTerms;
}

/// Rows of the contract's table that a model says with terms of the TD.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSaidElsewhere = {
    {{"title", "title"},
     {"type", "mr:type"},
     {"unit", "unit"},
     {"min", "minimum"},
     {"max", "maximum"},
     {"interval_ms", "mr:interval_ms"}}};

/// Which types of the store a JSON type may be kept as; the first is the default.
std::vector<ValueType> types_for(std::string_view json_type) {
  if (json_type == "number") return {ValueType::kF64};
  if (json_type == "integer") return {ValueType::kI64, ValueType::kU64, ValueType::kF64};
  if (json_type == "boolean") return {ValueType::kBool};
  if (json_type == "string") return {ValueType::kText, ValueType::kBytes};
  if (json_type == "object" || json_type == "array") return {ValueType::kText, ValueType::kBytes};
  return {};
}

Node without_placeholders(Node node) {
  std::erase_if(node.entries, [](const Node::Entry& e) { return has_placeholder(e.value); });
  for (Node::Entry& entry : node.entries) entry.value = without_placeholders(entry.value);
  for (Node& item : node.items) item = without_placeholders(item);
  return node;
}

std::string schema_text(const Node& node) {
  Node copy = node;
  erase(copy, "forms");
  return config::to_json(copy).dump();
}

}  // namespace

Texts texts_of(const Node& node, std::string_view one, std::string_view many) {
  Texts texts;
  if (const Node* map = value_of(node, many)) {
    for (const Node::Entry& entry : map->entries) texts[entry.key] = entry.value.scalar;
  }
  if (const std::string text = text_of(node, one); !text.empty()) texts[""] = text;
  return texts;
}

PropertySpec AffordanceReader::property(const std::string& name, const Node& node) const {
  PropertySpec property;
  property.name = name;
  const std::string path = "properties." + name;
  const ValueSchema schema = schemas_.read(node, path, property_terms());
  if (node.kind != Node::Kind::kMap) return property;
  property.titles = texts_of(node, "title", "titles");
  property.descriptions = texts_of(node, "description", "descriptions");
  property.is_writable = text_of(node, "readOnly") != "true";
  property.is_readable = text_of(node, "writeOnly") != "true";
  property.is_observable = text_of(node, "observable") == "true";
  property.is_json = schema.json_type == "object" || schema.json_type == "array";
  const Node known = without_placeholders(node);
  read_contract(known, path, schema, property);
  read_type(known, path, schema, property);
  property.contract.property = name;
  property.contract.title = one_of(property.titles);
  property.contract.unit = schema.unit;
  property.contract.range_min = schema.min;
  property.contract.range_max = schema.max;
  read_filter(known, path, property);
  read_alarms(known, path, property);
  property.schema = schema_text(node);
  return property;
}

void AffordanceReader::read_type(const Node& node, const std::string& path,
                                 const ValueSchema& schema, PropertySpec& property) const {
  const Node* wanted = value_of(node, "mr:type");
  const std::optional<ValueType> parsed =
      wanted ? model::parse_value_type(wanted->scalar) : std::nullopt;
  const ValueType type = parsed.value_or(ValueType::kF64);
  if (wanted && !parsed) {
    report_.add("type", wanted->place,
                std::format("{}: there is no mr:type '{}'", path, wanted->scalar),
                did_you_mean(wanted->scalar, {"f64", "i64", "u64", "bool", "text", "bytes"},
                             "Types: f64, i64, u64, bool, text, bytes."));
    return;
  }
  if (schema.json_type.empty()) {
    if (wanted) {
      property.contract.type = type;
      return;
    }
    if (value_of(node, "type")) return;
    report_.add("missing", node.place, std::format("{}: 'type' is missing", path),
                "Write type: number, integer, boolean or string.");
    return;
  }
  const std::vector<ValueType> allowed = types_for(schema.json_type);
  if (!wanted) {
    if (schema.type) {
      property.contract.type = allowed.front();
      return;
    }
    report_.add("type", node.place,
                std::format("{}: a property is one value, not {}", path, schema.json_type),
                "Make a property of each member, or write mr:type: text to keep it as JSON.");
    return;
  }
  if (!std::ranges::contains(allowed, type)) {
    report_.add(
        "type", wanted->place,
        std::format("{}: mr:type {} does not fit type {}", path, wanted->scalar, schema.json_type),
        std::format("Write type: {}, or remove mr:type.", json_type_of(type)));
    return;
  }
  property.contract.type = type;
}

template <class T>
void AffordanceReader::read_table(const Node& node, const std::string& path,
                                  const config::TableOf<T>& table, T& target) const {
  config::Problems problems;
  table.read(node, &target, problems);
  for (const config::Problem& p : problems) {
    report_.add("option", p.place, std::format("{}: {}", path, p.what), p.hint);
  }
}

void AffordanceReader::read_contract(const Node& node, const std::string& path, const ValueSchema&,
                                     PropertySpec& property) const {
  Node rows = map_node();
  rows.place = node.place;
  if (const Node* quality = value_of(node, "mr:quality")) {
    if (quality->kind != Node::Kind::kMap) {
      report_.add("syntax", quality->place, path + ".mr:quality is a section of options",
                  "Write for example mr:quality: {flat_line_s: 600}.");
    } else {
      rows = *quality;
    }
  }
  for (const auto& [row, term] : kSaidElsewhere) {
    const Node* value = value_of(rows, row);
    if (!value) continue;
    report_.add("option", value->place,
                std::format("{}.mr:quality: '{}' does not stand here", path, row),
                std::format("Write '{}' beside mr:quality.", term));
    erase(rows, row);
  }
  if (const Node* interval = value_of(node, "mr:interval_ms")) put(rows, "interval_ms", *interval);
  read_table(rows, path, codec::contract_table(), property.contract);
}

void AffordanceReader::read_filter(const Node& node, const std::string& path,
                                   PropertySpec& property) const {
  const Node* filter = value_of(node, "mr:filter");
  if (filter) read_table(*filter, path + ".mr:filter", codec::filter_table(), property.filter);
}

void AffordanceReader::read_alarms(const Node& node, const std::string& path,
                                   PropertySpec& property) const {
  const Node* alarms = value_of(node, "mr:alarms");
  if (!alarms) return;
  if (alarms->kind != Node::Kind::kList) {
    return report_.add("syntax", alarms->place, path + ".mr:alarms is a list",
                       "Write for example mr:alarms: [{name: high, above: 80}].");
  }
  for (const Node& item : alarms->items) {
    AlarmLimit alarm;
    const std::size_t before = report_.count();
    read_table(item, path + ".mr:alarms", alarm_table(), alarm);
    if (report_.count() == before) check_alarm(item, path, alarm, property);
    property.alarms.push_back(std::move(alarm));
  }
}

void AffordanceReader::check_alarm(const Node& node, const std::string& path,
                                   const AlarmLimit& alarm, const PropertySpec& property) const {
  if (std::ranges::contains(property.alarms, alarm.name, &AlarmLimit::name)) {
    report_.add("twice", node.place,
                std::format("{}: two alarms are called '{}'", path, alarm.name),
                "Give each alarm a name of its own.");
  }
  const ValueType type = property.contract.type;
  if (type != ValueType::kF64 && type != ValueType::kI64 && type != ValueType::kU64) {
    report_.add("type", node.place,
                std::format("{}: a {} has no alarm limits", path, model::text(type)),
                "Remove the alarm, or make the type number.");
  }
  const auto limit = alarm.above ? alarm.above : alarm.below;
  const model::PropertyContract& contract = property.contract;
  const bool is_outside = limit && ((contract.range_min && *limit < *contract.range_min) ||
                                    (contract.range_max && *limit > *contract.range_max));
  if (is_outside) {
    report_.add("range", node.place,
                std::format("{}: alarm '{}' at {} lies outside of the range", path, alarm.name,
                            config::number_text(*limit)),
                "Correct the limit, or widen minimum and maximum: values outside are bad anyway.");
  }
}

ActionSpec AffordanceReader::action(const std::string& name, const Node& node) const {
  ActionSpec action;
  action.name = name;
  const std::string path = "actions." + name;
  if (node.kind != Node::Kind::kMap) {
    report_.add("syntax", node.place, path + ": a section is needed here",
                "Write title and input below it, indented.");
    return action;
  }
  for (const Node::Entry& entry : node.entries) {
    const bool is_foreign =
        entry.key.contains(':') && !entry.key.starts_with("mr:") && !entry.key.starts_with("tm:");
    if (is_foreign || std::ranges::contains(action_terms(), entry.key)) continue;
    report_.add("unknown_key", entry.place,
                std::format("{}: unknown term '{}'", path, entry.key.substr(0, 80)),
                did_you_mean(entry.key, action_terms(), "Use the terms of WoT TD 1.1."));
  }
  action.titles = texts_of(node, "title", "titles");
  if (const Node* output = value_of(node, "output")) schemas_.read(*output, path + ".output", {});
  if (const Node* input = value_of(node, "input")) {
    const ValueSchema schema = schemas_.read(*input, path + ".input", {});
    if (schema.type) action.input = ActionInput{*schema.type, schema.unit, schema.min, schema.max};
  }
  action.schema = schema_text(node);
  return action;
}

std::string_view json_type_of(model::ValueType type) {
  switch (type) {
    case model::ValueType::kF64:
      return "number";
    case model::ValueType::kI64:
    case model::ValueType::kU64:
      return "integer";
    case model::ValueType::kBool:
      return "boolean";
    case model::ValueType::kText:
    case model::ValueType::kBytes:
      break;
  }
  return "string";
}

}  // namespace millrace::twin
