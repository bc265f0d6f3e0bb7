#include "service/quality_episodes.h"

#include <algorithm>

namespace millrace::service {

bool is_problem(model::Reason reason) { return model::text(reason) != "corrected"; }

/// A quality whose severity the other reason gave is not this one's fault; but the worst that was
/// seen with a rule is what people ask for.
std::map<model::Reason, Marks> marks_of(std::span<const store::QualityCount> counts) {
  std::map<model::Reason, Marks> marks;
  for (const store::QualityCount& count : counts) {
    for (const model::Reason reason : count.quality.reasons()) {
      if (!is_problem(reason)) continue;
      Marks& one = marks[reason];
      one.samples += count.samples;
      one.severity = std::max(one.severity, count.quality.severity());
    }
  }
  return marks;
}

void Episode::widen(std::optional<Span>& span, const store::QualityCount& count) {
  if (!span) span = Span{count.first, count.last};
  span->first = std::min(span->first, count.first);
  span->last = std::max(span->last, count.last);
}

void Episode::go_back(std::span<const store::QualityCount> counts, base::Duration pause) {
  while (is_open_ && !counts.empty()) {
    Step step;
    const base::Time time = counts.back().time;
    for (; !counts.empty() && counts.back().time == time;
         counts = counts.first(counts.size() - 1)) {
      widen(counts.back().quality.has(rule_) ? step.marked : step.clean, counts.back());
    }
    go_back(step, pause);
  }
}

void Episode::go_back(const Step& step, base::Duration pause) {
  if (!step.marked) {
    if (!since_ || !step.clean) return;
    is_clean_before_ = true;
    is_open_ = *since_ - step.clean->first <= pause;
    return;
  }
  if (since_) {
    const bool is_clean_between =
        is_clean_before_ || (step.clean && step.clean->last > step.marked->last);
    if (is_clean_between && *since_ - step.marked->last > pause) {
      is_open_ = false;
      return;
    }
  } else {
    last_ = step.marked->last;
  }
  since_ = std::min(since_.value_or(step.marked->first), step.marked->first);
  is_clean_before_ = step.clean && step.clean->first < *since_;
}

}  // namespace millrace::service
