#pragma once

#include <filesystem>

#include "base/error.h"

namespace millrace::apps {

/// Prints what the spool of a stopped edge holds, as JSON: epoch, sequences, for each property the
/// samples and the sum of their values, and what is gone with its reason. For support and tests.
base::Result<void> print_spool(const std::filesystem::path& data_dir);

}  // namespace millrace::apps
