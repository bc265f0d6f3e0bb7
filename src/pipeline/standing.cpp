#include "pipeline/standing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace millrace::pipeline {
namespace {

constexpr base::Duration kClockStep = std::chrono::minutes(1);  // the clock was set back

/// NaN is like NaN.
bool is_same_value(const model::Value& left, const model::Value& right) {
  const auto *one = std::get_if<double>(&left), *other = std::get_if<double>(&right);
  if (one && other && std::isnan(*one) && std::isnan(*other)) return true;
  return left == right;
}

bool is_same(const model::Sample& left, const model::Sample& right) {
  return left.time == right.time && left.quality == right.quality &&
         is_same_value(left.value, right.value);
}

}  // namespace

void Standing::take(const Reading& reading, base::Time now, bool is_due, Samples& out) {
  const model::Sample& sample = reading.sample;
  if (own_ && *own_ > now + kClockStep) own_.reset();
  if (reading.said == Said::kLoss) {
    note_own(sample.time);
    is_void_ = true;
    must_restate_ = false;
    out.push_back(sample);
    return;
  }
  const bool is_behind = own_ && sample.time <= *own_;
  if (reading.said == Said::kNews) {
    const bool was_asked = asked_ && is_same(*asked_, sample);
    last_ = sample;
    if (was_asked) return asked_.reset();
    is_void_ = is_void_ && is_behind;
    must_restate_ = is_void_;
    out.push_back(sample);
    return;
  }
  const bool is_new = !is_known(sample);
  const bool is_newest = !is_behind && (!last_ || sample.time > last_->time);
  if (is_new) {
    out.push_back(sample);
    asked_ = sample;
    is_void_ = is_void_ && !is_newest;
  }
  last_ = sample;
  if (is_new ? !is_newest : is_void_ || is_due) out.push_back(stamped(now));
}

std::optional<model::Sample> Standing::restated(base::Time now) {
  if (!std::exchange(must_restate_, false) || !last_) return std::nullopt;
  return stamped(now);
}

void Standing::fell_silent(base::Time at) {
  note_own(at);
  is_void_ = true;
}

void Standing::forget() {
  last_.reset();
  asked_.reset();
  must_restate_ = false;
}

bool Standing::is_known(const model::Sample& sample) const {
  return (last_ && is_same(*last_, sample)) || (asked_ && is_same(*asked_, sample));
}

void Standing::note_own(base::Time at) { own_ = own_ ? std::max(*own_, at) : at; }

/// Later than every other time of this process in the series.
model::Sample Standing::stamped(base::Time now) {
  constexpr base::Duration kNext(1);
  model::Sample sample = *last_;
  sample.time = own_ ? std::max(now, *own_ + kNext) : now;
  sample.quality = sample.quality.marked(model::Reason::kNoSourceTime, model::Severity::kGood);
  note_own(sample.time);
  is_void_ = must_restate_ = false;
  return sample;
}

}  // namespace millrace::pipeline
