#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "net/mosquitto_broker.h"
#include "net/mqtt_session.h"

/// What the tests of this room share: a scratch folder, a broker, and events that can be awaited.
namespace millrace::net {

inline std::filesystem::path scratch(std::string_view name) {
  const auto path =
      std::filesystem::temp_directory_path() / std::format("millrace-net-{}-{}", ::getpid(), name);
  std::filesystem::remove_all(path);
  return path;
}

inline const base::SystemClock& system_clock() {
  static const base::SystemClock clock;
  return clock;
}

template <class Condition>
bool eventually(Condition condition,
                std::chrono::milliseconds patience = std::chrono::seconds(10)) {
  const auto until = system_clock().monotonic() + patience;
  while (!condition()) {
    if (system_clock().monotonic() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

inline std::unique_ptr<MosquittoBroker> broker_in(
    const std::filesystem::path& directory,
    std::vector<BrokerUser> users = {{"all", "secret", {{TopicAccess::kReadWrite, "#"}}}}) {
  auto broker = MosquittoBroker::create({.directory = directory}, std::move(users), system_clock());
  EXPECT_TRUE(broker);
  return std::move(*broker);
}

/// Counts everything; a will when told so.
class Recorder final : public MqttEvents {
 public:
  explicit Recorder(std::uint16_t port) : port_(port) {}

  MqttDial next_dial() override {
    const std::lock_guard lock(mutex_);
    ++dials_;
    return {"127.0.0.1", port_,
            MqttMessage{"will/" + name_, std::to_string(dials_), Qos::kAtLeastOnce}};
  }
  void connected() override { note("connected"); }
  void subscribed(bool is_granted) override { note(is_granted ? "granted" : "refused"); }
  void received(std::string_view topic, std::string_view payload, Retain) override {
    const std::lock_guard lock(mutex_);
    bytes_ += payload.size();
    received_.push_back(std::format("{} {}", topic, payload.substr(0, 40)));
  }
  void ended(const MqttEnd& end) override {
    note(std::format("ended {} {}", end.was_connected, end.was_connect_sent));
    const std::lock_guard lock(mutex_);
    why_ = end.why.what;
  }

  std::size_t count(std::string_view event) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(events_, event));
  }
  std::vector<std::string> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  bool has_received(const std::string& message) const {
    const auto all = received();
    return std::ranges::find(all, message) != all.end();
  }
  std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_;
  }
  void set_name(std::string name) { name_ = std::move(name); }
  void set_port(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    port_ = port;
  }

 private:
  void note(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }

  mutable std::mutex mutex_;
  std::uint16_t port_;
  std::string name_ = "x";
  int dials_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::string> events_;
  std::vector<std::string> received_;
  std::string why_;
};

inline MqttOptions options_for(std::string client) {
  MqttOptions options;
  options.client_id = std::move(client);
  options.user = "all";
  options.password = "secret";
  options.redial_min = std::chrono::milliseconds(20);
  options.redial_max = std::chrono::milliseconds(100);
  return options;
}

inline std::unique_ptr<MqttSession> session_for(MqttOptions options, MqttEvents& events) {
  auto session = MqttSession::create(std::move(options), events, system_clock(), base::Random(1));
  EXPECT_TRUE(session);
  return std::move(*session);
}

}  // namespace millrace::net
