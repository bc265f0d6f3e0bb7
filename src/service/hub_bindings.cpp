#include "service/hub_bindings.h"

#include <algorithm>

#include "base/log.h"
#include "service/bound_sources.h"

namespace millrace::service {
namespace {

using namespace std::chrono_literals;
using base::Result;
using pipeline::HubBinding;

constexpr base::Duration kRetry = 1s;
constexpr base::Duration kPauseMin = 10ms;
constexpr base::Duration kIdle = 1h;

base::Time changed(const Configuration& configuration, twin::Kind kind, const std::string& name) {
  const auto about = configuration.about.find({kind, name, 0});
  return about == configuration.about.end() ? base::Time() : about->second.changed;
}

std::optional<pipeline::Feeder> feeder_of(const Configuration& configuration,
                                          const std::string& thing, const std::string& property) {
  const twin::Binding* binding = configuration.catalog->feeding(thing, property).first;
  if (!binding) return std::nullopt;
  pipeline::Feeder feeder{.since = changed(configuration, twin::Kind::kBinding, binding->name)};
  if (const auto* source = std::get_if<twin::ConnectionSource>(&binding->source)) {
    feeder.edge = configuration.catalog->connections().at(source->connection).edge;
    feeder.since =
        std::max(feeder.since, changed(configuration, twin::Kind::kConnection, source->connection));
  }
  return feeder;
}

}  // namespace

std::vector<HubBinding> hub_bindings_of(const twin::Catalog& catalog,
                                        const AutomaticThing& automatic_thing) {
  std::vector<HubBinding> all;
  for (const auto& [name, binding] : catalog.bindings()) {
    HubBinding made{.name = name};
    if (const auto* node = std::get_if<twin::SparkplugSource>(&binding.source)) {
      if (!automatic_thing || binding.properties.empty()) continue;
      made.thing = automatic_thing(*node);
    } else if (const auto* mqtt = std::get_if<twin::MqttSource>(&binding.source)) {
      made.topic = mqtt->topic;
      made.time_path = mqtt->time;
    } else {
      continue;
    }
    if (const twin::Thing* thing = catalog.thing(binding.thing)) made.site = thing->place.site;
    for (const twin::PropertyBinding& row : binding.properties) {
      auto contract = catalog.contract(binding.thing, row.property);
      if (!contract) continue;
      made.rows.push_back(
          {row.address, std::move(*contract), row.transform, row.raw_unit, row.quality});
    }
    if (!made.rows.empty()) all.push_back(std::move(made));
  }
  return all;
}

pipeline::TimeRulesOf time_rules_of(std::shared_ptr<const Configuration> configuration) {
  return [configuration = std::move(configuration)](const std::string& thing,
                                                    const std::string& property) {
    const auto facts = facts_of(*configuration->catalog, thing, property);
    std::optional<pipeline::TimeRules> rules;
    if (!facts) return rules;
    rules = pipeline::time_rules(facts->contract, facts->filter, {});
    rules->feeder = feeder_of(*configuration, thing, property);
    return rules;
  };
}

HubBindings::HubBindings(const Deps& deps) : deps_(deps), backfills_(deps) {}

/// The names under which metrics have come before; of new ones the binder learns by their births.
void HubBindings::teach(pipeline::InboundBinder& binder,
                        const std::vector<HubBinding>& bindings) const {
  for (const HubBinding& binding : bindings) {
    if (binding.thing.empty()) continue;
    std::vector<pipeline::BornProperty> known;
    for (const model::Series& series : deps_.index.of_thing(binding.thing)) {
      known.push_back({series.property, series.type, series.title, series.title});
    }
    binder.learn(binding.thing, known);
  }
}

Result<void> HubBindings::judge_times(const std::shared_ptr<const Configuration>& configuration) {
  if (!deps_.use_time_rules || judged_by_ == configuration) return {};
  MILLRACE_TRY(deps_.use_time_rules(time_rules_of(configuration)));
  judged_by_ = configuration;
  return {};
}

Result<void> HubBindings::follow() {
  const auto configuration = deps_.catalogs.configuration();
  MILLRACE_TRY(judge_times(configuration));
  if (!deps_.use_binder) return {};
  auto bindings = hub_bindings_of(*configuration->catalog, deps_.automatic_thing);
  if (is_in_force_ && bindings == bindings_) return {};
  MILLRACE_LET(auto binder,
               pipeline::InboundBinder::create(bindings, {}, pipeline::compare_units(deps_.units)));
  teach(*binder, bindings);
  MILLRACE_TRY(backfills_.take_over(bindings));
  MILLRACE_TRY(deps_.use_binder(std::move(binder)));
  is_in_force_ = true;
  bindings_ = std::move(bindings);
  backfills_.plan(bindings_);
  return {};
}

void HubBindings::start() {
  if (!deps_.use_binder) return;
  thread_ = std::thread([this] { loop(); });
  deps_.catalogs.subscribe([bell = bell_](const auto&) {
    const std::lock_guard lock(bell->mutex);
    bell->has_changed = true;
    bell->rung.notify_all();
  });
}

void HubBindings::stop() {
  const std::lock_guard lock(bell_->mutex);
  bell_->is_stopping = true;
  bell_->rung.notify_all();
}

HubBindings::~HubBindings() {
  stop();
  if (thread_.joinable()) thread_.join();
}

/// Until there is something new or the time is over; false when the thread is to end.
bool HubBindings::wait(base::Duration patience) {
  std::unique_lock lock(bell_->mutex);
  bell_->rung.wait_for(lock, patience, [&] { return bell_->has_changed || bell_->is_stopping; });
  return !bell_->is_stopping;
}

void HubBindings::loop() {
  base::Duration patience{};
  while (wait(patience)) {
    {
      const std::lock_guard lock(bell_->mutex);
      bell_->has_changed = false;
    }
    if (const auto followed = follow(); !followed) {
      base::log::error("bindings are not in force: {}", base::describe(followed.error()));
      patience = kRetry;
      continue;
    }
    const auto began = deps_.clock.monotonic();
    const auto has_more = work();
    // Ingest has the writer for half of the time at least.
    const auto pause = std::max<base::Duration>(kPauseMin, deps_.clock.monotonic() - began);
    if (!has_more) {
      base::log::error("what arrived before a binding waits: {}", base::describe(has_more.error()));
    }
    patience = !has_more ? kRetry : *has_more ? pause : kIdle;
  }
}

}  // namespace millrace::service
