#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/correction_file.h"
#include "service/corrections.h"
#include "twin/catalog.h"

namespace millrace::service {

enum class FiledState { kNew, kThere, kRefused };
/// "new", "there", "refused".
std::string_view text(FiledState state);

/// What becomes of one entry of a corrections file.
struct FiledResult {
  int line = 0;
  PropertyName property;
  TimeRange range;
  store::CorrectionAction action = store::CorrectionAction::kInvalidate;
  FiledState state = FiledState::kThere;
  std::size_t made = 0;  // corrections that it became, or would
  /// Of one that is made again: the correction that was laid over it, 0 for one of this file.
  std::optional<std::int64_t> covered_by;
};

struct CorrectionsApplied {
  std::optional<model::CommitId> commit;  // empty when nothing was made
  std::vector<FiledResult> entries;       // in the order of the file
  twin::ResourceProblems problems;        // by line; while there is one, nothing is made
};

enum class Rehearsal { kNo, kYes };

/// Corrections from files and as files (correction_file.h). What is in force is not made again
/// (correction_match.h), so a file can be applied again and again. Any thread.
class CorrectionFiles {
 public:
  CorrectionFiles(const Deps& deps, Corrections& corrections)
      : deps_(deps), corrections_(corrections) {}

  /// All that is new in one commit, or nothing. Errors: forbidden, those of the stores.
  base::Result<CorrectionsApplied> apply(const identity::Caller& caller, std::string_view yaml,
                                         Rehearsal rehearsal);
  /// Errors: not_found, invalid, too_large.
  base::Result<std::string> exported(const CorrectionsFilter& filter) const;

 private:
  const Deps& deps_;
  Corrections& corrections_;
};

}  // namespace millrace::service
