#include "connector/wot/session.h"

#include <algorithm>

#include "base/log.h"
#include "store/present_series.h"
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
  const auto* spec = thing && thing->model ? thing->model->property(series.property) : nullptr;
  return spec && spec->is_readable ? spec : nullptr;
}

void ThingSession::follow(std::shared_ptr<const twin::Catalog> catalog) {
  catalog_ = std::move(catalog);
  known_.clear();
  std::erase_if(topics_, [this](const auto& entry) {
    const auto& [name, topic] = entry;
    const auto series = deps_.index.get(topic.series.back());
    if (series && spec_of(*series)) return false;
    if (topic.said) ready_.push_back({name, "", net::Qos::kAtMostOnce, net::Retain::kYes});
    return true;
  });
  say_all();
}

void ThingSession::connected() {
  for (auto& [name, topic] : topics_) topic.said.reset();
  std::erase_if(ready_, [](const net::MqttMessage& one) { return !one.payload.empty(); });
  say_all();
}

void ThingSession::say_all() {
  for (const model::Series& series : deps_.index.all()) learn(series);
}

void ThingSession::learn(const model::Series& series) {
  if (!spec_of(series)) return;
  known_.insert(number(series.id));
  Topic& topic = topics_[twin::property_topic(series.thing, series.property)];
  if (!std::ranges::contains(topic.series, series.id)) topic.series.push_back(series.id);
  waiting_.insert(number(series.id));
}

void ThingSession::changed(const std::vector<model::SeriesId>& series) {
  for (const model::SeriesId id : series) {
    if (known_.contains(number(id))) {
      waiting_.insert(number(id));
    } else if (const auto fresh = deps_.index.get(id)) {
      learn(*fresh);
    }
  }
}

bool ThingSession::is_present(const model::Series& series, const Topic& topic,
                              model::ValueType type) const {
  if (topic.series.size() == 1 || series.type == type) return true;
  std::vector<model::Series> all;
  for (const model::SeriesId id : topic.series) {
    auto one = deps_.index.get(id);
    if (one && one->thing == series.thing) all.push_back(*std::move(one));
  }
  const auto last_time = [this](model::SeriesId id) -> std::optional<base::Time> {
    const auto last = deps_.last_value(id);
    if (!last) return std::nullopt;
    return last->sample.time;
  };
  const auto present = store::present_series(all, series.property, type, last_time);
  return present && present->id == series.id;
}

std::optional<net::MqttMessage> ThingSession::message_of(model::SeriesId id) {
  const auto series = deps_.index.get(id);
  const twin::PropertySpec* spec = series ? spec_of(*series) : nullptr;
  if (!spec) return std::nullopt;
  const std::string name = twin::property_topic(series->thing, series->property);
  const auto topic = topics_.find(name);
  if (topic == topics_.end()) return std::nullopt;
  if (!is_present(*series, topic->second, spec->contract.type)) return std::nullopt;
  const auto last = deps_.last_value(id);
  if (!last) return std::nullopt;
  const Said now{id, last->sample.time, last->received, last->correction};
  if (topic->second.said == now) return std::nullopt;  // a backlog: the newest value is the same
  topic->second.said = now;
  // Where there is no value now, the one that is retained must not stand for it: it is cleared.
  return net::MqttMessage{name, twin::to_json(last->sample.value, *spec).value_or(""),
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
