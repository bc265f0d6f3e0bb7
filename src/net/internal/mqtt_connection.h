#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/mqtt_session.h"

struct mosquitto;

namespace millrace::net {

struct MqttSubscription {
  std::vector<std::string> filters;
  Qos qos = Qos::kAtMostOnce;
};

struct MqttUnsubscription {
  std::vector<std::string> filters;
};

/// What a session asks of its connection, in order.
using MqttCommand = std::variant<MqttMessage, MqttSubscription, MqttUnsubscription, Farewell>;

/// Bytes a command counts in the queue.
std::size_t weight_of(const MqttCommand& command);

struct MqttArrival {
  std::string_view topic;
  std::string_view payload;
  Retain retained = Retain::kNo;
};

struct MqttConnectionEvents {
  std::function<void()> connected;
  std::function<void(bool is_granted)> subscribed;
  std::function<void(const MqttArrival&)> received;
};

/// One connection to a broker, from CONNECT to its end; never reconnects. One thread.
class MqttConnection {
 public:
  MqttConnection(const MqttOptions& options, const MqttDial& dial, MqttConnectionEvents events);
  ~MqttConnection();
  MqttConnection(const MqttConnection&) = delete;
  MqttConnection& operator=(const MqttConnection&) = delete;

  /// Begins to connect, without waiting for TCP. False when that is hopeless; see problem().
  bool dial();
  /// Sleeps until the socket or `wake_fd` is ready or the time is over.
  void wait(int wake_fd, base::Duration at_most);
  /// Reads, writes and keeps alive.
  void work(base::MonotonicTime now);
  void execute(const MqttCommand& command);
  void close(std::string_view why);

  bool is_open() const;
  bool wants_write() const;
  bool has_more_to_read() const { return has_more_to_read_; }
  bool was_connected() const { return was_connected_; }
  bool was_connect_sent() const { return was_connect_sent_; }
  const base::Error& problem() const { return problem_; }

 private:
  static void on_connect(mosquitto* client, void* self, int code);
  static void on_disconnect(mosquitto* client, void* self, int code);
  static void on_subscribe(mosquitto* client, void* self, int id, int count, const int* granted);

  bool configure();
  bool configure_tls();
  bool check(int code, std::string_view doing);
  void read();
  void note_established();
  void publish(const MqttMessage& message);
  void subscribe(const MqttSubscription& subscription);
  void unsubscribe(const MqttUnsubscription& unsubscription);
  void leave(Farewell farewell);

  const MqttOptions& options_;
  const MqttDial& dial_;
  const MqttConnectionEvents events_;
  mosquitto* client_ = nullptr;
  base::Error problem_;
  bool has_reason_ = false;  // problem_ says why; what libmosquitto adds is only the consequence
  bool is_open_ = false;
  bool was_connected_ = false;
  bool was_connect_sent_ = false;
  bool has_more_to_read_ = false;
  bool is_readable_ = false;
  bool is_writable_ = false;
  std::size_t messages_read_ = 0;
  base::MonotonicTime last_upkeep_{};
};

}  // namespace millrace::net
