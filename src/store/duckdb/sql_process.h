#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace millrace::store::duckdb {

/// The process of one statement (sql_worker.h). Killed and waited for when this ends.
class SqlProcess {
 public:
  /// Starts `command` (program and arguments) without environment, with a socket as its descriptor
  /// 3 and nothing else open. Errors: unavailable.
  static base::Result<SqlProcess> start(const std::vector<std::string>& command);
  SqlProcess(SqlProcess&& other) noexcept;
  SqlProcess& operator=(SqlProcess&&) = delete;
  ~SqlProcess();

  /// The store's end.
  base::FileDescriptor take_socket() { return std::move(socket_); }
  /// Waits for the end of one whose socket is closed: whether a signal ended it, as when it ran out
  /// of memory.
  bool was_killed();

 private:
  SqlProcess(pid_t pid, base::FileDescriptor socket) : pid_(pid), socket_(std::move(socket)) {}

  pid_t pid_ = -1;
  base::FileDescriptor socket_;
};

}  // namespace millrace::store::duckdb
