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

/// Name of the file in a hub's data directory that lets the owner of the machine in without a
/// login:
///
///   file = token LF address LF        an administrator's token; the hub's "http://127.0.0.1:8080"
///
/// Mode 0600. The hub writes it when it is ready and removes it when it stops; the token ends with
/// the process, so a file that a killed hub left opens nothing.
inline constexpr std::string_view kLocalTokenFile = "local-token";
inline constexpr std::string_view kDefaultHub = "http://127.0.0.1:8080";

/// Where a command goes, and with what. The token is empty when there is none.
struct Login {
  std::string hub;
  std::string token;
};

/// The hub is `hub`, else the one of the data directory, else kDefaultHub. The token is the first
/// of: environment, the data directory's (for its own hub and no other), what was saved for this
/// hub. Errors: forbidden when others may read or have written the file, malformed.
base::Result<Login> find_login(const TokenPlaces& places, const std::string& hub);

/// Makes the file anew. Errors: those of writing a file.
base::Result<void> write_local_token(const std::filesystem::path& data_directory,
                                     const Login& login);
void remove_local_token(const std::filesystem::path& data_directory);

/// Keeps a token for a hub, beside those of other hubs. Errors: those of writing a file.
base::Result<void> save_token(const std::filesystem::path& file, const std::string& hub,
                              const std::string& token);

}  // namespace millrace::cli
