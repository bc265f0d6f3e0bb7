#include "connector/file/time_format.h"

#include <algorithm>
#include <array>
#include <limits>

namespace millrace::connector::file {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kKnown = "YymdbHIpMSzj%";
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// What a text has said so far.
struct Fields {
  int year = 1970, month = 1, day = 1, day_of_year = 0;
  int hour = 0, minute = 0, second = 0;
  bool has_half = false, is_afternoon = false;
  microseconds fraction{0};
  std::optional<seconds> offset;
};

/// Takes characters off the front of a text; every function says whether they fitted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool is_done() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool literal(char c) {
    if (front() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (front() == ' ' || front() == '\t') rest_.remove_prefix(1);
  }
  /// Between `least` and `most` digits.
  bool digits(int least, int most, int& value) {
    int count = 0;
    for (value = 0; count < most && !rest_.empty() && is_digit(front()); ++count) {
      value = value * 10 + (front() - '0');
      rest_.remove_prefix(1);
    }
    return count >= least;
  }
  bool fraction(microseconds& value) {
    std::int64_t micros = 0;
    int count = 0;
    for (; !rest_.empty() && is_digit(front()); ++count) {
      if (count < 6) micros = micros * 10 + (front() - '0');
      rest_.remove_prefix(1);
    }
    for (int i = count; i < 6; ++i) micros *= 10;
    value = microseconds(micros);
    return count > 0;
  }
  bool second(Fields& out) {
    if (!digits(1, 2, out.second)) return false;
    return (!literal('.') && !literal(',')) || fraction(out.fraction);
  }
  bool offset(Fields& out) {
    if (literal('Z') || literal('z')) {
      out.offset = 0s;
      return true;
    }
    const bool is_east = front() == '+';
    int h = 0, m = 0;
    if ((!literal('+') && !literal('-')) || !digits(2, 2, h)) return false;
    literal(':');
    if (is_digit(front()) && !digits(2, 2, m)) return false;
    out.offset = (is_east ? 1 : -1) * (hours(h) + minutes(m));
    return h < 24 && m < 60;
  }
  bool month_name(int& month) {
    for (std::size_t i = 0; i < kMonths.size() && rest_.size() >= 3; ++i) {
      if (!std::ranges::equal(rest_.substr(0, 3), kMonths[i], {}, lower)) continue;
      month = static_cast<int>(i) + 1;
      rest_.remove_prefix(3);
      return true;
    }
    return false;
  }
  bool half_of_day(Fields& out) {
    if (rest_.size() < 2 || lower(rest_[1]) != 'm') return false;
    const char half = lower(rest_[0]);
    if (half != 'a' && half != 'p') return false;
    out.has_half = true;
    out.is_afternoon = half == 'p';
    rest_.remove_prefix(2);
    return true;
  }

 private:
  std::string_view rest_;
};

bool take_iso(Scanner& in, Fields& out) {
  if (!in.digits(4, 4, out.year) || !in.literal('-') || !in.digits(2, 2, out.month) ||
      !in.literal('-') || !in.digits(2, 2, out.day)) {
    return false;
  }
  if (in.is_done()) return true;
  if (!in.literal('T') && !in.literal('t') && !in.literal(' ')) return false;
  if (!in.digits(2, 2, out.hour) || !in.literal(':') || !in.digits(2, 2, out.minute)) return false;
  if (in.literal(':') && !in.second(out)) return false;
  in.blanks();
  return in.is_done() || in.offset(out);
}

bool take_conversion(char conversion, Scanner& in, Fields& out) {
  switch (conversion) {
    case 'Y':
      return in.digits(4, 4, out.year);
    case 'y':  // POSIX: 69 to 99 are of the last century
      return in.digits(2, 2, out.year) && ((out.year += out.year < 69 ? 2000 : 1900), true);
    case 'm':
      return in.digits(1, 2, out.month);
    case 'd':
      return in.digits(1, 2, out.day);
    case 'b':
      return in.month_name(out.month);
    case 'j':
      return in.digits(1, 3, out.day_of_year) && out.day_of_year >= 1 && out.day_of_year <= 366;
    case 'H':
    case 'I':
      return in.digits(1, 2, out.hour);
    case 'p':
      return in.half_of_day(out);
    case 'M':
      return in.digits(1, 2, out.minute);
    case 'S':
      return in.second(out);
    case 'z':
      return in.offset(out);
    default:
      return in.literal('%');
  }
}

bool take_pattern(std::string_view pattern, Scanner& in, Fields& out) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == ' ') {
      in.blanks();
    } else if (pattern[i] == '%') {
      if (!take_conversion(pattern[++i], in, out)) return false;
    } else if (!in.literal(pattern[i])) {
      return false;
    }
  }
  return true;
}

std::optional<WrittenTime> combine(const Fields& in) {
  int hour = in.hour;
  if (in.has_half) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (in.is_afternoon ? 12 : 0);
  }
  // 24:00 and leap seconds occur in real files: they are the next midnight and the next second.
  const bool is_end_of_day = hour == 24 && in.minute == 0 && in.second == 0;
  if ((hour > 23 && !is_end_of_day) || in.minute > 59 || in.second > 60) return std::nullopt;
  const auto first_day = in.day_of_year > 0;
  const std::chrono::year_month_day date{std::chrono::year(in.year),
                                         std::chrono::month(first_day ? 1U : unsigned(in.month)),
                                         std::chrono::day(first_day ? 1U : unsigned(in.day))};
  if (!date.ok()) return std::nullopt;
  const auto day = std::chrono::local_days(date) + days(first_day ? in.day_of_year - 1 : 0);
  if (std::chrono::year_month_day(day).year() != date.year()) return std::nullopt;
  return WrittenTime{
      LocalTime(day) + hours(hour) + minutes(in.minute) + seconds(in.second) + in.fraction,
      in.offset};
}

/// A number of units since 1970, exactly: "1582934400.25" in seconds.
std::optional<WrittenTime> epoch(std::string_view text, std::int64_t unit_us) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max() / 16;
  std::int64_t micros = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    micros = micros * 10 + (text[i] - '0');
    if (micros > kMax / unit_us) return std::nullopt;
  }
  if (i == 0) return std::nullopt;
  micros *= unit_us;
  if (i < text.size() && text[i] == '.') {
    for (std::int64_t unit = unit_us / 10; ++i < text.size() && is_digit(text[i]); unit /= 10) {
      micros += (text[i] - '0') * unit;
    }
  }
  if (i < text.size()) return std::nullopt;
  return WrittenTime{LocalTime(microseconds(is_negative ? -micros : micros)), 0s};
}

}  // namespace

base::Result<TimeFormat> TimeFormat::create(std::string_view format) {
  TimeFormat made;
  if (format == "iso") return made;
  if (format.starts_with("epoch_")) {
    made.kind_ = Kind::kEpoch;
    made.epoch_unit_us_ = format == "epoch_s" ? 1'000'000 : format == "epoch_ms" ? 1000 : 1;
    if (made.epoch_unit_us_ > 1 || format == "epoch_us") return made;
  }
  made.kind_ = Kind::kPattern;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      made.pattern_ += format[i];
      continue;
    }
    const char conversion = ++i < format.size() ? format[i] : '\0';
    if (conversion == 'T') {
      made.pattern_ += "%H:%M:%S";
    } else if (conversion == 'F') {
      made.pattern_ += "%Y-%m-%d";
    } else if (conversion != '\0' && kKnown.contains(conversion)) {
      (made.pattern_ += '%') += conversion;
    } else {
      return base::fail(base::ErrorCode::kInvalid,
                        std::format("the time format has an unknown %{}", conversion),
                        "Known are %Y %y %m %d %b %j %H %I %p %M %S %z %T %F %%.");
    }
  }
  if (!made.pattern_.contains('%')) {
    return base::fail(
        base::ErrorCode::kInvalid, std::format("'{}' is no time format", format),
        "Write iso, epoch_s, epoch_ms, epoch_us or a pattern such as %Y-%m-%d %H:%M.");
  }
  return made;
}

std::optional<WrittenTime> TimeFormat::parse(std::string_view text) const {
  if (kind_ == Kind::kEpoch) return epoch(text, epoch_unit_us_);
  Scanner in(text);
  Fields fields;
  const bool fits = kind_ == Kind::kIso ? take_iso(in, fields) : take_pattern(pattern_, in, fields);
  if (!fits || !in.is_done()) return std::nullopt;
  return combine(fields);
}

}  // namespace millrace::connector::file
