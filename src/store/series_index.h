#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/sample.h"
#include "model/series.h"

namespace millrace::store {

/// The series dictionary in memory: by key, by id and by thing. A mirror of what the store holds;
/// the writer adds to it only what it also puts into a Commit, and takes it back when that fails.
///
/// Any thread; lookups share a lock, the writer's changes exclude them for a moment.
class SeriesIndex {
 public:
  explicit SeriesIndex(const std::vector<model::Series>& series);

  /// The id of (thing, property, type), if there is one.
  std::optional<model::SeriesId> find(std::string_view thing, std::string_view property,
                                      model::ValueType type) const;
  /// The same for many properties of one thing, in their order. Cheapest where they come in the
  /// order in which they were put, as batches do.
  std::vector<std::optional<model::SeriesId>> find_all(
      std::string_view thing, const std::vector<model::BatchProperty>& properties) const;
  std::optional<model::Series> get(model::SeriesId id) const;
  /// All series of a thing by property; empty when there is no such thing.
  std::vector<model::Series> of_thing(std::string_view thing) const;
  /// Names of things after `after`, ascending, at most `limit`.
  std::vector<std::string> things(std::string_view after, std::size_t limit) const;
  std::vector<model::Series> all() const;
  std::size_t size() const;
  /// Calls `visit` for each thing by name with its series by property, without copying them.
  /// Writers wait until it returns.
  using VisitThing = std::function<void(const std::string& thing,
                                        const std::vector<const model::Series*>& series)>;
  void each_thing(const VisitThing& visit) const;
  /// Rises with every change, so that others know when what they made of it is old.
  std::uint64_t changes() const { return changes_; }

  /// Adds a new series or replaces the tags of a known one.
  void put(const model::Series& series);
  /// Takes back what put() added in a commit that failed: every series with an id from `first` on.
  void drop_from(model::SeriesId first);

 private:
  using Key = std::pair<std::string, model::ValueType>;
  struct Thing {
    std::vector<model::SeriesId> series;                  // as they were put
    std::map<Key, std::size_t, std::less<>> by_property;  // place in `series`
  };

  const model::Series& at(model::SeriesId id) const;
  std::optional<std::size_t> place_in(const Thing& thing, std::string_view property,
                                      model::ValueType type) const;

  mutable std::shared_mutex mutex_;
  std::vector<model::Series> by_id_;  // place = id - 1
  std::map<std::string, Thing, std::less<>> things_;
  std::atomic<std::uint64_t> changes_ = 0;
};

}  // namespace millrace::store
