#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/property_contract.h"

namespace millrace::service {

/// What one filter at an edge has done since the edge started, as the edge reports it.
struct FilterReport {
  std::string thing;
  std::string property;
  std::string edge;
  std::string unit;    // of the errors
  std::string policy;  // in words
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::int64_t bytes_saved = 0;
  std::optional<double> error_max;
  std::optional<double> error_mean;
  std::optional<double> stepped_max;  // of a swinging door: against values that hold until the next
  std::optional<double> stepped_mean;
  base::Time since;     // the first sample that is counted
  base::Time reported;  // when the edge said so
};

/// Of all edges, in no order; any thread.
using FilterReports = std::function<std::vector<FilterReport>()>;

/// "deadband 0.1, heartbeat 60 s". What is no number has no mean.
std::string in_words(const model::FilterPolicy& policy, bool is_number = true);

}  // namespace millrace::service
