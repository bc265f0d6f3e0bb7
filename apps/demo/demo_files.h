#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "service/account_book.h"

namespace millrace::apps {

/// The edge's one YAML file in `data_dir`: who it is and where the hub is. What it reads, the hub
/// tells it.
base::Result<std::filesystem::path> write_edge_config(const std::filesystem::path& data_dir,
                                                      const service::NewAccount& edge,
                                                      std::uint16_t mqtt_port);

/// A copy of the example's resource files in `target`, with the address that the plant's server has
/// this time. Where an earlier run has left them, only the connection is written anew, and it alone
/// is given back: what somebody has changed since stays. Errors: not_found, what concerns the
/// files.
base::Result<std::filesystem::path> write_plant_files(const std::filesystem::path& example,
                                                      const std::filesystem::path& target,
                                                      const std::string& opcua_url);

}  // namespace millrace::apps
