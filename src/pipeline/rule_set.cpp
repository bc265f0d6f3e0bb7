#include "pipeline/rule_set.h"

#include <algorithm>
#include <cmath>
#include <format>

namespace millrace::pipeline {

RuleSet::RuleSet(std::vector<model::PropertyContract> contracts, TimeTolerance tolerance) {
  Names names;
  properties_.reserve(contracts.size());
  for (model::PropertyContract& contract : contracts) {
    names.try_emplace(contract.thing + "/" + contract.property, properties_.size());
    properties_.push_back({.rules = QualityRules(std::move(contract), tolerance)});
  }
  for (std::size_t place = 0; place < properties_.size(); ++place) find_siblings(place, names);
}

void RuleSet::find_siblings(std::size_t place, const Names& names) {
  const model::PropertyContract& own = contract(place);
  for (const std::string& sibling : own.siblings) {
    const auto found = names.find(sibling.contains('/') ? sibling : own.thing + "/" + sibling);
    const auto complain = [&](const std::string& why) {
      problems_.push_back(
          std::format("{}/{}: sibling {} {}", own.thing, own.property, sibling, why));
    };
    if (found == names.end()) {
      complain("is not read here");
    } else if (contract(found->second).unit != own.unit) {
      complain(std::format("is in '{}', not in '{}'", contract(found->second).unit, own.unit));
    } else if (found->second != place) {
      properties_[place].siblings.push_back(found->second);
      properties_[found->second].is_sibling = true;
    }
  }
}

model::Sample RuleSet::check(std::size_t place, model::Sample sample, base::Time now) {
  Property& property = properties_[place];
  const SiblingView siblings = look_at_siblings(property, sample.time);
  sample = property.rules.check(std::move(sample), now, siblings);
  if (property.is_sibling && !sample.quality.is_bad()) remember(property, sample);
  return sample;
}

SiblingView RuleSet::look_at_siblings(const Property& property, base::Time time) {
  if (property.siblings.empty()) return {};
  const base::Duration window = property.rules.contract().sibling_window;
  present_.clear();
  double moved = 0;
  for (const std::size_t place : property.siblings) {
    const Property& other = properties_[place];
    const base::Duration age = std::chrono::abs(time - other.last_time);
    if (!other.last || age > window) continue;
    present_.push_back(*other.last);
    moved = std::max(moved, other.speed * std::chrono::duration<double>(age).count());
  }
  return {present_, moved};
}

void RuleSet::remember(Property& property, const model::Sample& sample) {
  const auto number = as_number(sample.value);
  if (!number || !std::isfinite(*number)) {
    property.last.reset();
  } else if (!property.last) {
    property.last = number;
    property.last_time = sample.time;
    property.speed = 0;
  } else if (sample.time > property.last_time) {
    const auto seconds = std::chrono::duration<double>(sample.time - property.last_time).count();
    property.speed = std::abs(*number - *property.last) / seconds;
    property.last = number;
    property.last_time = sample.time;
  }
}

}  // namespace millrace::pipeline
