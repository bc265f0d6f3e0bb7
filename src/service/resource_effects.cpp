#include "service/resource_effects.h"

#include <algorithm>
#include <format>
#include <set>

#include "service/contract_replay.h"
#include "twin/siblings.h"

namespace millrace::service {
namespace {

using base::Result;

using ReplayTasks = std::vector<ContractReplay::Subject>;

void leave_out(Effects& effects, NotReplayed one) {
  if (effects.not_replayed.size() < kNotReplayedMax) effects.not_replayed.push_back(std::move(one));
}

/// Siblings that will never be compared, and were not said to be so before.
void add_uncompared(Effects& effects, const twin::Catalog& before, const twin::Catalog& after) {
  const auto known = twin::uncompared_siblings(before);
  for (const auto& [thing, property, why] : twin::uncompared_siblings(after)) {
    if (std::ranges::binary_search(known, twin::UncomparedSibling{thing, property, why})) continue;
    leave_out(effects, {thing, property, why});
  }
}

/// Each property of its own: none waits for another one's samples, and all get their share.
void add_tasks(ReplayTasks& tasks, const twin::Catalog& before, const twin::Catalog& after,
               const std::set<std::pair<std::string, std::string>>& without) {
  for (const ChangedThing& one : changed_things(before, after)) {
    for (const std::string& property : one.properties) {
      if (without.contains({one.after->name, property})) continue;
      tasks.push_back({&before, &after, one.after->name, property});
    }
  }
}

/// A property whose samples are in another unit says nothing of the new range: nothing can be
/// applied to it either.
void add_trial(ReplayTasks& tasks, const twin::Catalog& before, const Trial& trial,
               const Deps& deps, Effects& effects) {
  std::set<std::pair<std::string, std::string>> clashing;
  for (const UnitClash& one : unit_clashes(before, *trial.catalog, deps)) {
    leave_out(effects, {one.thing, one.property,
                        std::format("it holds samples in {}, and the model says {}", one.stored,
                                    one.wanted.empty() ? "no unit" : one.wanted)});
    clashing.emplace(one.thing, one.property);
  }
  add_tasks(tasks, before, *trial.catalog, clashing);
  add_uncompared(effects, before, *trial.catalog);
}

using Seconds = std::chrono::duration<double>;

/// How many samples can be looked at in a time, by how fast it went so far; a quarter is kept back,
/// for what does not fit is the newest.
std::uint64_t samples_in(base::Duration time, base::Duration spent, const ReplayLimits& limits,
                         const Effects& effects) {
  const bool is_known = spent > std::chrono::milliseconds(100) && effects.checked > 0;
  const double per_second =
      is_known ? static_cast<double>(effects.checked) / Seconds(spent).count() : limits.per_second;
  return static_cast<std::uint64_t>(0.75 * per_second * Seconds(time).count());
}

Result<void> run_tasks(ReplayTasks tasks, const Deps& deps, const ReplayLimits& limits,
                       Effects& effects) {
  const base::Time now = deps.clock.now();
  const base::MonotonicTime begun = deps.clock.monotonic();
  const base::MonotonicTime end = begun + limits.time;
  const store::RawQuery range{.series = {},
                              .start = now - limits.past,
                              .end = now,
                              .deadline = {},
                              .as_of = effects.commit};
  SeriesByThing series(deps.index);
  std::erase_if(tasks, [&](const ContractReplay::Subject& one) {
    return !ContractReplay(deps, series, one, range).has_samples();
  });
  effects.properties = tasks.size();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::size_t left = tasks.size() - i;
    const base::MonotonicTime at = deps.clock.monotonic();
    const std::uint64_t samples = limits.samples - std::min(limits.samples, effects.checked);
    if (samples == 0 || at >= end) {
      effects.cut.push_back({tasks[i].thing, tasks[i].property, now, std::nullopt, 0});
      continue;
    }
    const base::Duration time = (end - at) / left;
    const std::uint64_t most =
        std::min(samples / left, samples_in(time, at - begun, limits, effects));
    ContractReplay replay(deps, series, tasks[i], range);
    MILLRACE_TRY(replay.run({most, at + time}, effects));
  }
  std::ranges::stable_sort(effects.cut, {}, &CutShort::days_seen);
  return {};
}

}  // namespace

std::optional<base::Time> Effects::since() const {
  std::optional<base::Time> latest;
  for (const CutShort& one : cut) latest = std::max(latest, one.since);
  return latest;
}

Result<Effects> effects_of(const twin::Catalog& before, const twin::Catalog& after,
                           const Deps& deps, const ReplayLimits& limits) {
  Effects effects;
  effects.commit = deps.series.newest_commit();
  add_uncompared(effects, before, after);
  ReplayTasks tasks;
  add_tasks(tasks, before, after, {});
  const Trial trial = trial_of(before, after, deps.units, deps.catalogs.checks());
  effects.trials = trial.models;
  for (const NotMovable& one : trial.not_movable) leave_out(effects, {one.thing, "", one.why});
  if (trial.catalog) add_trial(tasks, after, trial, deps, effects);
  MILLRACE_TRY(run_tasks(std::move(tasks), deps, limits, effects));
  return effects;
}

}  // namespace millrace::service
