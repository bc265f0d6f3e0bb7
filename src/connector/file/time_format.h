#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace millrace::connector::file {

using LocalTime = std::chrono::local_time<base::Duration>;

/// A time as a file writes it: a wall clock's, and its offset from UTC where the text has one.
struct WrittenTime {
  LocalTime local;
  std::optional<std::chrono::seconds> offset;
};

/// Reads times of one form:
///
///   iso                          2026-11-22 08:30[:00[.25]][Z|+01:00], T or a blank between, or a
///   date epoch_s epoch_ms epoch_us    a number since 1970 in UTC, also with a fraction a pattern
///   %Y %y %m %d %b %H %I %p %M %S %z %j %T %F %%
///
/// %S takes a fraction, %b English month names; a blank is any run of blanks. Fractions beyond
/// microseconds are cut. Values are immutable; any thread.
class TimeFormat {
 public:
  /// Errors: invalid, naming what the pattern has and is not known.
  static base::Result<TimeFormat> create(std::string_view format);

  /// Empty when the text is no such time.
  std::optional<WrittenTime> parse(std::string_view text) const;

 private:
  enum class Kind { kIso, kEpoch, kPattern };

  Kind kind_ = Kind::kIso;
  std::int64_t epoch_unit_us_ = 1;
  std::string pattern_;
};

}  // namespace millrace::connector::file
