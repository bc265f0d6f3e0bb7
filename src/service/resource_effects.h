#pragma once

#include <string>
#include <vector>

#include "service/deps.h"
#include "twin/catalog.h"

namespace millrace::service {

/// Samples of one property that a new contract would mark by one rule and the present one did not.
struct Effect {
  std::string thing;
  std::string property;
  model::Reason rule{};
  model::Severity severity{};  // the worst it would give
  std::uint64_t samples = 0;
  std::uint64_t checked = 0;  // of this property
  std::optional<base::Time> first;
  std::optional<base::Time> last;
};

struct Effects {
  std::vector<Effect> found;
  std::uint64_t checked = 0;  // samples, of all properties
  bool is_complete = true;    // else the cap or the deadline ended it: some were not looked at
};

/// What a replay may cost.
struct ReplayLimits {
  base::Duration past = std::chrono::days(30);
  base::Duration time = std::chrono::seconds(20);
  std::uint64_t samples = 20'000'000;
};

/// Replays what is stored of every property whose contract differs between the two catalogs, or is
/// new, under its new contract, and counts whose quality would be worse. Waits for the store.
base::Result<Effects> effects_of(const twin::Catalog& before, const twin::Catalog& after,
                                 const Deps& deps, const ReplayLimits& limits);

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

}  // namespace millrace::service
