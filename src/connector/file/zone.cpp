#include "connector/file/zone.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "config/problem.h"

namespace millrace::connector::file {
namespace {

using std::chrono::days;
using std::chrono::seconds;

/// Stretches without end are cut here, so that local times can be calculated with.
constexpr auto kFirst =
    std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(1) / 1 / 1));
constexpr auto kLast =
    std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(9999) / 1 / 1));

base::Time instant(LocalTime local, seconds offset) {
  return base::Time(local.time_since_epoch() - offset);
}

LocalTime local_at(std::chrono::sys_seconds at, seconds offset) {
  return LocalTime(std::clamp(at, kFirst, kLast).time_since_epoch() + offset);
}

std::unexpected<base::Error> unknown(std::string_view name) {
  std::vector<std::string> known;
  try {
    for (const auto& zone : std::chrono::get_tzdb().zones) known.emplace_back(zone.name());
  } catch (const std::runtime_error&) {
    return base::fail(base::ErrorCode::kUnavailable, "the time zone database is not there",
                      "Install the package tzdata.");
  }
  const std::string near = config::nearest(name, known);
  return base::fail(base::ErrorCode::kInvalid, std::format("there is no time zone '{}'", name),
                    near.empty() ? "Write an IANA name such as Europe/Berlin, UTC or +01:00."
                                 : std::format("Did you mean {}?", near));
}

}  // namespace

base::Result<Zone> Zone::create(std::string_view name) {
  Zone made;
  if (name.starts_with('+') || name.starts_with('-')) {
    const auto format = TimeFormat::create("%Y%z");
    const auto parsed = format->parse(std::format("1970{}", name));
    if (!parsed) return unknown(name);
    made.offset_ = *parsed->offset;
    return made;
  }
  try {
    made.zone_ = std::chrono::locate_zone(name);
  } catch (const std::runtime_error&) {
    return unknown(name);
  }
  return made;
}

Instants Zone::resolve(LocalTime local) {
  if (!zone_ || (local >= from_ && local < to_)) {
    const base::Time at = instant(local, offset_);
    return {LocalKind::kUnique, at, at};
  }
  return resolve_slowly(local);
}

Instants Zone::resolve_slowly(LocalTime local) {
  const auto info = zone_->get_info(std::chrono::floor<seconds>(local));
  const base::Time first = instant(local, info.first.offset);
  if (info.result == std::chrono::local_info::ambiguous) {
    return {LocalKind::kAmbiguous, first, instant(local, info.second.offset)};
  }
  if (info.result == std::chrono::local_info::nonexistent) {
    return {LocalKind::kNonexistent, first, first};
  }
  // A day from both ends no change of offset can reach.
  offset_ = info.first.offset;
  from_ = local_at(info.first.begin, offset_) + days(1);
  to_ = local_at(info.first.end, offset_) - days(1);
  return {LocalKind::kUnique, first, first};
}

}  // namespace millrace::connector::file
