#include "service/tag_imports.h"

#include <algorithm>

#include "twin/tag_files.h"

namespace millrace::service {
namespace {

/// Puts what a plan found wrong into the rows it comes from.
void blame(const twin::ResourceProblems& problems, const twin::TagFiles& files,
           std::vector<twin::TagRow>& rows) {
  for (const twin::ResourceProblem& one : problems) {
    std::string what = one.problem.what;
    if (!one.problem.hint.empty()) what += ": " + one.problem.hint;
    for (const std::size_t row : files.rows_at(one.file, one.problem.place.line)) {
      if (rows[row].problem.empty()) rows[row].problem = what;
    }
  }
}

bool has_problem(const std::vector<twin::TagRow>& rows) {
  return std::ranges::any_of(rows, [](const twin::TagRow& row) { return !row.problem.empty(); });
}

}  // namespace

base::Result<TagImport> TagImports::import(const identity::Caller& caller,
                                           const TagImportRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(std::vector<twin::TagRow> rows, twin::read_tag_table(request.csv));
  TagImport import;
  const auto present = deps_.catalogs.configuration();
  const twin::TagFiles files = twin::tag_files(rows, *present->catalog, deps_.units);
  const bool was_wrong = has_problem(rows);
  import.plan.revision = present->revision;
  if (!files.files.empty()) {
    // Only who looks before importing waits for what a month of samples says.
    MILLRACE_LET(import.plan, request.is_dry_run
                                  ? resources_.plan(caller, files.files, Prune::kNo)
                                  : resources_.changes(caller, files.files, Prune::kNo));
  }
  blame(import.plan.problems, files, rows);
  // What the sound rows alone would do is no plan for the table.
  if (was_wrong) import.plan.changes.clear();
  for (twin::TagRow& row : rows) {
    import.rows.push_back({row.line, row.thing, row.property, std::move(row.problem)});
  }
  const bool is_wrong = was_wrong || !import.plan.problems.empty();
  if (is_wrong || request.is_dry_run || import.plan.changes.empty()) return import;
  MILLRACE_LET(const Applied applied, resources_.apply(caller, {.files = files.files,
                                                                .revision = import.plan.revision,
                                                                .reason = request.reason}));
  import.revision = applied.revision;
  return import;
}

}  // namespace millrace::service
