#include "twin/commanding.h"

#include <nlohmann/json.hpp>

namespace millrace::twin {

const Connection* commanded_through(const Catalog& catalog, const Binding* binding) {
  const auto* source = binding ? std::get_if<ConnectionSource>(&binding->source) : nullptr;
  if (!source) return nullptr;
  const auto found = catalog.connections().find(source->connection);
  return found == catalog.connections().end() ? nullptr : &found->second;
}

bool takes_writes(const Catalog& catalog, const PropertySpec& property, const Binding* binding) {
  return property.is_writable && property.contract.type != model::ValueType::kBytes &&
         commanded_through(catalog, binding) != nullptr;
}

bool takes_invocations(const Catalog& catalog, const ActionSpec& action, const Binding* binding) {
  if (!commanded_through(catalog, binding)) return false;
  if (action.input) return action.input->type != model::ValueType::kBytes;
  const auto schema = nlohmann::json::parse(action.schema, nullptr, false);
  return !schema.is_object() || !schema.contains("input");
}

}  // namespace millrace::twin
