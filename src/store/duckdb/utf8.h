#pragma once

#include <string>
#include <string_view>

namespace millrace::store::duckdb {

/// Whether the bytes are well-formed UTF-8 (RFC 3629), which DuckDB's VARCHAR demands.
bool is_utf8(std::string_view bytes);

/// The same text with U+FFFD for each byte that is not well-formed; for titles and notes, never for
/// values.
std::string lossy_utf8(std::string_view bytes);

}  // namespace millrace::store::duckdb
