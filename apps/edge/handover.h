#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "pipeline/source.h"

namespace millrace::apps {

/// Between a source and the runner while it takes over from an older one of the same server: both
/// read for a moment, so that nothing between them is missed, and what both have heard is taken
/// once. Threads: offer() on the source's, the rest from any.
class Handover final : public pipeline::ReadingSink {
 public:
  /// What of a tag the older source has seen to.
  struct Done {
    std::optional<base::Time> delivered;  // up to here, of the same address in the same way
    bool is_read_otherwise = false;       // before, at another address or through another transform
  };

  explicit Handover(const base::Clock& clock) : clock_(clock) {}

  /// Holds readings until release(); false when there are too many.
  bool offer(pipeline::Reading reading) override;

  /// From here on everything goes to `sink`, what is held first: of each tag what is newer than was
  /// delivered, or, where it was read otherwise, how it stands. What is still on its way may have
  /// been delivered, too, and is left out for some seconds. `done` is by tag.
  void release(pipeline::ReadingSink& sink, std::vector<Done> done, base::Duration overlap);
  /// Gives the sink what it did not take before.
  void retry();
  /// By tag, the source time of the first reading that is held; shorter than the list of tags where
  /// the last ones have none.
  std::vector<std::optional<base::Time>> first_times();

 private:
  void leave_out_done();
  bool pass_held();
  bool is_done(const pipeline::Reading& reading) const;

  const base::Clock& clock_;
  std::mutex mutex_;
  std::deque<pipeline::Reading> held_;
  std::vector<Done> done_;
  base::MonotonicTime done_until_{};
  pipeline::ReadingSink* sink_ = nullptr;
};

}  // namespace millrace::apps
