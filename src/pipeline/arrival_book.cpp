#include "pipeline/arrival_book.h"

#include "codec/node_json.h"
#include "config/node.h"
#include "pipeline/filter.h"

namespace millrace::pipeline {

TimeRules time_rules(const model::PropertyContract& contract, const model::FilterPolicy& filter,
                     const TimeTolerance& otherwise) {
  return {.tolerance = {contract.lateness.value_or(otherwise.lateness) + holds_back_for(filter),
                        contract.clock.value_or(otherwise.clock)},
          .late = contract.severities.late,
          .clock = contract.severities.clock};
}

ArrivalBook::Entry& ArrivalBook::entry(model::SeriesId series) {
  const auto place = static_cast<std::size_t>(number(series)) - 1;
  if (place >= entries_.size()) entries_.resize(place + 1);
  Entry& entry = entries_[place];
  if (entry.is_known && entry.rules) return entry;
  const auto found = index_.get(series);
  if (!found) return entry;
  if (!entry.is_known) {
    entry.source = found->source;
    entry.unit = found->unit;
  }
  entry.is_known = true;
  if (rules_of_) entry.rules = rules_of_(found->thing, found->property);
  if (!entry.rules) entry.rules = TimeRules{.tolerance = otherwise_};
  return entry;
}

void ArrivalBook::judge_by(TimeRulesOf rules) {
  rules_of_ = std::move(rules);
  for (Entry& entry : entries_) entry.rules.reset();
}

void ArrivalBook::mark_time(model::SeriesId series, model::Sample& sample, base::Time received) {
  using model::Reason;
  if (sample.quality.has(Reason::kLate) || sample.quality.has(Reason::kClock)) return;
  const TimeRules rules = entry(series).rules.value_or(TimeRules{.tolerance = otherwise_});
  if (sample.time < received - rules.tolerance.lateness) {
    sample.quality = sample.quality.marked(Reason::kLate, rules.late);
  } else if (sample.time > received + rules.tolerance.clock) {
    sample.quality = sample.quality.marked(Reason::kClock, rules.clock);
  }
}

std::optional<base::Time> ArrivalBook::foreign_since(model::SeriesId series,
                                                     const std::string& edge) {
  const Entry& known = entry(series);
  if (!known.rules || !known.rules->feeder) return std::nullopt;
  const auto& [bound, since] = *known.rules->feeder;
  const bool is_bound = edge == bound || (!bound.empty() && edge.ends_with("/" + bound));
  if (is_bound) return std::nullopt;
  return since + kFeederGrace;
}

bool ArrivalBook::fits_unit(model::SeriesId series, const std::string& said) {
  const Entry& known = entry(series);
  return said == known.unit || units_.holds(said, known.unit);
}

std::optional<store::Event> ArrivalBook::other_unit(model::SeriesId series,
                                                    const std::string& said) {
  const auto found = index_.get(series);
  std::set<std::string>& told = other_units_[series];
  if (!found || told.size() == kOtherUnitsMax || !told.insert(said).second) return std::nullopt;
  config::Node body;
  body.kind = config::Node::Kind::kMap;
  const auto add = [&](std::string key, std::string text) {
    body.entries.push_back({std::move(key), {}, config::scalar(std::move(text), true)});
  };
  add("property", found->property);
  add("unit", found->unit);
  add("said", said);
  add("hint", "Bind it to a property of another name with the unit that the source gives now.");
  return store::Event{.kind = "unit.changed",
                      .subject = found->thing,
                      .actor_role = "system",
                      .body = codec::to_json(body)};
}

std::optional<model::Series> ArrivalBook::new_source(model::SeriesId series,
                                                     const std::string& origin,
                                                     base::MonotonicTime now) {
  Entry& known = entry(series);
  if (known.source == origin) return std::nullopt;
  const auto changed = changed_.find(series);
  if (changed != changed_.end() && now < changed->second + kSourceHolds) return std::nullopt;
  auto found = index_.get(series);
  if (!found) return std::nullopt;
  changed_[series] = now;
  known.source = found->source = origin;
  return found;
}

void ArrivalBook::drop_from(model::SeriesId first) {
  const auto place = static_cast<std::size_t>(number(first)) - 1;
  if (place < entries_.size()) entries_.resize(place);
  other_units_.erase(other_units_.lower_bound(first), other_units_.end());
}

}  // namespace millrace::pipeline
