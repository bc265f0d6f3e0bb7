#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::cli {

/// A folder that takes secrets, each in a file of its own that only its owner can read:
/// FOLDER/accounts/NAME and FOLDER/tokens/NAME, a line. What is there is never overwritten. One
/// thread.
class SecretFolder {
 public:
  explicit SecretFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Makes the folders, mode 0700. Errors: forbidden (others may look into them), those of files.
  base::Result<void> open() const;
  /// Whether a secret of this name can be kept. `of` is "account" or "token". Errors: corrupt (no
  /// name), conflict (it is there).
  base::Result<void> check(std::string_view of, const std::string& name) const;
  /// Gives the file. Errors: those of check() and of files.
  base::Result<std::filesystem::path> keep(std::string_view of, const std::string& name,
                                           std::string_view secret) const;

 private:
  std::filesystem::path path_of(std::string_view of, const std::string& name) const;

  const std::filesystem::path folder_;
};

}  // namespace millrace::cli
