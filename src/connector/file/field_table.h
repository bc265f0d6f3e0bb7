#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "connector/file/name_template.h"

namespace millrace::connector::file {

/// One row of the option table: key, default as it is written in YAML, and what it means.
struct Field {
  std::string_view key;
  std::string_view fallback;
  std::string_view sentence;
};

/// Goes over the rows of the option table. Reading YAML, writing JSON and the reference page are
/// three of these, so that there is no second list of keys.
class FieldVisitor {
 public:
  using Rows = std::function<void(FieldVisitor&)>;

  virtual ~FieldVisitor() = default;
  /// A map of further rows.
  virtual void section(const Field& field, const Rows& rows) = 0;
  /// A list of maps: `count` entries are there (to write); `entry(i)` gives the rows of the i-th,
  /// making it first when it reads. Gives the line of each entry to `line`.
  virtual void list(const Field& field, std::size_t count,
                    const std::function<void(FieldVisitor&, std::size_t, int)>& entry) = 0;
  virtual void text(const Field& field, std::string& value) = 0;
  virtual void texts(const Field& field, std::vector<std::string>& value) = 0;
  virtual void flag(const Field& field, bool& value) = 0;
  virtual void number(const Field& field, std::int64_t& value) = 0;
  virtual void holes(const Field& field, NameTemplate& value) = 0;
  /// One of `words`, as its place.
  virtual void choice(const Field& field, const std::vector<std::string_view>& words,
                      std::size_t& value) = 0;
  virtual void time(const Field& field, std::optional<base::Time>& value) = 0;
  virtual void duration(const Field& field, base::Duration& value) = 0;
  /// A single character; also `tab`, `space` and `none` (0).
  virtual void character(const Field& field, char& value) = 0;
};

}  // namespace millrace::connector::file
