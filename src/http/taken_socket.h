#pragma once

#include <drogon/HttpRequest.h>

#include <optional>
#include <utility>

#include "base/files.h"

namespace millrace::http {

/// A descriptor of our own on the TCP connection a request came in on (dup). Its end is the end of
/// the connection, for Drogon's descriptor, too.
class TakenSocket {
 public:
  explicit TakenSocket(int fd) : fd_(fd) {}
  TakenSocket(TakenSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TakenSocket& operator=(TakenSocket&&) = delete;
  ~TakenSocket();

  int fd() const { return fd_; }

 private:
  int fd_;
};

/// A descriptor of our own on the TCP connection a request came in on (dup), whose end is not the
/// end of the connection. Must run on the thread that delivers the request: only there the
/// connection is sure to be open, so that its two addresses name it. Not open when it is not.
base::FileDescriptor duplicate(const drogon::HttpRequest& request);

/// Takes over the connection of a request whose callback will never be called (ADR 003), on
/// the thread that duplicate() needs. Empty under TLS, or when the connection is not there any
/// more.
std::optional<TakenSocket> take_over(const drogon::HttpRequestPtr& request);

}  // namespace millrace::http
