#include "service/shared_topics.h"

#include <algorithm>
#include <optional>

#include "codec/json_path.h"
#include "pipeline/hub_binding.h"

namespace millrace::service {
namespace {

using base::Result;

constexpr std::size_t kTopicsLookedAt = 200;  // of one binding

/// A topic whose payloads are stored.
struct StoredTopic {
  std::string name;
  base::Time first;
  base::Time last;
  std::string payload;  // the newest
};

/// The topic filter of a binding with a '+' that is not as it was; nullptr for all others.
const std::string* new_filter(const twin::Catalog& before, const twin::Binding& binding) {
  const auto* source = std::get_if<twin::MqttSource>(&binding.source);
  if (!source || !source->topic.contains('+')) return nullptr;
  const auto known = before.bindings().find(binding.name);
  if (known == before.bindings().end()) return &source->topic;
  const auto* was = std::get_if<twin::MqttSource>(&known->second.source);
  const bool reads_the_same =
      was && was->topic == source->topic &&
      std::ranges::equal(known->second.properties, binding.properties, {},
                         &twin::PropertyBinding::address, &twin::PropertyBinding::address);
  return reads_the_same ? nullptr : &source->topic;
}

Result<std::optional<StoredTopic>> stored_topic(const model::Series& series,
                                                const store::SeriesStore& store) {
  const auto last = store.last_value(series.id, store::Corrections::kLeftOut);
  const auto* payload = last ? std::get_if<std::string>(&last->sample.value) : nullptr;
  if (!payload) return std::nullopt;
  MILLRACE_LET(
      const auto first,
      store.raw(
          {.series = series.id, .start = base::Time::min(), .end = base::Time::max(), .limit = 1}));
  if (first.samples.empty()) return std::nullopt;
  return StoredTopic{series.title, first.samples.front().time, last->sample.time, *payload};
}

Result<std::vector<StoredTopic>> topics_of(const std::string& filter,
                                           const store::SeriesIndex& index,
                                           const store::SeriesStore& store) {
  std::vector<const model::Series*> fitting;
  index.each_thing([&](const std::string&, const auto& all) {
    for (const model::Series* series : all) {
      const bool is_topic = series->source == pipeline::kTopicOrigin && !series->title.empty();
      if (!is_topic || fitting.size() == kTopicsLookedAt) continue;
      if (pipeline::fits_topic_filter(filter, series->title)) fitting.push_back(series);
    }
  });
  std::vector<StoredTopic> topics;
  for (const model::Series* series : fitting) {
    MILLRACE_LET(auto topic, stored_topic(*series, store));
    if (topic) topics.push_back(*std::move(topic));
  }
  return topics;
}

/// The first row that two topics of one time have.
std::optional<SharedTopic> shared_row(const twin::Binding& binding,
                                      const std::vector<StoredTopic>& topics) {
  for (const twin::PropertyBinding& row : binding.properties) {
    const auto path = codec::JsonPath::parse(row.address);
    if (!path) continue;
    std::vector<const StoredTopic*> having;
    for (const StoredTopic& topic : topics) {
      const auto document = codec::JsonDocument::parse(topic.payload);
      if (!document || document->find(*path).empty()) continue;
      const auto together = std::ranges::find_if(having, [&](const StoredTopic* other) {
        return topic.first <= other->last && other->first <= topic.last;
      });
      if (together != having.end()) {
        return SharedTopic{binding.name, row.address, (*together)->name, topic.name};
      }
      having.push_back(&topic);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<SharedTopic>> shared_topics(const twin::Catalog& before,
                                               const twin::Catalog& after,
                                               const store::SeriesIndex& index,
                                               const store::SeriesStore& store) {
  std::vector<SharedTopic> shared;
  for (const auto& [name, binding] : after.bindings()) {
    const std::string* filter = new_filter(before, binding);
    if (!filter) continue;
    MILLRACE_LET(const auto topics, topics_of(*filter, index, store));
    if (auto row = shared_row(binding, topics)) shared.push_back(*std::move(row));
  }
  return shared;
}

}  // namespace millrace::service
