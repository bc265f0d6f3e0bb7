#pragma once

#include <cstdint>
#include <vector>

#include "model/transform.h"
#include "pipeline/batcher.h"
#include "pipeline/deadband.h"
#include "pipeline/quality_rules.h"
#include "pipeline/source.h"

namespace millrace::pipeline {

/// One tag of an edge: what its property promises, what of it is sent, and how the source's raw
/// value becomes the property's.
struct TagSpec {
  model::PropertyContract contract;
  model::FilterPolicy filter;
  model::Transform transform;
};

/// Readings of a list of tags → contract, quality rules, deadband → batches. The same list order as
/// Reading::tag. Not thread safe; one owner.
class TagPipeline {
 public:
  TagPipeline(std::vector<TagSpec> specs, TimeTolerance tolerance, Batcher::Limits limits);

  void take(const Reading& reading, base::Time now, base::MonotonicTime monotonic);
  std::vector<model::Batch> due(base::MonotonicTime monotonic, const model::EdgeTime& made,
                                bool flush = false) {
    return batcher_.take(monotonic, made, flush);
  }

  struct Counts {
    std::uint64_t readings = 0;
    std::uint64_t held_back = 0;  // by deadbands
    std::uint64_t not_good = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Tag {
    model::Transform transform;
    QualityRules rules;
    Deadband deadband;
  };

  std::vector<Tag> tags_;
  Batcher batcher_;
  Counts counts_;
};

}  // namespace millrace::pipeline
