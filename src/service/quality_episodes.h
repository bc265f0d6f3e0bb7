#pragma once

#include <map>
#include <optional>
#include <span>

#include "store/quality_counts.h"

namespace millrace::service {

/// Whether a reason speaks of the source; `corrected` does not.
bool is_problem(model::Reason reason);

/// The marks of one rule on one series, counted.
struct Marks {
  std::uint64_t samples = 0;
  model::Severity severity = model::Severity::kGood;  // the worst that was seen with it
};
std::map<model::Reason, Marks> marks_of(std::span<const store::QualityCount> counts);

/// The newest time in which a rule marked a series, found backwards from its last mark. Unmarked
/// samples before a mark end it when no mark stands within a pause before that one; silence alone
/// does not, since nothing says that it was well then.
class Episode {
 public:
  explicit Episode(model::Reason rule) : rule_(rule) {}
  /// Of which one mark is known, the last.
  Episode(model::Reason rule, base::Time last) : rule_(rule), since_(last), last_(last) {}

  /// Follows it through the counts of one range of time, which are by time; each range ends where
  /// the one before began. A pause is no shorter than a step of the counts.
  void go_back(std::span<const store::QualityCount> counts, base::Duration pause);

  bool is_there() const { return since_.has_value(); }
  /// Nothing yet says that it was well before since().
  bool is_open() const { return is_open_; }
  base::Time since() const { return *since_; }
  base::Time last() const { return last_; }

 private:
  struct Span {
    base::Time first;
    base::Time last;
  };
  struct Step {
    std::optional<Span> marked;
    std::optional<Span> clean;
  };

  static void widen(std::optional<Span>& span, const store::QualityCount& count);
  void go_back(const Step& step, base::Duration pause);

  model::Reason rule_;
  std::optional<base::Time> since_;
  base::Time last_;
  bool is_clean_before_ = false;  // an unmarked sample stands before since_
  bool is_open_ = true;
};

}  // namespace millrace::service
