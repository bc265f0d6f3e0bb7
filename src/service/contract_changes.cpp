#include "service/contract_changes.h"

#include "store/present_series.h"

namespace millrace::service {
namespace {

std::vector<std::string> changed_properties(const twin::Thing* before, const twin::Thing& after) {
  std::vector<std::string> changed;
  for (const twin::PropertySpec& property : after.model->properties) {
    const twin::PropertySpec* known =
        before && before->model ? before->model->property(property.name) : nullptr;
    if (!known || known->contract != property.contract) changed.push_back(property.name);
  }
  return changed;
}

}  // namespace

std::vector<ChangedThing> changed_things(const twin::Catalog& before, const twin::Catalog& after) {
  std::vector<ChangedThing> things;
  for (const auto& [name, thing] : after.things()) {
    if (!thing.model) continue;
    const twin::Thing* old = before.thing(name);
    if (old && old->model == thing.model) continue;
    auto properties = changed_properties(old, thing);
    if (!properties.empty()) things.push_back({old, &thing, std::move(properties)});
  }
  return things;
}

std::vector<UnitClash> unit_clashes(const twin::Catalog& before, const twin::Catalog& after,
                                    const Deps& deps) {
  const store::LastTimeOf last_time = store::last_times(deps.series);
  std::vector<UnitClash> clashes;
  for (const ChangedThing& one : changed_things(before, after)) {
    const std::string& thing = one.after->name;
    const auto known = deps.index.of_thing(thing);
    for (const std::string& property : one.properties) {
      const model::PropertyContract& contract = one.after->model->property(property)->contract;
      const std::string& wanted = contract.unit;
      const auto series = store::present_series(known, property, contract.type, last_time);
      if (!series || series->unit.empty() || series->unit == wanted) continue;
      if (!wanted.empty()) {
        // What nobody knows as a unit is a source's own spelling, and no promise.
        if (!deps.units.check(series->unit)) continue;
        const auto same = deps.units.convert(series->unit, wanted);
        if (same && same->factor == 1 && same->offset == 0) continue;
      }
      clashes.push_back({thing, property, series->unit, wanted});
    }
  }
  return clashes;
}

}  // namespace millrace::service
