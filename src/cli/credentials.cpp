#include "cli/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/files.h"

namespace millrace::cli {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20;

enum class Links { kFollowed, kRefused };

/// The content of a file that only this user can read and write; empty when it is not there.
base::Result<std::string> read_private(const std::filesystem::path& path, Links links) {
  if (path.empty()) return std::string();
  const int how = links == Links::kRefused ? O_NOFOLLOW : 0;
  const base::FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | how));
  if (!fd.is_open() && (errno == ENOENT || errno == ENOTDIR)) return std::string();
  if (!fd.is_open()) return std::unexpected(base::system_error(errno, "open", path.native()));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return base::fail(base::ErrorCode::kForbidden, path.native() + " is not a file", "Remove it.");
  }
  if ((status.st_mode & 077) != 0) {
    return base::fail(base::ErrorCode::kForbidden,
                      std::format("{} can be read by others", path.native()),
                      std::format("chmod 600 {}", path.native()));
  }
  const bool is_own = status.st_uid == ::geteuid() || ::geteuid() == 0;
  if (!is_own) {
    return base::fail(base::ErrorCode::kForbidden, path.native() + " belongs to another user",
                      "Remove it, or run the command as its owner.");
  }
  return base::read_file(std::format("/proc/self/fd/{}", fd.get()), kFileBytesMax);
}

base::Result<nlohmann::json> read_saved(const std::filesystem::path& file) {
  MILLRACE_LET(const std::string text, read_private(file, Links::kFollowed));
  if (text.empty()) return nlohmann::json::object();
  auto saved = nlohmann::json::parse(text, nullptr, false);
  if (!saved.is_object()) {
    return base::fail(base::ErrorCode::kMalformed, std::format("{} is damaged", file.native()),
                      "Remove it and log in again.");
  }
  return saved;
}

/// What a data directory says; empty without a file.
base::Result<Login> read_local(const std::filesystem::path& data_directory) {
  if (data_directory.empty()) return Login{};
  // Who may put a link into a data directory must not choose what is read.
  MILLRACE_LET(const std::string text,
               read_private(data_directory / kLocalTokenFile, Links::kRefused));
  if (text.empty()) return Login{};
  const std::size_t end = text.find('\n');
  const std::size_t last = text.find('\n', end + 1);
  const bool is_whole = end != std::string::npos && last != std::string::npos && end > 0;
  if (is_whole) return Login{text.substr(end + 1, last - end - 1), text.substr(0, end)};
  return base::fail(base::ErrorCode::kMalformed,
                    (data_directory / kLocalTokenFile).native() + " is damaged",
                    "Start the hub of this data directory again.");
}

}  // namespace

base::Result<Login> find_login(const TokenPlaces& places, const std::string& hub) {
  MILLRACE_LET(Login local, read_local(places.data_directory));
  Login login{.hub = !hub.empty()         ? hub
                     : !local.hub.empty() ? local.hub
                                          : std::string(kDefaultHub),
              .token = places.from_environment};
  if (login.token.empty() && login.hub == local.hub) login.token = local.token;
  if (!login.token.empty()) return login;
  MILLRACE_LET(const nlohmann::json saved, read_saved(places.saved_file));
  const auto it = saved.find(login.hub);
  if (it != saved.end() && it->is_string()) login.token = it->get<std::string>();
  return login;
}

base::Result<void> write_local_token(const std::filesystem::path& data_directory,
                                     const Login& login) {
  return base::write_file_durably(data_directory / kLocalTokenFile,
                                  login.token + "\n" + login.hub + "\n", base::FileMode::kPrivate);
}

void remove_local_token(const std::filesystem::path& data_directory) {
  // One that stays opens nothing.
  std::error_code ignored;
  std::filesystem::remove(data_directory / kLocalTokenFile, ignored);
}

base::Result<void> save_token(const std::filesystem::path& file, const std::string& hub,
                              const std::string& token) {
  MILLRACE_LET(nlohmann::json saved, read_saved(file));
  saved[hub] = token;
  MILLRACE_TRY(base::make_directories(file.parent_path()));
  return base::write_file_durably(file, saved.dump(2) + "\n", base::FileMode::kPrivate);
}

}  // namespace millrace::cli
