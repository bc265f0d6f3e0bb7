#pragma once

#include "service/history.h"
#include "service/permission.h"

namespace millrace::service {

/// What somebody wants to correct. The value comes as JSON has it and becomes one of the property's
/// type where nothing is lost.
struct CorrectionRequest {
  PropertyName property;
  TimeRange range;
  store::CorrectionAction action = store::CorrectionAction::kInvalidate;
  model::Value value;  // of replace, and of a constant fill
  store::FillMethod method = store::FillMethod::kNone;
  std::optional<base::Duration> interval;  // of fill; without: what is usual before the range
  std::string reason;
};

struct CorrectionMade {
  std::int64_t id = 0;  // of the first
  std::size_t count = 0;
  model::CommitId commit{};
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

inline constexpr std::size_t kReasonBytesMax = 500;
inline constexpr std::size_t kHolesMax = 1'000;

/// Corrections of samples: made, audited, told to watchers and listed. What they mean stands in
/// store/overlay.h. Any thread.
class Corrections {
 public:
  Corrections(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// A fill that is linear or repeats the previous value becomes one correction for each hole in
  /// the range. A range whose samples have expired is invalid: the minutes and hours that are left
  /// of it never change. Errors: forbidden, not_found, invalid, too_large, those of a commit.
  base::Result<CorrectionMade> create(const identity::Caller& caller,
                                      const CorrectionRequest& request);
  /// Newest first. Errors: not_found, invalid, malformed.
  base::Result<Page<CorrectionEntry>> list(const CorrectionsFilter& filter,
                                           const PageRequest& page) const;

 private:
  base::Result<void> check_is_kept(const model::Series& series, const TimeRange& range) const;
  base::Result<std::vector<store::Correction>> corrections_of(
      const model::Series& series, const CorrectionRequest& request) const;
  base::Result<std::vector<store::Correction>> fills(const store::Correction& whole) const;
  base::Result<base::Duration> usual_interval(model::SeriesId series, base::Time before) const;
  base::Result<CorrectionMade> commit(const std::vector<store::Correction>& corrections,
                                      const CorrectionRequest& request) const;
  base::Result<std::vector<model::SeriesId>> series_of(const CorrectionsFilter& filter) const;

  const Deps& deps_;
  const Twins& twins_;
};

}  // namespace millrace::service
