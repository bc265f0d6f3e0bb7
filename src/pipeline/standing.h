#pragma once

#include <optional>
#include <vector>

#include "pipeline/source.h"

namespace millrace::pipeline {

/// How one tag stands. Sources that report changes say nothing while a value stays, and say it
/// again when they are asked: after a lost line, for a new subscription, or because a heartbeat is
/// due. This decides which of that is a sample:
///
///   news          always, at its own time
///   a loss        always, at this process's time
///   on request    what was not said before, at its own time. How the tag stands once more, at the
///                 present time of this process and with the reason no_source_time (good), where
///                 the series ends otherwise than the tag stands: after a loss or a stale sample,
///                 or behind a time of this process; and where a heartbeat is due. Else nothing.
///
/// So a source's time is never rewritten, a value that stands is not stored twice for being said
/// twice, and no series goes on ending without a value: where news come behind a loss or a stale
/// sample, because they were queued or the source's clock is behind this one, they are followed by
/// how the tag stands, once. What comes behind that time, or behind a heartbeat, is followed by
/// nothing: each such sample would put the next one behind it, too. Of a source whose clock is
/// behind, the newest sample may so be older news for as long as its clock takes to get there.
///
/// Of raw values, before transform and rules. Not thread safe; one owner.
class Standing {
 public:
  using Samples = std::vector<model::Sample>;

  /// Appends the samples that a reading makes. `is_due`: nothing was sent for a heartbeat.
  void take(const Reading& reading, base::Time now, bool is_due, Samples& out);
  /// How the tag stands, once after news behind a time at which the series ended without a value.
  std::optional<model::Sample> restated(base::Time now);
  /// A sample without a value was made at this time since the tag was silent.
  void fell_silent(base::Time at);
  /// What was said is of no use any more: a value means something else now.
  void forget();

 private:
  bool is_known(const model::Sample& sample) const;
  void note_own(base::Time at);
  model::Sample stamped(base::Time now);

  std::optional<model::Sample> last_;   // that the source said, as it said it
  std::optional<model::Sample> asked_;  // said on request; as news it is none
  std::optional<base::Time> own_;       // the newest time of this process in the series
  bool is_void_ = false;                // the series ends without a value
  bool must_restate_ = false;
};

}  // namespace millrace::pipeline
