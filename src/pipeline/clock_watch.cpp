#include "pipeline/clock_watch.h"

#include <algorithm>

namespace millrace::pipeline {
namespace {

constexpr int kShare = 10;
constexpr base::Duration kSpreadAlways = std::chrono::seconds(1);

}  // namespace

void ClockWatch::take(base::Time time, base::Time arrived) {
  if (samples_ > 0 && time == last_) return;  // says nothing new of the clock
  const base::Duration distance = arrived - time;
  const base::Duration least = std::min(least_, distance), most = std::max(most_, distance);
  const base::Duration near = std::min(std::chrono::abs(least), std::chrono::abs(most));
  const bool goes_on =
      samples_ > 0 && time > last_ && most - least <= std::max(near / kShare, kSpreadAlways);
  if (!goes_on) {
    samples_ = 1;
    first_ = before_ = last_ = time;
    least_ = most_ = distance;
    return;
  }
  samples_ = std::min(samples_ + 1, kConfirmations);
  before_ = last_;
  last_ = time;
  least_ = least;
  most_ = most;
}

bool ClockWatch::is_steady() const {
  return samples_ == kConfirmations && (most_ - least_) * kShare <= last_ - first_;
}

}  // namespace millrace::pipeline
