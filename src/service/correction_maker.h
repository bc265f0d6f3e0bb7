#pragma once

#include <map>
#include <vector>

#include "service/history.h"
#include "store/overlay.h"

namespace millrace::service {

/// What somebody wants to correct. The value comes as JSON has it and becomes one of the property's
/// type where nothing is lost.
struct CorrectionRequest {
  PropertyName property;
  TimeRange range;
  store::CorrectionAction action = store::CorrectionAction::kInvalidate;
  model::Value value;  // of replace, of a constant fill, and of what says what it looked up
  std::optional<double> value_to{};                     // of a linear one with a value: at its end
  store::FillMethod method = store::FillMethod::kNone;  // of fill, and of replace
  std::optional<base::Duration> interval;  // of fill; without: what is usual before the range
  std::string reason;
};

/// Whether it is a fill that takes its values from the samples beside each hole, or a replace that
/// takes them from those beside its range.
bool is_looked_up(const CorrectionRequest& request);

inline constexpr std::size_t kReasonBytesMax = 500;
inline constexpr std::size_t kHolesMax = 1'000;

/// Makes corrections of what somebody wants, as one step or several that follow each other: what
/// was noted is seen by those that come later, before any of it is in the store. For one call; one
/// thread.
class CorrectionMaker {
 public:
  CorrectionMaker(const Deps& deps, const Twins& twins)
      : deps_(deps), twins_(twins), now_(deps.clock.now()) {}

  /// A fill that is looked up becomes one correction for each hole in the range, and none where
  /// there is no hole. Errors: not_found, invalid, too_large, those of the store.
  base::Result<std::vector<store::Correction>> make(const CorrectionRequest& request) {
    return make(request, nullptr);
  }
  /// The same where these are all that is in force.
  base::Result<std::vector<store::Correction>> make_after(
      const CorrectionRequest& request, const std::vector<store::Correction>& in_force) {
    return make(request, &in_force);
  }
  /// What a fill that shows nothing is refused with: it names the samples that stand there.
  base::Error no_hole(const CorrectionRequest& request) const;
  /// Whether a fill shows a sample at all: all of its cells may hold one, and be it a bad one.
  /// Errors: those of the store.
  base::Result<bool> shows_any(const store::Correction& fill) const;
  /// Lets later ones be made as if these were in force.
  void note(const std::vector<store::Correction>& corrections);
  /// Whether a range is still kept as samples. Errors: not_found, invalid.
  base::Result<void> check_is_kept(const CorrectionRequest& request) const;
  base::Time now() const { return now_; }

 private:
  using InForce = const std::vector<store::Correction>*;  // null: those of the store and the noted

  base::Result<std::vector<store::Correction>> make(const CorrectionRequest& request,
                                                    InForce in_force);
  base::Result<model::Series> series_of(const PropertyName& name) const;
  base::Result<std::vector<store::Correction>> fills(const store::Correction& whole,
                                                     InForce in_force);
  base::Result<std::vector<store::Correction>> replaced(const store::Correction& whole,
                                                        InForce in_force) const;
  base::Result<std::vector<model::Sample>> beside(model::SeriesId series, const TimeRange& range,
                                                  InForce in_force) const;
  base::Result<base::Duration> usual_interval(model::SeriesId series, base::Time before) const;
  base::Result<store::RawResult> seen(const store::RawQuery& query, InForce in_force) const;
  base::Result<store::RawResult> seen_under(const store::RawQuery& query,
                                            const store::Overlay& overlay) const;

  const Deps& deps_;
  const Twins& twins_;
  const base::Time now_;
  std::map<model::SeriesId, std::vector<store::Correction>> noted_;
  std::size_t samples_ = 0;  // looked at so far
};

}  // namespace millrace::service
