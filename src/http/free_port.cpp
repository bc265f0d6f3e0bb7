#include "http/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <thread>

#include "base/files.h"

namespace millrace::http {
namespace {

using base::ErrorCode;

constexpr int kAttempts = 1000;
constexpr std::chrono::milliseconds kBetweenAttempts{10};

union AnyAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

bool parse_address(const std::string& text, std::uint16_t port, AnyAddress& address) {
  address = {};
  if (::inet_pton(AF_INET, text.c_str(), &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(port);
    return true;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &address.v6.sin6_addr) != 1) return false;
  address.v6.sin6_family = AF_INET6;
  address.v6.sin6_port = htons(port);
  return true;
}

}  // namespace

base::Result<std::uint16_t> check_port(const std::string& text, std::uint16_t port) {
  AnyAddress address{};
  if (!parse_address(text, port, address)) {
    return base::fail(ErrorCode::kInvalid, std::format("'{}' is not an IP address", text),
                      "Use 127.0.0.1 for this machine alone, or 0.0.0.0 for every network.");
  }
  const base::FileDescriptor probe(::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(probe.get(), &address.any, sizeof address) != 0) {
    const int failed = errno;
    if (failed == EADDRINUSE) {
      return base::fail(ErrorCode::kConflict, std::format("port {} is taken", port),
                        "Stop the other program, or choose another port: --http-port N");
    }
    return std::unexpected(
        base::system_error(failed, "listen on", std::format("{}:{}", text, port)));
  }
  socklen_t length = sizeof address;
  ::getsockname(probe.get(), &address.any, &length);
  const bool is_v4 = address.any.sa_family == AF_INET;
  return ntohs(is_v4 ? address.v4.sin_port : address.v6.sin6_port);
}

base::Result<void> wait_until_listening(const std::string& text, std::uint16_t port) {
  AnyAddress address{};
  parse_address(text, port, address);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const base::FileDescriptor probe(
        ::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), &address.any, sizeof address) == 0) return {};
    std::this_thread::sleep_for(kBetweenAttempts);
  }
  return base::fail(ErrorCode::kUnavailable, std::format("nothing listens on port {}", port));
}

}  // namespace millrace::http
