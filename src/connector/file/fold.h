#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "connector/file/time_format.h"

namespace millrace::connector::file {

/// Which pass through a repeated hour a row belongs to, as far as the file shows.
enum class Pass : std::uint8_t { kFirst, kSecond, kUnknown };

/// Decides for rows whose local time occurs twice (the clock was set back) which one is meant.
///
/// Where the rows of a thing go through the hour twice, the step back between them tells: before it
/// the earlier offset holds, after it the later one; the other way round in a file with the newest
/// row first. Where there is no such step, or more than one, the pass is unknown.
///
/// Fed with all rows of a file in order, then asked in the same order. Keeps ambiguous rows only.
class FoldResolver {
 public:
  /// `key`: what the file's times run along, such as its thing.
  void note(std::uint64_t key, std::uint64_t row, LocalTime local, bool is_ambiguous);
  /// No more rows will be noted.
  void finish();

  /// After finish(). Rows that were not ambiguous have none.
  Pass pass_of(std::uint64_t row) const;
  std::uint64_t ambiguous_rows() const { return ambiguous_; }
  std::uint64_t unknown_rows() const { return unknown_; }

 private:
  struct Run {
    std::vector<std::uint64_t> rows;
    std::size_t step_back = 0;  // place in rows of the first row of the second pass
    int steps_back = 0;
    LocalTime first{}, last{};
    bool has_before = false, is_descending = false;
    LocalTime before{};  // the last row that was not ambiguous
  };

  void end_run(Run& run);

  std::unordered_map<std::uint64_t, Run> runs_;
  std::unordered_map<std::uint64_t, Pass> passes_;
  std::uint64_t ambiguous_ = 0, unknown_ = 0;
};

}  // namespace millrace::connector::file
