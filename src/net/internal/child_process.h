#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"

namespace millrace::net {

/// A started program whose standard output and error come through `output`. It is killed by the
/// kernel when the *thread* that started it ends: start it from a thread that lives as long.
struct ChildProcess {
  pid_t pid = 0;
  base::FileDescriptor output;
};

/// Errors: unavailable (no such program, no more processes).
base::Result<ChildProcess> start_child(const std::vector<std::string>& command);

/// The exit in words ("status 3", "signal 9") when the child has ended; reaps it.
std::optional<std::string> reap(pid_t pid);

/// Ends a child: SIGTERM, after `patience` SIGKILL; reaps it.
void end_child(pid_t pid, base::Duration patience);

/// Ends a process that is not our child when its pid stands in `pid_file` and `argument` in its
/// command line. True when there was one.
bool end_stale(const std::filesystem::path& pid_file, const std::string& argument);

/// Whether an address can be listened on now; for port 0 the port found. Errors: conflict, invalid.
base::Result<std::uint16_t> free_port(const std::string& address, std::uint16_t port);
bool is_listening(const std::string& address, std::uint16_t port);

}  // namespace millrace::net
