#pragma once

#include <cstdint>
#include <optional>

#include "model/property_contract.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// Decides which samples of one property are sent: the first, any that moved further than the
/// deadband from the last one sent, any whose quality changed, and one each heartbeat. What it
/// holds back is counted. Averages of filtered series are time-weighted, not arithmetic.
///
/// Not thread safe; one owner.
class Deadband {
 public:
  explicit Deadband(model::FilterPolicy policy) : policy_(policy) {}

  bool passes(const model::Sample& sample);
  std::uint64_t held_back() const { return held_back_; }

 private:
  bool has_moved(const model::Sample& sample) const;

  model::FilterPolicy policy_;
  std::optional<model::Sample> last_sent_;
  std::uint64_t held_back_ = 0;
};

}  // namespace millrace::pipeline
