#include "pipeline/quality_rules.h"

#include <algorithm>
#include <cmath>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Sample;

constexpr std::size_t kSiblingsMost = 64;

double seconds_between(base::Time from, base::Time to) {
  return std::chrono::duration<double>(to - from).count();
}

void mark(Sample& sample, Reason reason, model::Severity severity) {
  sample.quality = sample.quality.marked(reason, severity);
}

/// Numbers without any spread say nothing of what is far, unless a tolerance does.
bool is_far(double number, const Robust& others, double z, double tolerance) {
  const double allowed = std::max(z * others.deviation, tolerance);
  return allowed > 0 && std::abs(number - others.median) > allowed;
}

}  // namespace

std::optional<double> as_number(const model::Value& value) {
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1.0 : 0.0;
  return std::nullopt;
}

QualityRules::QualityRules(model::PropertyContract contract, TimeTolerance tolerance)
    : contract_(std::move(contract)),
      tolerance_{contract_.lateness.value_or(tolerance.lateness),
                 contract_.clock.value_or(tolerance.clock)} {
  if (contract_.interval) {
    gap_ = base::Duration(
        std::llround(contract_.gap_factor * static_cast<double>(contract_.interval->count())));
  }
  if (contract_.outlier_z) past_.emplace(contract_.outlier_samples);
  if (contract_.unit_jump) unit_jump_.emplace(contract_.unit, contract_.unit_jump_samples);
}

Sample QualityRules::check(Sample sample, base::Time now, const SiblingView& siblings,
                           Arrival arrival) {
  is_stale_ = false;
  const bool is_behind = watch_clock(sample, now, arrival);
  check_value(sample);
  const bool is_ahead = check_time(sample, now, is_behind);
  if (is_newest_ahead_ && !is_ahead) forget_the_future(sample.time);
  const bool in_order = !newest_ || sample.time > *newest_;
  check_order(sample);
  if (!in_order) return sample;
  const auto number = as_number(sample.value);
  if (number && std::isfinite(*number)) {
    check_movement(sample, *number);
    if (contract_.flat_line) check_flat_line(sample, *number);
    if (past_) check_past(sample, *number);
    if (siblings.values.size() >= 2) check_siblings(sample, *number, siblings);
  }
  newest_ = sample.time;
  newest_arrived_ = now;
  is_newest_ahead_ = is_ahead;
  times_[next_time_++ % kTimesKept] = sample.time;
  return sample;
}

/// True when the source's clock is behind for sure. Where it was set back and runs on, its new time
/// is the measure of order and movement from here on.
bool QualityRules::watch_clock(const Sample& sample, base::Time now, Arrival arrival) {
  const bool is_its_clock =
      !sample.quality.has(Reason::kNoSourceTime) && !sample.quality.has(Reason::kSourceStale);
  if (arrival != Arrival::kLive || !is_its_clock) return false;
  clock_watch_.take(sample.time, now);
  if (!clock_watch_.is_steady()) return false;
  if (newest_ && sample.time < *newest_) {
    newest_ = clock_watch_.before();
    is_newest_ahead_ = false;
    forget_movement();
  }
  return clock_watch_.behind() > tolerance_.clock;
}

/// A clock that ran ahead was set right: of what came before only its arrival is a measure.
void QualityRules::forget_the_future(base::Time time) {
  is_newest_ahead_ = false;
  newest_.reset();
  if (newest_arrived_ < time) newest_ = newest_arrived_;
  forget_movement();
}

void QualityRules::forget_movement() {
  last_plausible_.reset();
  unchanged_since_.reset();
}

void QualityRules::check_value(Sample& sample) {
  is_plausible_ = false;
  if (sample.value.index() == 0) {
    if (sample.quality.is_good()) sample.quality = sample.quality.marked(Reason::kMissingValue);
    return;
  }
  if (auto exact = model::convert_exactly(sample.value, contract_.type)) {
    sample.value = std::move(*exact);
  } else {
    sample.value = {};
    sample.quality = sample.quality.marked(Reason::kWrongType);
    return;
  }
  const auto number = as_number(sample.value);
  if (!number) return;
  check_unit(sample, *number);
  if (!std::isfinite(*number)) {
    sample.quality = sample.quality.marked(Reason::kNotFinite);
  } else if ((contract_.range_min && *number < *contract_.range_min) ||
             (contract_.range_max && *number > *contract_.range_max)) {
    mark(sample, Reason::kOutOfRange, contract_.severities.out_of_range);
  } else {
    is_plausible_ = !sample.quality.is_bad();
  }
}

/// Before other rules of the value: of two reasons as bad, the first stays first, and a wrong unit
/// says more than the range that it leaves.
void QualityRules::check_unit(Sample& sample, double number) {
  const bool in_order = !newest_ || sample.time > *newest_;
  if (!unit_jump_ || !in_order || !std::isfinite(number)) return;
  if (unit_jump_->is_shifted(number)) {
    mark(sample, Reason::kUnitJump, contract_.severities.unit_jump);
  }
}

/// True when the sample's clock is ahead.
bool QualityRules::check_time(Sample& sample, base::Time now, bool is_behind) const {
  const bool is_ahead = sample.time > now + tolerance_.clock;
  if (is_ahead || is_behind) {
    mark(sample, Reason::kClock, contract_.severities.clock);
  } else if (sample.time < now - tolerance_.lateness) {
    mark(sample, Reason::kLate, contract_.severities.late);
  }
  return is_ahead;
}

void QualityRules::check_order(Sample& sample) {
  if (!newest_) return;
  if (sample.time > *newest_) {
    if (gap_.count() > 0 && sample.time - *newest_ > gap_) {
      mark(sample, Reason::kGap, contract_.severities.gap);
    }
  } else if (was_seen(sample.time)) {
    mark(sample, Reason::kDuplicate, contract_.severities.duplicate);
  } else {
    mark(sample, Reason::kOutOfOrder, contract_.severities.out_of_order);
    times_[next_time_++ % kTimesKept] = sample.time;
  }
}

bool QualityRules::was_seen(base::Time time) const {
  return std::ranges::contains(std::span(times_).first(std::min(next_time_, kTimesKept)), time);
}

void QualityRules::check_movement(Sample& sample, double number) {
  if (contract_.rate_max_per_s && last_plausible_) {
    const double moved = std::abs(number - last_plausible_->number);
    if (moved > *contract_.rate_max_per_s * seconds_between(last_plausible_->time, sample.time)) {
      mark(sample, Reason::kRateOfChange, contract_.severities.rate_of_change);
      is_plausible_ = false;
    }
  }
  if (is_plausible_) last_plausible_ = {sample.time, number};
}

void QualityRules::check_flat_line(Sample& sample, double number) {
  if (!unchanged_since_ || std::abs(number - unchanged_since_->number) > contract_.flat_tolerance) {
    unchanged_since_ = {sample.time, number};
  } else if (sample.time - unchanged_since_->time >= *contract_.flat_line) {
    mark(sample, Reason::kFlatLine, contract_.severities.flat_line);
  }
}

/// The past takes outliers in, too: a level that stays is accepted once it is half of the past.
void QualityRules::check_past(Sample& sample, double number) {
  if (past_->is_full() &&
      is_far(number, past_->robust(), *contract_.outlier_z, contract_.outlier_tolerance)) {
    mark(sample, Reason::kOutlier, contract_.severities.outlier);
  }
  if (is_plausible_) past_->push(number);
}

void QualityRules::check_siblings(Sample& sample, double number,
                                  const SiblingView& siblings) const {
  std::array<double, kSiblingsMost> copy{};
  const auto values = std::span(copy).first(std::min(siblings.values.size(), kSiblingsMost));
  std::ranges::copy_n(siblings.values.begin(), static_cast<std::ptrdiff_t>(values.size()),
                      values.begin());
  if (is_far(number, robust(values), contract_.sibling_z,
             contract_.outlier_tolerance + siblings.moved)) {
    mark(sample, Reason::kSiblingOutlier, contract_.severities.sibling_outlier);
  }
}

std::optional<Sample> QualityRules::silence(base::Duration silent_for, base::Time now) {
  if (is_stale_ || !contract_.stale || silent_for < *contract_.stale) return std::nullopt;
  is_stale_ = true;
  const base::Time at = newest_ ? std::min(*newest_ + *contract_.stale, now) : now;
  return Sample{at, {}, model::Quality().marked(Reason::kStale, contract_.severities.stale)};
}

}  // namespace millrace::pipeline
