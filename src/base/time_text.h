#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace millrace::base {

/// RFC 3339 in UTC with as many fraction digits as needed (0, 3 or 6): "2026-11-22T08:30:00.25Z" is
/// written "2026-11-22T08:30:00.250Z".
std::string to_text(Time time);

/// RFC 3339 with offset or Z; fractions up to nanoseconds are cut to microseconds. A date alone is
/// its midnight in UTC. Errors: malformed.
Result<Time> parse_time(std::string_view text);

/// "1h", "15m", "30s", "250ms", "7d", "2w" or ISO 8601 "PT1H": a positive duration. Errors:
/// malformed.
Result<Duration> parse_duration(std::string_view text);

/// IANA name of the time zone that `given` (what TZ says) names, or this machine's when that is
/// empty; empty when there is none of that name.
std::string time_zone_name(std::string_view given);
/// All IANA names, sorted; none when there is no time zone data.
std::vector<std::string> time_zone_names();

}  // namespace millrace::base
