#include "connector/modbus/schedule.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"

namespace millrace::modbus {

ReadSchedule::ReadSchedule(std::vector<Address> addresses, Options options)
    : addresses_(std::move(addresses)), options_(options), problems_(addresses_.size()) {
  for (Block& block : plan_blocks(addresses_, options_.limits)) {
    waiting_.push_back({std::move(block), false, false, {}});
  }
}

void ReadSchedule::begin_round(base::MonotonicTime now) {
  std::ranges::move(pending_, std::back_inserter(waiting_));
  pending_.clear();
  std::vector<Entry> later;
  for (Entry& entry : waiting_) {
    const bool is_due = !entry.is_failed || now >= entry.retry_at;
    if (is_due) {
      pending_.push_back(std::move(entry));
    } else {
      later.push_back(std::move(entry));
    }
  }
  waiting_ = std::move(later);
}

void ReadSchedule::answered() {
  MILLRACE_CHECK(!pending_.empty());
  Entry entry = std::move(pending_.front());
  pending_.pop_front();
  std::uint32_t& proven = proven_[{entry.block.unit, entry.block.table}];
  proven = std::max(proven, entry.block.count);
  has_split_ = has_split_ || entry.is_failed;
  entry.is_failed = entry.is_silent = false;
  finish(std::move(entry), "");
}

void ReadSchedule::refused(Refusal refusal, const std::string& problem, base::MonotonicTime now) {
  MILLRACE_CHECK(!pending_.empty());
  Entry entry = std::move(pending_.front());
  pending_.pop_front();
  std::vector<Block> parts;
  if (refusal == Refusal::kAddress) parts = split_block(entry.block, addresses_);
  if (!parts.empty()) {
    has_split_ = true;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      pending_.push_front({std::move(*part), false, false, {}});
    }
    return;
  }
  entry.is_failed = true;
  entry.is_silent = refusal == Refusal::kSilence;
  entry.retry_at = refusal == Refusal::kBusy ? now : now + options_.retry;
  finish(std::move(entry), problem);
}

void ReadSchedule::finish(Entry entry, const std::string& problem) {
  for (const std::size_t tag : entry.block.tags) problems_[tag] = problem;
  waiting_.push_back(std::move(entry));
  if (pending_.empty() && has_split_) end_round();
}

bool ReadSchedule::may_join(const Entry& first, const Entry& second) const {
  const Block &a = first.block, &b = second.block;
  if (first.is_failed || second.is_failed || a.unit != b.unit || a.table != b.table) return false;
  if (b.first > a.end()) return false;
  const auto proven = proven_.find({a.unit, a.table});
  const std::uint32_t end = std::max(a.end(), b.end());
  return proven != proven_.end() && end - a.first <= proven->second;
}

void ReadSchedule::end_round() {
  has_split_ = false;
  std::ranges::sort(waiting_, {}, [](const Entry& entry) {
    return std::tuple(entry.block.unit, entry.block.table, entry.block.first, entry.block.count);
  });
  std::vector<Entry> joined;
  for (Entry& entry : waiting_) {
    if (!joined.empty() && may_join(joined.back(), entry)) {
      joined.back().block = join_blocks(joined.back().block, entry.block);
    } else {
      joined.push_back(std::move(entry));
    }
  }
  waiting_ = std::move(joined);
}

void ReadSchedule::forgive() {
  for (Entry& entry : waiting_) entry.retry_at = {};
}

bool ReadSchedule::is_all_silent() const {
  return pending_.empty() && std::ranges::all_of(waiting_, &Entry::is_silent);
}

std::size_t ReadSchedule::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(problems_, [](const std::string& text) { return !text.empty(); }));
}

}  // namespace millrace::modbus
