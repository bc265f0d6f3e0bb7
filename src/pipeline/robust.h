#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace millrace::pipeline {

/// Where numbers lie and how far they spread, undisturbed by up to half of them being wrong: the
/// median, and the median absolute deviation from it scaled to a standard deviation (× 1.4826 for
/// normal noise; Hampel 1974, Leys et al. 2013).
struct Robust {
  double median = 0;
  double deviation = 0;
};

/// Reorders `values`, of which there is at least one.
Robust robust(std::span<double> values);

/// The newest numbers of a series, at most as many as it was made for. Not thread safe.
class RecentValues {
 public:
  explicit RecentValues(std::size_t most) : most_(most) { values_.reserve(most); }

  void push(double value);
  void clear() { values_.clear(), next_ = 0; }
  std::size_t size() const { return values_.size(); }
  bool is_full() const { return values_.size() == most_; }
  Robust robust() const;

 private:
  std::size_t most_;
  std::size_t next_ = 0;  // the oldest, once full
  std::vector<double> values_;
};

}  // namespace millrace::pipeline
