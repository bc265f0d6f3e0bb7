#pragma once

#include <cstdint>

#include "base/clock.h"

namespace millrace::pipeline {

/// Tells a clock that is wrong from samples that were on their way: of samples that come live, a
/// run whose times rise and lie equally far from their arrival. A backlog is no such run: it comes
/// faster than it was taken.
///
/// The distance of a run may spread by a tenth of itself (or a second), and the run says something
/// once it has ten samples and is ten times as long as that spread. Not thread safe.
class ClockWatch {
 public:
  static constexpr int kConfirmations = 10;

  /// One sample, in the order in which they come.
  void take(base::Time time, base::Time arrived);
  bool is_steady() const;
  /// What every sample of the run lies behind its arrival at least; negative for one ahead.
  base::Duration behind() const { return least_; }
  /// The time of the run's sample before the last one.
  base::Time before() const { return before_; }

 private:
  int samples_ = 0;  // of the run, up to kConfirmations
  base::Time first_;
  base::Time before_;
  base::Time last_;
  base::Duration least_{};  // from time to arrival
  base::Duration most_{};
};

}  // namespace millrace::pipeline
