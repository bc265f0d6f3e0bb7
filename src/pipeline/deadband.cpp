#include "pipeline/deadband.h"

#include <algorithm>
#include <cmath>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {

bool Deadband::passes(const model::Sample& sample) {
  const bool sent = !policy_.is_on() || !last_sent_ || sample.quality != last_sent_->quality ||
                    sample.time < last_sent_->time ||
                    sample.time - last_sent_->time >= policy_.heartbeat || has_moved(sample);
  if (sent) {
    last_sent_ = sample;
  } else {
    ++held_back_;
  }
  return sent;
}

bool Deadband::has_moved(const model::Sample& sample) const {
  const auto now = as_number(sample.value), before = as_number(last_sent_->value);
  if (!now || !before) return sample.value != last_sent_->value;
  const double band =
      std::max(policy_.deadband_absolute, std::abs(*before) * policy_.deadband_percent / 100.0);
  return !(std::abs(*now - *before) <= band);  // NaN has moved
}

}  // namespace millrace::pipeline
