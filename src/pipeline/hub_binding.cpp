#include "pipeline/hub_binding.h"

namespace millrace::pipeline {

bool fits_topic_filter(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  while (true) {
    const std::size_t filter_end = filter.find('/'), topic_end = topic.find('/');
    const std::string_view wanted = filter.substr(0, filter_end);
    if (wanted == "#") return true;
    if (wanted != "+" && wanted != topic.substr(0, topic_end)) return false;
    // "a/#" also stands for "a" itself.
    if (topic_end == topic.npos) {
      return filter_end == filter.npos || filter.substr(filter_end + 1) == "#";
    }
    if (filter_end == filter.npos) return false;
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

bool UnitAgreement::holds(const std::string& said, const std::string& stated) {
  if (said.empty() || stated.empty() || said == stated) return true;
  const auto key = std::pair(said, stated);
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  return known_[key] = same_unit_ && same_unit_(said, stated);
}

model::Sample UnitAgreement::checked(const std::string& said, const std::string& stated,
                                     model::Sample sample) {
  if (!holds(said, stated)) sample.quality = sample.quality.marked(model::Reason::kWrongUnit);
  return sample;
}

}  // namespace millrace::pipeline
