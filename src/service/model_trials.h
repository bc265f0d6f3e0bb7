#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "twin/catalog.h"

namespace millrace::service {

/// A new version of a thing model that no thing refers to yet, and the version in whose place it is
/// tried: the newest earlier one that things have, themselves or by what their models refer to;
/// without one nothing is known of it.
struct ModelTrial {
  twin::ModelRef model;
  std::optional<twin::ModelRef> instead_of;
  std::vector<twin::ModelRef> through;  // models that refer to instead_of and would to this one
  std::size_t things = 0;               // all that would have it
};

/// Why a thing cannot be moved as it is.
struct NotMovable {
  std::string thing;
  std::string why;
};

/// What a catalog would be if things and models followed new versions that no thing refers to. A
/// model that would refer to another one has a stand-in there, under a version that no file may
/// have: it is for a replay, and never applied.
struct Trial {
  std::shared_ptr<const twin::Catalog> catalog;  // things and models only; null: nothing to try
  std::vector<ModelTrial> models;
  std::vector<NotMovable> not_movable;
};
Trial trial_of(const twin::Catalog& before, const twin::Catalog& after, const unit::Units& units,
               const twin::ConnectionChecks& checks);

}  // namespace millrace::service
