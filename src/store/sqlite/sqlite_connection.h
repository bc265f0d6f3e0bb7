#pragma once

#include <soci/soci-config.h>
// Debian builds SOCI with Boost, whose adapters are templates that nothing here uses: without this
// its headers would ask for all of Boost's.
#undef SOCI_HAVE_BOOST
#undef SOCI_HAVE_BOOST_DATE_TIME
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <optional>

#include "base/clock.h"
#include "base/error.h"

namespace millrace::store {

/// What SOCI threw, as an Error; `doing` is the verb phrase of the sentence.
base::Error sqlite_error(const std::exception& thrown, std::string_view doing);

/// Times are stored as microseconds.
inline long long stored(base::Time time) { return time.time_since_epoch().count(); }
inline base::Time time_of(long long us) { return base::Time(base::Duration(us)); }

/// A nullable time as SOCI wants it: value and indicator live as long as the statement.
struct NullableTime {
  explicit NullableTime(const std::optional<base::Time>& time)
      : us(time ? stored(*time) : 0), indicator(time ? soci::i_ok : soci::i_null) {}
  long long us;
  soci::indicator indicator;
};

}  // namespace millrace::store
