#include "twin/binding_reader.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <ranges>
#include <set>

#include "codec/json_path.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;
using model::ValueType;

/// A row of a binding with where it stands.
struct BindingReader::Row {
  const Report& report;
  const BindingRow& spec;
  const Node& node;

  bool is_scaled() const { return spec.scale != 1 || spec.offset != 0; }
  config::Place at(std::string_view key) const {
    const Node::Entry* entry = node.find(key);
    return entry ? entry->place : node.place;
  }
};

/// What a row feeds.
struct BindingReader::Target {
  std::string what;  // "property 'flow' of pump-1"
  ValueType type = ValueType::kF64;
  std::string unit;
};

namespace {

template <class Specs>
std::vector<std::string> names_of(const Specs& specs) {
  std::vector<std::string> names;
  for (const auto& spec : specs) names.push_back(spec.name);
  return names;
}

template <class Map>
std::vector<std::string> names_in(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

/// Whether a text is a value of a type.
bool is_value_of(const std::string& text, ValueType type) {
  const Node node = config::scalar(text);
  config::Problems problems;
  switch (type) {
    case ValueType::kF64:
      return config::read_number(node, {-1e300, 1e300}, problems).has_value();
    case ValueType::kI64:
      return config::read_integer(node, {-1e19, 1e19}, problems).has_value();
    case ValueType::kU64:
      return config::read_integer(node, {0, 1e19}, problems).has_value();
    case ValueType::kBool:
      return text == "true" || text == "false";
    case ValueType::kText:
    case ValueType::kBytes:
      break;
  }
  return true;
}

config::Place place_of(const Report& report, std::string_view key) {
  const Node::Entry* entry = report.resource().spec.find(key);
  return entry ? entry->place : report.resource().place;
}

}  // namespace

const base::Result<unit::Conversion>& Conversions::between(const std::string& from,
                                                           const std::string& to) {
  const auto key = std::pair(from, to);
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  return known_.emplace(key, units_.convert(from, to)).first->second;
}

Binding BindingReader::read(const Report& report) const {
  Binding binding;
  binding.name = report.resource().key.name;
  BindingSpec spec;
  config::Problems problems;
  binding_table().read(report.resource().spec, &spec, problems);
  if (!problems.empty()) {
    report.add_all("option", std::move(problems));
    return binding;
  }
  binding.thing = spec.thing;
  binding.source = read_source(report, spec);
  if (!things_.contains(spec.thing)) {
    if (std::ranges::contains(broken_, "Thing " + spec.thing)) return binding;
    report.add("unknown_reference", place_of(report, "thing"),
               std::format("there is no thing '{}'", spec.thing),
               did_you_mean(spec.thing, names_in(things_), "Add a Thing with this name."));
    return binding;
  }
  read_properties(report, spec, binding);
  read_actions(report, spec, binding);
  return binding;
}

BindingSource BindingReader::read_source(const Report& report, const BindingSpec& spec) const {
  const Node& node = report.resource().spec;
  std::vector<std::string> given;
  for (const char* key : {"connection", "sparkplug", "mqtt"}) {
    if (value_of(node, key)) given.emplace_back(key);
  }
  if (given.size() != 1) {
    report.add("contradiction", given.empty() ? node.place : place_of(report, given[1]),
               given.empty()
                   ? "the binding has no source"
                   : std::format("the binding has two sources: {} and {}", given[0], given[1]),
               "Name one: a connection, a sparkplug node or an mqtt topic.");
    return ConnectionSource{};
  }
  if (given[0] == "connection") return read_connection(report, spec.connection);
  if (given[0] == "sparkplug") {
    check_sparkplug(report, spec.sparkplug);
    return spec.sparkplug;
  }
  check_mqtt(report, spec.mqtt);
  return spec.mqtt;
}

ConnectionSource BindingReader::read_connection(const Report& report,
                                                const std::string& name) const {
  const bool is_broken = std::ranges::contains(broken_, "Connection " + name);
  if (!connections_.contains(name) && !is_broken) {
    report.add("unknown_reference", place_of(report, "connection"),
               std::format("there is no connection '{}'", name),
               did_you_mean(name, names_in(connections_), "Add a Connection with this name."));
  }
  return {name};
}

void BindingReader::check_sparkplug(const Report& report, const SparkplugSource& source) const {
  for (const std::string& id : {source.group, source.node, source.device}) {
    if (id.find_first_of(std::string_view("/+#\0", 4)) == std::string::npos) continue;
    report.add("address", place_of(report, "sparkplug"), std::format("'{}' is no Sparkplug id", id),
               "Ids have no '/', '+' or '#': write group, node and device apart.");
  }
}

void BindingReader::check_mqtt(const Report& report, const MqttSource& source) const {
  const config::Place place = place_of(report, "mqtt");
  std::string wrong;
  for (const auto part : std::views::split(source.topic, '/')) {
    const std::string_view level(part);
    if (level.contains('#')) wrong = "'#' is not allowed";
    if (level.contains('+') && level != "+") wrong = "'+' stands for a whole level";
    if (level.contains('\0')) wrong = "it has a NUL in it";
  }
  for (const std::string_view own : {"$", "spBv1.0/", "millrace/"}) {
    if (source.topic.starts_with(own)) wrong = std::format("'{}' is not for plain JSON", own);
  }
  if (!wrong.empty()) {
    report.add("address", place, std::format("topic '{}': {}", source.topic, wrong),
               "Write the topic as the device publishes it, '+' for any one level.");
  }
  if (source.time.empty()) return;
  if (const auto path = codec::JsonPath::parse(source.time); !path) {
    report.add("address", place, path.error());
  }
}

void BindingReader::check_address(const Row& row, const BindingSource& source) const {
  const std::string& address = row.spec.address;
  base::Result<void> checked;
  if (const auto* connection = std::get_if<ConnectionSource>(&source)) {
    const auto found = connections_.find(connection->connection);
    if (found == connections_.end()) return;
    if (checks_.address) checked = checks_.address(found->second.type, address);
  } else if (std::holds_alternative<MqttSource>(source)) {
    const auto path = codec::JsonPath::parse(address);
    if (!path) checked = std::unexpected(path.error());
  } else if (address.empty()) {
    checked = base::fail(base::ErrorCode::kInvalid, "the name of the metric is empty",
                         "Write the metric as the node's birth names it.");
  }
  if (!checked) row.report.add("address", row.at("address"), checked.error());
  if (row.spec.quality.empty()) return;
  if (!std::holds_alternative<MqttSource>(source)) {
    row.report.add("contradiction", row.at("quality"),
                   "quality is a path into JSON, and the source has none",
                   "Remove it: this source says with each value whether it is good.");
  } else if (const auto path = codec::JsonPath::parse(row.spec.quality); !path) {
    row.report.add("address", row.at("quality"), path.error());
  }
}

bool BindingReader::takes_writes(const Row& row, const BindingSource& source) const {
  const auto* connection = std::get_if<ConnectionSource>(&source);
  if (!connection || !checks_.takes_writes) return true;
  const auto found = connections_.find(connection->connection);
  if (found == connections_.end()) return true;
  return checks_.takes_writes(found->second.type, row.spec.address);
}

void BindingReader::read_properties(const Report& report, const BindingSpec& spec,
                                    Binding& binding) const {
  const Thing& thing = things_.find(spec.thing)->second;
  const Node* list = value_of(report.resource().spec, "properties");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec.properties.size(); ++i) {
    const Row row{report, spec.properties[i], list->items[i]};
    check_address(row, binding.source);
    const PropertySpec* property = thing.model->property(row.spec.target);
    if (!property) {
      report.add("unknown_reference", row.at("property"),
                 std::format("{} has no property '{}': its model is {}", thing.name,
                             row.spec.target, text(thing.model_ref)),
                 did_you_mean(row.spec.target, names_of(thing.model->properties),
                              "Add it to a new version of the model, or remove the row."));
      continue;
    }
    if (!seen.insert(row.spec.target).second) {
      report.add("binding_twice", row.at("property"),
                 std::format("property '{}' of {} is fed by two rows", row.spec.target, thing.name),
                 "Keep one of them: a property has one source.");
      continue;
    }
    const Target target{std::format("property '{}' of {}", property->name, thing.name),
                        property->contract.type, property->contract.unit};
    binding.properties.push_back({row.spec.target, row.spec.address, row.spec.unit,
                                  transform(row, target),
                                  may_stand_for_a_unit(row) ? std::string() : row.spec.unit,
                                  row.spec.quality, takes_writes(row, binding.source)});
  }
}

/// A scale near 1 and a small offset correct a sensor: what the source says of its unit still
/// holds. Others may make the binding's unit of another one (0.01 bar of kPa, -273.15 °C of K).
bool BindingReader::may_stand_for_a_unit(const Row& row) const {
  constexpr double kCorrectionMost = 1.25;
  constexpr double kShiftLeast = 15;  // of scales of temperature: 17.8, 32, 273.15
  const double scale = row.spec.scale;
  if (scale < 1 / kCorrectionMost || scale > kCorrectionMost) return true;
  if (std::abs(row.spec.offset) < kShiftLeast) return false;
  return conversions_.between(row.spec.unit, "K").has_value();
}

void BindingReader::read_actions(const Report& report, const BindingSpec& spec,
                                 Binding& binding) const {
  const Thing& thing = things_.find(spec.thing)->second;
  const Node* list = value_of(report.resource().spec, "actions");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec.actions.size(); ++i) {
    const Row row{report, spec.actions[i], list->items[i]};
    check_address(row, binding.source);
    const ActionSpec* action = thing.model->action(row.spec.target);
    if (!action) {
      report.add("unknown_reference", row.at("action"),
                 std::format("{} has no action '{}': its model is {}", thing.name, row.spec.target,
                             text(thing.model_ref)),
                 did_you_mean(row.spec.target, names_of(thing.model->actions),
                              "Add it to a new version of the model, or remove the row."));
      continue;
    }
    if (!seen.insert(row.spec.target).second) {
      report.add(
          "binding_twice", row.at("action"),
          std::format("action '{}' of {} is written by two rows", row.spec.target, thing.name),
          "Keep one of them.");
      continue;
    }
    Target target{std::format("action '{}' of {}", action->name, thing.name), ValueType::kBool, ""};
    if (action->input) target.type = action->input->type;
    if (action->input) target.unit = action->input->unit;
    binding.actions.push_back({row.spec.target, row.spec.address, transform(row, target),
                               takes_writes(row, binding.source)});
  }
}

model::Transform BindingReader::transform(const Row& row, const Target& target) const {
  model::Transform transform;
  transform.type = target.type;
  if (!row.spec.values.empty()) {
    read_values(row, target, transform);
    return transform;
  }
  if (row.is_scaled() && !model::is_numeric(target.type)) {
    row.report.add(
        "type", row.at(row.spec.scale != 1 ? "scale" : "offset"),
        std::format("{} is {}: it has no scale and offset", target.what, model::text(target.type)),
        "Remove them; states are mapped with values: {\"0\": \"false\"}.");
    return transform;
  }
  if (row.spec.scale == 0) {
    row.report.add("range", row.at("scale"), "a scale of 0 makes every value the same",
                   "Write the factor from the raw value to the unit.");
    return transform;
  }
  transform.factor = row.spec.scale;
  transform.offset = row.spec.offset;
  read_units(row, target, transform);
  return transform;
}

void BindingReader::read_units(const Row& row, const Target& target,
                               model::Transform& transform) const {
  if (target.unit.empty() && row.spec.unit.empty()) return;
  if (row.spec.unit.empty()) {
    row.report.add("unit", row.at("address"),
                   std::format("{} is in {}, and the binding does not say in what unit the source "
                               "has it",
                               target.what, target.unit),
                   std::format("Write unit: {} if that is what the source has, or its own unit.",
                               target.unit));
    return;
  }
  if (target.unit.empty()) {
    row.report.add(
        "unit", row.at("unit"),
        std::format("{} has no unit in its model, the binding says {}", target.what, row.spec.unit),
        "Remove the unit here, or add one to a new version of the model.");
    return;
  }
  const auto& conversion = conversions_.between(row.spec.unit, target.unit);
  if (!conversion) {
    row.report.add("unit", row.at("unit"),
                   std::format("{}: {}", target.what, conversion.error().what),
                   conversion.error().hint.empty()
                       ? std::format("Write a unit that converts to {}.", target.unit)
                       : conversion.error().hint);
    return;
  }
  transform.factor *= conversion->factor;
  transform.offset = transform.offset * conversion->factor + conversion->offset;
}

void BindingReader::read_values(const Row& row, const Target& target,
                                model::Transform& transform) const {
  const BindingRow& spec = row.spec;
  if (spec.scale != 1 || spec.offset != 0 || !spec.unit.empty()) {
    row.report.add(
        "contradiction", row.at("values"),
        std::format("{} is mapped by values and has a scale, offset or unit, too", target.what),
        "Keep either the values, or scale, offset and unit.");
    return;
  }
  for (const auto& [raw, value] : spec.values) {
    if (!is_value_of(value, target.type)) {
      row.report.add(
          "type", row.at("values"),
          std::format("{} is {}, and '{}' is none", target.what, model::text(target.type), value),
          "Write a value of the property's type on the right.");
    }
    transform.values.emplace_back(raw, value);
  }
}

}  // namespace millrace::twin
