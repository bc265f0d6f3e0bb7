#include "pipeline/swinging_door.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {
namespace {

constexpr double kRounding = 8 * std::numeric_limits<double>::epsilon();

std::optional<double> finite_number(const model::Value& value) {
  const auto number = as_number(value);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

}  // namespace

void SwingingDoor::filter(model::Sample sample, Samples& out) {
  const bool is_first = !begin_;
  const model::Sample* newest = end_ ? &*end_ : is_first ? nullptr : &*begin_;
  const bool goes_on =
      newest && !is_change(begin_->quality, sample.quality) && sample.time > newest->time;
  const auto number = finite_number(sample.value);
  if (!goes_on || number.has_value() != begin_number_.has_value()) {
    return begin(std::move(sample), out);
  }
  const bool is_due = sample.time - begin_->time >= std::min(policy_.heartbeat, kHeldLongest) ||
                      held_.size() >= kHeldMost;
  if (!number) {
    if (is_due || !(distance(sample.value, begin_->value) == 0)) begin(std::move(sample), out);
    return;
  }
  const auto since = [&] {
    return std::chrono::duration<double>(sample.time - begin_->time).count();
  };
  Held held{since(), *number};
  const bool fits = may_end(held);
  if (!fits) {
    end_line(out);
    held.seconds = since();
  }
  hold(std::move(sample), held);
  if (fits && is_due) end_line(out);
}

/// Ends the line before and sends the sample as the begin of the next.
void SwingingDoor::begin(model::Sample sample, Samples& out) {
  end_line(out);
  begin_ = sample;
  begin_number_ = finite_number(sample.value);
  held_.clear();
  send(std::move(sample), out);
}

/// Sends the end, which begins the next line.
void SwingingDoor::end_line(Samples& out) {
  if (!end_) return;
  const Held last = held_.back();
  const double slope = (last.number - *begin_number_) / last.seconds;
  held_.pop_back();
  for (const Held& one : held_) {
    meter_.error(std::abs(*begin_number_ + slope * one.seconds - one.number),
                 std::abs(*begin_number_ - one.number));
  }
  held_.clear();
  begin_ = *end_;
  begin_number_ = last.number;
  send(std::move(*end_), out);
  end_.reset();
}

bool SwingingDoor::may_end(const Held& held) const {
  if (held_.empty()) return true;
  const double slope = (held.number - *begin_number_) / held.seconds;
  return slope_min_ <= slope && slope <= slope_max_;
}

/// Narrows the door by the sample's own deviation, less what doubles round away.
void SwingingDoor::hold(model::Sample sample, const Held& held) {
  const double rounding = kRounding * (std::abs(held.number) + std::abs(*begin_number_));
  const double allowed = std::max(0.0, policy_.deviation - rounding);
  const double low = (held.number - allowed - *begin_number_) / held.seconds;
  const double high = (held.number + allowed - *begin_number_) / held.seconds;
  slope_min_ = held_.empty() ? low : std::max(slope_min_, low);
  slope_max_ = held_.empty() ? high : std::min(slope_max_, high);
  if (held_.empty()) held_from_ = sample.time;
  held_.push_back(held);
  end_ = std::move(sample);
}

std::optional<HeldSamples> SwingingDoor::held() const {
  if (!end_) return std::nullopt;
  return HeldSamples{held_from_, end_->time, held_.size()};
}

void SwingingDoor::flush(Samples& out) { end_line(out); }

}  // namespace millrace::pipeline
