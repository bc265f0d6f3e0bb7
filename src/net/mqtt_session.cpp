#include "net/mqtt_session.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "base/log.h"
#include "net/internal/mqtt_connection.h"

namespace millrace::net {

using base::ErrorCode;

namespace {

constexpr base::Duration kGoodbyePatience{2'000'000};
constexpr base::Duration kStableConnection{
    10'000'000};  // a connection that lasts resets the back-off

// OpenSSL writes without MSG_NOSIGNAL: a broker that goes away would end the process.
void block_sigpipe() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

/// The loop thread and what it shares with the callers.
class MqttSession::Loop {
 public:
  Loop(MqttOptions options, MqttEvents& events, const base::Clock& clock, base::Random random)
      : options_(std::move(options)),
        events_(events),
        clock_(clock),
        random_(std::move(random)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void start() {
    if (thread_.joinable()) return;
    is_stopping_ = false;
    thread_ = std::thread([this] { run(); });
  }

  void stop(Farewell farewell) {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      queue_.emplace_back(farewell);
      stop_by_ = clock_.monotonic() + kGoodbyePatience;
      is_stopping_ = true;
    }
    wake();
    thread_.join();
  }

  base::Result<void> push(MqttCommand command, std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_connected_) {
        return base::fail_for_now(ErrorCode::kUnavailable, "not connected to the MQTT broker");
      }
      if (queued_bytes_ + bytes > options_.queue_bytes_max && !queue_.empty()) {
        return base::fail_for_now(ErrorCode::kLimited, "the queue to the MQTT broker is full",
                                  "The broker or the network is slower than what is sent.");
      }
      queue_.push_back(std::move(command));
      queued_bytes_ += bytes;
    }
    wake();
    return {};
  }

  bool is_connected() const {
    const std::lock_guard lock(mutex_);
    return is_connected_;
  }
  std::size_t queued_bytes() const {
    const std::lock_guard lock(mutex_);
    return queued_bytes_;
  }
  const MqttOptions& options() const { return options_; }

 private:
  void run() {
    block_sigpipe();
    int failures = 0;
    while (!is_stopping_) {
      const MqttEnd end = live();
      events_.ended(end);
      failures = was_stable_ ? 0 : failures + 1;
      if (!is_stopping_) rest(back_off(failures));
    }
  }

  // One connection from dial to end.
  MqttEnd live() {
    was_stable_ = false;
    const MqttDial dial = events_.next_dial();
    MqttConnection connection(
        options_, dial,
        {.connected = [this] { accept(); },
         .subscribed = [this](bool is_granted) { events_.subscribed(is_granted); },
         .received =
             [this](const auto& message) {
               events_.received(message.topic, message.payload, message.retained);
             }});
    const base::MonotonicTime began = clock_.monotonic();
    if (connection.dial()) serve(connection, began);
    close_queue();
    if (connection.was_connected()) {
      was_stable_ = clock_.monotonic() - connected_since_ > kStableConnection;
      base::log::info("mqtt {}: connection to {}:{} ended: {}", options_.client_id, dial.host,
                      dial.port, connection.problem().what);
    } else {
      base::log::debug("mqtt {}: no connection to {}:{}: {}", options_.client_id, dial.host,
                       dial.port, connection.problem().what);
    }
    return {connection.problem(), connection.was_connected(), connection.was_connect_sent()};
  }

  void serve(MqttConnection& connection, base::MonotonicTime began) {
    while (connection.is_open()) {
      flush(connection);
      connection.wait(wake_.get(), next_wait(connection));
      drain_wakes();
      const base::MonotonicTime now = clock_.monotonic();
      connection.work(now);
      tick(now);
      if (!connection.was_connected() && now - began > options_.dial_timeout) {
        connection.close("the broker did not answer in time");
      }
      if (is_stopping_ && (now > stop_by() || !connection.was_connected())) {
        connection.close("stopped");
      }
    }
  }

  // Hands commands over one by one, as long as libmosquitto has nothing left to write.
  void flush(MqttConnection& connection) {
    while (connection.is_open() && !connection.wants_write()) {
      MqttCommand command = Farewell::kPlain;
      {
        const std::lock_guard lock(mutex_);
        if (queue_.empty() || !is_connected_) return;
        command = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= weight_of(command);
      }
      connection.execute(command);
    }
  }

  void accept() {
    {
      const std::lock_guard lock(mutex_);
      is_connected_ = true;
    }
    connected_since_ = clock_.monotonic();
    events_.connected();
  }

  // From here on nothing of this connection is queued or sent any more.
  void close_queue() {
    const std::lock_guard lock(mutex_);
    is_connected_ = false;
    queue_.clear();
    queued_bytes_ = 0;
  }

  base::Duration next_wait(const MqttConnection& connection) {
    if (connection.has_more_to_read()) return {};
    const auto due = last_tick_ + options_.tick - clock_.monotonic();
    return std::clamp<base::Duration>(due, base::Duration(0), options_.tick);
  }

  void tick(base::MonotonicTime now) {
    if (now - last_tick_ < options_.tick) return;
    last_tick_ = now;
    events_.tick();
  }

  base::Duration back_off(int failures) {
    const auto doubled = options_.redial_min * (1LL << std::min(std::max(failures - 1, 0), 20));
    const auto capped = std::min<base::Duration>(doubled, options_.redial_max);
    return base::Duration(static_cast<std::int64_t>(static_cast<double>(capped.count()) *
                                                    (0.5 + 0.5 * random_.uniform())));
  }

  // Waits between two connections; ticks go on.
  void rest(base::Duration pause) {
    const base::MonotonicTime until = clock_.monotonic() + pause;
    while (!is_stopping_) {
      const base::MonotonicTime now = clock_.monotonic();
      if (now >= until) return;
      const auto left = std::min<base::Duration>(until - now, options_.tick);
      pollfd fd{wake_.get(), POLLIN, 0};
      ::poll(&fd, 1, static_cast<int>(left.count() / 1000) + 1);
      drain_wakes();
      tick(clock_.monotonic());
    }
  }

  base::MonotonicTime stop_by() const {
    const std::lock_guard lock(mutex_);
    return stop_by_;
  }
  void wake() const { (void)::eventfd_write(wake_.get(), 1); }
  void drain_wakes() const {
    eventfd_t count = 0;
    (void)::eventfd_read(wake_.get(), &count);
  }

  const MqttOptions options_;
  MqttEvents& events_;
  const base::Clock& clock_;
  base::Random random_;
  const base::FileDescriptor wake_;
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false;

  mutable std::mutex mutex_;
  std::deque<MqttCommand> queue_;
  std::size_t queued_bytes_ = 0;
  bool is_connected_ = false;
  base::MonotonicTime stop_by_{};

  // The loop thread only:
  base::MonotonicTime last_tick_{};
  base::MonotonicTime connected_since_{};
  bool was_stable_ = false;
};

base::Result<std::unique_ptr<MqttSession>> MqttSession::create(MqttOptions options,
                                                               MqttEvents& events,
                                                               const base::Clock& clock,
                                                               base::Random random) {
  if (options.client_id.empty()) {
    return base::fail(ErrorCode::kInvalid, "an MQTT session needs a client id");
  }
  if (options.tls.cert_file.empty() != options.tls.key_file.empty()) {
    return base::fail(ErrorCode::kInvalid, "a client certificate needs its key, and the reverse");
  }
  if (options.redial_min.count() <= 0 || options.redial_max < options.redial_min) {
    return base::fail(ErrorCode::kInvalid, "the back-off must rise from above 0");
  }
  auto loop = std::make_unique<Loop>(std::move(options), events, clock, std::move(random));
  return std::unique_ptr<MqttSession>(new MqttSession(std::move(loop)));
}

MqttSession::MqttSession(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
MqttSession::~MqttSession() { loop_->stop(Farewell::kPlain); }

void MqttSession::start() { loop_->start(); }
void MqttSession::stop(Farewell farewell) { loop_->stop(farewell); }

base::Result<void> MqttSession::publish(MqttMessage message) {
  if (message.payload.size() > loop_->options().message_bytes_max) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("an MQTT message of {} bytes, at most {}", message.payload.size(),
                                  loop_->options().message_bytes_max));
  }
  MqttCommand command(std::move(message));
  const std::size_t bytes = weight_of(command);
  return loop_->push(std::move(command), bytes);
}

base::Result<void> MqttSession::subscribe(std::vector<std::string> filters, Qos qos) {
  return loop_->push(MqttSubscription{std::move(filters), qos}, 0);
}

base::Result<void> MqttSession::unsubscribe(std::vector<std::string> filters) {
  return loop_->push(MqttUnsubscription{std::move(filters)}, 0);
}

void MqttSession::disconnect(Farewell farewell) { (void)loop_->push(farewell, 0); }

bool MqttSession::is_connected() const { return loop_->is_connected(); }
std::size_t MqttSession::queued_bytes() const { return loop_->queued_bytes(); }

}  // namespace millrace::net
