#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "pipeline/source.h"

namespace millrace::apps {

/// Between a source and the runner while it takes over from an older one of the same server: both
/// read for a moment, so that nothing between them is missed, and what both have heard is taken
/// once. Threads: offer() on the source's, release() from any.
class Handover final : public pipeline::ReadingSink {
 public:
  /// Holds readings until release(); false when there are too many.
  bool offer(pipeline::Reading reading) override;

  /// From here on everything goes to `sink`, what is held first. `delivered` has, by tag, the time
  /// up to which the older source has delivered: of that tag nothing passes before the first newer
  /// reading.
  void release(pipeline::ReadingSink& sink, std::vector<std::optional<base::Time>> delivered);

 private:
  bool pass(const pipeline::Reading& reading);
  bool pass_held();
  bool was_delivered(const pipeline::Reading& reading);

  std::mutex mutex_;
  std::deque<pipeline::Reading> held_;
  std::vector<std::optional<base::Time>> delivered_;
  pipeline::ReadingSink* sink_ = nullptr;
};

}  // namespace millrace::apps
