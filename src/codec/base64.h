#pragma once

#include <string>
#include <string_view>

namespace millrace::codec {

/// RFC 4648 §4, padded.
std::string to_base64(std::string_view bytes);

}  // namespace millrace::codec
