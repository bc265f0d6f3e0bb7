#include "pipeline/window_filter.h"

#include <cmath>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {
namespace {

base::Time window_begin(base::Time time, base::Duration window) {
  const auto since = time.time_since_epoch();
  auto whole = since / window;
  if (since < base::Duration(0) && since % window != base::Duration(0)) --whole;
  return base::Time(whole * window);
}

/// A mean in the value's own type, a whole number rounded to the nearest; false for what has none.
bool set_mean(model::Value& value, double mean) {
  constexpr double kExactMost =
      9'007'199'254'740'992;  // 2^53: beyond, a double skips whole numbers
  if (std::holds_alternative<double>(value)) {
    value = mean;
    return true;
  }
  if (std::abs(mean) > kExactMost) return false;
  if (std::holds_alternative<std::int64_t>(value)) {
    value = static_cast<std::int64_t>(std::llround(mean));
    return true;
  }
  if (!std::holds_alternative<std::uint64_t>(value)) return false;
  value = static_cast<std::uint64_t>(std::llround(mean));
  return true;
}

}  // namespace

void Sampling::filter(model::Sample sample, Samples& out) {
  const bool is_held =
      last_sent_ && !is_change(last_sent_->quality, sample.quality) &&
      sample.time >= last_sent_->time &&
      window_begin(sample.time, window_) == window_begin(last_sent_->time, window_);
  if (is_held) {
    const double error = distance(sample.value, last_sent_->value);
    if (std::isfinite(error)) meter_.error(error);
    return;
  }
  last_sent_ = sample;
  send(std::move(sample), out);
}

void Windowing::filter(model::Sample sample, Samples& out) {
  const bool goes_on =
      newest_ && !is_change(newest_->quality, sample.quality) && sample.time > newest_->time;
  if (!goes_on) {
    flush(out);
    last_sent_ = sample;
    if (!newest_ || sample.time > newest_->time || sample.quality != newest_->quality) {
      newest_ = sample;
    }
    return send(std::move(sample), out);
  }
  newest_ = sample;
  const bool is_of_another =
      open_ && window_begin(sample.time, window_) != window_begin(open_->begin, window_);
  if (is_of_another) flush(out);
  if (!open_) open(sample);
  add(std::move(sample));
}

/// What it is of begins with the window, unless something of the window was sent by itself before.
void Windowing::open(const model::Sample& sample) {
  const base::Time begin = window_begin(sample.time, window_);
  const bool is_whole = !last_sent_ || last_sent_->time < begin;
  open_ = {.chosen = sample, .begin = is_whole ? begin : sample.time, .first = sample.time};
  held_.clear();
  stride_ = 1;
}

void Windowing::add(model::Sample sample) {
  const auto number = as_number(sample.value), chosen = as_number(open_->chosen.value);
  if (number) {
    keep(sample.time, *number);
    open_->sum += *number;
  }
  ++open_->count;
  if (!number || !chosen || is_better(*number, *chosen)) open_->chosen = std::move(sample);
}

bool Windowing::is_better(double number, double chosen) const {
  switch (value_) {
    case model::WindowValue::kMin:
      return number < chosen;
    case model::WindowValue::kMax:
      return number > chosen;
    case model::WindowValue::kFirst:
      return false;
    case model::WindowValue::kMean:
    case model::WindowValue::kLast:
      return true;
  }
  return true;
}

/// Every one while there is room, then every second, fourth … one.
void Windowing::keep(base::Time time, double number) {
  if (open_->count % stride_ != 0) return;
  if (held_.size() == kHeldMost) {
    for (std::size_t i = 0; 2 * i < held_.size(); ++i) held_[i] = held_[2 * i];
    held_.resize(kHeldMost / 2);
    stride_ *= 2;
    if (open_->count % stride_ != 0) return;
  }
  held_.push_back({time, number});
}

std::optional<HeldSamples> Windowing::held() const {
  if (!open_) return std::nullopt;
  return HeldSamples{open_->first, newest_->time, open_->count};
}

void Windowing::flush(Samples& out) {
  if (!open_) return;
  model::Sample sent = std::move(open_->chosen);
  if (value_ == model::WindowValue::kMean && open_->count > 0) {
    const double mean = open_->sum / static_cast<double>(open_->count);
    if (set_mean(sent.value, mean)) sent.time = open_->begin;
  }
  measure(sent);
  last_sent_ = sent;
  open_.reset();
  send(std::move(sent), out);
}

/// Before the sent value's time the hub shows the one sent before it.
void Windowing::measure(const model::Sample& sent) {
  const auto now = as_number(sent.value);
  const auto before = last_sent_ ? as_number(last_sent_->value) : std::nullopt;
  for (const Held& one : held_) {
    const auto& shown = one.time < sent.time ? before : now;
    if (shown && std::isfinite(*shown - one.number)) {
      meter_.error(std::abs(*shown - one.number), stride_);
    }
  }
}

}  // namespace millrace::pipeline
