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
    if (auto kept = before.extract(model::path_of(spec.contract))) tag = std::move(kept.mapped());
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
      tags_[place].filter->flush(passed_);
      send(place, monotonic);
      tags_[place].filter.reset();
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
  tag.filter->take(std::move(sample), passed_);
  if (!passed_.empty() || tag.filter->is_holding()) tag.last_kept = monotonic;
  send(place, monotonic);
}

void TagPipeline::send(std::size_t place, base::MonotonicTime monotonic) {
  const model::PropertyContract& contract = rules_.contract(place);
  counts_.held_back -= passed_.size();
  for (model::Sample& sample : passed_) {
    batcher_.add(contract.thing, {contract.property, contract.type, contract.unit},
                 std::move(sample), monotonic);
  }
  passed_.clear();
}

std::vector<model::Batch> TagPipeline::due(base::MonotonicTime monotonic,
                                           const model::EdgeTime& made, bool flush) {
  if (monotonic >= next_listening_) listen_to_silence(monotonic, made.wall);
  if (flush) {
    for (std::size_t place = 0; place < tags_.size(); ++place) {
      tags_[place].filter->flush(passed_);
      send(place, monotonic);
    }
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
      tag.filter->flush(passed_);
      send(place, monotonic);
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
