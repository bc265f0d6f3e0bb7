#pragma once

#include <span>
#include <vector>

#include "service/data_quality.h"
#include "service/quality_episodes.h"
#include "service/waiting.h"

namespace millrace::service {

/// Finds the problems of series since a time: what rules marked, what has fallen silent, and what
/// never came. What goes on is followed back to where it began, however early that is. Once: look()
/// at all parts, look_back(), take().
class ProblemSearch {
 public:
  ProblemSearch(const Deps& deps, const Twins& twins, base::Time start);

  /// How many series a part may have.
  std::size_t series_together() const;
  /// Series by id.
  base::Result<void> look(std::span<const model::Series> series);
  void add(const WaitingProperties& waiting);
  base::Result<void> look_back();
  std::vector<QualityProblem> take();

  model::CommitId commit() const { return query_.as_of.value(); }

 private:
  struct Found {
    model::SeriesId series{};
    QualityProblem problem;
    Episode episode;
    base::Duration pause;  // that ends it where steps are short
  };

  void look_at(const model::Series& series, std::span<const store::QualityCount> counts);
  void add_marked(const model::Series& series, std::span<const store::QualityCount> counts,
                  const std::optional<store::LastValue>& present);
  void add_unseen(const model::Series& series, const store::LastValue& present);
  void add_silence(const model::Series& series);
  base::Duration pause_of(const model::Series& series,
                          std::span<const store::QualityCount> counts) const;
  std::vector<Found*> open_ones();
  base::Result<void> look_back(std::vector<Found*>& open, const TimeRange& range);

  const Deps& deps_;
  const Twins& twins_;
  const base::Time now_;
  store::QualityQuery query_;
  std::vector<Found> found_;
  std::vector<QualityProblem> unmarked_;  // silent, or never come
};

}  // namespace millrace::service
