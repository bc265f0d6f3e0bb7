#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/property_contract.h"
#include "store/present_series.h"
#include "twin/catalog.h"

namespace millrace::service {

/// What is configured of a property, as far as data quality asks.
struct PropertyFacts {
  model::PropertyContract contract;
  model::FilterPolicy filter;
  std::vector<std::string> alarms;  // names of its limits
  std::string binding;              // that feeds it; empty for none
};

/// Empty for a property that nobody has configured.
using FactsOf =
    std::function<std::optional<PropertyFacts>(std::string_view thing, std::string_view property)>;

/// What a catalog says of it.
std::optional<PropertyFacts> facts_of(const twin::Catalog& catalog, std::string_view thing,
                                      std::string_view property);

/// What a catalog says of the types of properties, which lives as long as what is given.
store::TypeOf types_of(const twin::Catalog& catalog);

}  // namespace millrace::service
