#include "pipeline/tag_pipeline.h"

#include "pipeline/transforming.h"

namespace millrace::pipeline {

TagPipeline::TagPipeline(std::vector<TagSpec> specs, TimeTolerance tolerance,
                         Batcher::Limits limits)
    : batcher_(limits) {
  tags_.reserve(specs.size());
  for (TagSpec& spec : specs) {
    tags_.push_back({std::move(spec.transform), QualityRules(std::move(spec.contract), tolerance),
                     Deadband(spec.filter)});
  }
}

void TagPipeline::take(const Reading& reading, base::Time now, base::MonotonicTime monotonic) {
  MILLRACE_CHECK(reading.tag < tags_.size());
  Tag& tag = tags_[reading.tag];
  ++counts_.readings;
  model::Sample sample = tag.rules.check(transformed(tag.transform, reading.sample), now);
  if (!sample.quality.is_good()) ++counts_.not_good;
  if (!tag.deadband.passes(sample)) {
    ++counts_.held_back;
    return;
  }
  const model::PropertyContract& contract = tag.rules.contract();
  const model::ValueType type = model::type_of(sample.value).value_or(contract.type);
  batcher_.add(contract.thing, {contract.property, type, contract.unit}, std::move(sample),
               monotonic);
}

}  // namespace millrace::pipeline
