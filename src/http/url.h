#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::http {

/// Percent-decoding of one path segment; empty optional for a broken escape or a NUL.
std::optional<std::string> decode_url(std::string_view text);

/// What stands in one path segment: everything but unreserved characters (RFC 3986 §2.3) escaped.
std::string encode_url(std::string_view text);

/// "a=1&b=x+y" as a map. Errors: malformed (a broken escape), invalid (a parameter twice; only
/// "tag" may be, and holds a line for each).
base::Result<std::map<std::string, std::string, std::less<>>> parse_query(std::string_view query);

}  // namespace millrace::http
