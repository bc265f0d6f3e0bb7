#pragma once

#include <optional>

#include "pipeline/filter.h"

namespace millrace::pipeline {

/// The first sample of each window, which are counted from the epoch on. One owner.
class Sampling final : public Filter {
 public:
  explicit Sampling(const model::FilterPolicy& policy) : window_(*policy.window) {}

 private:
  void filter(model::Sample sample, Samples& out) override;

  base::Duration window_;
  std::optional<model::Sample> last_sent_;
};

/// One value for each window, or for each part of a window that is longer than kHeldLongest: its
/// mean, smallest, largest, first or last. A mean stands at the begin of what it is of, all others
/// at their own time.
///
/// A change of quality ends the window early and passes by itself, so that all of a window has one
/// quality (is_change() apart) and a mean never mixes good and bad. Late and repeated times pass by
/// themselves, too. A mean of whole numbers is rounded to the nearest. Of values that have no mean
/// (text, bytes, true and false, whole numbers beyond 2^53) the last one stands for the window. One
/// owner.
class Windowing final : public Filter {
 public:
  explicit Windowing(const model::FilterPolicy& policy)
      : window_(held_part(*policy.window)), value_(policy.window_value) {}

  void flush(Samples& out) override;
  std::optional<HeldSamples> held() const override;

 private:
  struct Held {
    base::Time time;
    double number;
  };
  struct Open {
    model::Sample chosen;
    base::Time begin;  // of what it is of
    base::Time first;  // sample
    std::uint64_t count = 0;
    double sum = 0;
  };

  void filter(model::Sample sample, Samples& out) override;
  void open(const model::Sample& sample);
  void add(model::Sample sample);
  bool is_better(double number, double chosen) const;
  void keep(base::Time time, double number);
  void measure(const model::Sample& sent);

  base::Duration window_;
  model::WindowValue value_;
  std::optional<model::Sample> newest_;  // that came
  std::optional<model::Sample> last_sent_;
  std::optional<Open> open_;
  std::vector<Held> held_;  // of the open window: all, or every stride_-th
  std::uint64_t stride_ = 1;
};

}  // namespace millrace::pipeline
