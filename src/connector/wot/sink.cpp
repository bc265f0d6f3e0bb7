#include "connector/wot/sink.h"

#include <condition_variable>
#include <format>

#include "base/log.h"
#include "twin/wot_topic.h"

namespace millrace::connector::wot {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 100ms;
constexpr base::Duration kCommandWait = 200ms;

}  // namespace

base::Result<std::unique_ptr<ThingSink>> ThingSink::create(Options options, Deps deps) {
  base::Random random(deps.random.next());
  const base::Clock& clock = deps.clock;
  net::MqttOptions mqtt = options.mqtt;
  std::unique_ptr<ThingSink> sink(new ThingSink(std::move(options), std::move(deps)));
  MILLRACE_LET(sink->mqtt_,
               net::MqttSession::create(std::move(mqtt), *sink, clock, std::move(random)));
  return sink;
}

ThingSink::ThingSink(Options options, Deps deps)
    : options_(std::move(options)),
      clock_(deps.clock),
      lane_of_(std::move(deps.lane_of)),
      on_command_(std::move(deps.on_command)),
      changes_(deps.live.subscribe({})),
      session_({deps.index, std::move(deps.last_value), deps.metrics}),
      dropped_(deps.metrics.counter("millrace_wot_commands_dropped_total",
                                    "Commands that a newer one replaced or too many preceded.")) {}

void ThingSink::start() {
  if (is_started_) return;
  is_started_ = true;
  for (std::jthread& worker : workers_) {
    worker = std::jthread([this](const std::stop_token& stop) { carry_out(stop); });
  }
  mqtt_->start();
  sayer_ = std::jthread([this](const std::stop_token& stop) { say(stop); });
}

void ThingSink::stop() {
  if (!is_started_) return;
  is_started_ = false;
  sayer_ = {};
  mqtt_->stop(net::Farewell::kPlain);
  if (const std::size_t waited = commands_.close(); waited > 0) {
    base::log::warning("wot: {} commands are not carried out: the hub stops", waited);
  }
  for (std::jthread& worker : workers_) worker.request_stop();
  for (std::jthread& worker : workers_) worker = {};
}

void ThingSink::follow(std::shared_ptr<const twin::Catalog> catalog) {
  const std::lock_guard lock(mutex_);
  session_.follow(std::move(catalog));
}

void ThingSink::say(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, kTick, [&] { return stop.stop_requested(); })) say_once();
}

/// One message at a time under the lock, so that nobody else waits for long.
void ThingSink::say_once() {
  const auto changed = changes_->take();
  {
    const std::lock_guard lock(mutex_);
    session_.changed(changed);
  }
  while (mqtt_->is_connected()) {
    const std::lock_guard lock(mutex_);
    auto message = session_.next();
    if (!message) return;
    const auto queued = mqtt_->publish(*message);
    if (queued) continue;
    if (queued.error().code == base::ErrorCode::kTooLarge) {
      base::log::warning("wot: {} is not said: {}", message->topic, base::describe(queued.error()));
      continue;
    }
    return session_.give_back(std::move(*message));
  }
}

void ThingSink::connected() {
  (void)mqtt_->subscribe({std::string(twin::kSetTopics), std::string(twin::kActionTopics)},
                         net::Qos::kAtLeastOnce);
  const std::lock_guard lock(mutex_);
  session_.connected();
}

void ThingSink::subscribed(bool is_granted) {
  if (!is_granted) base::log::warning("wot: the broker does not let the hub hear commands");
}

void ThingSink::received(std::string_view topic, std::string_view payload, net::Retain retained) {
  std::optional<ThingCommand> command;
  {
    const std::lock_guard lock(mutex_);
    command = session_.command(topic, payload, retained);
  }
  if (!command) return base::log::warning("wot: what came on {} is no command", topic);
  command->received = clock_.monotonic();
  queue(std::move(*command));
}

void ThingSink::queue(ThingCommand command) {
  const std::string what = std::format("{} of {}", command.name, command.thing);
  std::string lane = lane_of_(command);
  switch (commands_.put(std::move(command), std::move(lane))) {
    case CommandQueue::Put::kWaits:
      return;
    case CommandQueue::Put::kReplaced:
      base::log::warning("wot: {} came again before the last one was carried out, which goes",
                         what);
      break;
    case CommandQueue::Put::kRefused:
      base::log::error("wot: too many commands wait; {} was dropped", what);
      break;
  }
  dropped_.add();
}

void ThingSink::ended(const net::MqttEnd& end) {
  if (end.was_connected) base::log::info("wot: the broker is away: {}", base::describe(end.why));
}

void ThingSink::carry_out(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto taken = commands_.take(kCommandWait);
    if (!taken) continue;
    on_command_(taken->command);
    commands_.done(taken->lane);
  }
}

}  // namespace millrace::connector::wot
