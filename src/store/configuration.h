#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace millrace::store {

/// What a resource is called; the version is of thing models, 0 for all others.
struct ResourceName {
  std::string kind;
  std::string name;
  int version = 0;
  auto operator<=>(const ResourceName&) const = default;
};

/// A resource as it is configured now.
struct ResourceRow {
  ResourceName name;
  std::string spec;           // JSON; members in the order of the file it came from
  std::int64_t revision = 0;  // that made it what it is
  base::Time changed;
  std::string changed_by;
  bool operator==(const ResourceRow&) const = default;
};

/// One apply: all of its changes became true together.
struct Revision {
  std::int64_t number = 0;  // 1, 2, 3 …
  base::Time time;
  std::string by;
  std::string role;
  std::string reason;
  std::string changes;  // JSON array of {action, kind, name, version}
  bool operator==(const Revision&) const = default;
};

/// A Thing Description that somebody registered, of a thing that is not this hub's.
struct DescriptionRow {
  std::string id;
  std::string document;  // JSON, as it came
  base::Time created;
  base::Time changed;
  std::string changed_by;
  bool operator==(const DescriptionRow&) const = default;
};

}  // namespace millrace::store
