#include "service/resource_effects.h"

#include <algorithm>
#include <map>

#include "pipeline/quality_rules.h"

namespace millrace::service {
namespace {

using base::Result;
using model::PropertyContract;

constexpr std::size_t kReplayPage = 50'000;

/// Rules about the clock are not replayed: when a sample arrived is not asked for here.
constexpr pipeline::TimeTolerance kAnyTime{.lateness = std::chrono::days(36'500),
                                           .clock = std::chrono::days(36'500)};

/// Calls `visit(thing, contract)` for each property whose contract is new or differs.
template <class Visit>
void each_change(const twin::Catalog& before, const twin::Catalog& after, Visit visit) {
  for (const auto& [name, thing] : after.things()) {
    if (!thing.model) continue;
    const twin::Thing* old = before.thing(name);
    if (old && old->model == thing.model) continue;
    for (const twin::PropertySpec& property : thing.model->properties) {
      const twin::PropertySpec* known =
          old && old->model ? old->model->property(property.name) : nullptr;
      if (known && known->contract == property.contract) continue;
      PropertyContract contract = property.contract;
      if (property.filter.is_on()) contract.interval.reset();  // gaps are what a filter makes
      visit(thing, contract, property.name);
    }
  }
}

/// The newest series of a property of any type; empty when there is none.
std::optional<model::Series> series_of(const std::vector<model::Series>& all,
                                       std::string_view property) {
  std::optional<model::Series> newest;
  for (const model::Series& one : all) {
    if (one.property == property && (!newest || number(newest->id) < number(one.id))) newest = one;
  }
  return newest;
}

class Replay {
 public:
  Replay(const Deps& deps, const ReplayLimits& limits)
      : deps_(deps),
        limits_(limits),
        now_(deps.clock.now()),
        end_(deps.clock.monotonic() + limits.time) {}

  Result<void> look_at(const model::Series& series, PropertyContract contract) {
    contract.thing = series.thing;
    contract.property = series.property;
    contract.lateness = kAnyTime.lateness;
    contract.clock = kAnyTime.clock;
    pipeline::QualityRules rules(std::move(contract), kAnyTime);
    store::RawQuery query{
        .series = series.id, .start = now_ - limits_.past, .end = now_, .limit = kReplayPage};
    std::map<model::Reason, Effect> found;
    std::uint64_t checked = 0;
    do {
      if (is_over()) {
        effects_.is_complete = false;
        break;
      }
      MILLRACE_LET(const auto page, deps_.series.raw(query));
      for (const model::Sample& sample : page.samples) count(rules, sample, found);
      checked += page.samples.size();
      effects_.checked += page.samples.size();
      query.after = page.next;
    } while (query.after);
    for (auto& [rule, effect] : found) {
      effect.thing = series.thing;
      effect.property = series.property;
      effect.checked = checked;
      effects_.found.push_back(std::move(effect));
    }
    return {};
  }
  Effects take() { return std::move(effects_); }

 private:
  bool is_over() const {
    return effects_.checked >= limits_.samples || deps_.clock.monotonic() >= end_;
  }

  static void count(pipeline::QualityRules& rules, const model::Sample& sample,
                    std::map<model::Reason, Effect>& found) {
    model::Sample raw = sample;
    raw.quality = {};
    const model::Sample judged = rules.check(raw, sample.time);
    if (judged.quality.severity() <= sample.quality.severity()) return;
    for (const model::Reason reason : judged.quality.reasons()) {
      if (sample.quality.has(reason)) continue;
      Effect& effect = found[reason];
      effect.rule = reason;
      effect.severity = std::max(effect.severity, judged.quality.severity());
      ++effect.samples;
      if (!effect.first) effect.first = sample.time;
      effect.last = sample.time;
    }
  }

  const Deps& deps_;
  const ReplayLimits& limits_;
  const base::Time now_;
  const base::MonotonicTime end_;
  Effects effects_;
};

}  // namespace

Result<Effects> effects_of(const twin::Catalog& before, const twin::Catalog& after,
                           const Deps& deps, const ReplayLimits& limits) {
  Replay replay(deps, limits);
  base::Result<void> result;
  std::string thing_name;
  std::vector<model::Series> known;
  each_change(
      before, after,
      [&](const twin::Thing& thing, const PropertyContract& contract, const std::string& property) {
        if (!result) return;
        if (thing.name != thing_name) {
          thing_name = thing.name;
          known = deps.index.of_thing(thing.name);
        }
        if (const auto series = series_of(known, property)) {
          result = replay.look_at(*series, contract);
        }
      });
  if (!result) return std::unexpected(result.error());
  return replay.take();
}

std::vector<UnitClash> unit_clashes(const twin::Catalog& before, const twin::Catalog& after,
                                    const store::SeriesIndex& index, const unit::Units& units) {
  std::vector<UnitClash> clashes;
  each_change(
      before, after,
      [&](const twin::Thing& thing, const PropertyContract& contract, const std::string& property) {
        const auto series = series_of(index.of_thing(thing.name), property);
        if (!series || series->unit.empty() || series->unit == contract.unit) return;
        if (!contract.unit.empty()) {
          // What nobody knows as a unit is a source's own spelling, and no promise.
          if (!units.check(series->unit)) return;
          const auto same = units.convert(series->unit, contract.unit);
          if (same && same->factor == 1 && same->offset == 0) return;
        }
        clashes.push_back({thing.name, property, series->unit, contract.unit});
      });
  return clashes;
}

}  // namespace millrace::service
