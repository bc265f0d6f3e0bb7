#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "service/deps.h"
#include "service/titles.h"
#include "store/present_series.h"

namespace millrace::service {

/// A thing with everything that does not change by the second.
struct RosterThing {
  std::string id;
  std::string title;
  twin::Place place;
  const twin::Thing* resource =
      nullptr;        // of the roster's catalog; null for one that only has data
  std::string words;  // what a search looks at, in small letters
  /// Of each property that has samples the series with its present values, but for `undecided`.
  std::vector<model::SeriesId> series;
  /// Of each property that came in several types none of which a model says: the one with the
  /// newest sample has its present values, which may change with every sample.
  std::vector<std::vector<model::SeriesId>> undecided;
  std::vector<std::string> sources;  // of its series, each once
  std::string source;                // of the last of its properties
  std::string edge;                  // of a binding's connection, where there is no data yet
  std::size_t property_count = 0;    // of model and series together
  bool is_waiting = false;           // a bound property has no series yet
  bool is_listed = true;             // false: kept for a source that waits or is bound elsewhere
};

/// The series with the present values of each property that has samples, in no order.
std::vector<model::SeriesId> present_series(const RosterThing& thing,
                                            const store::LastTimeOf& last_time);

/// All things of the catalog and of the series, by id; an MQTT topic, and a third party's device
/// whose every metric a binding reads, are there without being listed. Immutable.
struct Roster {
  std::shared_ptr<const twin::Catalog> catalog;
  std::vector<RosterThing> things;

  const RosterThing* find(std::string_view id) const;
  /// The place of the first thing after `id`.
  std::size_t after(std::string_view id) const;
};

/// Keeps the present roster, which is made anew when resources, series or titles have changed and
/// somebody asks. Any thread.
class Rosters {
 public:
  Rosters(const Deps& deps, const Titles& titles) : deps_(deps), titles_(titles) {}

  std::shared_ptr<const Roster> now() const;

 private:
  const Deps& deps_;
  const Titles& titles_;
  mutable std::mutex mutex_;  // of the rest
  mutable std::shared_ptr<const Roster> roster_;
  mutable std::uint64_t series_changes_ = 0;
  mutable std::uint64_t title_changes_ = 0;
};

}  // namespace millrace::service
