#pragma once

#include <bit>
#include <cstdint>

#include "base/clock.h"

namespace millrace::service {

// Before and after every time that a store keeps.
inline constexpr base::Time kFirst{base::Duration(-(std::int64_t{1} << 61))};
inline constexpr base::Time kEnd{base::Duration(std::int64_t{1} << 61)};

/// A time in ImportMark::rows_done.
inline std::uint64_t bits_of(base::Time time) {
  return std::bit_cast<std::uint64_t>(std::int64_t{time.time_since_epoch().count()});
}
inline base::Time time_of(std::uint64_t bits) {
  return base::Time(base::Duration(std::bit_cast<std::int64_t>(bits)));
}

}  // namespace millrace::service
