#include "store/duckdb/sql_wire.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace millrace::store::duckdb {
namespace {

constexpr int kPollMs = 20;
constexpr std::size_t kHead = 5;  // length and kind

std::unexpected<base::Error> is_gone() {
  return base::fail_for_now(base::ErrorCode::kUnavailable, "the process of the statement is gone");
}

}  // namespace

SqlPipe::SqlPipe(base::FileDescriptor socket, std::function<bool()> may_wait)
    : socket_(std::move(socket)), may_wait_(std::move(may_wait)) {
  const int flags = ::fcntl(socket_.get(), F_GETFL, 0);
  ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
}

base::Result<void> SqlPipe::wait(short events) {
  while (may_wait_()) {
    pollfd waiting{.fd = socket_.get(), .events = events, .revents = 0};
    const int ready = ::poll(&waiting, 1, kPollMs);
    if (ready < 0 && errno != EINTR) return is_gone();
    if (ready <= 0) continue;
    if ((waiting.revents & POLLIN) != 0) MILLRACE_TRY(read_some());
    if ((waiting.revents & (POLLIN | POLLOUT)) == 0) return is_gone();
    return {};
  }
  return base::fail_for_now(base::ErrorCode::kTimeout, "the wait for a statement is over");
}

base::Result<void> SqlPipe::read_some() {
  std::array<char, 65'536> bytes;
  while (true) {
    const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
    if (got <= 0) return is_gone();
    in_.append(bytes.data(), static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < bytes.size()) return {};
  }
}

base::Result<void> SqlPipe::send(SqlMessage kind, std::string_view body) {
  WireWriter frame;
  frame.put(static_cast<std::uint32_t>(body.size())).put(kind).raw(body);
  const std::string bytes = frame.take();
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t done =
        ::send(socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (done > 0) {
      sent += static_cast<std::size_t>(done);
    } else if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      MILLRACE_TRY(wait(POLLIN | POLLOUT));
    } else if (errno != EINTR) {
      return is_gone();
    }
  }
  return {};
}

base::Result<SqlPipe::Message> SqlPipe::receive() {
  while (true) {
    WireReader frame(std::string_view(in_).substr(taken_));
    const auto length = frame.get<std::uint32_t>();
    const auto kind = frame.get<SqlMessage>();
    if (!frame.is_broken() && length > kSqlFrameBytesMax) {
      return base::fail(base::ErrorCode::kMalformed, "a frame of a statement is too long");
    }
    const std::string_view body = frame.raw(length);
    if (!frame.is_broken()) {
      Message message{kind, std::string(body)};
      taken_ += kHead + length;
      if (taken_ == in_.size() || taken_ > (1U << 20)) {
        in_.erase(0, std::exchange(taken_, 0));
      }
      return message;
    }
    MILLRACE_TRY(wait(POLLIN));
  }
}

}  // namespace millrace::store::duckdb
