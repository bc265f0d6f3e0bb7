#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/binding_replay.h"
#include "pipeline/hub_binding.h"
#include "service/deps.h"
#include "service/property_feeds.h"

namespace millrace::service {

/// What arrived before a binding came into force, written to the things it feeds: the stored
/// samples of its sources once through transform, contract and rules (BindingReplay), part by part.
///
/// A feed is (series of the source, property that is fed, address). How far it has come is an
/// ImportMark in the commit that stores its samples, so that each is written once, whatever is
/// killed and however often the binding is applied:
///
///   file_hash   SHA-256 of "backfill", the source's series and the feed's names
///   name        "backfill A-B": the source's samples of the commits after A up to B
///   rows_done   source times below this one (µs since 1970, as 64 bits) are done
///
/// While a value is bound its source gets no more of it (of a payload the rest goes on, see
/// InboundBinder), so B is any commit after that; what it got in a time without binding has commits
/// after B, and is the next range. What a feed that took its property over may bring, PropertyFeeds
/// knows. docs/adr/013.
///
/// One thread.
class Backfills {
 public:
  explicit Backfills(const Deps& deps) : deps_(deps), feeds_(deps) {}

  /// Keeps what the properties have now, before these bindings come into force. Errors: those of
  /// the store; try again.
  base::Result<void> take_over(const std::vector<pipeline::HubBinding>& bindings) {
    return feeds_.take_over(bindings);
  }
  /// What these bindings are owed, in place of what was planned before. They are in force.
  void plan(const std::vector<pipeline::HubBinding>& bindings);
  /// Does a part; false when there is nothing left. Errors: those of the store; nothing is lost,
  /// try again.
  base::Result<bool> step();

 private:
  /// A stored series and the rows of one binding that read it.
  struct Source {
    model::Series series;
    std::shared_ptr<const pipeline::HubBinding> binding;
  };
  struct Range {
    model::CommitId after{};
    model::CommitId to{};
    base::Time next;   // source time
    base::Time until;  // of the samples that are made: those before it …
    base::Time since;  // … and those after this
    auto operator<=>(const Range&) const = default;
  };
  /// Stored samples up to a change of time, so that the next part begins with a time of its own,
  /// and what comes of them.
  struct Part {
    std::vector<model::Sample> stored;
    base::Time next;
    bool is_last = false;
    std::vector<pipeline::BindingReplay::Made> made;
  };
  /// Rows of a source that have come equally far.
  struct Job {
    Source source;
    Range range;
    std::vector<store::ImportMark> marks;  // of the rows
    std::unique_ptr<pipeline::BindingReplay> replay;
    std::size_t rows_wanted = 0;    // of the store's next page
    bool has_made = false;          // anything of its range: then it is an event
    bool is_resumed = false;        // up to an older commit: then there may be a next range
    std::optional<Part> part = {};  // made, until it is committed: rules see each sample once
  };

  void plan_metrics(const pipeline::HubBinding& binding);
  void plan_topics(const std::vector<std::shared_ptr<const pipeline::HubBinding>>& bindings);
  base::Result<void> open(Source source);
  base::Result<std::optional<Range>> owed(const model::Series& series, model::CommitId now,
                                          const std::optional<store::ImportMark>& mark) const;
  base::Result<Job> make_job(const Source& source, const Range& range,
                             const std::vector<std::size_t>& rows,
                             std::vector<store::ImportMark> marks) const;
  base::Result<Part> read(const Job& job) const;
  base::Result<void> commit(Job& job) const;
  static std::vector<store::Event> events_of(const Job& job,
                                             const std::vector<store::ImportMark>& marks,
                                             base::Time now);
  static void go_on(Job& job);
  static bool is_left_out(const Range& range, base::Time time);

  const Deps& deps_;
  PropertyFeeds feeds_;
  std::deque<Source> planned_;
  std::deque<Job> jobs_;  // of sources that are open
};

}  // namespace millrace::service
