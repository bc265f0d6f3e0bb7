#include "service/bound_sources.h"

#include <algorithm>
#include <format>

#include "pipeline/hub_binding.h"

namespace millrace::service {

std::optional<AutomaticSource> automatic_source(const Titles& titles, const std::string& thing,
                                                const std::vector<const model::Series*>& series) {
  for (const model::Series* one : series) {
    const bool is_payload = one->source == pipeline::kTopicOrigin &&
                            one->property == pipeline::kPayloadProperty && !one->title.empty();
    if (is_payload) return AutomaticSource{true, one->title};
  }
  std::string path = titles.of("sparkplug_thing", thing);  // the thing's name where it is none
  if (!path.contains('/')) return std::nullopt;
  return AutomaticSource{false, std::move(path)};
}

const std::string& address_of(const model::Series& series) {
  return series.title.empty() ? series.property : series.title;
}

BoundSources::BoundSources(const twin::Catalog& catalog) {
  for (const auto& [name, binding] : catalog.bindings()) {
    if (const auto* node = std::get_if<twin::SparkplugSource>(&binding.source)) {
      auto& metrics = metrics_[std::format("{}/{}/{}", node->group, node->node, node->device)];
      for (const twin::PropertyBinding& row : binding.properties) metrics.insert(row.address);
    } else if (const auto* mqtt = std::get_if<twin::MqttSource>(&binding.source)) {
      if (binding.properties.empty()) continue;
      if (mqtt->topic.contains('+')) {
        filters_.emplace_back(mqtt->topic, &binding);
      } else {
        topics_.emplace(mqtt->topic, &binding);
      }
    }
  }
}

std::vector<const twin::Binding*> BoundSources::of_topic(std::string_view topic) const {
  std::vector<const twin::Binding*> all;
  const auto [first, last] = topics_.equal_range(topic);
  for (auto it = first; it != last; ++it) all.push_back(it->second);
  for (const auto& [filter, binding] : filters_) {
    if (pipeline::fits_topic_filter(filter, topic)) all.push_back(binding);
  }
  return all;
}

bool BoundSources::reads(const AutomaticSource& source) const {
  if (source.is_topic) return !of_topic(source.path).empty();
  const auto known = metrics_.find(source.path);
  return known != metrics_.end() && !known->second.empty();
}

bool BoundSources::reads(const AutomaticSource& source, const model::Series& series) const {
  if (source.is_topic) return !of_topic(source.path).empty();
  const auto known = metrics_.find(source.path);
  return known != metrics_.end() && known->second.contains(address_of(series));
}

}  // namespace millrace::service
