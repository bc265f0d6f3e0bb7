#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/random.h"

namespace millrace::base {

/// A 128-bit identifier, RFC 9562 version 4 when made here.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  static Uuid make(Random& random);
};

/// Lower case with hyphens, 36 characters.
std::string to_text(const Uuid& uuid);
/// The 36-character form. Errors: malformed.
Result<Uuid> parse_uuid(std::string_view text);

}  // namespace millrace::base

template <>
struct std::hash<millrace::base::Uuid> {
  std::size_t operator()(const millrace::base::Uuid& uuid) const noexcept;
};
