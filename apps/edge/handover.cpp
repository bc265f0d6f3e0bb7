#include "edge/handover.h"

namespace millrace::apps {
namespace {

constexpr std::size_t kHeldMax = 100'000;

}  // namespace

bool Handover::offer(pipeline::Reading reading) {
  const std::lock_guard lock(mutex_);
  const bool is_passed = sink_ && pass_held();
  if (is_passed) return pass(reading);
  if (held_.size() >= kHeldMax) return false;
  held_.push_back(std::move(reading));
  return true;
}

void Handover::release(pipeline::ReadingSink& sink,
                       std::vector<std::optional<base::Time>> delivered) {
  const std::lock_guard lock(mutex_);
  delivered_ = std::move(delivered);
  sink_ = &sink;
  pass_held();
}

/// True when nothing is held any more.
bool Handover::pass_held() {
  while (!held_.empty() && pass(held_.front())) held_.pop_front();
  return held_.empty();
}

bool Handover::pass(const pipeline::Reading& reading) {
  return was_delivered(reading) || sink_->offer(reading);
}

bool Handover::was_delivered(const pipeline::Reading& reading) {
  if (reading.tag >= delivered_.size() || !delivered_[reading.tag]) return false;
  if (reading.sample.time <= *delivered_[reading.tag]) return true;
  delivered_[reading.tag].reset();
  return false;
}

}  // namespace millrace::apps
