#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/series_store.h"

namespace millrace::store::duckdb {

/// When a sample was taken, by its source, and when it came, by this hub.
struct Seen {
  base::Time time;
  base::Time received;
};

/// How far a time may lie beyond its arrival; further it is its clock that is ahead.
inline constexpr base::Duration kClockAhead = std::chrono::seconds(5);
/// A sample whose clock is ahead gives way to an older one of such a clock only when nothing has
/// followed it for so long: a backlog comes beside newer samples, what a clock that was set back
/// gives does not.
inline constexpr base::Duration kAheadHolds = std::chrono::seconds(10);

inline bool is_ahead(const Seen& one) { return one.time > one.received + kClockAhead; }
/// Whether `one` says more of now than `other`: later by its time, which counts no further than it
/// had come when the sample arrived.
bool is_newer(const Seen& one, const Seen& other);

/// What becomes of a row of a commit.
enum class Fate : std::uint8_t {
  kNew,         // later than every row of its series
  kDuplicate,   // has the time of the latest
  kLate,        // older than the latest; perhaps a duplicate, which a reader finds out
  kOutOfRange,  // not in the plausible times
};

/// Type and newest sample of each series, as the store holds them, and the latest time of its rows,
/// which may lie beyond that: a sample whose clock is ahead is the newest only until its series
/// goes on by another clock (see is_newer()). During a commit the writer places rows one after the
/// other against what is there and what the commit brings; the placing counts only when it is
/// settled.
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

  /// Notes a stored sample while a store is opened; true when it must become the newest.
  bool note(model::SeriesId id, const Seen& seen);
  const std::optional<LastValue>& newest(model::SeriesId id) const;
  /// Of all its samples.
  std::optional<base::Time> latest(model::SeriesId id) const;

  /// Where the row `row` of its columns stands against the latest of its series, whose newest it
  /// may become.
  Fate place(model::SeriesId id, const Seen& seen, std::size_t row);
  /// Series whose newest changes when the placing is settled, with the row.
  struct Placed {
    model::SeriesId id;
    std::size_t row;
  };
  std::vector<Placed> placed() const;
  void set_newest(model::SeriesId id, LastValue value);
  /// Ends the placing: what was placed is stored …
  void settle_placed();
  /// … or is not.
  void forget_placed();

 private:
  struct Entry {
    model::ValueType type{};
    std::optional<LastValue> newest;
    std::optional<base::Time> latest;
    bool is_placed = false;  // then the rest counts
    base::Time placed_latest;
    std::optional<Seen> placed;  // the newest of what is placed, if it is newer than what is known
    std::size_t placed_row = 0;
  };
  static bool becomes_newest(const Entry& entry, const Seen& seen);
  Entry& at(model::SeriesId id) { return entries_[static_cast<std::size_t>(number(id)) - 1]; }
  const Entry& at(model::SeriesId id) const {
    return entries_[static_cast<std::size_t>(number(id)) - 1];
  }

  std::vector<Entry> entries_;  // place = id - 1
  std::vector<model::SeriesId> placed_;
};

}  // namespace millrace::store::duckdb
