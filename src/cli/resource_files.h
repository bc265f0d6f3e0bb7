#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/context.h"
#include "twin/resource.h"

namespace millrace::cli {

/// Resource files as they are sent: paths are relative to the folder that was named, and `shown` is
/// how the user would write each.
struct ResourceFiles {
  std::vector<twin::FileText> files;
  std::vector<std::string> shown;

  /// The path as the user knows it; `path` itself when it is none of these.
  std::string shown_path(const std::string& path) const;
};

/// The files that are named, and every *.yaml and *.yml in the folders and below, by name; hidden
/// ones are left out. Shows progress. Errors: not_found (nothing there), too_large, those of files.
base::Result<ResourceFiles> read_resource_files(const std::vector<std::filesystem::path>& paths,
                                                const Context& context);

/// {"files": [{"path", "text"}]}
nlohmann::json body_of(const ResourceFiles& files);

/// Writes what `export` gave below a folder. Paths that leave it are refused. Errors: corrupt,
/// those of files.
base::Result<std::size_t> write_resource_files(const nlohmann::json& files,
                                               const std::filesystem::path& folder,
                                               const Context& context);

}  // namespace millrace::cli
