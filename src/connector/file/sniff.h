#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/file/mapping.h"

namespace millrace::connector::file {

/// How a file seems to be written, from its first lines.
struct Sniffed {
  TextFormat format;                           // delimiter, decimal, header, columns, skip_lines
  std::vector<std::string> columns;            // names, also where the file gives none
  std::vector<std::vector<std::string>> rows;  // the first of data, each with all columns
  std::vector<std::string> notes;              // what a person should look at
};

/// `beginning` of a file, also gzipped; `is_whole` when there is no more. Errors: malformed (gzip,
/// no text, or no line that is whole).
base::Result<Sniffed> sniff(std::string_view beginning, bool is_whole);

/// The columns that hold the time, and how it is written there.
struct SniffedTime {
  std::size_t column = 0;
  std::optional<std::size_t> second_column{};
  std::string format;
  bool has_offset = false;    // each time says its own
  bool is_ambiguous = false;  // day and month may stand the other way round
};

/// Whether what a few rows contradict is so all the same: 80 of 100, and always when there is none.
bool are_most(std::size_t some, std::size_t all);

/// Empty where no column is a time in most rows.
std::optional<SniffedTime> sniff_time(const Sniffed& file);

/// The type that most cells of a column have; f64 also for whole numbers, for later rows may have
/// fractions.
model::ValueType sniff_type(const Sniffed& file, std::size_t column);

}  // namespace millrace::connector::file
