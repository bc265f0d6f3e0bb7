#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "model/property_contract.h"
#include "pipeline/filter_meter.h"

namespace millrace::pipeline {

/// Samples that are in memory only.
struct HeldSamples {
  base::Time from;  // of the first one
  base::Time last;  // of the newest one
  std::uint64_t samples = 0;
  bool operator==(const HeldSamples&) const = default;
};

/// Which samples of one property are worth sending. Whatever the kind: the first sample passes, a
/// change of quality passes at once, what is sent keeps its time, and the order of what comes is
/// the order of what goes. What is held back is counted, and so is the error of that.
///
/// A heartbeat is due when nothing was sent for it, whether samples come or not: of a source that
/// reports changes TagPipeline asks for one, which then stands at the edge's time with the reason
/// no_source_time, good.
///
/// Memory: a filter that waits for the end of a line or window keeps what it holds back of it, at
/// most kHeldMost numbers and for at most kHeldLongest: a process that is killed loses that; held()
/// is what its owner puts on record. A longer window is sent in equal parts, a longer line is
/// ended. Not thread safe; one owner.
class Filter {
 public:
  using Samples = std::vector<model::Sample>;

  virtual ~Filter() = default;
  /// Takes the next sample and appends what may go now.
  void take(model::Sample sample, Samples& out);
  /// Appends what is still held and worth sending: before an end, or when nothing more came for a
  /// heartbeat or a window.
  virtual void flush(Samples& /*out*/) {}
  /// What flush() would send a sample for.
  virtual std::optional<HeldSamples> held() const { return std::nullopt; }
  bool is_holding() const { return held().has_value(); }
  const FilterFigures& figures() const { return meter_.figures(); }

 protected:
  virtual void filter(model::Sample sample, Samples& out) = 0;
  void send(model::Sample sample, Samples& out);

  FilterMeter meter_;
};

inline constexpr std::size_t kHeldMost = 1024;
inline constexpr base::Duration kHeldLongest = std::chrono::minutes(10);

/// The largest equal part of a window that may be held.
constexpr base::Duration held_part(base::Duration window) {
  const auto parts = (window + kHeldLongest - base::Duration(1)) / kHeldLongest;
  return window / std::max<decltype(parts)>(parts, 1);
}

/// How long a policy may let pass without a sample of what comes: its window or the part of it that
/// is sent by itself, else its heartbeat; zero where it is off.
base::Duration holds_back_for(const model::FilterPolicy& policy);

/// Of the kind that the policy names; one that passes everything where it is off.
std::unique_ptr<Filter> make_filter(const model::FilterPolicy& policy);

/// Whether a filter takes it for a change of quality: any is, but the one back to the source's own
/// time from a heartbeat or from how a tag stood after a loss (good, with no_source_time).
bool is_change(model::Quality before, model::Quality now);

/// How far apart two values are: of numbers the difference, else none when equal and NaN when not.
double distance(const model::Value& left, const model::Value& right);

}  // namespace millrace::pipeline
