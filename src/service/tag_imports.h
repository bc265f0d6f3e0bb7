#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/resources.h"

namespace millrace::service {

/// One row of a table of tags with what is wrong in it.
struct TagResult {
  int line = 0;
  std::string thing;
  std::string property;
  std::string problem;  // with the next step; empty when nothing is
};

struct TagImport {
  std::optional<std::int64_t> revision;  // that was made; empty when nothing was applied
  ResourcePlan plan;
  std::vector<TagResult> rows;
};

struct TagImportRequest {
  std::string_view csv;
  bool is_dry_run = false;
  std::string reason;  // for the record
};

/// Things, models and bindings in bulk from a table (twin/tag_table.h). All of it is one apply of
/// Resources: one transaction, one revision; while one row has a problem nothing is applied. Any
/// thread.
class TagImports {
 public:
  TagImports(const Deps& deps, Resources& resources) : deps_(deps), resources_(resources) {}

  /// Errors: forbidden, those of read_tag_table(), conflict (somebody applied something meanwhile),
  /// those of the stores.
  base::Result<TagImport> import(const identity::Caller& caller, const TagImportRequest& request);

 private:
  const Deps& deps_;
  Resources& resources_;
};

}  // namespace millrace::service
