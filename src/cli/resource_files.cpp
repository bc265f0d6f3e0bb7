#include "cli/resource_files.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files.h"
#include "cli/progress_bar.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr std::size_t kBytesMax = 30U << 20;  // a body has at most 32 MiB

struct Found {
  fs::path path;      // where to read it
  std::string shown;  // as a person would write it
  std::string sent;   // relative
};

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

Result<void> find_below(const fs::path& folder, std::vector<Found>& found) {
  std::error_code failed;
  fs::recursive_directory_iterator at(folder, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (is_hidden(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (!at->is_regular_file(ignored) || !is_yaml(at->path())) continue;
    found.push_back(
        {at->path(), at->path().native(), at->path().lexically_relative(folder).generic_string()});
  }
  if (!failed) return {};
  return std::unexpected(base::system_error(failed.value(), "read", folder.native()));
}

Result<std::vector<Found>> find_files(const std::vector<fs::path>& paths) {
  std::vector<Found> all;
  for (const fs::path& path : paths) {
    std::error_code failed;
    const auto status = fs::status(path, failed);
    if (!fs::exists(status)) {
      return base::fail(ErrorCode::kNotFound, std::format("there is no '{}'", path.native()),
                        "Name a file or a folder with resource files.");
    }
    if (fs::is_directory(status)) {
      MILLRACE_TRY(find_below(path, all));
    } else {
      all.push_back({path, path.native(), path.filename().native()});
    }
  }
  std::ranges::sort(all, {}, &Found::shown);
  const auto twice = std::ranges::unique(all, {}, &Found::shown);
  all.erase(twice.begin(), twice.end());
  if (!all.empty()) return all;
  return base::fail(ErrorCode::kNotFound, "there are no resource files",
                    "Their names end with .yaml or .yml.");
}

/// Two folders may each have a pump-1.yaml.
void make_unique(std::vector<Found>& all) {
  std::set<std::string> taken;
  for (Found& one : all) {
    const std::string name = one.sent;
    for (int i = 2; !taken.insert(one.sent).second; ++i) one.sent = std::format("{}/{}", i, name);
  }
}

bool is_inside(const fs::path& path) {
  return !path.empty() && path.is_relative() && !std::ranges::contains(path, fs::path(".."));
}

}  // namespace

std::string ResourceFiles::shown_path(const std::string& path) const {
  const auto found = std::ranges::find(files, path, &twin::FileText::path);
  return found == files.end() ? path : shown[static_cast<std::size_t>(found - files.begin())];
}

Result<ResourceFiles> read_resource_files(const std::vector<fs::path>& paths,
                                          const Context& context) {
  MILLRACE_LET(std::vector<Found> all, find_files(paths));
  make_unique(all);
  ProgressBar bar(context.is_terminal && all.size() > 100 ? context.err : nullptr, "reading");
  ResourceFiles read;
  std::size_t bytes = 0;
  for (Found& one : all) {
    bar.show(read.files.size(), all.size());
    MILLRACE_LET(std::string text, base::read_file(one.path, kBytesMax));
    bytes += text.size();
    if (bytes > kBytesMax) {
      return base::fail(ErrorCode::kTooLarge,
                        std::format("the files have more than {} MiB", kBytesMax >> 20),
                        "Apply them in several parts, models and sites first.");
    }
    read.files.push_back({std::move(one.sent), std::move(text)});
    read.shown.push_back(std::move(one.shown));
  }
  return read;
}

json body_of(const ResourceFiles& files) {
  json list = json::array();
  for (const twin::FileText& file : files.files) {
    list.push_back({{"path", file.path}, {"text", file.text}});
  }
  return {{"files", std::move(list)}};
}

Result<std::size_t> write_resource_files(const json& files, const fs::path& folder,
                                         const Context& context) {
  if (!files.is_array()) {
    return base::fail(ErrorCode::kMalformed, "the hub's answer has no files",
                      "Is the address that of a Millrace hub?");
  }
  ProgressBar bar(context.is_terminal ? context.err : nullptr, "writing");
  std::size_t written = 0;
  for (const json& file : files) {
    bar.show(written, files.size());
    const fs::path path = file.value("path", "");
    if (!is_inside(path)) {
      return base::fail(ErrorCode::kCorrupt,
                        std::format("the hub names a file '{}' outside the folder", path.native()),
                        "Nothing more was written.");
    }
    const fs::path target = folder / path;
    MILLRACE_TRY(base::make_directories(target.parent_path()));
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    out << file.value("text", "");
    if (!out.flush()) {
      return std::unexpected(base::system_error(errno, "write", target.native()));
    }
    ++written;
  }
  return written;
}

}  // namespace millrace::cli
