#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/transform.h"
#include "pipeline/batcher.h"
#include "pipeline/filter.h"
#include "pipeline/rule_set.h"
#include "pipeline/source.h"
#include "pipeline/standing.h"

namespace millrace::pipeline {

/// One tag of an edge: what its property promises, what of it is sent, and how the source's raw
/// value becomes the property's.
struct TagSpec {
  model::PropertyContract contract;
  model::FilterPolicy filter;
  model::Transform transform;
};

/// What a tag's filter has done so far.
struct TagFilterFigures {
  std::string thing;
  std::string property;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;  // of the errors
  model::FilterPolicy policy;
  FilterFigures figures;
};

/// What a kill would take of one property: what its filter holds and what has left it, but is not
/// in a batch that due() has given. Empty: nothing.
struct PropertyHold {
  std::string thing;
  std::string property;
  std::optional<HeldSamples> held;
};

/// Readings of a list of tags → transform, quality rules, filter → batches. The same list order as
/// Reading::tag. A tag that says nothing for as long as its contract's `stale` gives one sample
/// without a value, marked stale; what a filter holds back goes out when nothing follows it.
///
/// A filter's heartbeat holds in silence, too: take_asks() names the tags of which nothing came for
/// so long that was sent or is held, and what their source then says on request goes through the
/// filter (standing.h): of a window, one for each. A source that is away or cannot read the tag
/// says nothing, and nothing is sent.
///
/// Not thread safe; one owner.
class TagPipeline {
 public:
  TagPipeline(std::vector<TagSpec> specs, TimeTolerance tolerance, Batcher::Limits limits);

  /// From here on these tags, in the order of Reading::tag. A property that is read on goes on
  /// where it was, whatever feeds it now: its rules while the contract is the same, its filter
  /// while policy, type and unit are. What other filters hold goes out.
  void configure(std::vector<TagSpec> specs, base::MonotonicTime monotonic);
  void take(const Reading& reading, base::Time now, base::MonotonicTime monotonic);
  /// The batches that are due. With `flush` also what filters still hold.
  std::vector<model::Batch> due(base::MonotonicTime monotonic, const model::EdgeTime& made,
                                bool flush = false);

  /// The tags whose sources are to be asked now; each is named again while nothing comes of it.
  std::vector<std::uint32_t> take_asks() { return std::exchange(asks_, {}); }

  /// How that stands, right behind a due(), where it differs from what was told before: to be made
  /// durable together with the batches that due() has given. That only more is held is told
  /// `with_counts`.
  std::vector<PropertyHold> take_holds(bool with_counts);
  /// What was told is not on record any more.
  void forget_holds();

  struct Counts {
    std::uint64_t readings = 0;
    std::uint64_t held_back = 0;  // by filters, some of it perhaps only for now
    std::uint64_t not_good = 0;
  };
  const Counts& counts() const { return counts_; }
  /// Of the tags whose filter is on.
  std::vector<TagFilterFigures> filter_figures() const;

 private:
  /// What is on record of what a tag holds.
  struct Trace {
    std::optional<HeldSamples> told;
    std::optional<HeldSamples> released;  // by the filter, into the batch
    std::uint64_t batch = 0;
  };
  struct Parted {  // a tag that is gone, until that is told
    std::string thing;
    std::string property;
    Trace trace;
  };
  struct Tag {
    model::Transform transform;
    model::FilterPolicy policy;
    std::unique_ptr<Filter> filter;
    std::optional<base::MonotonicTime> last_taken;  // since the beginning where there was none
    base::Duration patience;  // what the filter holds goes out after this much silence
    Standing standing;
    std::optional<base::MonotonicTime> last_kept;  // came what was sent or is held
    std::optional<base::MonotonicTime> last_asked;
    Trace trace;
    bool is_overdue(base::MonotonicTime now) const {
      return patience > base::Duration() && last_kept && now - *last_kept >= patience;
    }
  };

  using Tags = std::map<std::string, Tag, std::less<>>;

  Tags take_tags(const std::vector<TagSpec>& specs, base::MonotonicTime monotonic);
  void pass(std::size_t place, model::Sample sample, base::MonotonicTime monotonic);
  void send_held(std::size_t place, base::MonotonicTime monotonic);
  void send(std::size_t place, const std::optional<HeldSamples>& held,
            base::MonotonicTime monotonic);
  std::optional<HeldSamples> held_of(const std::string& thing, Trace& trace,
                                     std::optional<HeldSamples> held) const;
  void listen_to_silence(base::MonotonicTime monotonic, base::Time now);
  void take_raw(std::size_t place, const model::Sample& raw, base::Time now,
                base::MonotonicTime monotonic);
  void ask(std::size_t place, base::MonotonicTime monotonic);

  RuleSet rules_;
  std::vector<Tag> tags_;
  Batcher batcher_;
  Counts counts_;
  Standing::Samples raw_;  // of one reading
  std::map<std::string, Parted, std::less<>> parted_;
  Filter::Samples passed_;  // by a filter, on their way to the batcher
  std::vector<std::uint32_t> asks_;
  base::MonotonicTime next_listening_{};
};

}  // namespace millrace::pipeline
