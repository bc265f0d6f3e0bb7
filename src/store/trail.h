#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/rollup.h"
#include "store/time_ranges.h"

namespace millrace::store {

/// The newest samples of one numeric series in order of time, in about five bytes each where values
/// have a few decimals and times come regularly, thirteen otherwise. What is read is exactly what
/// was added, except that an unusable sample keeps no value. In memory only; never on disk.
class Trail {
 public:
  /// A sample that is newer than all before it.
  void add(base::Time time, const Reading& one);
  /// A copy of at least what lies in `range`.
  Trail part(const TimeRange& range) const;
  /// All samples in `range`, in order.
  void for_each(const TimeRange& range,
                const std::function<void(base::Time, const Reading&)>& take) const;

  bool is_empty() const { return marks_.empty(); }
  /// The memory it takes.
  std::size_t bytes() const { return bytes_.capacity() + marks_.capacity() * sizeof(Mark); }
  base::Time first() const { return marks_.front().first; }

 private:
  /// Where a block of kBlockRows samples begins; reading can begin there.
  struct Mark {
    base::Time first;
    std::size_t offset;
  };
  /// What a sample is written against; begins anew with each block.
  struct State {
    std::int64_t time = 0;
    std::int64_t step = 0;
    std::int64_t scaled = 0;
    std::uint8_t scale = 0;
  };

  void put_value(double value, std::size_t tag);
  void put_number(std::int64_t number);
  Reading take_value(const char*& at, std::uint8_t tag, State& state) const;

  std::string bytes_;
  std::vector<Mark> marks_;
  State last_;
  std::uint32_t block_rows_ = 0;
};

}  // namespace millrace::store
