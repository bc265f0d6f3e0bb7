#pragma once

#include <functional>
#include <mutex>

#include "service/correction_maker.h"
#include "service/permission.h"

namespace millrace::service {

struct CorrectionMade {
  std::int64_t id = 0;  // of the first
  std::size_t count = 0;
  model::CommitId commit{};
};

/// One request and the corrections that it becomes.
struct CorrectionStep {
  CorrectionRequest request;
  std::vector<store::Correction> corrections;
};

/// With the names of its series.
struct CorrectionEntry {
  store::Correction correction;
  PropertyName property;
};

struct CorrectionsFilter {
  std::string thing;
  std::string property;
  std::optional<base::Time> start;
  std::optional<base::Time> end;
};

/// Corrections of samples: made, audited, told to watchers and listed. What they mean stands in
/// store/overlay.h. Any thread; they are made one call at a time.
class Corrections {
 public:
  Corrections(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// A fill that is linear or repeats the previous value becomes one correction for each hole in
  /// the range. A range whose samples have expired is invalid: the minutes and hours that are left
  /// of it never change. Errors: forbidden, not_found, invalid, too_large, those of a commit.
  base::Result<CorrectionMade> create(const identity::Caller& caller,
                                      const CorrectionRequest& request);
  /// Makes the steps that `prepare` gives in one commit, each with its event and its entry in the
  /// audit book; no other correction is made from its call on. Nothing is committed where it gives
  /// none. Errors: forbidden, those of `prepare`, those of a commit.
  using Prepare = std::function<base::Result<std::vector<CorrectionStep>>(CorrectionMaker&)>;
  base::Result<CorrectionMade> run(const identity::Caller& caller, const Prepare& prepare);

  /// Newest first. Errors: not_found, invalid, malformed.
  base::Result<Page<CorrectionEntry>> list(const CorrectionsFilter& filter,
                                           const PageRequest& page) const;
  /// All of them, at most `limit`, in the order in which they were made. Errors: not_found,
  /// invalid, too_large.
  base::Result<std::vector<CorrectionEntry>> all(const CorrectionsFilter& filter,
                                                 std::size_t limit) const;

 private:
  base::Result<CorrectionMade> commit(const std::vector<CorrectionStep>& steps) const;
  void note(const identity::Caller& caller, const std::vector<CorrectionStep>& steps,
            std::int64_t first) const;
  base::Result<store::CorrectionFilter> wanted(const CorrectionsFilter& filter) const;
  base::Result<std::vector<model::SeriesId>> series_of(const CorrectionsFilter& filter) const;
  CorrectionEntry named(store::Correction correction) const;

  const Deps& deps_;
  const Twins& twins_;
  std::mutex making_;
};

}  // namespace millrace::service
