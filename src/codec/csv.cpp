#include "codec/csv.h"

#include <algorithm>
#include <cstring>

namespace millrace::codec {
namespace {

constexpr std::size_t kReadBytes = 1U << 18;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

const char* find(const char* from, const char* to, char c) {
  if (from >= to) return to;
  const void* hit = std::memchr(from, c, static_cast<std::size_t>(to - from));
  return hit ? static_cast<const char*>(hit) : to;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string_view sentence(CsvFault fault) {
  switch (fault) {
    case CsvFault::kNone:
      return "";
    case CsvFault::kOpenQuote:
      return "a quoted field is never closed";
    case CsvFault::kTextAfterQuote:
      return "there is text between a closing quote and the delimiter";
    case CsvFault::kNulByte:
      return "the line holds a NUL byte";
    case CsvFault::kTooLong:
      return "the line is longer than the limit";
    case CsvFault::kTooManyFields:
      return "the line has more fields than the limit";
  }
  return "";
}

CsvReader::CsvReader(CsvFormat format, ByteSource& source) : format_(format), source_(source) {}

base::Result<bool> CsvReader::next(CsvRecord& record) {
  if (!is_open_) MILLRACE_TRY(open());
  while (true) {
    MILLRACE_LET(const bool found, next_or_blank(record));
    if (!found) return false;
    if (record.fault != CsvFault::kNone || !record.fields.empty()) return true;
  }
}

/// Takes a byte order mark off the front.
base::Result<void> CsvReader::open() {
  is_open_ = true;
  while (end_ < kUtf8Mark.size() && !is_at_end_) MILLRACE_TRY(fill());
  if (rest().starts_with("\xFF\xFE") || rest().starts_with("\xFE\xFF")) {
    return base::fail(base::ErrorCode::kMalformed, "the file is UTF-16 text",
                      "Save it as UTF-8, or: iconv -f UTF-16 -t UTF-8");
  }
  if (rest().starts_with(kUtf8Mark)) begin_ = kUtf8Mark.size();
  return {};
}

/// Reads more behind end_, after moving what is kept to the front.
base::Result<void> CsvReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kReadBytes / 2) buffer_.resize(end_ + kReadBytes);
  MILLRACE_LET(const std::size_t got, source_.read({buffer_.data() + end_, buffer_.size() - end_}));
  end_ += got;
  is_at_end_ = got == 0;
  return {};
}

/// One record, with no fields when its line is empty.
base::Result<bool> CsvReader::next_or_blank(CsvRecord& record) {
  scanned_ = size_ = 0;
  at_ = At::kFieldStart;
  has_quotes_ = has_line_end_ = is_too_long_ = false;
  MILLRACE_TRY(find_end());
  if (is_too_long_) return skip_line(record);
  if (size_ == 0 && !has_line_end_) return false;
  give(record);
  return true;
}

/// Finds size_ and has_line_end_ of the record at begin_; is_too_long_ when it does not end.
base::Result<void> CsvReader::find_end() {
  while (scan() == Found::kNeedsMore) {
    size_ = rest().size();
    if (size_ > format_.record_bytes_max || (is_at_end_ && at_ == At::kQuoted)) give_up();
    if (is_at_end_ || at_ == At::kGivenUp) return {};
    MILLRACE_TRY(fill());
  }
  has_line_end_ = true;
  if (size_ > format_.record_bytes_max) give_up();
  return {};
}

/// A quote that nobody closes, or not within the limit, spoils its own line, not the whole rest.
void CsvReader::give_up() {
  const std::string_view beginning = rest().substr(0, format_.record_bytes_max + 1);
  const std::size_t line_end = beginning.find('\n');
  has_line_end_ = line_end != beginning.npos;
  is_too_long_ = !has_line_end_ && rest().size() > format_.record_bytes_max;
  size_ = has_line_end_ ? line_end : rest().size();
  at_ = At::kGivenUp;
}

CsvReader::Found CsvReader::scan() {
  if (has_quotes_) return scan_quoted();
  const char *const start = rest().data(), *const to = start + rest().size();
  const char* const line_end = find(start + scanned_, to, '\n');
  const bool may_quote = format_.quote != 0 && format_.delimiter != kCsvBlanks;
  if (may_quote && find(start + scanned_, line_end, format_.quote) != line_end) {
    has_quotes_ = true;
    scanned_ = 0;
    return scan_quoted();
  }
  scanned_ = size_ = static_cast<std::size_t>(line_end - start);
  return line_end == to ? Found::kNeedsMore : Found::kRecord;
}

/// The same where quotes occur: a line end inside quotes is none.
CsvReader::Found CsvReader::scan_quoted() {
  for (const std::string_view text = rest(); scanned_ < text.size(); ++scanned_) {
    const char c = text[scanned_];
    const bool is_quote = c == format_.quote;
    if (at_ == At::kQuoted) {
      if (is_quote) at_ = At::kAfterQuote;
    } else if (is_quote && at_ != At::kUnquoted) {
      at_ = At::kQuoted;  // opens, or is the second of a doubled one
    } else if (c == '\n') {
      size_ = scanned_;
      return Found::kRecord;
    } else {
      at_ = c == format_.delimiter ? At::kFieldStart : At::kUnquoted;
    }
  }
  return Found::kNeedsMore;
}

/// Reads past the end of a line that is too long.
base::Result<bool> CsvReader::skip_line(CsvRecord& record) {
  record = {.line = line_, .fault = CsvFault::kTooLong};
  std::size_t from = 0;
  while (true) {
    const char *const start = rest().data(), *const to = start + rest().size();
    const char* const line_end = find(start + from, to, '\n');
    record.has_line_end = line_end != to;
    if (record.has_line_end || is_at_end_) {
      begin_ += static_cast<std::size_t>(line_end - start) + (record.has_line_end ? 1 : 0);
      ++line_;
      return true;
    }
    begin_ = end_ - 1;  // all but one byte, so that `from` stays behind what was looked at
    from = 1;
    MILLRACE_TRY(fill());
  }
}

/// Hands out the record of size_ bytes at begin_ and goes behind it.
void CsvReader::give(CsvRecord& record) {
  char* const text = buffer_.data() + begin_;
  std::size_t size = size_;
  if (size > 0 && text[size - 1] == '\r') --size;
  record = {.raw = {text, size}, .line = line_, .has_line_end = has_line_end_};
  line_ += static_cast<std::uint64_t>(std::count(text, text + size_, '\n')) + 1;
  begin_ += size_ + (has_line_end_ ? 1 : 0);
  fields_.clear();
  record.fault = split(text, size);
  if (record.fault == CsvFault::kNone) record.fields = fields_;
}

CsvFault CsvReader::split(char* text, std::size_t size) {
  const char* const to = text + size;
  if (find(text, to, '\0') != to) return CsvFault::kNulByte;
  if (at_ == At::kGivenUp) return CsvFault::kOpenQuote;
  if (size == 0) return CsvFault::kNone;
  if (format_.delimiter == kCsvBlanks) {
    split_blanks({text, size});
    return fields_.size() > format_.fields_max ? CsvFault::kTooManyFields : CsvFault::kNone;
  }
  return has_quotes_ ? split_quoted(text, size) : split_plain({text, size});
}

CsvFault CsvReader::split_plain(std::string_view text) {
  const char* at = text.data();
  const char* const to = at + text.size();
  while (fields_.size() < format_.fields_max) {
    const char* const field_end = find(at, to, format_.delimiter);
    fields_.emplace_back(at, static_cast<std::size_t>(field_end - at));
    if (field_end == to) return CsvFault::kNone;
    at = field_end + 1;
  }
  return CsvFault::kTooManyFields;
}

/// As split_plain; doubled quotes become one in place.
CsvFault CsvReader::split_quoted(char* text, std::size_t size) {
  char* at = text;
  char* const to = text + size;
  while (fields_.size() < format_.fields_max) {
    char* field = at;
    char* field_end = nullptr;
    if (at < to && *at == format_.quote) {
      field_end = ++field;
      for (++at; *at != format_.quote || (++at < to && *at == format_.quote); ++at) {
        *field_end++ = *at;
      }
      if (at < to && *at != format_.delimiter) return CsvFault::kTextAfterQuote;
    } else {
      at = field_end = std::find(at, to, format_.delimiter);
    }
    fields_.emplace_back(field, static_cast<std::size_t>(field_end - field));
    if (at == to) return CsvFault::kNone;
    ++at;
  }
  return CsvFault::kTooManyFields;
}

void CsvReader::split_blanks(std::string_view text) {
  const char* at = text.data();
  const char* const to = at + text.size();
  while (true) {
    at = std::find_if_not(at, to, is_blank);
    if (at == to) return;
    const char* const field_end = std::find_if(at, to, is_blank);
    fields_.emplace_back(at, static_cast<std::size_t>(field_end - at));
    at = field_end;
  }
}

}  // namespace millrace::codec
