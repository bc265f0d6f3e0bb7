#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::codec {

/// Unpacks one zlib or gzip stream (told apart by its head) that is wholly in memory.
/// Errors: malformed when damaged or cut, too_large when it unpacks to more than `bytes_max`.
base::Result<std::string> inflate(std::string_view packed, std::size_t bytes_max);

/// Packs as a zlib stream (RFC 1950).
std::string deflate(std::string_view plain);

}  // namespace millrace::codec
