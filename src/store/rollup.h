#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/clock.h"
#include "model/quality.h"
#include "store/series_store.h"

namespace millrace::store {

/// A number out of a sample, or why there is none.
struct Reading {
  double value = 0;
  bool is_usable = false;  // not bad, there, and finite
  bool is_bad = false;     // quality bad
};
Reading reading(double value, bool has_value, model::Quality quality);
/// Of a numeric type; bool as 0 or 1.
Reading reading(const model::Sample& sample);

/// What a stretch of samples of one series comes to: enough to answer every Aggregate, and to be
/// joined with the stretch that follows it. Duplicates have no part in it, except that a bad one
/// counts as bad.
///
/// The time-weighted average is stepped (OPC UA Part 13, §5.4.3.2 TimeAverage2 with stepped
/// interpolation): a usable value holds until the next sample; an unusable one ends it and nothing
/// holds until the next usable one. `integral` and `covered` are those between head and tail.
struct Rollup {
  base::Time head;            // of the first sample, usable or not
  base::Time tail;            // of the last one
  std::uint64_t samples = 0;  // usable ones
  std::uint64_t bad = 0;
  double first = 0;  // values of usable samples; 0 while there is none
  double last = 0;
  double min = 0;
  double max = 0;
  double sum = 0;
  double integral = 0;       // value · µs
  std::int64_t covered = 0;  // µs
  bool is_tail_usable = false;
  bool is_empty = true;

  /// Adds a sample that is not older than `tail`.
  void add(base::Time time, const Reading& one);
  /// Adds a duplicate: it counts only when it is bad.
  void add_duplicate(base::Time time, const Reading& one);
  /// Joins a stretch whose head is not older than `tail`.
  void join(const Rollup& next);

 private:
  void hold_until(base::Time time);
};

/// A value that holds from before the start of a query.
struct Held {
  double value = 0;
  bool is_usable = false;
};

/// The answer for one bucket [from, to) that holds `rollup`; `before` is the newest sample before
/// `from`, if known. NaN where the bucket has no such value.
double aggregate_of(const Rollup& rollup, Aggregate aggregate, base::Time from, base::Time to,
                    const Held& before);

/// What holds behind a stretch.
inline Held held_after(const Rollup& rollup) { return {rollup.last, rollup.is_tail_usable}; }

}  // namespace millrace::store
