#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace millrace::cli {

/// Where a token may come from, filled by the application from its environment.
struct TokenPlaces {
  std::string from_environment;          // MILLRACE_TOKEN
  std::filesystem::path saved_file;      // of `millrace login`, mode 0600
  std::filesystem::path data_directory;  // of a hub on this machine; empty for none
};

/// Name of the file in a hub's data directory that holds a token for its own machine's owner, mode
/// 0600. The hub writes it at its start.
inline constexpr std::string_view kLocalTokenFile = "local-token";

/// The first token of: environment, the data directory (when one is named), what was saved for this
/// hub; empty when there is none. Errors: forbidden when others may read the file, malformed.
base::Result<std::string> find_token(const TokenPlaces& places, const std::string& hub);

/// Keeps a token for a hub, beside those of other hubs. Errors: those of writing a file.
base::Result<void> save_token(const std::filesystem::path& file, const std::string& hub,
                              const std::string& token);

}  // namespace millrace::cli
