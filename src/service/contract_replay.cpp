#include "service/contract_replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <ranges>
#include <utility>

#include "service/rule_marks.h"
#include "store/present_series.h"
#include "twin/siblings.h"

namespace millrace::service {
namespace {

using base::Result;
using model::Quality;
using model::Reason;
using model::Severity;

constexpr std::size_t kReplayPageMin = 1'000;
constexpr std::size_t kReplayPageMax = 50'000;

/// Samples are counted in steps of hours, the one that is too much in minutes, and so on.
constexpr std::array<base::Duration, 4> kCountSteps = {
    std::chrono::hours(1), std::chrono::minutes(1), std::chrono::seconds(1),
    std::chrono::milliseconds(1)};

/// Rules about arrival are not replayed: samples stand in the order of their times here.
constexpr base::Duration kAnyTime = std::chrono::days(36'500);

/// As the replay needs it.
model::PropertyContract replayed(model::PropertyContract contract, bool is_filtered) {
  contract.lateness = kAnyTime;
  contract.clock = kAnyTime;
  if (is_filtered) {
    contract.interval.reset();
    contract.stale.reset();
  }
  return contract;
}

const twin::PropertySpec* property_spec(const twin::Catalog& catalog, const std::string& thing,
                                        const std::string& property) {
  const twin::Thing* known = catalog.thing(thing);
  return known && known->model ? known->model->property(property) : nullptr;
}

}  // namespace

const std::vector<model::Series>& SeriesByThing::of(const std::string& thing) {
  if (thing != thing_) series_ = index_.of_thing(thing);
  thing_ = thing;
  return series_;
}

ContractReplay::ContractReplay(const Deps& deps, SeriesByThing& series, const Subject& subject,
                               const store::RawQuery& range)
    : deps_(deps), range_(range), time_(range.start) {
  add(series, subject, subject.thing, subject.property);
  if (!has_samples()) return;
  add_siblings(series, subject);
  rules_before_.emplace(std::move(contracts_before_), pipeline::TimeTolerance());
  rules_after_.emplace(std::move(contracts_after_), pipeline::TimeTolerance());
}

void ContractReplay::add(SeriesByThing& series, const Subject& subject, const std::string& thing,
                         const std::string& property) {
  const auto is_same = [&](const Stream& one) {
    return one.series.thing == thing && one.series.property == property;
  };
  if (std::ranges::any_of(streams_, is_same)) return;
  const twin::PropertySpec* old_spec = property_spec(*subject.before, thing, property);
  const twin::PropertySpec* new_spec = property_spec(*subject.after, thing, property);
  const twin::PropertySpec* present = old_spec ? old_spec : new_spec;
  const auto type = present ? std::optional(present->contract.type) : std::nullopt;
  auto present_series =
      store::present_series(series.of(thing), property, type, store::last_times(deps_.series));
  if (!present_series) return;
  Stream stream{.series = std::move(*present_series)};
  stream.is_at_end = is_silent(stream);
  if (present) stream.is_filtered = present->filter.is_on();
  const auto place = [&](const twin::PropertySpec* spec, const twin::Catalog& catalog,
                         Contracts& contracts) {
    if (!spec) return std::optional<std::size_t>();
    contracts.push_back(replayed(spec->contract, stream.is_filtered));
    model::PropertyContract& contract = contracts.back();
    contract.thing = thing;
    std::erase_if(contract.siblings, [&](const std::string& sibling) {
      return twin::not_compared(catalog, contract, sibling).has_value();
    });
    return std::optional(contracts.size() - 1);
  };
  stream.before = place(old_spec, *subject.before, contracts_before_);
  stream.after = place(new_spec, *subject.after, contracts_after_);
  streams_.push_back(std::move(stream));
}

void ContractReplay::add_siblings(SeriesByThing& series, const Subject& subject) {
  for (const twin::Catalog* catalog : {subject.before, subject.after}) {
    const auto* spec = property_spec(*catalog, subject.thing, subject.property);
    if (!spec) continue;
    for (const std::string& name : spec->contract.siblings) {
      const auto [thing, property] = twin::sibling_of(subject.thing, name);
      add(series, subject, thing, property);
    }
  }
}

bool ContractReplay::is_silent(const Stream& stream) const {
  const auto last = deps_.series.last_value(stream.series.id);
  return !last || last->sample.time < range_.start;
}

Result<void> ContractReplay::run(const Cost& cost, Effects& effects) {
  if (!has_samples()) return {};
  MILLRACE_TRY(open(range_.start, cost));
  if (!std::ranges::all_of(streams_, &Stream::is_at_end)) {
    MILLRACE_LET(const base::Time start,
                 start_of_newest(std::max<std::uint64_t>(cost.samples, kReplayPageMin)));
    if (start > range_.start) {
      since_ = start;
      MILLRACE_TRY(open(start, cost));
    }
  }
  while (true) {
    MILLRACE_LET(Stream* const stream, oldest(cost));
    if (!stream) break;
    const model::Sample sample = std::move(stream->page[stream->next++]);
    time_ = sample.time;
    take(*stream, sample);
  }
  if (!stopped_) listen(streams_.front(), range_.end);
  report(effects);
  return {};
}

Result<base::Time> ContractReplay::start_of_newest(std::uint64_t samples) const {
  store::QualityQuery query{.series = {},
                            .start = range_.start,
                            .end = range_.end,
                            .deadline = range_.deadline,
                            .as_of = range_.as_of,
                            .corrections = range_.corrections};
  for (const Stream& one : streams_) query.series.push_back(one.series.id);
  for (const base::Duration step : kCountSteps) {
    query.step = step;
    MILLRACE_LET(const auto counts, deps_.series.quality_counts(query));
    std::map<base::Time, std::uint64_t> steps;
    for (const store::QualityCount& one : counts.rows) steps[one.time] += one.samples;
    std::optional<base::Time> too_much;
    for (const auto& [time, count] : steps | std::views::reverse) {
      if (count > samples) {
        too_much = time;
        break;
      }
      samples -= count;
    }
    if (!too_much) return query.start;
    if (samples == 0) return std::min(query.end, *too_much + step);
    query.start = *too_much;
    query.end = std::min(query.end, *too_much + step);
  }
  return query.end;
}

Result<void> ContractReplay::open(base::Time start, const Cost& cost) {
  read_ = 0;
  time_ = start;
  for (Stream& one : streams_) {
    one.query = range_;
    one.query.series = one.series.id;
    one.query.start = start;
    one.query.limit =
        std::clamp<std::size_t>(cost.samples / streams_.size(), kReplayPageMin, kReplayPageMax);
    one.page.clear();
    one.next = 0;
    one.is_at_end = start >= range_.end || is_silent(one);
    if (!one.is_at_end) MILLRACE_TRY(load(one));
  }
  return {};
}

Result<ContractReplay::Stream*> ContractReplay::oldest(const Cost& cost) {
  Stream* found = nullptr;
  for (Stream& one : streams_) {
    if (one.next == one.page.size() && !one.is_at_end) {
      if (read_ >= cost.samples || deps_.clock.monotonic() >= cost.end) {
        stopped_ = time_;
        return nullptr;
      }
      MILLRACE_TRY(load(one));
    }
    if (one.next == one.page.size()) continue;
    if (!found || one.page[one.next].time < found->page[found->next].time) found = &one;
  }
  return found;
}

Result<void> ContractReplay::load(Stream& stream) {
  MILLRACE_LET(auto page, deps_.series.raw(stream.query));
  stream.page = std::move(page.samples);
  stream.next = 0;
  stream.query.after = page.next;
  stream.is_at_end = !page.next;
  read_ += stream.page.size();
  return {};
}

void ContractReplay::take(Stream& stream, const model::Sample& sample) {
  if (!model::type_of(sample.value) && sample.quality.has(Reason::kStale)) {
    stream.is_stale_marked = true;
    return;
  }
  const bool is_own = &stream == &streams_.front();
  if (is_own) listen(stream, sample.time);
  stream.last = sample.time;
  stream.is_stale_marked = false;
  if (is_own) return judge(stream, sample);
  model::Sample raw = sample;
  raw.quality = as_it_came(sample.quality);
  if (stream.before) rules_before_->check(*stream.before, raw, sample.time);
  if (stream.after) rules_after_->check(*stream.after, raw, sample.time);
}

void ContractReplay::judge(const Stream& stream, const model::Sample& sample) {
  model::Sample raw = sample;
  raw.quality = as_it_came(sample.quality);
  Quality before;
  if (stream.before) {
    before = rules_before_->check(*stream.before, raw, sample.time).quality;
  }
  const Quality after = rules_after_->check(*stream.after, raw, sample.time).quality;
  if (!model::type_of(sample.value)) return;
  ++checked_;
  const auto& severities = rules_after_->contract(*stream.after).severities;
  const Severity was = std::max(sample.quality.severity(), before.severity());
  for (const Reason rule : after.reasons()) {
    const auto severity = severity_of(severities, rule);
    if (!severity || raw.quality.has(rule)) continue;
    const bool is_known = sample.quality.has(rule) || before.has(rule);
    if (!is_known || *severity > was) note(rule, sample.time);
  }
}

/// The time without samples up to `now`.
void ContractReplay::listen(const Stream& stream, base::Time now) {
  if (!stream.last) return;
  const base::Duration silent_for = now - *stream.last;
  std::optional<model::Sample> before;
  if (stream.before) before = rules_before_->silence(*stream.before, silent_for, now);
  const auto after = rules_after_->silence(*stream.after, silent_for, now);
  if (!after) return;
  const bool is_known = before || stream.is_stale_marked;
  const Severity was = before ? before->quality.severity() : after->quality.severity();
  if (!is_known || after->quality.severity() > was) note(Reason::kStale, after->time);
}

void ContractReplay::note(Reason rule, base::Time time) {
  Effect& effect = found_[rule];
  effect.rule = rule;
  effect.severity = *severity_of(rules_after_->contract(*streams_.front().after).severities, rule);
  ++effect.samples;
  if (!effect.first) effect.first = time;
  effect.last = time;
}

void ContractReplay::report(Effects& effects) const {
  const Stream& own = streams_.front();
  effects.checked += read_;
  const std::chrono::duration<double, std::chrono::days::period> days =
      stopped_.value_or(range_.end) - since_.value_or(range_.start);
  if (since_ || stopped_) {
    effects.cut.push_back({own.series.thing, own.series.property, since_, stopped_, days.count()});
  } else {
    ++effects.properties_done;
  }
  const auto leave_out = [&](Reason rule) {
    const auto known = std::ranges::find(effects.rules_left_out, rule, &RuleLeftOut::rule);
    if (known == effects.rules_left_out.end()) {
      effects.rules_left_out.push_back({rule, 1});
    } else {
      ++known->properties;
    }
  };
  for (const Reason rule : {Reason::kLate, Reason::kClock, Reason::kOutOfOrder}) leave_out(rule);
  if (own.is_filtered) {
    for (const Reason rule : {Reason::kGap, Reason::kStale}) leave_out(rule);
  }
  for (const auto& [rule, found] : found_) {
    Effect& effect = effects.found.emplace_back(found);
    effect.thing = own.series.thing;
    effect.property = own.series.property;
    effect.checked = checked_;
    effect.since = since_;
    effect.until = stopped_;
    effect.days_seen = days.count();
  }
}

}  // namespace millrace::service
