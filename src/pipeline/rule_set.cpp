#include "pipeline/rule_set.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <utility>

namespace millrace::pipeline {
namespace {

/// Whether two contracts ask the same of samples: a title asks nothing.
bool ask_the_same(const model::PropertyContract& left, model::PropertyContract right) {
  right.title = left.title;
  return left == right;
}

}  // namespace

RuleSet::RuleSet(std::vector<model::PropertyContract> contracts, TimeTolerance tolerance)
    : tolerance_(tolerance) {
  configure(std::move(contracts));
}

void RuleSet::configure(std::vector<model::PropertyContract> contracts) {
  std::vector<Property> before = std::exchange(properties_, {});
  Names known, names;
  for (std::size_t i = 0; i < before.size(); ++i) {
    known.try_emplace(model::path_of(before[i].rules.contract()), i);
  }
  properties_.reserve(contracts.size());
  for (model::PropertyContract& contract : contracts) {
    names.try_emplace(model::path_of(contract), properties_.size());
    const auto found = known.find(model::path_of(contract));
    if (found == known.end() || !ask_the_same(before[found->second].rules.contract(), contract)) {
      properties_.push_back({.rules = QualityRules(std::move(contract), tolerance_)});
      continue;
    }
    properties_.push_back(std::move(before[found->second]));
    properties_.back().rules.set_title(std::move(contract.title));
    properties_.back().siblings.clear();
    properties_.back().is_sibling = false;
    known.erase(found);
  }
  problems_.clear();
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

model::Sample RuleSet::check(std::size_t place, model::Sample sample, base::Time now,
                             Arrival arrival) {
  Property& property = properties_[place];
  const SiblingView siblings = look_at_siblings(property, sample.time);
  sample = property.rules.check(std::move(sample), now, siblings, arrival);
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
  const bool is_clock_set_back =
      sample.time < property.last_time && property.rules.newest() == sample.time;
  if (!number || !std::isfinite(*number)) {
    property.last.reset();
  } else if (!property.last || is_clock_set_back) {
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
