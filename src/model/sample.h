#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "model/ids.h"
#include "model/quality.h"
#include "model/value.h"

namespace millrace::model {

/// One value of one property at one source time. Source time is never rewritten.
struct Sample {
  base::Time time;
  Value value;
  Quality quality;
  bool operator==(const Sample&) const = default;
};

/// A sample with the place of its property in Batch::properties.
struct BatchSample {
  std::uint16_t property = 0;
  Sample sample;
  bool operator==(const BatchSample&) const = default;
};

/// A property as a batch carries it: name, physical type and unit (empty when it has none).
struct BatchProperty {
  std::string name;
  ValueType type = ValueType::kF64;
  std::string unit;
  bool operator==(const BatchProperty&) const = default;
};

/// When an edge made a batch: its wall clock, its monotonic clock and the boot that clock belongs
/// to. The hub estimates the edge's clock offset from these; it marks, it does not shift.
struct EdgeTime {
  base::Time wall;
  base::MonotonicTime monotonic;
  base::Uuid boot;
  bool operator==(const EdgeTime&) const = default;
};

/// Samples of one thing, in the order in which they were taken: at most kBatchSamplesMax or 1 s.
/// The unit that is spooled, sent, acknowledged and committed.
struct Batch {
  std::string thing;
  EdgeTime made;
  std::vector<BatchProperty> properties;
  std::vector<BatchSample> samples;
  bool operator==(const Batch&) const = default;
};

inline constexpr std::size_t kBatchSamplesMax = 500;
inline constexpr std::size_t kBatchPropertiesMax = 4096;
/// The largest single text or bytes value, DESIGN §6.12.
inline constexpr std::size_t kValueBytesMax = 8U << 20;

}  // namespace millrace::model
