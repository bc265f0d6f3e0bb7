#include "connector/file/sniff.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "codec/csv.h"
#include "codec/gzip.h"
#include "codec/utf8.h"
#include "connector/file/cell.h"
#include "connector/file/time_format.h"

namespace millrace::connector::file {
namespace {

using model::ValueType;

constexpr std::size_t kContentBytesMax = 1U << 20;  // that are looked at, after gunzip
constexpr std::size_t kRecordsMax = 1000;
constexpr double kMostShare = 0.8;
constexpr double kSameShare = 0.9;  // of records with the same number of fields

struct Line {
  std::uint64_t line = 0;
  std::vector<std::string> fields;
};

/// How the first lines look when they are split at one delimiter.
struct Split {
  std::string delimiter;
  std::vector<Line> lines{};  // those of the table
  std::uint64_t before = 0;   // lines that stand above it
  std::size_t fields = 0;
};

/// The content as far as it is there: a gzip file that was cut has an error where it ends.
base::Result<std::string> content_of(std::string_view beginning, bool is_whole) {
  if (!codec::is_gzip(beginning)) return std::string(beginning.substr(0, kContentBytesMax));
  codec::TextBytes packed(beginning);
  codec::GunzipBytes unpacked(packed);
  std::string content;
  std::array<char, 16384> part;
  while (content.size() < kContentBytesMax) {
    const auto got = unpacked.read(part);
    if (!got && (is_whole || content.empty())) return std::unexpected(got.error());
    if (!got || *got == 0) break;
    content.append(part.data(), *got);
  }
  return content;
}

/// Without a line that is not whole, unless it is the only one.
std::string_view whole_lines(std::string_view content, bool is_whole) {
  if (is_whole && content.size() < kContentBytesMax) return content;
  const std::size_t end = content.rfind('\n');
  return end == std::string_view::npos ? content : content.substr(0, end + 1);
}

std::vector<Line> lines_of(std::string_view content, char delimiter) {
  codec::TextBytes bytes(content);
  codec::CsvReader reader({.delimiter = delimiter}, bytes);
  std::vector<Line> lines;
  codec::CsvRecord record;
  while (lines.size() < kRecordsMax) {
    const auto found = reader.next(record);
    if (!found || !*found) break;
    if (record.fault != codec::CsvFault::kNone) continue;
    Line& line = lines.emplace_back();
    line.line = record.line;
    for (const std::string_view field : record.fields) line.fields.emplace_back(trimmed(field));
  }
  return lines;
}

/// Empty where the delimiter splits nothing, or every line otherwise.
std::optional<Split> split_at(std::string_view content, const std::string& delimiter) {
  Split split{.delimiter = delimiter};
  std::vector<Line> lines = lines_of(content, character_of(delimiter));
  std::map<std::size_t, std::size_t> counts;
  for (const Line& line : lines) ++counts[line.fields.size()];
  std::size_t most = 0;
  for (const auto& [fields, count] : counts) {
    if (fields < 2 || count < most) continue;
    most = count;
    split.fields = fields;
  }
  if (most == 0) return std::nullopt;
  const auto fits = [&](const Line& line) { return line.fields.size() == split.fields; };
  const auto first = std::ranges::find_if(lines, fits);
  if (first != lines.begin()) split.before = first->line - 1;
  const auto rest = static_cast<double>(lines.end() - first);
  if (static_cast<double>(most) < kSameShare * rest) return std::nullopt;
  std::copy_if(first, lines.end(), std::back_inserter(split.lines), fits);
  return split;
}

/// The one that leaves least above the table, and then the one that means least otherwise: a comma
/// may be a decimal sign, a blank stands in times.
Split best_split(std::string_view content) {
  std::optional<Split> best;
  for (const char* delimiter : {"tab", ";", "|", ",", "space"}) {
    auto split = split_at(content, delimiter);
    if (split && (!best || split->before < best->before)) best = std::move(split);
  }
  if (best) return *std::move(best);
  std::vector<Line> lines = lines_of(content, ',');
  if (!lines.empty()) {
    const std::size_t fields = lines.front().fields.size();
    std::erase_if(lines, [&](const Line& line) { return line.fields.size() != fields; });
  }
  return {.delimiter = ",", .lines = std::move(lines), .fields = 1};
}

bool is_number(const std::string& cell, char decimal) {
  return read_cell(cell, ValueType::kF64, {decimal, {}}).fault == CellFault::kNone;
}

/// A comma where no delimiter is one, in cells that are numbers with it and not without.
std::string decimal_of(const Split& split) {
  if (split.delimiter == ",") return ".";
  std::size_t commas = 0, points = 0;
  for (const Line& line : split.lines) {
    for (const std::string& cell : line.fields) {
      commas += cell.contains(',') && is_number(cell, ',') ? 1U : 0U;
      points += cell.contains('.') && is_number(cell, '.') ? 1U : 0U;
    }
  }
  return commas > points ? "," : ".";
}

/// The first line names columns when none of its fields is a number or a time.
bool has_header(const Split& split, char decimal) {
  const auto iso = TimeFormat::create("iso");
  return std::ranges::none_of(split.lines.front().fields, [&](const std::string& field) {
    return is_number(field, decimal) || iso->parse(field).has_value();
  });
}

/// Names for all columns; `format.columns` where those of the file do not do.
void name_columns(std::vector<std::string> names, Sniffed& to) {
  std::set<std::string> seen;
  std::vector<std::string> made;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i].empty() ? std::format("column-{}", i + 1) : names[i];
    if (!seen.insert(name).second) seen.insert(name += std::format("-{}", i + 1));
    made.push_back(std::move(name));
  }
  if (made != names) {
    to.format.columns = made;
    to.notes.push_back(to.format.has_header
                           ? "Some columns have no name or the same one; format.columns names them."
                           : "The file has no line with names; rename the columns in the mapping.");
  }
  to.columns = std::move(made);
}

}  // namespace

base::Result<Sniffed> sniff(std::string_view beginning, bool is_whole) {
  MILLRACE_LET(const std::string content, content_of(beginning, is_whole));
  const std::string_view text = whole_lines(content, is_whole);
  if (!codec::is_utf8(text) || text.contains('\0')) {
    return base::fail(base::ErrorCode::kMalformed, "the file is not text in UTF-8",
                      "Save it as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8");
  }
  Split split = best_split(text);
  if (split.lines.empty()) {
    return base::fail(base::ErrorCode::kMalformed, "the file has no line",
                      "Choose a file with a header and rows.");
  }
  Sniffed found;
  found.format.delimiter = split.delimiter;
  found.format.decimal = decimal_of(split);
  found.format.skip_lines = static_cast<std::int64_t>(split.before);
  found.format.has_header = has_header(split, found.format.decimal[0]);
  std::vector<std::string> names(split.lines.front().fields.size());
  if (found.format.has_header) {
    names = split.lines.front().fields;
    split.lines.erase(split.lines.begin());
  }
  name_columns(std::move(names), found);
  for (Line& line : split.lines) found.rows.push_back(std::move(line.fields));
  return found;
}

bool are_most(std::size_t some, std::size_t all) {
  return static_cast<double>(some) >= kMostShare * static_cast<double>(all);
}

model::ValueType sniff_type(const Sniffed& file, std::size_t column) {
  const CellFormat cells{file.format.decimal[0], file.format.null_texts};
  std::size_t cells_seen = 0, numbers = 0, truths = 0;
  for (const auto& row : file.rows) {
    const Cell number = read_cell(row[column], ValueType::kF64, cells);
    if (number.fault == CellFault::kEmpty) continue;
    ++cells_seen;
    const bool is_number = number.fault != CellFault::kWrongType;
    numbers += is_number ? 1U : 0U;
    const Cell truth = read_cell(row[column], ValueType::kBool, cells);
    truths += !is_number && truth.fault == CellFault::kNone ? 1U : 0U;
  }
  if (are_most(numbers, cells_seen)) return ValueType::kF64;
  return are_most(truths, cells_seen) ? ValueType::kBool : ValueType::kText;
}

}  // namespace millrace::connector::file
