#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::model {

/// The name of a thing, site, edge or property: `[a-z0-9][a-z0-9._-]{0,62}`, unique in its scope,
/// never reused, never renamed (DESIGN: words). A Name that exists is valid.
class Name {
 public:
  /// Errors: invalid, with the nearest valid spelling as hint.
  static base::Result<Name> parse(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const Name&) const = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Whether a text is a valid Name.
bool is_name(std::string_view text);

/// The nearest valid spelling of any text, e.g. "Pump 1/Flow" → "pump-1-flow"; "x" for nothing
/// left.
std::string nearest_name(std::string_view text);

}  // namespace millrace::model

template <>
struct std::hash<millrace::model::Name> {
  std::size_t operator()(const millrace::model::Name& name) const noexcept {
    return std::hash<std::string>()(name.text());
  }
};
