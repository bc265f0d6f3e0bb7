#include "pipeline/tag_pipeline.h"

#include <algorithm>

#include "base/log.h"
#include "pipeline/transforming.h"

namespace millrace::pipeline {
namespace {

constexpr base::Duration kListen = std::chrono::seconds(1);
constexpr base::Duration kAskAgain = std::chrono::seconds(2);

std::vector<model::PropertyContract> contracts_of(const std::vector<TagSpec>& specs) {
  std::vector<model::PropertyContract> contracts;
  contracts.reserve(specs.size());
  for (const TagSpec& spec : specs) contracts.push_back(spec.contract);
  return contracts;
}

std::optional<HeldSamples> joined(const std::optional<HeldSamples>& older,
                                  const std::optional<HeldSamples>& newer) {
  if (!older || !newer) return older ? older : newer;
  return HeldSamples{older->from, newer->last, older->samples + newer->samples};
}

}  // namespace

TagPipeline::TagPipeline(std::vector<TagSpec> specs, TimeTolerance tolerance,
                         Batcher::Limits limits)
    : rules_({}, tolerance), batcher_(limits) {
  configure(std::move(specs), {});
}

void TagPipeline::configure(std::vector<TagSpec> specs, base::MonotonicTime monotonic) {
  Tags before = take_tags(specs, monotonic);
  asks_.clear();
  rules_.configure(contracts_of(specs));
  tags_.reserve(specs.size());
  for (TagSpec& spec : specs) {
    Tag& tag = tags_.emplace_back();
    const std::string path = model::path_of(spec.contract);
    if (auto kept = before.extract(path)) tag = std::move(kept.mapped());
    if (auto again = parted_.extract(path)) tag.trace = again.mapped().trace;
    if (tag.transform != spec.transform) tag.standing.forget();
    tag.transform = std::move(spec.transform);
    tag.policy = spec.filter;
    tag.patience = holds_back_for(spec.filter);
    if (!tag.filter) tag.filter = make_filter(spec.filter);
  }
  for (const std::string& problem : rules_.problems()) base::log::warning("{}", problem);
}

/// The present tags by property; of those whose filter does not go on what it holds is sent.
TagPipeline::Tags TagPipeline::take_tags(const std::vector<TagSpec>& specs,
                                         base::MonotonicTime monotonic) {
  std::map<std::string, const TagSpec*> wanted;
  for (const TagSpec& spec : specs) wanted.try_emplace(model::path_of(spec.contract), &spec);
  Tags taken;
  for (std::size_t place = 0; place < tags_.size(); ++place) {
    const model::PropertyContract& contract = rules_.contract(place);
    const auto found = wanted.find(model::path_of(contract));
    const TagSpec* spec = found == wanted.end() ? nullptr : found->second;
    const bool goes_on = spec != nullptr && spec->filter == tags_[place].policy &&
                         spec->contract.type == contract.type &&
                         spec->contract.unit == contract.unit;
    if (!goes_on) {
      send_held(place, monotonic);
      tags_[place].filter.reset();
    }
    if (spec == nullptr && tags_[place].trace.told) {
      parted_.try_emplace(model::path_of(contract), contract.thing, contract.property,
                          tags_[place].trace);
    }
    if (spec != nullptr) taken.try_emplace(model::path_of(contract), std::move(tags_[place]));
  }
  tags_.clear();
  return taken;
}

void TagPipeline::take(const Reading& reading, base::Time now, base::MonotonicTime monotonic) {
  MILLRACE_CHECK(reading.tag < tags_.size());
  Tag& tag = tags_[reading.tag];
  raw_.clear();
  tag.standing.take(reading, now, tag.is_overdue(monotonic), raw_);
  for (const model::Sample& raw : raw_) take_raw(reading.tag, raw, now, monotonic);
}

void TagPipeline::take_raw(std::size_t place, const model::Sample& raw, base::Time now,
                           base::MonotonicTime monotonic) {
  ++counts_.readings;
  tags_[place].last_taken = monotonic;
  pass(place, rules_.check(place, transformed(tags_[place].transform, raw), now), monotonic);
}

void TagPipeline::pass(std::size_t place, model::Sample sample, base::MonotonicTime monotonic) {
  if (!sample.quality.is_good()) ++counts_.not_good;
  ++counts_.held_back;  // until send() says otherwise
  Tag& tag = tags_[place];
  const auto held = tag.filter->held();
  tag.filter->take(std::move(sample), passed_);
  if (!passed_.empty() || tag.filter->is_holding()) tag.last_kept = monotonic;
  send(place, held, monotonic);
}

void TagPipeline::send_held(std::size_t place, base::MonotonicTime monotonic) {
  const auto held = tags_[place].filter->held();
  tags_[place].filter->flush(passed_);
  send(place, held, monotonic);
}

/// The first that passes stands for what the filter `held` before.
void TagPipeline::send(std::size_t place, const std::optional<HeldSamples>& held,
                       base::MonotonicTime monotonic) {
  if (passed_.empty()) return;
  const model::PropertyContract& contract = rules_.contract(place);
  counts_.held_back -= passed_.size();
  std::optional<std::uint64_t> first;
  for (model::Sample& sample : passed_) {
    const std::uint64_t batch =
        batcher_.add(contract.thing, {contract.property, contract.type, contract.unit},
                     std::move(sample), monotonic);
    if (!first) first = batch;
  }
  passed_.clear();
  if (!held) return;
  Trace& trace = tags_[place].trace;
  const bool is_joined = trace.released && trace.batch == *first;
  trace.released = is_joined ? joined(trace.released, held) : held;
  trace.batch = *first;
}

/// What the filter holds, with what it has released into a batch that is still open.
std::optional<HeldSamples> TagPipeline::held_of(const std::string& thing, Trace& trace,
                                                std::optional<HeldSamples> held) const {
  if (trace.released && !batcher_.is_open(thing, trace.batch)) trace.released.reset();
  return joined(trace.released, held);
}

std::vector<PropertyHold> TagPipeline::take_holds(bool with_counts) {
  std::vector<PropertyHold> changes;
  std::erase_if(parted_, [&](auto& one) {
    Parted& parted = one.second;
    if (held_of(parted.thing, parted.trace, {})) return false;
    changes.push_back({parted.thing, parted.property, {}});
    return true;
  });
  for (std::size_t place = 0; place < tags_.size(); ++place) {
    const model::PropertyContract& contract = rules_.contract(place);
    Trace& trace = tags_[place].trace;
    const auto now = held_of(contract.thing, trace, tags_[place].filter->held());
    if (now == trace.told) continue;
    const bool is_only_more = now && trace.told && now->from == trace.told->from;
    if (is_only_more && !with_counts) continue;
    changes.push_back({contract.thing, contract.property, now});
    trace.told = now;
  }
  return changes;
}

void TagPipeline::forget_holds() {
  parted_.clear();
  for (Tag& tag : tags_) tag.trace.told.reset();
}

std::vector<model::Batch> TagPipeline::due(base::MonotonicTime monotonic,
                                           const model::EdgeTime& made, bool flush) {
  if (monotonic >= next_listening_) listen_to_silence(monotonic, made.wall);
  if (flush) {
    for (std::size_t place = 0; place < tags_.size(); ++place) send_held(place, monotonic);
  }
  return batcher_.take(monotonic, made, flush);
}

/// Once a second, tag by tag: what there is to say and to ask without a reading.
void TagPipeline::listen_to_silence(base::MonotonicTime monotonic, base::Time now) {
  next_listening_ = monotonic + kListen;
  for (std::size_t place = 0; place < tags_.size(); ++place) {
    Tag& tag = tags_[place];
    if (!tag.last_taken) tag.last_taken = monotonic;
    const base::Duration silent_for = monotonic - *tag.last_taken;
    if (auto stale = rules_.silence(place, silent_for, now)) {
      tag.standing.fell_silent(stale->time);
      pass(place, std::move(*stale), monotonic);
    }
    if (const auto raw = tag.standing.restated(now)) take_raw(place, *raw, now, monotonic);
    if (silent_for >= std::min(tag.patience, kHeldLongest) && tag.filter->is_holding()) {
      send_held(place, monotonic);
    }
    if (tag.is_overdue(monotonic)) ask(place, monotonic);
  }
}

void TagPipeline::ask(std::size_t place, base::MonotonicTime monotonic) {
  Tag& tag = tags_[place];
  if (tag.last_asked && monotonic - *tag.last_asked < kAskAgain) return;
  tag.last_asked = monotonic;
  asks_.push_back(static_cast<std::uint32_t>(place));
}

std::vector<TagFilterFigures> TagPipeline::filter_figures() const {
  std::vector<TagFilterFigures> all;
  for (std::size_t place = 0; place < tags_.size(); ++place) {
    if (!tags_[place].policy.is_on()) continue;
    const model::PropertyContract& contract = rules_.contract(place);
    all.push_back({contract.thing, contract.property, contract.type, contract.unit,
                   tags_[place].policy, tags_[place].filter->figures()});
  }
  return all;
}

}  // namespace millrace::pipeline
