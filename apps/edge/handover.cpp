#include "edge/handover.h"

#include <algorithm>

namespace millrace::apps {
namespace {

constexpr std::size_t kHeldMax = 100'000;
constexpr base::Duration kOnTheWayMost{5'000'000};  // and the overlap

}  // namespace

bool Handover::offer(pipeline::Reading reading) {
  const std::lock_guard lock(mutex_);
  if (sink_) {
    if (clock_.monotonic() >= done_until_) done_.clear();
    // What is asked for now is how the tag stands, whoever said so before.
    const bool is_old = reading.said == pipeline::Said::kNews && is_done(reading);
    if (is_old) return true;
    if (pass_held() && sink_->offer(reading)) return true;
  }
  if (held_.size() >= kHeldMax) return false;
  held_.push_back(std::move(reading));
  return true;
}

void Handover::release(pipeline::ReadingSink& sink, std::vector<Done> done,
                       base::Duration overlap) {
  const std::lock_guard lock(mutex_);
  done_ = std::move(done);
  done_until_ = clock_.monotonic() + overlap + kOnTheWayMost;
  sink_ = &sink;
  leave_out_done();
  pass_held();
}

void Handover::retry() {
  const std::lock_guard lock(mutex_);
  if (sink_) pass_held();
}

std::vector<std::optional<base::Time>> Handover::first_times() {
  const std::lock_guard lock(mutex_);
  std::vector<std::optional<base::Time>> first;
  for (const pipeline::Reading& one : held_) {
    if (one.said == pipeline::Said::kLoss) continue;
    if (one.tag >= first.size()) first.resize(one.tag + 1);
    if (!first[one.tag]) first[one.tag] = one.sample.time;
  }
  return first;
}

/// Of a tag that was read otherwise the newest reading stays: those before it are of a time that
/// the older source has filled.
void Handover::leave_out_done() {
  std::vector<const pipeline::Reading*> newest(done_.size());
  for (const pipeline::Reading& one : held_) {
    if (one.tag < newest.size()) newest[one.tag] = &one;
  }
  std::deque<pipeline::Reading> left;
  for (pipeline::Reading& one : held_) {
    const bool is_otherwise = one.tag < done_.size() && done_[one.tag].is_read_otherwise;
    const bool is_out = is_otherwise ? newest[one.tag] != &one : is_done(one);
    if (!is_out) left.push_back(one);
  }
  held_ = std::move(left);
}

/// True when nothing is held any more.
bool Handover::pass_held() {
  while (!held_.empty() && sink_->offer(held_.front())) held_.pop_front();
  return held_.empty();
}

bool Handover::is_done(const pipeline::Reading& reading) const {
  if (reading.tag >= done_.size() || reading.said == pipeline::Said::kLoss) return false;
  const auto& delivered = done_[reading.tag].delivered;
  return delivered && reading.sample.time <= *delivered;
}

}  // namespace millrace::apps
