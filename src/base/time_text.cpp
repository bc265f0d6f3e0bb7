#include "base/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <limits>

namespace millrace::base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::weeks;

/// Takes characters off the front of a text; every function says whether it fitted.
struct Cursor {
  std::string_view rest;

  bool literal(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t count, int& value) {
    if (rest.size() < count) return false;
    value = 0;
    for (const char c : rest.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest.remove_prefix(count);
    return true;
  }
};

bool take_date(Cursor& in, std::chrono::sys_days& day) {
  int y = 0, m = 0, d = 0;
  if (!in.digits(4, y) || !in.literal('-') || !in.digits(2, m) || !in.literal('-') ||
      !in.digits(2, d)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month(unsigned(m)),
                                         std::chrono::day(unsigned(d))};
  day = date;
  return date.ok();
}

bool take_fraction(Cursor& in, microseconds& fraction) {
  std::int64_t micros = 0;
  int digits = 0;
  for (int value = 0; in.digits(1, value); ++digits) {
    if (digits < 6) micros = micros * 10 + value;
  }
  for (int i = digits; i < 6; ++i) micros *= 10;
  fraction = microseconds(micros);
  return digits > 0 && digits <= 9;
}

bool take_clock(Cursor& in, microseconds& since_midnight) {
  int h = 0, m = 0, s = 0;
  if (!in.digits(2, h) || !in.literal(':') || !in.digits(2, m)) return false;
  if (in.literal(':') && !in.digits(2, s)) return false;
  if (h > 23 || m > 59 || s > 60) return false;
  microseconds fraction{0};
  if (in.literal('.') && !take_fraction(in, fraction)) return false;
  since_midnight = hours(h) + minutes(m) + seconds(s) + fraction;
  return true;
}

bool take_offset(Cursor& in, minutes& offset) {
  offset = minutes(0);
  if (in.literal('Z') || in.literal('z')) return true;
  const bool east = in.literal('+');
  if (!east && !in.literal('-')) return false;
  int h = 0, m = 0;
  if (!in.digits(2, h) || (in.literal(':'), !in.digits(2, m)) || h > 23 || m > 59) return false;
  offset = (east ? 1 : -1) * (hours(h) + minutes(m));
  return true;
}

Error bad_time(std::string_view text) {
  return {ErrorCode::kMalformed, Retry::kNever, std::format("'{}' is not a time", text),
          "Write it as 2026-11-22T08:30:00Z or with an offset such as +08:00."};
}

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array kUnits = {Unit{"us", microseconds(1)}, Unit{"ms", milliseconds(1)},
                               Unit{"s", seconds(1)},       Unit{"min", minutes(1)},
                               Unit{"m", minutes(1)},       Unit{"h", hours(1)},
                               Unit{"d", days(1)},          Unit{"w", weeks(1)}};

Result<Duration> scaled(std::string_view text, std::string_view unit, std::int64_t count) {
  for (const Unit& known : kUnits) {
    if (known.name != unit) continue;
    if (count <= 0 || count > std::numeric_limits<std::int64_t>::max() / known.length.count())
      break;
    return known.length * count;
  }
  return fail(ErrorCode::kMalformed, std::format("'{}' is not a duration", text),
              "Write a positive number with a unit: 250ms, 30s, 15m, 1h, 7d or 2w.");
}

/// `digits` decimal digits, then `behind`.
void put_digits(std::string& out, int number, int digits, char behind) {
  const std::size_t at = out.size();
  out.resize(at + static_cast<std::size_t>(digits) + 1, behind);
  for (int i = digits; i-- > 0; number /= 10) {
    out[at + static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

// By hand where the year has four digits: a chart has thousands of times, and std::format takes ten
// times as long for each.
std::string to_text(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return std::format("{:%FT%TZ}", time);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  text.reserve(27);
  put_digits(text, year, 4, '-');
  put_digits(text, static_cast<int>(static_cast<unsigned>(date.month())), 2, '-');
  put_digits(text, static_cast<int>(static_cast<unsigned>(date.day())), 2, 'T');
  put_digits(text, static_cast<int>(clock.hours().count()), 2, ':');
  put_digits(text, static_cast<int>(clock.minutes().count()), 2, ':');
  const auto fraction = static_cast<int>(clock.subseconds().count());
  put_digits(text, static_cast<int>(clock.seconds().count()), 2, fraction == 0 ? 'Z' : '.');
  if (fraction == 0) return text;
  const bool is_milli = fraction % 1000 == 0;
  put_digits(text, is_milli ? fraction / 1000 : fraction, is_milli ? 3 : 6, 'Z');
  return text;
}

Result<Time> parse_time(std::string_view text) {
  Cursor in{text};
  std::chrono::sys_days day;
  microseconds since_midnight{0};
  minutes offset{0};
  if (!take_date(in, day)) return std::unexpected(bad_time(text));
  if (in.rest.empty()) return Time(day);
  if (!in.literal('T') && !in.literal('t') && !in.literal(' ')) {
    return std::unexpected(bad_time(text));
  }
  if (!take_clock(in, since_midnight) || !take_offset(in, offset) || !in.rest.empty()) {
    return std::unexpected(bad_time(text));
  }
  return Time(day) + since_midnight - offset;
}

Result<Duration> parse_duration(std::string_view text) {
  std::string_view body = text;
  std::string lower;
  if (body.starts_with("P")) {  // ISO 8601 with one component: P7D, PT15M
    const bool clock = body.starts_with("PT");
    body.remove_prefix(clock ? 2 : 1);
    for (const char c : body) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (!clock && lower.ends_with('m')) lower += "onth";  // a month has no fixed length
    body = lower;
  }
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(body.data() + body.size() - end));
  return scaled(text, error == std::errc() ? unit : "", count);
}

std::string time_zone_name(std::string_view given) {
  try {
    if (given.empty()) return std::string(std::chrono::current_zone()->name());
    return std::string(std::chrono::locate_zone(given.substr(given.starts_with(':')))->name());
  } catch (const std::exception&) {  // there is no time zone data, or no zone of this name
    return {};
  }
}

std::vector<std::string> time_zone_names() {
  std::vector<std::string> names;
  try {
    const auto& known = std::chrono::get_tzdb();
    for (const auto& zone : known.zones) names.emplace_back(zone.name());
    for (const auto& link : known.links) names.emplace_back(link.name());
  } catch (const std::runtime_error&) {
    return {};
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace millrace::base
