#include "connector/mqtt/source.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "pipeline/hub_binding.h"

namespace millrace::connector::mqtt {

base::Result<std::unique_ptr<TopicSource>> TopicSource::create(Options options, Deps deps) {
  base::Random random(deps.random.next());
  const base::Clock& clock = deps.clock;
  net::MqttOptions mqtt = options.mqtt;
  std::unique_ptr<TopicSource> source(new TopicSource(std::move(options), std::move(deps)));
  MILLRACE_LET(source->mqtt_,
               net::MqttSession::create(std::move(mqtt), *source, clock, std::move(random)));
  return source;
}

TopicSource::TopicSource(Options options, Deps deps)
    : options_(std::move(options)),
      clock_(deps.clock),
      session_(options_.limits, deps.metrics,
               [this](std::string_view topic) { return is_named(topic); }) {}

void TopicSource::start(pipeline::InboundSink& sink) {
  const std::lock_guard lock(mutex_);
  sink_ = &sink;
  is_started_ = true;
  has_begun_ = !subscriptions_.filters.empty();
  if (has_begun_) mqtt_->start();
}

void TopicSource::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!is_started_) return;
    is_started_ = false;
  }
  mqtt_->stop(net::Farewell::kPlain);
}

void TopicSource::follow(std::vector<std::string> filters, std::vector<std::string> bound) {
  Subscriptions next = subscriptions_for(std::move(filters));
  const std::lock_guard lock(mutex_);
  std::vector<std::string> gone, added;
  std::ranges::set_difference(subscriptions_.filters, next.filters, std::back_inserter(gone));
  std::ranges::set_difference(next.filters, subscriptions_.filters, std::back_inserter(added));
  subscriptions_ = std::move(next);
  std::erase_if(bound, [](const std::string& one) { return one.find_first_of("+#") != one.npos; });
  std::set<std::string, std::less<>> named(bound.begin(), bound.end());
  if (named != named_) must_recount_ = true;
  named_ = std::move(named);
  if (!is_started_ || (gone.empty() && added.empty())) return;
  if (!std::exchange(has_begun_, true)) return mqtt_->start();  // connected() subscribes
  // Neither is an error while the line is down: connected() subscribes to all.
  if (!gone.empty()) (void)mqtt_->unsubscribe(std::move(gone));
  if (!added.empty()) (void)mqtt_->subscribe(std::move(added), net::Qos::kAtLeastOnce);
}

bool TopicSource::is_connected() const { return mqtt_->is_connected(); }

void TopicSource::connected() {
  std::vector<std::string> filters;
  {
    const std::lock_guard lock(mutex_);
    filters = subscriptions_.filters;
  }
  if (!filters.empty()) (void)mqtt_->subscribe(std::move(filters), net::Qos::kAtLeastOnce);
  sink_->offer(
      pipeline::OriginUp{.origin = std::string(pipeline::kTopicOrigin), .received = clock_.now()});
}

void TopicSource::subscribed(bool is_granted) {
  if (!is_granted) base::log::warning("mqtt: the broker does not grant every topic");
}

bool TopicSource::is_wanted(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return subscriptions_.takes(topic);
}

bool TopicSource::is_named(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return named_.contains(topic);
}

void TopicSource::received(std::string_view topic, std::string_view payload, net::Retain retained) {
  if (!is_wanted(topic)) return;
  if (must_recount_.exchange(false)) session_.recount();
  auto taken = session_.take({topic, payload, retained, clock_.now()});
  if (!taken) return;
  if (taken->first) sink_->offer(std::move(*taken->first));
  if (!sink_->offer(std::move(taken->batch))) session_.refused();
}

void TopicSource::ended(const net::MqttEnd& end) {
  if (!end.was_connected) return;
  sink_->offer(pipeline::OriginDown{std::string(pipeline::kTopicOrigin), clock_.now()});
}

}  // namespace millrace::connector::mqtt
