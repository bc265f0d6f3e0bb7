#include "twin/commanding.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace millrace::twin {
namespace {

template <class Row>
bool row_takes_writes(const std::vector<Row>& rows, std::string Row::* target,
                      const std::string& name) {
  const auto row = std::ranges::find(rows, name, target);
  return row != rows.end() && row->takes_writes;
}

}  // namespace

const Connection* commanded_through(const Catalog& catalog, const Binding* binding) {
  const auto* source = binding ? std::get_if<ConnectionSource>(&binding->source) : nullptr;
  if (!source) return nullptr;
  const auto found = catalog.connections().find(source->connection);
  return found == catalog.connections().end() ? nullptr : &found->second;
}

bool takes_writes(const Catalog& catalog, const PropertySpec& property, const Binding* binding) {
  return property.is_writable && property.contract.type != model::ValueType::kBytes &&
         commanded_through(catalog, binding) != nullptr &&
         row_takes_writes(binding->properties, &PropertyBinding::property, property.name);
}

bool takes_invocations(const Catalog& catalog, const ActionSpec& action, const Binding* binding) {
  if (!commanded_through(catalog, binding)) return false;
  if (!row_takes_writes(binding->actions, &ActionBinding::action, action.name)) return false;
  if (action.input) return action.input->type != model::ValueType::kBytes;
  const auto schema = nlohmann::json::parse(action.schema, nullptr, false);
  return !schema.is_object() || !schema.contains("input");
}

}  // namespace millrace::twin
