#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/option.h"
#include "pipeline/source.h"

namespace millrace::pipeline {

/// What a source needs besides its options.
struct SourceDeps {
  const base::Clock& clock;
  std::filesystem::path folder;  // for certificates and the like; shared by sources of one kind
  std::string reader;            // name of the edge or hub that reads
};

/// One node of a server's address space, as browsing finds it.
struct BrowsedNode {
  std::string address;  // as a binding writes it; of a folder: where to browse on
  std::string parent;   // address of the folder it stands in; empty at the root
  std::string name;     // as the server calls it
  std::string title;
  bool is_variable = false;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;  // as the server says; empty when it does not
  std::optional<double> range_min;
  std::optional<double> range_max;
  bool is_writable = false;
};

/// A connector as configuration, hub and edge see it: the rows of apps/builtin.cpp.
struct ConnectorKind {
  std::string name;                        // "opcua": the key of a connection's options
  const config::Table* options = nullptr;  // of one connection
  /// Whether a text is an address of this kind. Errors: invalid, with what it should look like.
  std::function<base::Result<void>(std::string_view address)> check_address;
  /// A source that reads these addresses; Reading::tag is the place in the list. Errors: invalid.
  std::function<base::Result<std::unique_ptr<Source>>(
      const config::Node& options, std::vector<std::string> addresses, const SourceDeps& deps)>
      make;
  /// All variables and folders below `address` (empty: the root), at most `limit`. Empty where the
  /// protocol cannot be browsed. Waits for the server. Errors: unavailable, invalid, forbidden.
  std::function<base::Result<std::vector<BrowsedNode>>(const config::Node& options,
                                                       std::string_view address, std::size_t limit,
                                                       const SourceDeps& deps)>
      browse;
};

}  // namespace millrace::pipeline
