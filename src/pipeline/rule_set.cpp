#include "pipeline/rule_set.h"

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
  present_.clear();
  for (const std::size_t sibling : property.siblings) {
    const Property& other = properties_[sibling];
    const base::Duration window = contract(place).sibling_window;
    const bool is_present = other.last && sample.time - other.last_time <= window &&
                            other.last_time - sample.time <= window;
    if (is_present) present_.push_back(*other.last);
  }
  sample = property.rules.check(std::move(sample), now, present_);
  if (property.is_sibling && !sample.quality.is_bad() &&
      (!property.last || sample.time >= property.last_time)) {
    const auto number = as_number(sample.value);
    property.last = number && std::isfinite(*number) ? number : std::nullopt;
    property.last_time = sample.time;
  }
  return sample;
}

}  // namespace millrace::pipeline
