#include "pipeline/quality_rules.h"

#include <cmath>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Sample;

constexpr double kGapFactor = 2.5;  // one lost sample and jitter are not a gap

double seconds_between(base::Time from, base::Time to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::optional<double> as_number(const model::Value& value) {
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1.0 : 0.0;
  return std::nullopt;
}

Sample QualityRules::check(Sample sample, base::Time now) {
  check_value(sample);
  check_time(sample, now);
  check_order(sample);
  const bool in_order = !newest_ || sample.time > *newest_;
  if (in_order) {
    check_movement(sample);
    newest_ = sample.time;
  }
  return sample;
}

void QualityRules::check_value(Sample& sample) const {
  if (sample.value.index() == 0) {
    if (sample.quality.is_good()) sample.quality = sample.quality.marked(Reason::kMissingValue);
    return;
  }
  if (auto exact = model::convert_exactly(sample.value, contract_.type)) {
    sample.value = std::move(*exact);
  } else {
    sample.quality = sample.quality.marked(Reason::kWrongType);
    return;
  }
  const auto number = as_number(sample.value);
  if (!number) return;
  if (!std::isfinite(*number)) {
    sample.quality = sample.quality.marked(Reason::kNotFinite);
  } else if ((contract_.range_min && *number < *contract_.range_min) ||
             (contract_.range_max && *number > *contract_.range_max)) {
    sample.quality = sample.quality.marked(Reason::kOutOfRange);
  }
}

void QualityRules::check_time(Sample& sample, base::Time now) const {
  if (sample.time > now + tolerance_.clock) {
    sample.quality = sample.quality.marked(Reason::kClock);
  } else if (sample.time < now - tolerance_.lateness) {
    sample.quality = sample.quality.marked(Reason::kLate);
  }
}

void QualityRules::check_order(Sample& sample) const {
  if (!newest_) return;
  if (sample.time == *newest_) {
    sample.quality = sample.quality.marked(Reason::kDuplicate);
  } else if (sample.time < *newest_) {
    sample.quality = sample.quality.marked(Reason::kOutOfOrder);
  } else if (contract_.interval &&
             seconds_between(*newest_, sample.time) >
                 kGapFactor * std::chrono::duration<double>(*contract_.interval).count()) {
    sample.quality = sample.quality.marked(Reason::kGap);
  }
}

void QualityRules::check_movement(Sample& sample) {
  const auto number = as_number(sample.value);
  if (!number || !std::isfinite(*number)) return;
  if (contract_.rate_max_per_s && last_plausible_) {
    const double moved = std::abs(*number - as_number(last_plausible_->value).value_or(*number));
    if (moved > *contract_.rate_max_per_s * seconds_between(last_plausible_->time, sample.time)) {
      sample.quality = sample.quality.marked(Reason::kRateOfChange);
    }
  }
  if (!sample.quality.is_bad()) last_plausible_ = sample;
  if (!contract_.flat_line) return;
  if (!unchanged_since_ || unchanged_since_->value != sample.value) {
    unchanged_since_ = sample;
  } else if (sample.time - unchanged_since_->time >= *contract_.flat_line) {
    sample.quality = sample.quality.marked(Reason::kFlatLine);
  }
}

}  // namespace millrace::pipeline
