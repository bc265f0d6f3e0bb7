#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "connector/wot/command_queue.h"
#include "connector/wot/session.h"
#include "pipeline/live_feed.h"

namespace millrace::connector::wot {

/// Says the values of the hub's things on MQTT topics, one for each property, and takes commands
/// from their topics. Values are at most ten a second for each property, the newest; when the
/// broker is slow or away they wait as "to be said", not as messages.
///
/// Threads: one says values, eight carry commands out (`on_command` may wait there), no two of one
/// lane at once; follow() may be called from any. Each command carries the time at which it was
/// received, so that `on_command` can leave out what is too old. A command that a newer one
/// replaces, or that finds too many before it, is dropped, counted and logged.
class ThingSink final : private net::MqttEvents {
 public:
  struct Options {
    net::MqttOptions mqtt;
    std::string host = "127.0.0.1";
    std::uint16_t port = 1883;
  };
  struct Deps {
    const store::SeriesIndex& index;
    std::function<std::optional<store::LastValue>(model::SeriesId)> last_value;
    pipeline::LiveFeed& live;
    /// What a command reaches its device through: see CommandQueue.
    std::function<std::string(const ThingCommand&)> lane_of;
    std::function<void(const ThingCommand&)> on_command;
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random random;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<ThingSink>> create(Options options, Deps deps);
  ~ThingSink() override { stop(); }

  void start();
  /// Waits for commands that are being carried out.
  void stop();
  /// These things from now on.
  void follow(std::shared_ptr<const twin::Catalog> catalog);
  bool is_connected() const { return mqtt_->is_connected(); }

 private:
  ThingSink(Options options, Deps deps);
  net::MqttDial next_dial() override { return {options_.host, options_.port, std::nullopt}; }
  void connected() override;
  void subscribed(bool is_granted) override;
  void received(std::string_view topic, std::string_view payload, net::Retain retained) override;
  void ended(const net::MqttEnd& end) override;

  void say(const std::stop_token& stop);
  void say_once();
  void queue(ThingCommand command);
  void carry_out(const std::stop_token& stop);

  static constexpr std::size_t kWorkers = 8;

  const Options options_;
  const base::Clock& clock_;
  const std::function<std::string(const ThingCommand&)> lane_of_;
  const std::function<void(const ThingCommand&)> on_command_;
  const std::shared_ptr<pipeline::LiveFeed::Subscription> changes_;
  std::mutex mutex_;  // of session_
  ThingSession session_;
  std::unique_ptr<net::MqttSession> mqtt_;
  CommandQueue commands_;
  base::Counter& dropped_;
  std::array<std::jthread, kWorkers> workers_;
  std::jthread sayer_;
  bool is_started_ = false;
};

}  // namespace millrace::connector::wot
