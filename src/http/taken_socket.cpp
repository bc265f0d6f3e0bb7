#include "http/taken_socket.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::http {
namespace {

using Addresses = std::pair<std::string, std::string>;  // ip:port of local and peer

constexpr unsigned kVanishedPeerMs = 45'000;

/// Which end of a connection is asked for: getsockname or getpeername.
using AskName = int (*)(int, sockaddr*, socklen_t*);

std::string ip_port(int fd, AskName ask) {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address{};
  socklen_t length = sizeof address;
  if (ask(fd, &address.any, &length) != 0) return {};
  if (address.any.sa_family == AF_INET) return trantor::InetAddress(address.v4).toIpPort();
  if (address.any.sa_family == AF_INET6) return trantor::InetAddress(address.v6).toIpPort();
  return {};
}

std::vector<int> open_descriptors() {
  std::vector<int> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  if (!folder) return found;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name(entry->d_name);
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd > 2) found.push_back(fd);
  }
  return found;
}

}  // namespace

TakenSocket::~TakenSocket() {
  if (fd_ < 0) return;
  ::shutdown(fd_, SHUT_RDWR);
  ::close(fd_);
}

base::FileDescriptor duplicate(const drogon::HttpRequest& request) {
  const Addresses wanted{request.localAddr().toIpPort(), request.peerAddr().toIpPort()};
  for (const int fd : open_descriptors()) {
    if (ip_port(fd, ::getpeername) != wanted.second) continue;
    if (ip_port(fd, ::getsockname) != wanted.first) continue;
    return base::FileDescriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  }
  return {};
}

std::optional<TakenSocket> take_over(const drogon::HttpRequestPtr& request) {
  if (request->isOnSecureConnection()) return std::nullopt;
  base::FileDescriptor own = duplicate(*request);
  if (!own.is_open()) return std::nullopt;
  ::setsockopt(own.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kVanishedPeerMs, sizeof kVanishedPeerMs);
  return TakenSocket(own.release());
}

}  // namespace millrace::http
