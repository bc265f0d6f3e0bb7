#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/byte_source.h"

namespace millrace::codec {

/// How delimited text is laid out.
struct CsvFormat {
  /// Between two fields. kCsvBlanks: fields stand between runs of spaces and tabs, blanks at both
  /// ends of a line mean nothing, and there are no quotes.
  char delimiter = ',';
  /// Around fields that hold the delimiter, the quote (doubled) or line ends; 0 for none.
  char quote = '"';
  /// A longer record is reported and skipped, not held in memory.
  std::size_t record_bytes_max = 1U << 20;
  std::size_t fields_max = 16384;
};
inline constexpr char kCsvBlanks = ' ';

/// Why the fields of a record cannot be used. Reading goes on after it.
enum class CsvFault {
  kNone,
  kOpenQuote,       // a quote is never closed; only its first line is given up
  kTextAfterQuote,  // something stands between a closing quote and the delimiter
  kNulByte,         // binary data, or UTF-16
  kTooLong,         // beyond record_bytes_max
  kTooManyFields,   // beyond fields_max
};
/// One sentence on a fault, for a person.
std::string_view sentence(CsvFault fault);

/// One record. The views are valid until the next call of the reader.
struct CsvRecord {
  std::span<const std::string_view> fields;  // unquoted; empty when there is a fault
  std::string_view raw;                      // its bytes without line end, as far as they are there
  std::uint64_t line = 0;                    // of its first byte, from 1
  CsvFault fault = CsvFault::kNone;
  bool has_line_end = true;  // false: the text ends here without one, so it may be torn
};

/// Splits text into records and fields by RFC 4180, and more tolerantly: any delimiter, LF or CRLF,
/// a UTF-8 byte order mark, and a quote inside an unquoted field stands for itself. Empty lines are
/// skipped. Memory is bounded by the format's limits; no field is allocated or copied.
///
/// One thread. Bad records carry a fault; an Error is only what the byte source says, or malformed
/// for UTF-16.
class CsvReader {
 public:
  CsvReader(CsvFormat format, ByteSource& source);

  /// The next record; false at the end.
  base::Result<bool> next(CsvRecord& record);

 private:
  enum class Found { kRecord, kNeedsMore };
  /// Where a scan stands in its record.
  enum class At { kFieldStart, kUnquoted, kQuoted, kAfterQuote, kGivenUp };

  base::Result<void> open();
  base::Result<void> fill();
  base::Result<bool> next_or_blank(CsvRecord& record);
  base::Result<void> find_end();
  void give_up();
  Found scan();
  Found scan_quoted();
  base::Result<bool> skip_line(CsvRecord& record);
  void give(CsvRecord& record);
  CsvFault split(char* text, std::size_t size);
  CsvFault split_plain(std::string_view text);
  CsvFault split_quoted(char* text, std::size_t size);
  void split_blanks(std::string_view text);
  std::string_view rest() const { return {buffer_.data() + begin_, end_ - begin_}; }

  const CsvFormat format_;
  ByteSource& source_;
  std::vector<char> buffer_;
  std::vector<std::string_view> fields_;
  std::size_t begin_ = 0, end_ = 0;  // of the bytes in buffer_ that are not given out yet
  std::uint64_t line_ = 1;           // at begin_
  bool is_open_ = false, is_at_end_ = false;

  // The record at begin_, as far as it was scanned; offsets from begin_.
  std::size_t scanned_ = 0, size_ = 0;
  At at_ = At::kFieldStart;
  bool has_quotes_ = false, has_line_end_ = false, is_too_long_ = false;
};

}  // namespace millrace::codec
