#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "connector/file/time_format.h"

namespace millrace::connector::file {

/// How a local time relates to the time line.
enum class LocalKind { kUnique, kAmbiguous, kNonexistent };

/// The instants a local time may mean: one, or two when the clock was set back over it. A time that
/// was skipped counts on with the offset before the skip.
struct Instants {
  LocalKind kind = LocalKind::kUnique;
  base::Time earlier;
  base::Time later;
};

/// A time zone by the IANA rules of the system, or a fixed offset. One thread (it remembers the
/// last stretch of equal offset).
class Zone {
 public:
  /// "Europe/Berlin", "UTC", "+01:00". Errors: invalid with the nearest known name.
  static base::Result<Zone> create(std::string_view name);

  Instants resolve(LocalTime local);

 private:
  Instants resolve_slowly(LocalTime local);

  const std::chrono::time_zone* zone_ = nullptr;  // null: only the offset
  std::chrono::seconds offset_{0};
  LocalTime from_{}, to_{};  // where offset_ holds for sure
};

}  // namespace millrace::connector::file
