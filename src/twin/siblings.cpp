#include "twin/siblings.h"

#include <algorithm>
#include <format>

namespace millrace::twin {
namespace {

/// Who runs the rules of a property; empty as long as nothing feeds it.
std::optional<std::string> reader_of(const Catalog& catalog, const std::string& thing,
                                     const std::string& property) {
  const Binding* binding = catalog.feeding(thing, property).first;
  if (!binding) return std::nullopt;
  const auto* source = std::get_if<ConnectionSource>(&binding->source);
  if (!source) return "the hub";
  const auto connection = catalog.connections().find(source->connection);
  if (connection == catalog.connections().end()) return std::nullopt;
  return "edge " + connection->second.edge;
}

std::string quoted_unit(const std::string& unit) { return unit.empty() ? "no unit" : unit; }

}  // namespace

std::pair<std::string, std::string> sibling_of(const std::string& thing, const std::string& name) {
  const auto slash = name.find('/');
  if (slash == name.npos) return {thing, name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

std::optional<std::string> not_compared(const Catalog& catalog,
                                        const model::PropertyContract& contract,
                                        const std::string& sibling) {
  const auto [thing, property] = sibling_of(contract.thing, sibling);
  const auto other = catalog.contract(thing, property);
  if (!other) return std::nullopt;
  if (other->unit != contract.unit) {
    return std::format(
        "it is never compared with its sibling {}/{}, which is in {}, not in {}: give both one "
        "unit in their models, or take it out of siblings",
        thing, property, quoted_unit(other->unit), quoted_unit(contract.unit));
  }
  const auto own_reader = reader_of(catalog, contract.thing, contract.property);
  const auto reader = reader_of(catalog, thing, property);
  if (!own_reader || !reader || *own_reader == *reader) return std::nullopt;
  return std::format(
      "it is never compared with its sibling {}/{}, as {} reads that and {} this: let one read "
      "both, or take it out of siblings",
      thing, property, *reader, *own_reader);
}

std::vector<UncomparedSibling> uncompared_siblings(const Catalog& catalog) {
  std::vector<UncomparedSibling> all;
  for (const auto& [name, thing] : catalog.things()) {
    for (const PropertySpec& property : thing.model->properties) {
      model::PropertyContract contract = property.contract;
      contract.thing = name;
      for (const std::string& sibling : contract.siblings) {
        const auto why = not_compared(catalog, contract, sibling);
        if (!why) continue;
        const bool is_known =
            !all.empty() && all.back().thing == name && all.back().property == contract.property;
        if (!is_known) all.push_back({name, contract.property, ""});
        all.back().why += (is_known ? "; " : "") + *why;
      }
    }
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace millrace::twin
