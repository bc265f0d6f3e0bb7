#include "pipeline/batcher.h"

namespace millrace::pipeline {
namespace {

std::size_t payload_bytes(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) return bytes->data.size();
  return 0;
}

}  // namespace

std::uint64_t Batcher::add(const std::string& thing, const model::BatchProperty& property,
                           model::Sample sample, base::MonotonicTime now) {
  Open& open = open_[thing];
  if (open.batch.samples.empty()) {
    open.batch.thing = thing;
    open.since = now;
    open.number = ++batches_;
  }
  const std::uint64_t number = open.number;
  const auto next = static_cast<std::uint16_t>(open.batch.properties.size());
  const auto [place, is_new] = open.places.try_emplace({property.name, property.type}, next);
  if (is_new) open.batch.properties.push_back(property);
  open.bytes += payload_bytes(sample.value);
  open.batch.samples.push_back({place->second, std::move(sample)});
  if (open.batch.samples.size() >= limits_.samples_max || open.bytes >= limits_.bytes_max) {
    full_.push_back(std::move(open.batch));
    open_.erase(thing);
  }
  return number;
}

bool Batcher::is_open(const std::string& thing, std::uint64_t batch) const {
  const auto found = open_.find(thing);
  return found != open_.end() && found->second.number == batch;
}

std::vector<model::Batch> Batcher::take(base::MonotonicTime now, const model::EdgeTime& made,
                                        bool flush) {
  for (auto it = open_.begin(); it != open_.end();) {
    if (!flush && now - it->second.since < limits_.age_max) {
      ++it;
      continue;
    }
    full_.push_back(std::move(it->second.batch));
    it = open_.erase(it);
  }
  for (model::Batch& batch : full_) batch.made = made;
  return std::exchange(full_, {});
}

std::optional<base::MonotonicTime> Batcher::due() const {
  std::optional<base::MonotonicTime> earliest;
  for (const auto& [thing, open] : open_) {
    const auto at = open.since + limits_.age_max;
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

}  // namespace millrace::pipeline
