#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace millrace::test {

/// Carries TCP between a port of its own and another of the loopback interface, and can tear every
/// connection while both ends live on.
class TcpRelay {
 public:
  explicit TcpRelay(std::uint16_t to_port) : to_port_(to_port), listener_(open_socket()) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    MILLRACE_CHECK(::bind(listener_.get(), generic(address), length) == 0);
    MILLRACE_CHECK(::listen(listener_.get(), 16) == 0);
    MILLRACE_CHECK(::getsockname(listener_.get(), generic(address), &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TcpRelay() {
    is_stopping_ = true;
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  /// Closes all connections, and new ones at once, until mend().
  void tear() { is_torn_ = true; }
  void mend() { is_torn_ = false; }

 private:
  struct Pair {
    base::FileDescriptor near, far;
  };

  static base::FileDescriptor open_socket() {
    return base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

  /// False when the connection has ended.
  static bool carry(int from, int to) {
    std::array<char, 65536> bytes{};
    const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    for (ssize_t sent = 0; sent < got;) {
      const auto rest = static_cast<std::size_t>(got - sent);
      const ssize_t now = ::send(to, bytes.data() + sent, rest, MSG_NOSIGNAL);
      if (now <= 0) return false;
      sent += now;
    }
    return true;
  }

  void accept() {
    Pair pair{base::FileDescriptor(::accept(listener_.get(), nullptr, nullptr)), open_socket()};
    sockaddr_in address = loopback(to_port_);
    if (is_torn_ || ::connect(pair.far.get(), generic(address), sizeof address) != 0) return;
    pairs_.push_back(std::move(pair));
  }

  void run() {
    while (!is_stopping_) {
      if (is_torn_) pairs_.clear();
      std::vector<pollfd> polled = {{listener_.get(), POLLIN, 0}};
      for (const Pair& pair : pairs_) {
        polled.push_back({pair.near.get(), POLLIN, 0});
        polled.push_back({pair.far.get(), POLLIN, 0});
      }
      ::poll(polled.data(), polled.size(), 10);
      for (std::size_t i = pairs_.size(); i-- > 0;) {
        const bool near_ended =
            polled[2 * i + 1].revents && !carry(pairs_[i].near.get(), pairs_[i].far.get());
        const bool far_ended =
            polled[2 * i + 2].revents && !carry(pairs_[i].far.get(), pairs_[i].near.get());
        if (near_ended || far_ended) pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (polled[0].revents) accept();
    }
  }

  std::uint16_t to_port_;
  std::uint16_t port_ = 0;
  base::FileDescriptor listener_;
  std::vector<Pair> pairs_;
  std::atomic<bool> is_torn_ = false, is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::test
