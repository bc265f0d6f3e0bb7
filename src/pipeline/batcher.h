#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// Gathers samples into batches of one thing each: at most `samples_max` samples, at most
/// `bytes_max` of text and bytes, or `age_max` old, whichever comes first. The order of samples
/// inside a thing is kept.
///
/// Not thread safe; one owner.
class Batcher {
 public:
  struct Limits {
    std::size_t samples_max = model::kBatchSamplesMax;
    std::size_t bytes_max = 1U << 20;
    base::Duration age_max{1'000'000};
  };

  explicit Batcher(Limits limits) : limits_(limits) {}

  /// Adds a sample; `type` is the physical type it is kept under. Gives the number of its batch.
  std::uint64_t add(const std::string& thing, const model::BatchProperty& property,
                    model::Sample sample, base::MonotonicTime now);
  /// Whether take() would not give that batch of the thing yet.
  bool is_open(const std::string& thing, std::uint64_t batch) const;
  /// The batches that are full or old enough, all of them when `flush`; `made` is stamped on each.
  std::vector<model::Batch> take(base::MonotonicTime now, const model::EdgeTime& made,
                                 bool flush = false);
  /// When the oldest open batch becomes due; empty without one.
  std::optional<base::MonotonicTime> due() const;

 private:
  struct Open {
    model::Batch batch;
    std::map<std::pair<std::string, model::ValueType>, std::uint16_t> places;
    std::size_t bytes = 0;
    std::uint64_t number = 0;
    base::MonotonicTime since;
  };

  Limits limits_;
  std::map<std::string, Open> open_;
  std::vector<model::Batch> full_;
  std::uint64_t batches_ = 0;
};

}  // namespace millrace::pipeline
