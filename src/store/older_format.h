#pragma once

#include <cstdint>

namespace millrace::store {

/// What start() does with a store that an older Millrace wrote.
enum class OlderFormat : std::uint8_t {
  kUpgrade,  // brings it up to this program's format, in which the older one does not open it
  kRefuse,   // fails with `cancelled`; what is stored stays as it is
  kRead,     // metadata open as they are, to read users and settings; a series store: as kRefuse
};

}  // namespace millrace::store
