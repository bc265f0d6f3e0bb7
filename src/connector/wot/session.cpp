#include "connector/wot/session.h"

#include <algorithm>

#include "base/log.h"
#include "twin/property_value.h"
#include "twin/wot_topic.h"

namespace millrace::connector::wot {

ThingSession::ThingSession(Deps deps)
    : deps_(std::move(deps)),
      values_(deps_.metrics.counter("millrace_wot_values_total",
                                    "Values said on topics of properties.")),
      refused_(deps_.metrics.counter("millrace_wot_commands_refused_total",
                                     "Messages on topics of commands that were none.")) {}

const twin::PropertySpec* ThingSession::spec_of(const model::Series& series) const {
  if (!catalog_) return nullptr;
  const twin::Thing* thing = catalog_->thing(series.thing);
  return thing && thing->model ? thing->model->property(series.property) : nullptr;
}

void ThingSession::follow(std::shared_ptr<const twin::Catalog> catalog) {
  catalog_ = std::move(catalog);
  for (auto said = said_.begin(); said != said_.end();) {
    const auto series = deps_.index.get(model::SeriesId(said->first));
    if (series && spec_of(*series)) {
      ++said;
      continue;
    }
    ready_.push_back({said->second.topic, "", net::Qos::kAtMostOnce, net::Retain::kYes});
    said = said_.erase(said);
  }
  say_all();
}

void ThingSession::connected() {
  said_.clear();
  std::erase_if(ready_, [](const net::MqttMessage& one) { return !one.payload.empty(); });
  say_all();
}

void ThingSession::say_all() {
  for (const model::Series& series : deps_.index.all()) {
    if (spec_of(series)) waiting_.insert(number(series.id));
  }
}

void ThingSession::changed(const std::vector<model::SeriesId>& series) {
  for (const model::SeriesId id : series) waiting_.insert(number(id));
}

std::optional<net::MqttMessage> ThingSession::message_of(model::SeriesId id) {
  const auto series = deps_.index.get(id);
  const twin::PropertySpec* spec = series ? spec_of(*series) : nullptr;
  const auto last = spec ? deps_.last_value(id) : std::nullopt;
  if (!last) return std::nullopt;
  const Said now{twin::property_topic(series->thing, series->property), last->sample.time,
                 last->received, last->correction};
  const auto [said, is_first] = said_.try_emplace(number(id), now);
  const bool is_same = said->second.time == now.time && said->second.received == now.received &&
                       said->second.correction == now.correction;
  if (!is_first && is_same)
    return std::nullopt;  // a backlog moved the series, not its newest value
  said->second = now;
  return net::MqttMessage{now.topic, twin::to_json(last->sample.value, *spec),
                          net::Qos::kAtMostOnce, net::Retain::kYes};
}

std::optional<net::MqttMessage> ThingSession::next() {
  if (!ready_.empty()) {
    net::MqttMessage message = std::move(ready_.front());
    ready_.pop_front();
    return message;
  }
  while (!waiting_.empty()) {
    const auto id = model::SeriesId(*waiting_.begin());
    waiting_.erase(waiting_.begin());
    auto message = message_of(id);
    if (!message) continue;
    values_.add();
    return message;
  }
  return std::nullopt;
}

void ThingSession::give_back(net::MqttMessage message) { ready_.push_front(std::move(message)); }

std::optional<ThingCommand> ThingSession::command(std::string_view topic, std::string_view payload,
                                                  net::Retain retained) {
  auto parsed = twin::parse_command_topic(topic);
  const bool is_taken = parsed && retained == net::Retain::kNo &&
                        payload.size() <= kPayloadBytesMax &&
                        (parsed->is_action || !payload.empty());
  if (!is_taken) {
    // An empty retained message is how somebody clears one that should never have been there.
    if (!payload.empty() || retained == net::Retain::kNo) refused_.add();
    return std::nullopt;
  }
  return ThingCommand{.thing = std::move(parsed->thing),
                      .name = std::move(parsed->name),
                      .is_action = parsed->is_action,
                      .json = std::string(payload)};
}

}  // namespace millrace::connector::wot
