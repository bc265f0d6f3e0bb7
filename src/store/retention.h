#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/value.h"
#include "store/time_ranges.h"

namespace millrace::store {

/// How long what is kept after its time; zero keeps it for ever. Rows go by whole partitions, when
/// all of one is old enough. Roll-ups never go before the rows they are made from; those that are
/// to live longer are made then where there are none.
struct RetentionPolicy {
  base::Duration raw{};
  base::Duration minutes{};
  base::Duration hours{};
  bool operator==(const RetentionPolicy&) const = default;
};

enum class Kept { kRows, kMinutes, kHours };
/// "rows", "minutes", "hours".
constexpr std::string_view text(Kept kept) {
  return kept == Kept::kRows ? "rows" : kept == Kept::kMinutes ? "minutes" : "hours";
}

/// What went of one partition.
struct Dropped {
  Kept what = Kept::kRows;
  model::ValueType type{};
  TimeRange range;         // that the partition owns
  std::uint64_t rows = 0;  // that it had
};

struct RetentionReport {
  std::vector<Dropped> dropped;
};

}  // namespace millrace::store
