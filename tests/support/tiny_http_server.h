#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <format>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace millrace::test {

/// A real HTTP/1.1 server on a free loopback port, one connection at a time, for tests of clients.
/// The handler answers with a status and a JSON body, or with nothing: then the connection is torn.
class TinyHttpServer {
 public:
  struct Request {
    std::string method, path, body, head;
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::string headers = {};  // more of them, each with its line end
  };
  using Handler = std::function<std::optional<Answer>(const Request&)>;

  explicit TinyHttpServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TinyHttpServer() {
    is_stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return std::format("http://127.0.0.1:{}", port_); }

 private:
  void serve() {
    while (!is_stopping_) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      connection_ = connection;
      while (!is_stopping_ && one(connection)) {
      }
      connection_ = -1;
      ::close(connection);
    }
  }

  bool one(int connection) {
    std::string text;
    if (!read_until(connection, text, [&] { return text.contains("\r\n\r\n"); })) return false;
    const std::size_t head_end = text.find("\r\n\r\n") + 4;
    const std::size_t length_at = text.find("Content-Length: ");
    const std::size_t length =
        length_at < head_end ? std::stoul(text.substr(length_at + 16)) : std::size_t{0};
    if (!read_until(connection, text, [&] { return text.size() >= head_end + length; })) {
      return false;
    }
    Request request;
    request.head = text.substr(0, head_end);
    request.method = text.substr(0, text.find(' '));
    const std::size_t path_at = request.method.size() + 1;
    request.path = text.substr(path_at, text.find(' ', path_at) - path_at);
    request.body = text.substr(head_end, length);
    const auto answer = handler_(request);
    if (!answer) return false;
    const std::string reply = std::format(
        "HTTP/1.1 {} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}",
        answer->status, answer->body.size(), answer->headers, answer->body);
    return ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(reply.size());
  }

  template <class Done>
  static bool read_until(int connection, std::string& text, Done done) {
    char buffer[65536];
    while (!done()) {
      const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connection_ = -1;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::test
