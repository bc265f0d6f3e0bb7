#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "model/series.h"

namespace millrace::store {

/// A sealed, sorted, immutable time range of one physical type.
struct Partition {
  std::int64_t id = 0;
  model::ValueType type = model::ValueType::kF64;
  base::Time t_min;
  base::Time t_max;
  std::uint64_t rows = 0;
};

struct StoreStats {
  model::CommitId commit{};
  std::uint64_t hot_rows = 0;
  std::uint64_t sealed_rows = 0;
  std::uint64_t out_of_range_rows = 0;
  std::uint64_t bytes_on_disk = 0;
  std::vector<Partition> partitions;
};

}  // namespace millrace::store
