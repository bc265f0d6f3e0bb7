#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connector/modbus/plan.h"

namespace millrace::modbus {

/// What a device says to a read instead of an answer.
enum class Refusal {
  kAddress,  // exceptions 2 and 3: something in the block is not there, or it is too long
  kBusy,     // exceptions 5 and 6: ask again next time
  kFault,    // all others
  kSilence,  // nothing came in time
};

/// What is read in each round, as a state machine without I/O. A block that is refused for an
/// address is split until the bad range stands alone; that one is tried again after `retry` and
/// stops no other. What is readable is joined again into reads no longer than those the device has
/// answered. A silent unit behind a gateway is left alone for `retry`, too. One thread.
class ReadSchedule {
 public:
  struct Options {
    PlanLimits limits;
    base::Duration retry = std::chrono::seconds(30);
  };
  /// The addresses have their units.
  ReadSchedule(std::vector<Address> addresses, Options options);

  /// Begins a round with all blocks whose time has come; what is left of an old round is dropped.
  void begin_round(base::MonotonicTime now);
  /// The block to read next; nullptr when the round is over.
  const Block* next() const { return pending_.empty() ? nullptr : &pending_.front().block; }
  /// next() was read.
  void answered();
  /// next() was refused, `problem` says how.
  void refused(Refusal refusal, const std::string& problem, base::MonotonicTime now);
  /// Everything is worth a try again: the device was away.
  void forgive();

  /// No block is left but those that do not answer at all.
  bool is_all_silent() const;
  /// By tag: why it cannot be read; empty when it can, or was not tried yet.
  const std::vector<std::string>& problems() const { return problems_; }
  std::size_t failed() const;

 private:
  struct Entry {
    Block block;
    bool is_failed = false;
    bool is_silent = false;
    base::MonotonicTime retry_at{};
  };

  void finish(Entry entry, const std::string& problem);
  void end_round();
  bool may_join(const Entry& first, const Entry& second) const;

  std::vector<Address> addresses_;
  Options options_;
  std::vector<std::string> problems_;
  std::deque<Entry> pending_;
  std::vector<Entry> waiting_;  // read in this round, or not due
  std::map<std::pair<std::uint8_t, Table>, std::uint32_t> proven_;  // longest answered read
  bool has_split_ = false;                                          // joining may be worth it
};

}  // namespace millrace::modbus
