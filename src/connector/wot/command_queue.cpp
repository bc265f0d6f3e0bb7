#include "connector/wot/command_queue.h"

#include <algorithm>
#include <utility>

namespace millrace::connector::wot {

CommandQueue::Put CommandQueue::put(ThingCommand command, std::string lane) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Put::kRefused;
  // An action counts each time: three doses are not one.
  const auto older = std::ranges::find_if(waiting_, [&](const Taken& one) {
    return !command.is_action && !one.command.is_action && one.command.thing == command.thing &&
           one.command.name == command.name;
  });
  const bool is_newer = older != waiting_.end();
  if (is_newer) waiting_.erase(older);  // the newer one goes behind what came between them
  const auto in_lane = std::ranges::count(waiting_, lane, &Taken::lane);
  const bool is_full = waiting_.size() >= kWaitingMax || in_lane >= std::ptrdiff_t{kLaneWaitingMax};
  if (is_full) return Put::kRefused;
  waiting_.push_back({std::move(command), std::move(lane)});
  ready_.notify_one();
  return is_newer ? Put::kReplaced : Put::kWaits;
}

std::deque<CommandQueue::Taken>::iterator CommandQueue::next() {
  return std::ranges::find_if(waiting_,
                              [this](const Taken& one) { return !busy_.contains(one.lane); });
}

std::optional<CommandQueue::Taken> CommandQueue::take(base::Duration wait) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, wait, [this] { return is_closed_ || next() != waiting_.end(); });
  const auto found = next();
  if (is_closed_ || found == waiting_.end()) return std::nullopt;
  Taken taken = std::move(*found);
  waiting_.erase(found);
  busy_.insert(taken.lane);
  return taken;
}

void CommandQueue::done(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  busy_.erase(lane);
  ready_.notify_one();
}

std::size_t CommandQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  ready_.notify_all();
  return std::exchange(waiting_, {}).size();
}

}  // namespace millrace::connector::wot
