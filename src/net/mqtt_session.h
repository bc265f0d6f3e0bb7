#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"

namespace millrace::net {

enum class MqttVersion { k311, k5 };

/// TLS towards the broker; off unless `is_on`. Files are PEM and read anew for each connection.
struct TlsOptions {
  bool is_on = false;
  std::string ca_file;    // empty: the system's certificates
  std::string cert_file;  // empty: no client certificate
  std::string key_file;
  bool checks_host_name = true;  // off only for tests
};

struct MqttOptions {
  std::string client_id;
  std::string user;  // empty: anonymous
  std::string password;
  MqttVersion version = MqttVersion::k5;
  std::chrono::seconds keep_alive{30};
  TlsOptions tls;
  base::Duration dial_timeout{10'000'000};  // until the broker has answered CONNECT
  base::Duration redial_min{250'000};       // back-off between connections: doubles from here …
  base::Duration redial_max{30'000'000};    // … to here, each shortened by up to half at random
  base::Duration tick{100'000};             // how often MqttEvents::tick() comes
  std::size_t queue_bytes_max = 64U << 20;  // waiting to be written
  std::size_t message_bytes_max = 16U << 20;
};

enum class Qos : std::uint8_t { kAtMostOnce = 0, kAtLeastOnce = 1 };
enum class Retain : std::uint8_t { kNo, kYes };

struct MqttMessage {
  std::string topic;
  std::string payload;
  Qos qos = Qos::kAtMostOnce;
  Retain retain = Retain::kNo;
};

/// Where the next connection goes and what the broker says of us when it breaks.
struct MqttDial {
  std::string host;
  std::uint16_t port = 1883;
  std::optional<MqttMessage> will;
};

/// How a connection, or an attempt at one, ended.
struct MqttEnd {
  base::Error why;
  bool was_connected = false;     // the broker had accepted us
  bool was_connect_sent = false;  // CONNECT, and with it the will, had gone out
};

/// Whether the broker publishes our will when we leave. MQTT 3.1.1 cannot ask for it.
enum class Farewell { kPlain, kWithWill };

/// What happens to a session. All calls come on its one loop thread: hand over and return. While
/// a callback waits, the broker's QoS 0 messages pile up and are lost without a trace.
class MqttEvents {
 public:
  virtual ~MqttEvents() = default;
  /// Before each attempt: the will is built anew each time.
  virtual MqttDial next_dial() = 0;
  virtual void connected() = 0;
  /// The answer to each subscribe(), in their order; `is_granted` when every filter was.
  virtual void subscribed(bool is_granted) = 0;
  /// Views are valid during the call only.
  virtual void received(std::string_view topic, std::string_view payload, Retain retained) = 0;
  /// Once for each next_dial(). What was still queued is dropped.
  virtual void ended(const MqttEnd& end) = 0;
  virtual void tick() {}
};

/// An MQTT client that stays connected: own back-off with jitter, a new CONNECT with a new will for
/// each connection (libmosquitto's automatic reconnect would repeat the old one), clean session
/// always. What is published goes through a queue bounded in bytes to the loop thread, which writes
/// one packet at a time, so that `queued_bytes()` is what the broker has not taken.
///
/// publish(), subscribe(), unsubscribe(), disconnect() and the getters: any thread, also from
/// callbacks.
class MqttSession {
 public:
  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<MqttSession>> create(MqttOptions options, MqttEvents& events,
                                                           const base::Clock& clock,
                                                           base::Random random);
  /// As after stop(Farewell::kPlain).
  ~MqttSession();
  MqttSession(const MqttSession&) = delete;
  MqttSession& operator=(const MqttSession&) = delete;

  /// Starts the loop thread, which begins to connect.
  void start();
  /// Writes what is queued, says goodbye and ends the thread; gives up writing after two seconds.
  /// Not from a callback. Can be started again.
  void stop(Farewell farewell);

  /// Errors: unavailable (not connected), limited (queue full), too_large. Success says that it was
  /// queued on this connection, not that anybody got it.
  base::Result<void> publish(MqttMessage message);
  base::Result<void> subscribe(std::vector<std::string> filters, Qos qos);
  base::Result<void> unsubscribe(std::vector<std::string> filters);
  /// Ends this connection after what is queued; the next dial follows after the back-off.
  void disconnect(Farewell farewell);

  bool is_connected() const;
  std::size_t queued_bytes() const;

 private:
  class Loop;
  explicit MqttSession(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace millrace::net
