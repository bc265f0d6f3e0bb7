#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/series_store.h"

namespace millrace::store::duckdb {

/// What becomes of a row of a commit.
enum class Fate : std::uint8_t {
  kNew,         // newer than every row of its series
  kDuplicate,   // has the time of the newest
  kLate,        // older than the newest; perhaps a duplicate, which a reader finds out
  kOutOfRange,  // not in the plausible times
};

/// Type and newest sample of each series, as the store holds them. During a commit the writer
/// places rows one after the other against what is there and what the commit brings; the placing
/// counts only when it is settled.
///
/// Its owner keeps the lock between writer and readers.
class SeriesBook {
 public:
  void add_series(model::ValueType type);
  /// Drops series with a higher number, after a commit that failed.
  void drop_behind(std::size_t count);
  std::size_t size() const { return entries_.size(); }
  bool has(model::SeriesId id, model::ValueType type) const;
  std::optional<model::ValueType> type_of(model::SeriesId id) const;

  /// Sets the newest sample where it is newer than what is known; while a store is opened.
  void restore(model::SeriesId id, const model::Sample& sample, base::Time received);
  const std::optional<LastValue>& newest(model::SeriesId id) const;

  /// Where the row `place` of its columns stands against its series' newest, which it may become.
  Fate place(model::SeriesId id, base::Time time, std::size_t row);
  /// Series whose newest changes when the placing is settled, with the row.
  struct Placed {
    model::SeriesId id;
    std::size_t row;
  };
  std::vector<Placed> placed() const;
  void set_newest(model::SeriesId id, LastValue value);
  /// Ends the placing.
  void forget_placed();

 private:
  struct Entry {
    model::ValueType type{};
    std::optional<LastValue> newest;
    base::Time placed_time;
    std::size_t placed_row = 0;
    bool is_placed = false;
  };
  Entry& at(model::SeriesId id) { return entries_[static_cast<std::size_t>(number(id)) - 1]; }
  const Entry& at(model::SeriesId id) const {
    return entries_[static_cast<std::size_t>(number(id)) - 1];
  }

  std::vector<Entry> entries_;  // place = id - 1
  std::vector<model::SeriesId> placed_;
};

}  // namespace millrace::store::duckdb
