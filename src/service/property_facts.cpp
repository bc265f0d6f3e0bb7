#include "service/property_facts.h"

namespace millrace::service {

std::optional<PropertyFacts> facts_of(const twin::Catalog& catalog, std::string_view thing,
                                      std::string_view property) {
  auto contract = catalog.contract(thing, property);
  if (!contract) return std::nullopt;
  const twin::PropertySpec& spec = *catalog.thing(thing)->model->property(property);
  PropertyFacts facts{.contract = std::move(*contract), .filter = spec.filter};
  for (const twin::AlarmLimit& alarm : spec.alarms) facts.alarms.push_back(alarm.name);
  const auto feeding = catalog.feeding(thing, property);
  if (feeding.first) facts.binding = feeding.first->name;
  return facts;
}

store::TypeOf types_of(const twin::Catalog& catalog) {
  return [&catalog](std::string_view thing,
                    std::string_view property) -> std::optional<model::ValueType> {
    const twin::Thing* known = catalog.thing(thing);
    const auto* spec = known && known->model ? known->model->property(property) : nullptr;
    if (!spec) return std::nullopt;
    return spec->contract.type;
  };
}

}  // namespace millrace::service
