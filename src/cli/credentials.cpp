#include "cli/credentials.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace millrace::cli {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20;

/// The content of a private file; empty when it is not there.
base::Result<std::string> read_private(const std::filesystem::path& path) {
  struct stat status{};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return std::string();
  if ((status.st_mode & 077) != 0) {
    return base::fail(base::ErrorCode::kForbidden,
                      std::format("{} can be read by others", path.native()),
                      std::format("chmod 600 {}", path.native()));
  }
  return base::read_file(path, kFileBytesMax);
}

base::Result<nlohmann::json> read_saved(const std::filesystem::path& file) {
  MILLRACE_LET(const std::string text, read_private(file));
  if (text.empty()) return nlohmann::json::object();
  auto saved = nlohmann::json::parse(text, nullptr, false);
  if (!saved.is_object()) {
    return base::fail(base::ErrorCode::kMalformed, std::format("{} is damaged", file.native()),
                      "Remove it and log in again.");
  }
  return saved;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

base::Result<std::string> find_token(const TokenPlaces& places, const std::string& hub) {
  if (!places.from_environment.empty()) return places.from_environment;
  if (!places.data_directory.empty()) {
    MILLRACE_LET(std::string local, read_private(places.data_directory / kLocalTokenFile));
    if (!local.empty()) return without_line_end(std::move(local));
  }
  MILLRACE_LET(const nlohmann::json saved, read_saved(places.saved_file));
  const auto it = saved.find(hub);
  return it != saved.end() && it->is_string() ? it->get<std::string>() : std::string();
}

base::Result<void> save_token(const std::filesystem::path& file, const std::string& hub,
                              const std::string& token) {
  MILLRACE_LET(nlohmann::json saved, read_saved(file));
  saved[hub] = token;
  MILLRACE_TRY(base::make_directories(file.parent_path()));
  return base::write_file_durably(file, saved.dump(2) + "\n", base::FileMode::kPrivate);
}

}  // namespace millrace::cli
