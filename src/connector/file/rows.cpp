#include "connector/file/rows.h"

#include <algorithm>

#include "codec/utf8.h"

namespace millrace::connector::file {

using codec::CsvFault;
using codec::CsvRecord;

namespace {

bool is_all_utf8(const CsvRecord& record) {
  const auto is_ascii = [](char c) { return (c & 0x80) == 0; };
  return std::ranges::all_of(record.raw, is_ascii) ||
         std::ranges::all_of(record.fields, codec::is_utf8);
}

}  // namespace

FileNames names_of(const FileSource& source) {
  return {source.name.substr(0, source.name.find('.')), source.folder};
}

FileRows::FileRows(const Input& input) : mapping_(input.mapping), problems_(input.problems) {}
FileRows::~FileRows() = default;

base::Result<std::unique_ptr<FileRows>> FileRows::open(const Input& input) {
  std::unique_ptr<FileRows> made(new FileRows(input));
  MILLRACE_TRY(made->open_file(input));
  return made;
}

base::Result<void> FileRows::open_file(const Input& input) {
  MILLRACE_LET(bytes_, FileBytes::open(input.source));
  const TextFormat& format = mapping_.format;
  const codec::CsvFormat csv{.delimiter = character_of(format.delimiter),
                             .quote = character_of(format.quote)};
  reader_ = std::make_unique<codec::CsvReader>(csv, *bytes_);
  columns_.emplace(format.columns);
  if (format.has_header) {
    MILLRACE_LET(std::vector<std::string> names, read_header());
    columns_.emplace(std::move(names));
  }
  MILLRACE_LET(mapper_, make_mapper({.mapping = mapping_,
                                     .columns = *columns_,
                                     .names = names_of(input.source),
                                     .known = input.known,
                                     .problems = problems_}));
  return {};
}

base::Result<std::vector<std::string>> FileRows::read_header() {
  CsvRecord record;
  do {
    MILLRACE_LET(const bool found, reader_->next(record));
    if (!found) {
      return base::fail(base::ErrorCode::kMalformed, "the file has no header line",
                        "If its first line is data: format: {header: false, columns: [...]}.");
    }
  } while (record.line <= static_cast<std::uint64_t>(mapping_.format.skip_lines));
  if (record.fault != CsvFault::kNone) {
    return base::fail(base::ErrorCode::kMalformed,
                      std::format("line {}: {}", record.line, sentence(record.fault)),
                      "Check format.delimiter and format.quote in the mapping.");
  }
  if (!is_all_utf8(record)) {
    return base::fail(base::ErrorCode::kMalformed,
                      std::format("line {}: the names of the columns are not UTF-8", record.line),
                      "Save the file as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8");
  }
  if (!mapping_.format.columns.empty()) return mapping_.format.columns;
  std::vector<std::string> names;
  for (const std::string_view field : record.fields) names.emplace_back(trimmed(field));
  return names;
}

base::Result<bool> FileRows::next(MappedRow& row) {
  CsvRecord record;
  while (true) {
    MILLRACE_LET(const bool found, reader_->next(record));
    if (!found) return false;
    if (record.line <= static_cast<std::uint64_t>(mapping_.format.skip_lines)) continue;
    row.row = rows_++;
    row.line = record.line;
    row.cells.clear();
    row.empty_cells = row.bad_cells = 0;
    if (has_all_fields(record) && mapper_->map(record.fields, row)) return true;
    ++refused_;
  }
}

/// Whether a record has a field for each column; else it is reported.
bool FileRows::has_all_fields(const CsvRecord& record) {
  const std::size_t wanted = columns_->size();
  const auto is_empty = [](std::string_view field) { return trimmed(field).empty(); };
  const bool has_enough = record.fault == CsvFault::kNone && record.fields.size() >= wanted;
  const bool fits = has_enough && std::ranges::all_of(record.fields.subspan(wanted), is_empty);
  if (!record.has_line_end && !has_enough) {
    refuse(record, "torn_line", "the last line ends in the middle", "Copy the file again.");
    return false;
  }
  if (record.fault != CsvFault::kNone) {
    refuse(record, "bad_line", std::string(sentence(record.fault)),
           "Check format.quote in the mapping, and this line.");
    return false;
  }
  if (!fits) {
    refuse(record, "field_count",
           std::format("the line has {} fields, {} are expected", record.fields.size(), wanted),
           "Check format.delimiter in the mapping, and this line.");
    return false;
  }
  if (!is_all_utf8(record)) {
    refuse(record, "not_utf8", "the line is not UTF-8",
           "Save the file as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8");
    return false;
  }
  if (!record.has_line_end) {
    problems_({Weight::kWarning, "no_line_end", record.line, "",
               "the last line has no line end; whether its last value is whole cannot be told",
               "Compare it with the source, if the file may have been cut."});
  }
  return true;
}

void FileRows::refuse(const CsvRecord& record, std::string_view code, std::string what,
                      std::string hint) {
  problems_({Weight::kError, code, record.line, "", std::move(what), std::move(hint)});
}

std::uint64_t FileRows::bytes_read() const { return bytes_->disk_bytes_read(); }
std::uint64_t FileRows::bytes_total() const { return bytes_->disk_bytes_total(); }
std::uint64_t FileRows::content_bytes() const { return bytes_->content_bytes(); }
std::string FileRows::content_hash() { return bytes_->content_hash(); }

}  // namespace millrace::connector::file
