#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/import.h"

namespace millrace::connector::file {

/// The series that a file feeds, in the order in which its rows name them.
class TargetTable {
 public:
  /// The place of a new target. `thing` and `property` are texts of the file, their names the
  /// nearest valid ones; the rest comes as it is in `target`. Errors: conflict when another text
  /// has the same name already: two things would become one.
  base::Result<std::uint32_t> add(std::string_view thing, std::string_view property,
                                  model::ImportTarget target);

  const std::vector<model::ImportTarget>& all() const { return targets_; }
  std::size_t things() const { return thing_texts_.size(); }

 private:
  std::vector<model::ImportTarget> targets_;
  std::unordered_map<std::string, std::string> thing_texts_;  // name → text
  std::map<std::pair<std::string, std::string>, std::uint32_t> by_key_;
};

}  // namespace millrace::connector::file
