#include "twin/tag_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <format>

#include "codec/csv.h"
#include "codec/utf8.h"
#include "config/problem.h"
#include "model/name.h"
#include "model/value.h"
#include "twin/thing_model.h"

namespace millrace::twin {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kNeeded = 4;  // of kColumns
constexpr std::size_t kTextBytesMax = 200;
constexpr std::size_t kAddressBytesMax = 1000;
constexpr std::size_t kUnitBytesMax = 40;

/// A column that is text.
struct TextColumn {
  std::string_view key;
  std::string TagRow::* member;
  enum class Kind { kName, kModel, kText, kAddress, kUnit, kType } kind;
};
using enum TextColumn::Kind;
constexpr std::array<TextColumn, 13> kTextColumns = {{
    {"thing", &TagRow::thing, kName},
    {"property", &TagRow::property, kName},
    {"connection", &TagRow::connection, kName},
    {"address", &TagRow::address, kAddress},
    {"model", &TagRow::model, kModel},
    {"title", &TagRow::title, kText},
    {"site", &TagRow::site, kName},
    {"area", &TagRow::area, kName},
    {"line", &TagRow::plant_line, kName},
    {"cell", &TagRow::cell, kName},
    {"unit", &TagRow::unit, kUnit},
    {"type", &TagRow::type, kType},
    {"property_title", &TagRow::property_title, kText},
}};
struct NumberColumn {
  std::string_view key;
  std::optional<double> TagRow::* member;
};
constexpr std::array<NumberColumn, 4> kNumberColumns = {{
    {"scale", &TagRow::scale},
    {"offset", &TagRow::offset},
    {"min", &TagRow::min},
    {"max", &TagRow::max},
}};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string column_key(std::string_view text) {
  std::string out(trimmed(text));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (c == ' ' || c == '-') c = '_';
  }
  return out;
}

/// The delimiter that the first line has most of.
char delimiter_of(std::string_view csv) {
  const std::string_view header = csv.substr(0, csv.find('\n'));
  char best = ',';
  for (const char one : {';', '\t'}) {
    if (std::ranges::count(header, one) > std::ranges::count(header, best)) best = one;
  }
  return best;
}

/// Reads the cells of one row; the first problem is kept.
class RowReader {
 public:
  RowReader(TagRow& row, char delimiter) : row_(row), delimiter_(delimiter) {}

  void read(std::string_view key, std::string_view cell) {
    cell = trimmed(cell);
    if (cell.empty()) return;
    if (const auto text = std::ranges::find(kTextColumns, key, &TextColumn::key);
        text != kTextColumns.end()) {
      return read_text(*text, cell);
    }
    const auto number = std::ranges::find(kNumberColumns, key, &NumberColumn::key);
    if (number != kNumberColumns.end()) row_.*number->member = read_number(key, cell);
  }

  void finish() {
    for (const TextColumn& column : kTextColumns) {
      const bool is_needed =
          std::ranges::contains(std::span(tag_columns()).first(kNeeded), column.key);
      if (is_needed && (row_.*column.member).empty()) {
        problem(std::format("{} is empty: fill it in, or remove the row", column.key));
      }
    }
    if (row_.scale == 0) problem("a scale of 0 makes every value the same: write the factor");
    if (row_.min && row_.max && *row_.min > *row_.max) {
      problem("min is above max: exchange them");
    }
  }

  void problem(std::string what) {
    if (row_.problem.empty()) row_.problem = std::move(what);
  }

 private:
  void read_text(const TextColumn& column, std::string_view cell) {
    std::string& target = row_.*column.member;
    const std::size_t bytes_max = column.kind == kAddress ? kAddressBytesMax
                                  : column.kind == kUnit  ? kUnitBytesMax
                                                          : kTextBytesMax;
    if (cell.size() > bytes_max) {
      return problem(std::format("{} is longer than {} bytes: shorten it", column.key, bytes_max));
    }
    const bool is_strange = std::ranges::any_of(cell, [](unsigned char c) { return c < 0x20; });
    if (is_strange) {
      return problem(std::format("{} has control characters in it: remove them", column.key));
    }
    const bool is_wrong_name = column.kind == kName && !model::is_name(cell);
    if (is_wrong_name) {
      return problem(std::format("{} '{}' is not a name: write '{}'", column.key, cell,
                                 model::nearest_name(cell)));
    }
    if (column.kind == kModel && !parse_model_ref(cell) && !model::is_name(cell)) {
      return problem(std::format("model '{}' is none: write name@version, such as pump@1", cell));
    }
    if (column.kind == kType && !is_type(cell)) {
      return problem(std::format("type '{}' is none: write f64, i64, u64, bool or text", cell));
    }
    target = cell;
  }

  static bool is_type(std::string_view text) {
    const auto type = model::parse_value_type(text);
    return type && *type != model::ValueType::kBytes;
  }

  std::optional<double> read_number(std::string_view key, std::string_view cell) {
    std::string text(cell);
    if (delimiter_ == ';' && std::ranges::count(text, ',') == 1 && !text.contains('.')) {
      std::ranges::replace(text, ',', '.');
    }
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char* end = text.data() + text.size();
    double number = 0;
    const auto [stop, code] = std::from_chars(begin, end, number);
    const bool is_finite = number > -1e300 && number < 1e300;
    if (code == std::errc() && stop == end && is_finite) return number;
    problem(std::format("{} '{}' is no number: write it as 0.1", key, cell.substr(0, 40)));
    return std::nullopt;
  }

  TagRow& row_;
  const char delimiter_;
};

Result<std::vector<std::string>> read_header(const codec::CsvRecord& record) {
  std::vector<std::string> header;
  for (const std::string_view field : record.fields) {
    std::string key = column_key(field);
    if (key.empty() && header.size() + 1 == record.fields.size()) break;  // a delimiter at the end
    const auto& known = tag_columns();
    if (!std::ranges::contains(known, key)) {
      const std::string near = config::nearest(key, known);
      std::string all;
      for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
      return base::fail(
          ErrorCode::kInvalid,
          std::format("line {}: there is no column '{}'", record.line, field.substr(0, 40)),
          near.empty() ? std::format("Columns: {}.", all)
                       : std::format("Did you mean '{}'?", near));
    }
    if (std::ranges::contains(header, key)) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("line {}: column '{}' is there twice", record.line, key),
                        "Keep one of them.");
    }
    header.push_back(std::move(key));
  }
  for (const std::string& needed : std::span(tag_columns()).first(kNeeded)) {
    if (std::ranges::contains(header, needed)) continue;
    return base::fail(ErrorCode::kInvalid,
                      std::format("line {}: column '{}' is missing", record.line, needed),
                      "A table begins with a line such as thing,property,connection,address,unit.");
  }
  return header;
}

TagColumns columns_of(const std::vector<std::string>& header) {
  const auto has = [&](std::string_view key) { return std::ranges::contains(header, key); };
  return {.unit = has("unit"), .scale = has("scale"), .offset = has("offset")};
}

TagRow read_row(const codec::CsvRecord& record, const std::vector<std::string>& header,
                char delimiter) {
  TagRow row{.line = static_cast<int>(record.line)};
  row.columns = columns_of(header);
  RowReader reader(row, delimiter);
  if (record.fault != codec::CsvFault::kNone) {
    reader.problem(std::string(codec::sentence(record.fault)));
    return row;
  }
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (i < header.size()) {
      reader.read(header[i], record.fields[i]);
    } else if (!trimmed(record.fields[i]).empty()) {
      reader.problem(
          std::format("the row has {} fields, the header {}: quote what holds the "
                      "delimiter",
                      record.fields.size(), header.size()));
    }
  }
  reader.finish();
  return row;
}

bool is_blank(const codec::CsvRecord& record) {
  return record.fault == codec::CsvFault::kNone &&
         std::ranges::all_of(record.fields,
                             [](std::string_view field) { return trimmed(field).empty(); });
}

}  // namespace

const std::vector<std::string>& tag_columns() {
  static const std::vector<std::string> kColumns = {
      "thing",          "property", "connection", "address", "model", "unit",
      "scale",          "offset",   "type",       "min",     "max",   "title",
      "property_title", "site",     "area",       "line",    "cell"};
  return kColumns;
}

Result<std::vector<TagRow>> read_tag_table(std::string_view csv, const TagTableLimits& limits) {
  if (csv.size() > limits.bytes_max) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("the table is larger than {} bytes", limits.bytes_max),
                      "Split it.");
  }
  if (!codec::is_utf8(csv) && !csv.starts_with("\xFF\xFE") && !csv.starts_with("\xFE\xFF")) {
    return base::fail(ErrorCode::kMalformed, "the table is not UTF-8",
                      "Save it as 'CSV UTF-8' in the spreadsheet.");
  }
  const char delimiter = delimiter_of(csv);
  codec::TextBytes bytes(csv);
  codec::CsvReader reader({.delimiter = delimiter}, bytes);
  codec::CsvRecord record;
  MILLRACE_LET(const bool has_header, reader.next(record));
  if (!has_header || record.fault != codec::CsvFault::kNone) {
    return base::fail(ErrorCode::kMalformed, "the table has no header",
                      "Begin it with a line such as thing,property,connection,address,unit.");
  }
  MILLRACE_LET(const auto header, read_header(record));
  std::vector<TagRow> rows;
  while (true) {
    MILLRACE_LET(const bool is_more, reader.next(record));
    if (!is_more) break;
    if (is_blank(record)) continue;
    if (rows.size() == limits.rows_max) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("the table has more than {} rows", limits.rows_max),
                        "Split it.");
    }
    rows.push_back(read_row(record, header, delimiter));
  }
  if (!rows.empty()) return rows;
  return base::fail(ErrorCode::kInvalid, "the table has no rows", "Write one for each tag.");
}

}  // namespace millrace::twin
