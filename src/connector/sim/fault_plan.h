#pragma once

#include <optional>
#include <vector>

#include "base/random.h"
#include "connector/sim/fault.h"
#include "connector/sim/machine.h"

namespace millrace::sim {

/// Which faults there are and when: those of a script, and others drawn at random. Two faults never
/// overlap on one property, nor two of a machine on one thing. One thread.
class FaultPlan {
 public:
  struct Options {
    double faults_per_day = 0.0;  // mean number of random faults on the physics' calendar
    double speed = 1.0;           // physics seconds for each second of the time stamps
    std::vector<Fault> script;
  };
  FaultPlan(Options options, std::uint64_t seed, base::Time start);

  /// The faults that begin at or before `now` and were not given before; at most one random one.
  std::vector<Fault> begin(base::Time now, const std::vector<std::unique_ptr<Machine>>& machines);

  /// Those given by begin() that are active at `now`; others are forgotten.
  const std::vector<Fault>& active(base::Time now);

 private:
  void draw_next(base::Time from);
  std::optional<Fault> draw(base::Time now, const std::vector<std::unique_ptr<Machine>>& machines);
  bool is_free(const Fault& wanted) const;

  Options options_;
  base::Random random_;
  base::Time next_;
  std::vector<Fault> active_;
};

}  // namespace millrace::sim
