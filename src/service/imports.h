#pragma once

#include <mutex>

#include "model/import.h"
#include "service/deps.h"
#include "service/import_rules.h"
#include "service/page.h"
#include "service/permission.h"
#include "service/titles.h"

namespace millrace::service {

/// An announced file and how far its rows have come.
struct Import {
  store::ImportRecord record;
  store::ImportMark mark;
};

/// Whether create() found the import or made it.
enum class Announced { kNew, kKnown };

/// History from files: a client announces a file, sends its rows in chunks, and may do either again
/// at any time. A row is identified by (file hash, mapping, row); rows and progress are one commit,
/// so nothing is stored twice, whatever is killed.
///
/// Any thread; chunks are stored one at a time.
class Imports {
 public:
  Imports(const Deps& deps, Titles& titles) : deps_(deps), titles_(titles) {}

  /// Errors: forbidden, invalid (targets), conflict (a series exists with another type or unit, a
  /// thing model says another, or the same file was announced with other targets).
  base::Result<std::pair<Import, Announced>> create(const identity::Caller& caller,
                                                    const model::ImportRequest& request);
  /// What create() would refuse of the targets of a new import; nothing is kept. Errors: invalid,
  /// conflict.
  base::Result<void> check(const model::ImportRequest& request) const;
  /// Samples are marked by the rules of their thing models (import_rules.h). Those of times whose
  /// rows retention has let go are not stored, which an event "import.beyond_retention" says.
  /// Errors: forbidden, not_found, conflict (a hole), invalid, too_large.
  base::Result<Import> put_rows(const identity::Caller& caller, std::string_view id,
                                const model::ImportChunk& chunk);
  /// Errors: not_found.
  base::Result<Import> get(std::string_view id) const;
  /// The series an import feeds, by place. Errors: not_found.
  base::Result<std::vector<model::ImportTarget>> targets(std::string_view id) const;
  /// Newest first.
  base::Result<Page<Import>> list(const PageRequest& page) const;

 private:
  base::Result<Import> with_mark(store::ImportRecord record) const;
  base::Result<void> announce(const identity::Caller& caller, const std::string& id,
                              const model::ImportRequest& request);
  base::Result<void> check_existing(const model::ImportTarget& target) const;
  base::Result<std::vector<model::SeriesId>> series_of(
      const std::string& id, const std::vector<model::ImportTarget>& targets);
  base::Result<void> define(const std::string& id, const std::vector<model::ImportTarget>& targets);
  base::Result<void> store_rows(const Import& import, const model::ImportChunk& chunk,
                                const std::vector<model::ImportTarget>& targets,
                                const std::string& role);

  const Deps& deps_;
  Titles& titles_;
  std::mutex mutex_;  // one change of an import at a time
  OpenImportRules rules_;
};

}  // namespace millrace::service
