#include "net/mosquitto_broker.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/files.h"
#include "base/log.h"
#include "net/internal/broker_files.h"
#include "net/internal/child_process.h"

namespace millrace::net {
namespace {

using base::ErrorCode;

constexpr base::Duration kStartPatience{10'000'000};
constexpr base::Duration kBrokerStopPatience{3'000'000};
constexpr base::Duration kStableRun{30'000'000};  // a run that lasts resets the back-off
constexpr base::Duration kBrokerPoll{50'000};

std::uint16_t read_port(const std::filesystem::path& file) {
  const std::string text = base::read_file(file, 64).value_or("");
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

// Mosquitto's lines become ours; the last bad one says why it went down.
class LogFold {
 public:
  void read(int fd) {
    char buffer[4096];
    for (ssize_t got; (got = ::read(fd, buffer, sizeof buffer)) > 0;) {
      pending_.append(buffer, static_cast<std::size_t>(got));
    }
    for (std::size_t end; (end = pending_.find('\n')) != pending_.npos;) {
      take(pending_.substr(0, end));
      pending_.erase(0, end + 1);
    }
    constexpr std::size_t kLineBytesMax = 64U << 10;
    if (pending_.size() > kLineBytesMax) pending_.clear();
  }
  const std::string& last() const { return last_; }

 private:
  void take(const std::string& line) {
    const bool is_bad = line.starts_with("Error") || line.contains("warning:");
    if (is_bad) {
      base::log::warning("broker: {}", line);
      last_ = line;
    } else {
      base::log::debug("broker: {}", line);
    }
  }
  std::string pending_;
  std::string last_;
};

}  // namespace

/// The thread that starts the child, and by living keeps it alive.
class MosquittoBroker::Keeper {
 public:
  Keeper(BrokerOptions options, std::vector<BrokerUser> users, const base::Clock& clock)
      : options_(std::move(options)),
        users_(std::move(users)),
        clock_(clock),
        files_(options_.directory),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  base::Result<void> start() {
    if (thread_.joinable()) return {};
    MILLRACE_TRY(base::make_directories(options_.directory));
    MILLRACE_LET(lock_, base::lock_file(files_.lock));
    const base::Result<void> result = start_locked();
    if (!result) stop();
    return result;
  }

  void stop() {
    is_stopping_ = true;
    (void)::eventfd_write(wake_.get(), 1);
    if (thread_.joinable()) thread_.join();
    eventfd_t ignored = 0;
    (void)::eventfd_read(wake_.get(), &ignored);
    lock_.close();
  }

  base::Result<void> set_users(std::vector<BrokerUser> users) {
    MILLRACE_TRY(write_broker_users(files_, users));
    users_ = std::move(users);
    if (const int child = pid_; child > 0) ::kill(child, SIGHUP);
    return {};
  }

  std::uint16_t port() const { return port_; }
  int pid() const { return pid_; }
  std::uint64_t restarts() const { return restarts_; }

 private:
  base::Result<void> start_locked() {
    end_stale(files_.pid, files_.configuration.string());
    MILLRACE_TRY(choose_port());
    MILLRACE_TRY(write_broker_users(files_, users_));
    MILLRACE_TRY(base::write_file_durably(files_.configuration,
                                          broker_configuration(options_, files_, port_),
                                          base::FileMode::kPrivate));
    is_stopping_ = false;
    first_start_.reset();
    thread_ = std::thread([this] { run(); });
    std::unique_lock lock(mutex_);
    started_.wait(lock, [this] { return first_start_.has_value(); });
    return *first_start_;
  }

  base::Result<void> choose_port() {
    if (options_.port != 0) {
      MILLRACE_LET(port_, free_port(options_.address, options_.port));
      return {};
    }
    const std::uint16_t last = read_port(files_.port);
    auto again = free_port(options_.address, last);
    if (!again) again = free_port(options_.address, 0);
    if (!again) return std::unexpected(again.error());
    port_ = *again;
    return base::write_file_durably(files_.port, std::format("{}\n", *again));
  }

  void run() {
    base::Duration pause = options_.restart_min;
    while (!is_stopping_) {
      const base::MonotonicTime began = clock_.monotonic();
      const std::string end = live();
      pid_ = 0;
      if (is_stopping_ || !has_started_once()) break;
      if (clock_.monotonic() - began > kStableRun) pause = options_.restart_min;
      base::log::error("the MQTT broker ended ({}); starting it again in {} ms", end,
                       pause.count() / 1000);
      rest(pause);
      pause = std::min(pause * 2, options_.restart_max);
      ++restarts_;
    }
  }

  // One run of the child; says how it ended.
  std::string live() {
    auto child = start_child({options_.program.string(), "-c", files_.configuration.string()});
    if (!child) {
      report(std::unexpected(child.error()));
      return child.error().what;
    }
    (void)base::write_file_durably(files_.pid, std::format("{}\n", child->pid));
    LogFold log;
    const base::MonotonicTime give_up = clock_.monotonic() + kStartPatience;
    bool is_up = false;
    std::optional<std::string> end;
    while (!is_stopping_ && !end) {
      if (!is_up && is_listening(options_.address, port_)) {
        is_up = true;
        pid_ = child->pid;
        report({});
      }
      if (!is_up && clock_.monotonic() > give_up) break;
      wait(child->output.get(), is_up ? kBrokerPoll * 10 : kBrokerPoll / 5);
      log.read(child->output.get());
      end = reap(child->pid);
    }
    if (!end) end_child(child->pid, kBrokerStopPatience);
    log.read(child->output.get());
    std::filesystem::remove(files_.pid, ignored_);
    const std::string why =
        end.value_or("ended by us") + (log.last().empty() ? "" : ": " + log.last());
    if (!is_up) {
      report(base::fail_for_now(ErrorCode::kUnavailable,
                                std::format("the MQTT broker does not start: {}", why)));
    }
    return why;
  }

  bool has_started_once() {
    const std::lock_guard lock(mutex_);
    return first_start_ && first_start_->has_value();
  }

  // The result of the very first start is what start() waits for.
  void report(base::Result<void> result) {
    const std::lock_guard lock(mutex_);
    if (!first_start_) first_start_ = std::move(result);
    started_.notify_all();
  }

  void wait(int output, base::Duration at_most) const {
    pollfd fds[2] = {{output, POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    ::poll(fds, 2, static_cast<int>(at_most.count() / 1000));
    // A closed pipe is always ready: leave the child a moment to end.
    if ((fds[0].revents & POLLHUP) != 0) std::this_thread::sleep_for(kBrokerPoll / 5);
  }

  void rest(base::Duration pause) const {
    pollfd fd{wake_.get(), POLLIN, 0};
    ::poll(&fd, 1, static_cast<int>(pause.count() / 1000));
  }

  const BrokerOptions options_;
  std::vector<BrokerUser> users_;
  const base::Clock& clock_;
  const BrokerFiles files_;
  const base::FileDescriptor wake_;
  base::FileDescriptor lock_;
  std::thread thread_;
  std::error_code ignored_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::uint16_t> port_ = 0;
  std::atomic<int> pid_ = 0;
  std::atomic<std::uint64_t> restarts_ = 0;

  std::mutex mutex_;
  std::condition_variable started_;
  std::optional<base::Result<void>> first_start_;
};

base::Result<std::unique_ptr<MosquittoBroker>> MosquittoBroker::create(
    BrokerOptions options, std::vector<BrokerUser> users, const base::Clock& clock) {
  if (options.directory.empty() || !options.directory.is_absolute()) {
    return base::fail(ErrorCode::kInvalid, "the broker needs a directory with an absolute path");
  }
  if (options.directory.string().contains('\n')) {
    return base::fail(ErrorCode::kInvalid, "the broker's directory has a line break in its name");
  }
  MILLRACE_TRY(broker_access(users));
  auto keeper = std::make_unique<Keeper>(std::move(options), std::move(users), clock);
  return std::unique_ptr<MosquittoBroker>(new MosquittoBroker(std::move(keeper)));
}

MosquittoBroker::MosquittoBroker(std::unique_ptr<Keeper> keeper) : keeper_(std::move(keeper)) {}
MosquittoBroker::~MosquittoBroker() { keeper_->stop(); }

base::Result<void> MosquittoBroker::start() { return keeper_->start(); }
void MosquittoBroker::stop() { keeper_->stop(); }
base::Result<void> MosquittoBroker::set_users(std::vector<BrokerUser> users) {
  return keeper_->set_users(std::move(users));
}
std::uint16_t MosquittoBroker::port() const { return keeper_->port(); }
int MosquittoBroker::pid() const { return keeper_->pid(); }
std::uint64_t MosquittoBroker::restarts() const { return keeper_->restarts(); }

}  // namespace millrace::net
