// Which column is the time, and how it is written.
#include <algorithm>
#include <array>
#include <charconv>

#include "connector/file/cell.h"
#include "connector/file/sniff.h"
#include "connector/file/time_format.h"
#include "twin/tag_words.h"

namespace millrace::connector::file {
namespace {

constexpr std::array kFormats = {
    "iso",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y-%m-%d %I:%M:%S %p",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%d-%b-%y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d.%m.%y %H:%M:%S",
    "%d.%m.%y %H:%M",
    "%Y%m%dT%H%M%S",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
};
constexpr std::array kDates = {"%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y",
                               "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%y"};
constexpr std::array kDayTimes = {"%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"};

/// Whether the name of a column speaks of time, in the languages of tag_words() and ours.
bool is_called_time(std::string_view name) {
  constexpr std::array kWords = {"time", "date", "zeit", "datum", "epoch", "时间", "日期"};
  return std::ranges::any_of(twin::tag_words(name), [&](const twin::TagWord& word) {
    return word.text == "ts" ||
           std::ranges::any_of(kWords, [&](const char* one) { return word.text.contains(one); });
  });
}

struct Reading {
  bool fits = false;
  std::size_t times = 0;
  bool has_offset = false;
  bool is_rising = true;
};

Reading read_all(const std::vector<std::string>& cells, const char* format) {
  const auto pattern = TimeFormat::create(format);
  Reading reading{.has_offset = true};
  std::optional<LocalTime> before;
  for (const std::string& cell : cells) {
    const auto time = pattern->parse(cell);
    if (!time) continue;
    ++reading.times;
    reading.has_offset = reading.has_offset && time->offset.has_value();
    reading.is_rising = reading.is_rising && (!before || *before <= time->local);
    before = time->local;
  }
  reading.fits = reading.times > 0 && are_most(reading.times, cells.size());
  return reading;
}

std::vector<std::string> cells_of(const Sniffed& file, std::size_t column) {
  std::vector<std::string> cells;
  for (const auto& row : file.rows) {
    if (!row[column].empty()) cells.push_back(row[column]);
  }
  return cells;
}

/// The other reading of a pattern with day and month, as %m/%d/%Y of %d/%m/%Y.
std::string swapped(std::string pattern) {
  const std::size_t day = pattern.find("%d"), month = pattern.find("%m");
  if (day == std::string::npos || month == std::string::npos) return pattern;
  pattern[day + 1] = 'm';
  pattern[month + 1] = 'd';
  return pattern;
}

template <std::size_t N>
std::optional<SniffedTime> written(const std::vector<std::string>& cells,
                                   const std::array<const char*, N>& formats) {
  for (const char* format : formats) {
    Reading reading = read_all(cells, format);
    if (!reading.fits) continue;
    SniffedTime time{.format = format, .has_offset = reading.has_offset};
    const std::string other = swapped(format);
    const bool is_sortable = time.format.starts_with("%Y") || time.format == "iso";
    if (is_sortable || other == time.format) return time;
    const Reading otherwise = read_all(cells, other.c_str());
    const bool is_even = otherwise.times == reading.times;
    const bool is_other =
        otherwise.times > reading.times || (is_even && otherwise.is_rising && !reading.is_rising);
    if (is_other) time.format = other;
    time.is_ambiguous = !other.contains('.') && is_even && otherwise.is_rising == reading.is_rising;
    return time;
  }
  return std::nullopt;
}

/// Numbers since 1970, by their size: between 2000 and 2100.
std::optional<SniffedTime> counted(const std::vector<std::string>& cells) {
  double unit = 1;
  for (const char* format : {"epoch_s", "epoch_ms", "epoch_us"}) {
    const auto fitting = std::ranges::count_if(cells, [&](const std::string& cell) {
      double number = 0;
      const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), number);
      return read.ec == std::errc() && read.ptr == cell.data() + cell.size() &&
             number > 946'684'800 * unit && number < 4'102'444'800 * unit;
    });
    if (fitting > 0 && are_most(static_cast<std::size_t>(fitting), cells.size()))
      return SniffedTime{.format = format, .has_offset = true};
    unit *= 1000;
  }
  return std::nullopt;
}

std::optional<SniffedTime> time_of(const Sniffed& file, std::size_t column) {
  const auto cells = cells_of(file, column);
  auto time = written(cells, kFormats);
  if (!time && (column == 0 || is_called_time(file.columns[column]))) time = counted(cells);
  if (time) time->column = column;
  return time;
}

/// A date in one column and the time of day in another.
std::optional<SniffedTime> two_columns(const Sniffed& file) {
  std::optional<SniffedTime> date, day_time;
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    const auto cells = cells_of(file, i);
    if (!date) {
      date = written(cells, kDates);
      if (date) date->column = i;
    }
    if (!day_time) {
      day_time = written(cells, kDayTimes);
      if (day_time) day_time->column = i;
    }
  }
  if (!date || !day_time) return std::nullopt;
  date->second_column = day_time->column;
  date->format += " " + day_time->format;
  return date;
}

}  // namespace

std::optional<SniffedTime> sniff_time(const Sniffed& file) {
  if (auto both = two_columns(file)) return both;
  std::optional<SniffedTime> best;
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    auto time = time_of(file, i);
    if (!time) continue;
    if (is_called_time(file.columns[i])) return time;
    if (!best) best = std::move(time);
  }
  return best;
}

}  // namespace millrace::connector::file
