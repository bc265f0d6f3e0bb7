#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/series_index.h"
#include "twin/catalog.h"

namespace millrace::service {

/// A thing of which some properties have a new or another contract.
struct ChangedThing {
  const twin::Thing* before = nullptr;  // null: it is new
  const twin::Thing* after = nullptr;
  std::vector<std::string> properties;  // new, or with another contract
};

/// By name. Both catalogs outlive what is given.
std::vector<ChangedThing> changed_things(const twin::Catalog& before, const twin::Catalog& after);

/// The newest series of a property, of any type; empty when there is none.
std::optional<model::Series> newest_series(const std::vector<model::Series>& of_thing,
                                           std::string_view property);

/// Properties that hold samples in one unit and would get them in another: (thing, property, the
/// series' unit, the contract's). Units that only are spelled differently are the same.
struct UnitClash {
  std::string thing;
  std::string property;
  std::string stored;
  std::string wanted;
};
std::vector<UnitClash> unit_clashes(const twin::Catalog& before, const twin::Catalog& after,
                                    const store::SeriesIndex& index, const unit::Units& units);

/// A new version of a thing model that no thing refers to yet, and the version whose things it is
/// tried on: the newest earlier one that any thing refers to; without one nothing is known of it.
struct ModelTrial {
  twin::ModelRef model;
  std::optional<twin::ModelRef> instead_of;
  std::size_t things = 0;
};

/// Why a thing cannot be moved as it is.
struct NotMovable {
  std::string thing;
  std::string why;
};

/// What a catalog would be if things followed new versions of their models that nothing refers to.
struct Trial {
  std::shared_ptr<const twin::Catalog> catalog;  // things and models only; null: nothing to try
  std::vector<ModelTrial> models;
  std::vector<NotMovable> not_movable;
};
Trial trial_of(const twin::Catalog& before, const twin::Catalog& after, const unit::Units& units,
               const twin::ConnectionChecks& checks);

}  // namespace millrace::service
