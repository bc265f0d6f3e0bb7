#include "cli/secret_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"
#include "model/name.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

constexpr mode_t kOwnerFolder = 0700;
constexpr mode_t kOwnerFile = 0600;
constexpr mode_t kOthers = 0077;

/// Made for its owner alone; one that is there must be so already.
Result<void> make_private(const fs::path& folder) {
  if (::mkdir(folder.c_str(), kOwnerFolder) == 0) return {};
  if (errno != EEXIST) {
    return std::unexpected(base::system_error(errno, "make", folder.native()));
  }
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    return std::unexpected(base::system_error(errno, "read", folder.native()));
  }
  if (!S_ISDIR(status.st_mode)) {
    return base::fail(ErrorCode::kConflict, std::format("{} is no folder", folder.native()),
                      "Name a folder for secrets, or one that is not there yet.");
  }
  if ((status.st_mode & kOthers) != 0) {
    return base::fail(ErrorCode::kForbidden,
                      std::format("others may look into {}", folder.native()),
                      std::format("chmod 700 {}", folder.native()));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return std::unexpected(base::system_error(errno, "write to", folder.native()));
  }
  return {};
}

Result<void> write_all(const base::FileDescriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(base::system_error(errno, "write", "a secret"));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) == 0) return {};
  return std::unexpected(base::system_error(errno, "write", "a secret"));
}

}  // namespace

fs::path SecretFolder::path_of(std::string_view of, const std::string& name) const {
  return folder_ / (std::string(of) + "s") / name;
}

Result<void> SecretFolder::open() const {
  if (folder_.has_parent_path()) MILLRACE_TRY(base::make_directories(folder_.parent_path()));
  MILLRACE_TRY(make_private(folder_));
  MILLRACE_TRY(make_private(path_of("account", "").parent_path()));
  return make_private(path_of("token", "").parent_path());
}

Result<void> SecretFolder::check(std::string_view of, const std::string& name) const {
  if (!model::is_name(name)) {
    return base::fail(ErrorCode::kCorrupt, "the hub's answer has something that is no name",
                      "Is the address that of a Millrace hub?");
  }
  const fs::path path = path_of(of, name);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return base::fail(ErrorCode::kConflict, std::format("there is already {}", path.native()),
                    "Move it away, or name another --secrets-dir: no secret is overwritten.");
}

Result<fs::path> SecretFolder::keep(std::string_view of, const std::string& name,
                                    std::string_view secret) const {
  MILLRACE_TRY(check(of, name));
  fs::path path = path_of(of, name);
  const base::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerFile));
  if (!file.is_open()) return std::unexpected(base::system_error(errno, "write", path.native()));
  MILLRACE_TRY(write_all(file, std::string(secret) + "\n"));
  return path;
}

}  // namespace millrace::cli
