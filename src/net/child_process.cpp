#include "net/internal/child_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/log.h"

namespace millrace::net {
namespace {

using base::ErrorCode;
using base::FileDescriptor;

constexpr std::chrono::milliseconds kChildPoll{20};
constexpr int kExecFailed = 127;

// Between fork and exec only async-signal-safe calls are allowed: the parent has threads.
[[noreturn]] void become(char* const* arguments, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kExecFailed);  // it died before prctl
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(arguments[0], arguments);
  ::_exit(kExecFailed);
}

std::string exit_text(int status) {
  if (WIFSIGNALED(status)) return std::format("signal {}", WTERMSIG(status));
  return std::format("status {}", WEXITSTATUS(status));
}

// The arguments of a process, parted by NUL; empty when there is none.
std::string command_line(pid_t pid) {
  std::ifstream in(std::format("/proc/{}/cmdline", pid), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has_argument(const std::string& command, const std::string& argument) {
  return ('\0' + command).contains('\0' + argument + '\0');
}

bool is_gone(const FileDescriptor& process, std::chrono::milliseconds patience) {
  pollfd fd{process.get(), POLLIN, 0};
  return ::poll(&fd, 1, static_cast<int>(patience.count())) > 0;
}

base::Result<sockaddr_in> socket_address(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1) {
    return base::fail(ErrorCode::kInvalid, std::format("'{}' is no IPv4 address", address));
  }
  return result;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

base::Result<ChildProcess> start_child(const std::vector<std::string>& command) {
  if (::access(command.front().c_str(), X_OK) != 0) {
    return std::unexpected(base::system_error(errno, "starting", command.front()));
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return std::unexpected(base::system_error(errno, "a pipe for", command.front()));
  }
  FileDescriptor ours(ends[0]), theirs(ends[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));  // execv does not write them
  }
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(arguments.data(), theirs.get(), parent);
  if (pid < 0) return std::unexpected(base::system_error(errno, "forking for", command.front()));
  return ChildProcess{pid, std::move(ours)};
}

std::optional<std::string> reap(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, WNOHANG) != pid) return std::nullopt;
  return exit_text(status);
}

void end_child(pid_t pid, base::Duration patience) {
  ::kill(pid, SIGTERM);
  for (base::Duration waited{}; waited < patience; waited += kChildPoll) {
    if (reap(pid)) return;
    std::this_thread::sleep_for(kChildPoll);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

bool end_stale(const std::filesystem::path& pid_file, const std::string& argument) {
  const auto text = base::read_file(pid_file, 64);
  if (!text) return false;
  pid_t pid = 0;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  if (pid <= 1) return false;
  // The descriptor pins the process: its number cannot go to another one while we look and kill.
  const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.is_open() || !has_argument(command_line(pid), argument)) return false;
  base::log::warning("ending a stale process {} that uses {}", pid, argument);
  for (const int signal : {SIGTERM, SIGKILL}) {
    ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
    if (is_gone(process, std::chrono::milliseconds(2000))) break;
  }
  return true;
}

base::Result<std::uint16_t> free_port(const std::string& address, std::uint16_t port) {
  MILLRACE_LET(sockaddr_in at, socket_address(address, port));
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), generic(at), sizeof at) != 0) {
    return base::fail(ErrorCode::kConflict,
                      std::format("{}:{} cannot be used: {}", address, port, std::strerror(errno)),
                      "Something else listens there; choose another port, or 0 for a free one.");
  }
  socklen_t size = sizeof at;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

bool is_listening(const std::string& address, std::uint16_t port) {
  const auto at = socket_address(address == "0.0.0.0" ? "127.0.0.1" : address, port);
  if (!at) return false;
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(socket.get(), generic(*at), sizeof *at) == 0;
}

}  // namespace millrace::net
