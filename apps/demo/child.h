#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace millrace::apps {

/// A program of ours as a child with this process's standard error; the kernel kills it when this
/// process is killed. Start it from the main thread.
class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child() { stop(); }

  /// Errors: unavailable (no such program, no more processes).
  static base::Result<Child> start(std::vector<std::string> command);
  /// SIGTERM and wait.
  void stop();
  bool is_running();
  /// Waits for its end; its exit code, or 128 and the signal that ended it.
  int wait();

 private:
  pid_t pid_ = 0;
};

}  // namespace millrace::apps
