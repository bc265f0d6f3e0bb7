#pragma once

#include <optional>

#include "pipeline/filter.h"

namespace millrace::pipeline {

/// Swinging door with a bound that holds: what is sent are the ends of straight lines, and no
/// sample that was held back lies further from its line than `deviation`. (The doors of Bristol's
/// patent US 4,669,097 only say that *some* line is near enough; here a sample may end a line only
/// if the line to it passes through the deviation of all others.) One is sent each heartbeat.
///
/// The newest sample is held until the line's end is known: live values lag by up to a heartbeat,
/// at most kHeldLongest. Values that are no finite numbers are sent when they change. One owner.
class SwingingDoor final : public Filter {
 public:
  explicit SwingingDoor(const model::FilterPolicy& policy) : policy_(policy) {}

  void flush(Samples& out) override;
  std::optional<HeldSamples> held() const override;

 private:
  struct Held {
    double seconds;  // since the line's begin
    double number;
  };

  void filter(model::Sample sample, Samples& out) override;
  void begin(model::Sample sample, Samples& out);
  void end_line(Samples& out);
  bool may_end(const Held& held) const;
  void hold(model::Sample sample, const Held& held);

  model::FilterPolicy policy_;
  std::optional<model::Sample> begin_;  // of the line; sent
  std::optional<double> begin_number_;  // empty: no line can begin there
  std::optional<model::Sample> end_;    // the newest sample, which may end the line; not sent
  std::vector<Held> held_;              // since the begin, with the end
  base::Time held_from_;                // of the first of them
  double slope_min_ = 0;                // through the deviations of all that is held
  double slope_max_ = 0;
};

}  // namespace millrace::pipeline
