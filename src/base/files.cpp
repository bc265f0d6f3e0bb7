#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>

namespace millrace::base {
namespace {

namespace fs = std::filesystem;

Result<void> write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error(errno, "write", path.native()));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return std::unexpected(system_error(errno, "sync", path.native()));
  return {};
}

Result<void> sync_directory(const fs::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) {
    return std::unexpected(system_error(errno, "sync", directory.native()));
  }
  return {};
}

}  // namespace

Error system_error(int error_number, std::string_view doing, std::string_view subject) {
  const std::string what =
      std::format("cannot {} {}: {}", doing, subject, std::strerror(error_number));
  switch (error_number) {
    case ENOENT:
      return {ErrorCode::kNotFound, Retry::kNever, what, "Check the path."};
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kNoSpace, Retry::kLater, what, "Free space on this disk."};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorCode::kForbidden, Retry::kNever, what, "Check who may write there."};
    default:
      return {ErrorCode::kUnavailable, Retry::kLater, what, ""};
  }
}

Result<std::string> read_file(const fs::path& path, std::uintmax_t bytes_max) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(system_error(errno, "open", path.native()));
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error(errno, "read", path.native()));
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > bytes_max) {
      return fail(ErrorCode::kTooLarge,
                  std::format("{} is larger than {} bytes", path.native(), bytes_max));
    }
  }
}

Result<void> write_file_durably(const fs::path& path, std::string_view content, FileMode mode) {
  const fs::path part = path.native() + ".part";
  const mode_t bits = mode == FileMode::kPrivate ? 0600 : 0644;
  ::unlink(part.c_str());  // never through a link that stands there, nor with another's mode
  FileDescriptor fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, bits));
  if (!fd.is_open()) return std::unexpected(system_error(errno, "create", part.native()));
  MILLRACE_TRY(write_all(fd.get(), content, part));
  fd.close();
  return rename_durably(part, path);
}

Result<void> rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return std::unexpected(system_error(errno, "rename to", to.native()));
  }
  return sync_directory(to.has_parent_path() ? to.parent_path() : fs::path("."));
}

Result<void> make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return std::unexpected(system_error(error.value(), "create", path.native()));
  return {};
}

Result<void> check_room(const fs::path& folder, std::uint64_t bytes) {
  const fs::path path = folder / "room.part";
  ::unlink(path.c_str());
  const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.is_open()) return std::unexpected(system_error(errno, "create", path.native()));
  const int failed = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes));
  ::unlink(path.c_str());
  if (failed == 0) return {};
  return std::unexpected(
      system_error(failed, std::format("take {} bytes in", bytes), folder.native()));
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() { close(); }

int FileDescriptor::release() { return std::exchange(fd_, -1); }

void FileDescriptor::close() {
  if (const int fd = release(); fd >= 0) ::close(fd);
}

Result<FileDescriptor> lock_file(const fs::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.is_open()) return std::unexpected(system_error(errno, "open", path.native()));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kConflict, std::format("{} is locked by another process", path.native()),
                "Stop the other process, or use another data directory.");
  }
  return fd;
}

}  // namespace millrace::base
