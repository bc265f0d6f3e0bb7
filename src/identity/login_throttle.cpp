#include "identity/login_throttle.h"

#include <algorithm>

namespace millrace::identity {

std::size_t LoginThrottle::add(const std::string& key, base::MonotonicTime now) {
  if (attempts_.size() >= limits_.keys_max && !attempts_.contains(key)) forget_one(now);
  std::deque<base::MonotonicTime>& times = attempts_[key];
  std::erase_if(times, [&](base::MonotonicTime at) { return at <= now - limits_.window; });
  // A key that is limited already keeps its first window: it opens again although it goes on.
  if (times.size() <= limits_.failures_max) times.push_back(now);
  return times.size();
}

void LoginThrottle::take_back(const std::string& key, base::MonotonicTime at) {
  const auto found = attempts_.find(key);
  if (found == attempts_.end()) return;
  const auto time = std::ranges::find(found->second, at);
  if (time != found->second.end()) found->second.erase(time);
  if (found->second.empty()) attempts_.erase(found);
}

void LoginThrottle::forget_one(base::MonotonicTime now) {
  auto oldest = attempts_.begin();
  for (auto it = attempts_.begin(); it != attempts_.end();) {
    if (it->second.empty() || it->second.back() <= now - limits_.window) {
      it = attempts_.erase(it);
      oldest = attempts_.begin();
      continue;
    }
    if (it->second.back() < oldest->second.back()) oldest = it;
    ++it;
  }
  if (attempts_.size() >= limits_.keys_max) attempts_.erase(oldest);
}

}  // namespace millrace::identity
