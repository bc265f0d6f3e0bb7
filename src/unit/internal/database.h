#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"

struct ut_system;

namespace millrace::unit {

/// What a unit is in the base units: value in them = scale * value + origin.
struct Measure {
  std::map<std::string, int> powers;  // of base units, by symbol; none is zero
  double scale = 1;
  double origin = 0;
};

struct Named {
  Measure measure;
  std::string symbol;  // or the name where there is no symbol
};

/// The units that UDUNITS-2 knows, without its prefixes and its grammar. Any thread: the library
/// has globals, so that all calls of the process take turns.
class Database {
 public:
  static base::Result<std::unique_ptr<Database>> open();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  std::optional<Measure> by_symbol(const std::string& symbol) const;
  /// Names are found in any case, singular and plural.
  std::optional<Named> by_name(const std::string& name) const;

 private:
  explicit Database(ut_system* system);
  ut_system* system_;
};

}  // namespace millrace::unit
