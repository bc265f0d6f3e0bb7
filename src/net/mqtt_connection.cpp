#include "net/internal/mqtt_connection.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/log.h"

namespace millrace::net {
namespace {

using base::ErrorCode;

constexpr int kPacketsAtOnce = 256;
constexpr base::Duration kUpkeep{1'000'000};
constexpr int kDisconnectWithWill = 0x04;  // MQTT 5, §3.14.2.1

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { mosquitto_lib_init(); });
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

base::Error unavailable(std::string what) {
  return {ErrorCode::kUnavailable, base::Retry::kLater, std::move(what), {}};
}

// libmosquitto only reads them, for all its C signature.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  return pointers;
}

MqttConnection& connection(void* self) { return *static_cast<MqttConnection*>(self); }

}  // namespace

std::size_t weight_of(const MqttCommand& command) {
  const auto* message = std::get_if<MqttMessage>(&command);
  return message ? message->topic.size() + message->payload.size() : 0;
}

MqttConnection::MqttConnection(const MqttOptions& options, const MqttDial& dial,
                               MqttConnectionEvents events)
    : options_(options), dial_(dial), events_(std::move(events)) {
  initialise_library();
  problem_ = unavailable("not connected yet");
}

MqttConnection::~MqttConnection() { mosquitto_destroy(client_); }

bool MqttConnection::check(int code, std::string_view doing) {
  if (code == MOSQ_ERR_SUCCESS) return true;
  if (has_reason_) return false;
  const char* reason = code == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(code);
  problem_ = unavailable(std::format("{}: {}", doing, reason));
  return false;
}

bool MqttConnection::configure() {
  client_ = mosquitto_new(options_.client_id.c_str(), true, this);
  if (client_ == nullptr) return check(MOSQ_ERR_ERRNO, "making an MQTT client");
  const int version = options_.version == MqttVersion::k5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;
  mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, version);
  mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_connect_callback_set(client_, on_connect);
  mosquitto_disconnect_callback_set(client_, on_disconnect);
  mosquitto_subscribe_callback_set(client_, on_subscribe);
  mosquitto_message_callback_set(
      client_, [](mosquitto*, void* self, const mosquitto_message* message) {
        const auto size = static_cast<std::size_t>(message->payloadlen);
        ++connection(self).messages_read_;
        connection(self).events_.received({message->topic,
                                           {static_cast<const char*>(message->payload), size},
                                           message->retain ? Retain::kYes : Retain::kNo});
      });
  if (!options_.user.empty() &&
      !check(mosquitto_username_pw_set(client_, options_.user.c_str(), or_null(options_.password)),
             "user and password")) {
    return false;
  }
  if (!dial_.will) return configure_tls();
  const MqttMessage& will = *dial_.will;
  return check(mosquitto_will_set(client_, will.topic.c_str(),
                                  static_cast<int>(will.payload.size()), will.payload.data(),
                                  static_cast<int>(will.qos), will.retain == Retain::kYes),
               "setting the will") &&
         configure_tls();
}

bool MqttConnection::configure_tls() {
  const TlsOptions& tls = options_.tls;
  if (!tls.is_on) return true;
  if (tls.ca_file.empty()) mosquitto_int_option(client_, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  return check(mosquitto_tls_set(client_, or_null(tls.ca_file),
                                 tls.ca_file.empty() ? "/etc/ssl/certs" : nullptr,
                                 or_null(tls.cert_file), or_null(tls.key_file), nullptr),
               "setting up TLS") &&
         check(mosquitto_tls_insecure_set(client_, !tls.checks_host_name), "setting up TLS");
}

bool MqttConnection::dial() {
  if (!configure()) return false;
  const int code = mosquitto_connect_async(client_, dial_.host.c_str(), dial_.port,
                                           static_cast<int>(options_.keep_alive.count()));
  is_open_ = check(code, std::format("connecting to {}:{}", dial_.host, dial_.port));
  return is_open_;
}

bool MqttConnection::is_open() const { return is_open_ && mosquitto_socket(client_) >= 0; }
bool MqttConnection::wants_write() const { return mosquitto_want_write(client_); }

void MqttConnection::wait(int wake_fd, base::Duration at_most) {
  short wanted = POLLIN;
  if (wants_write() || !was_connect_sent_) wanted |= POLLOUT;
  pollfd fds[2] = {{mosquitto_socket(client_), wanted, 0}, {wake_fd, POLLIN, 0}};
  const auto milliseconds = static_cast<int>((at_most.count() + 999) / 1000);
  if (::poll(fds, 2, milliseconds) <= 0) {
    is_readable_ = is_writable_ = false;
    return;
  }
  is_readable_ = (fds[0].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
  is_writable_ = (fds[0].revents & POLLOUT) != 0;
}

// A dial that TCP refused must not count as a session: no CONNECT has gone out.
void MqttConnection::note_established() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(mosquitto_socket(client_), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) {
    was_connect_sent_ = true;
    return;
  }
  close(std::strerror(error));
}

void MqttConnection::work(base::MonotonicTime now) {
  if (is_writable_ && !was_connect_sent_) note_established();
  if (is_open() && is_writable_) check(mosquitto_loop_write(client_, 1), "writing");
  if (is_open() && (is_readable_ || has_more_to_read_)) read();
  if (is_open() && now - last_upkeep_ >= kUpkeep) {
    last_upkeep_ = now;
    check(mosquitto_loop_misc(client_), "keeping alive");
  }
}

// libmosquitto reads one packet at a time and tells by errno alone that there is no more.
void MqttConnection::read() {
  has_more_to_read_ = false;
  for (int i = 0; i < kPacketsAtOnce && is_open(); ++i) {
    const std::size_t before = messages_read_;
    errno = 0;
    if (!check(mosquitto_loop_read(client_, 1), "reading")) return;
    const bool is_dry = errno == EAGAIN || errno == EWOULDBLOCK;
    if (is_dry && messages_read_ == before) return;
  }
  has_more_to_read_ = is_open();
}

void MqttConnection::execute(const MqttCommand& command) {
  if (const auto* message = std::get_if<MqttMessage>(&command)) publish(*message);
  if (const auto* subscription = std::get_if<MqttSubscription>(&command)) subscribe(*subscription);
  if (const auto* end = std::get_if<MqttUnsubscription>(&command)) unsubscribe(*end);
  if (const auto* farewell = std::get_if<Farewell>(&command)) leave(*farewell);
}

void MqttConnection::publish(const MqttMessage& message) {
  const int code = mosquitto_publish(
      client_, nullptr, message.topic.c_str(), static_cast<int>(message.payload.size()),
      message.payload.data(), static_cast<int>(message.qos), message.retain == Retain::kYes);
  if (code == MOSQ_ERR_SUCCESS) return;
  base::log::warning("mqtt {}: {} bytes on {} were not sent: {}", options_.client_id,
                     message.payload.size(), message.topic, mosquitto_strerror(code));
}

void MqttConnection::subscribe(const MqttSubscription& subscription) {
  const std::vector<char*> filters = pointers_to(subscription.filters);
  const int options = options_.version == MqttVersion::k5 ? MQTT_SUB_OPT_NO_LOCAL : 0;
  const int code = mosquitto_subscribe_multiple(client_, nullptr, static_cast<int>(filters.size()),
                                                filters.data(), static_cast<int>(subscription.qos),
                                                options, nullptr);
  if (!check(code, "subscribing")) events_.subscribed(false);
}

void MqttConnection::unsubscribe(const MqttUnsubscription& unsubscription) {
  const std::vector<char*> filters = pointers_to(unsubscription.filters);
  check(mosquitto_unsubscribe_multiple(client_, nullptr, static_cast<int>(filters.size()),
                                       filters.data(), nullptr),
        "unsubscribing");
}

void MqttConnection::leave(Farewell farewell) {
  problem_ = unavailable("we said goodbye");
  has_reason_ = true;
  const int reason = farewell == Farewell::kWithWill ? kDisconnectWithWill : 0;
  mosquitto_disconnect_v5(client_, reason, nullptr);
}

void MqttConnection::close(std::string_view why) {
  if (!has_reason_) problem_ = unavailable(std::string(why));
  has_reason_ = true;
  is_open_ = false;
}

void MqttConnection::on_connect(mosquitto*, void* self, int code) {
  MqttConnection& me = connection(self);
  if (code != 0) {
    const bool is_v5 = me.options_.version == MqttVersion::k5;
    me.close(is_v5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code));
    return;
  }
  me.was_connected_ = true;
  me.problem_ = unavailable("the connection was lost");
  me.events_.connected();
}

void MqttConnection::on_disconnect(mosquitto*, void* self, int code) {
  MqttConnection& me = connection(self);
  me.is_open_ = false;
  if (code != 0 && !me.has_reason_) me.problem_ = unavailable(mosquitto_strerror(code));
}

void MqttConnection::on_subscribe(mosquitto*, void* self, int, int count, const int* granted) {
  bool is_granted = true;
  for (int i = 0; i < count; ++i) is_granted = is_granted && granted[i] < 0x80;
  connection(self).events_.subscribed(is_granted);
}

}  // namespace millrace::net
