#include "store/rollup.h"

#include <algorithm>
#include <cmath>

namespace millrace::store {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double microseconds(base::Duration duration) { return static_cast<double>(duration.count()); }

/// From the bucket's start (where something holds there) over the rollup to the bucket's end.
double time_weighted_average(Rollup whole, base::Time from, base::Time to, const Held& before) {
  if (before.is_usable) {
    whole.integral += before.value * microseconds(whole.head - from);
    whole.covered += (whole.head - from).count();
  }
  if (whole.is_tail_usable && to > whole.tail) {  // a roll-up may reach over the bucket's end
    whole.integral += whole.last * microseconds(to - whole.tail);
    whole.covered += (to - whole.tail).count();
  }
  return whole.covered > 0 ? whole.integral / static_cast<double>(whole.covered) : kNone;
}

}  // namespace

Reading reading(double value, bool has_value, model::Quality quality) {
  const bool is_bad = quality.is_bad();
  return {value, has_value && !is_bad && std::isfinite(value), is_bad};
}

Reading reading(const model::Sample& sample) {
  const model::Value& value = sample.value;
  if (const auto* f64 = std::get_if<double>(&value)) return reading(*f64, true, sample.quality);
  if (const auto* i64 = std::get_if<std::int64_t>(&value)) {
    return reading(static_cast<double>(*i64), true, sample.quality);
  }
  if (const auto* u64 = std::get_if<std::uint64_t>(&value)) {
    return reading(static_cast<double>(*u64), true, sample.quality);
  }
  if (const auto* one = std::get_if<bool>(&value)) {
    return reading(*one ? 1 : 0, true, sample.quality);
  }
  return reading(0, false, sample.quality);
}

void Rollup::hold_until(base::Time time) {
  if (!is_tail_usable) return;
  integral += last * microseconds(time - tail);
  covered += (time - tail).count();
}

void Rollup::add(base::Time time, const Reading& one) {
  if (is_empty) head = time;
  hold_until(time);
  tail = time;
  is_empty = false;
  is_tail_usable = one.is_usable;
  bad += one.is_bad ? 1 : 0;
  if (!one.is_usable) return;
  if (samples == 0) first = min = max = one.value;
  min = std::min(min, one.value);
  max = std::max(max, one.value);
  last = one.value;
  sum += one.value;
  ++samples;
}

void Rollup::add_duplicate(base::Time time, const Reading& one) {
  MILLRACE_CHECK(!is_empty && time == tail);
  bad += one.is_bad ? 1 : 0;
}

void Rollup::join(const Rollup& next) {
  if (next.is_empty) return;
  if (is_empty) {
    *this = next;
    return;
  }
  hold_until(next.head);
  integral += next.integral;
  covered += next.covered;
  tail = next.tail;
  is_tail_usable = next.is_tail_usable;
  bad += next.bad;
  if (next.samples == 0) return;
  first = samples == 0 ? next.first : first;
  min = samples == 0 ? next.min : std::min(min, next.min);
  max = samples == 0 ? next.max : std::max(max, next.max);
  last = next.last;
  sum += next.sum;
  samples += next.samples;
}

double aggregate_of(const Rollup& rollup, Aggregate aggregate, base::Time from, base::Time to,
                    const Held& before) {
  const bool has_any = rollup.samples > 0;
  switch (aggregate) {
    case Aggregate::kCount:
      return static_cast<double>(rollup.samples);
    case Aggregate::kBadCount:
      return static_cast<double>(rollup.bad);
    case Aggregate::kAvg:
      return has_any ? rollup.sum / static_cast<double>(rollup.samples) : kNone;
    case Aggregate::kMin:
      return has_any ? rollup.min : kNone;
    case Aggregate::kMax:
      return has_any ? rollup.max : kNone;
    case Aggregate::kFirst:
      return has_any ? rollup.first : kNone;
    case Aggregate::kLast:
      return has_any ? rollup.last : kNone;
    case Aggregate::kSum:
      return has_any ? rollup.sum : kNone;
    case Aggregate::kTimeWeightedAvg:
      // "a bucket without a usable sample has no other value": neither what holds into it.
      return has_any ? time_weighted_average(rollup, from, to, before) : kNone;
  }
  return kNone;
}

}  // namespace millrace::store
