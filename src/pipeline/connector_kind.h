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
#include "config/table.h"
#include "pipeline/source.h"

namespace millrace::pipeline {

/// What a source needs besides its options.
struct SourceDeps {
  const base::Clock& clock;
  std::filesystem::path folder;  // for certificates and the like; shared by sources of one kind
  std::string reader;            // name of the edge or hub that reads
  /// The last so many addresses are only written, never read: those of actions.
  std::size_t written_only = 0;
  /// By address: the unit in which its source has the value, as its binding says; empty, or a
  /// shorter list, where nothing is to be checked. A source that learns from its peer that it is
  /// another marks its samples wrong_unit (UnitAgreement) and says so in TagStatus::problem.
  std::vector<std::string> units = {};
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

/// What browsing has found, parents before their children.
struct Browsed {
  std::vector<BrowsedNode> nodes;
  bool is_truncated = false;  // there are more, or folders that were not looked into
};

/// A connector as configuration, hub and edge see it: the rows of apps/builtin.cpp.
struct ConnectorKind {
  std::string name;  // "opcua": the key of a connection's options
  /// Of one connection. One of the rows is `name`; a Connection resource fills it with its own.
  const config::Table* options = nullptr;
  /// What is wrong with a connection's options; and the options with every default filled in.
  std::function<config::Problems(const config::Node& options)> check_options;
  std::function<config::Node(const config::Node& options, config::Secrets secrets)> show_options;
  /// Whether a text is an address of this kind. Errors: invalid, with what it should look like.
  std::function<base::Result<void>(std::string_view address)> check_address;
  /// Whether the protocol lets anything write what stands at an address that is one; empty: it
  /// does, and the device decides.
  std::function<bool(std::string_view address)> takes_writes = {};
  /// A source that reads these addresses; Reading::tag is the place in the list, and that of
  /// Source::write, too. Errors: invalid.
  std::function<base::Result<std::unique_ptr<Source>>(
      const config::Node& options, std::vector<std::string> addresses, const SourceDeps& deps)>
      make;
  /// Variables and folders below `address` (empty: the root): of the first `limit` that are there
  /// those that can be bound. Empty where the protocol cannot be browsed. Waits for the server.
  /// Errors: unavailable, invalid, forbidden.
  std::function<base::Result<Browsed>(const config::Node& options, std::string_view address,
                                      std::size_t limit, const SourceDeps& deps)>
      browse;
};

/// A kind with its name and its options; the rest is for the connector to fill in.
template <class T>
ConnectorKind kind_of(std::string name, const config::TableOf<T>& table) {
  ConnectorKind kind{.name = std::move(name), .options = &table};
  kind.check_options = [&table](const config::Node& options) {
    T read;
    config::Problems problems;
    table.read(options, &read, problems);
    return problems;
  };
  kind.show_options = [&table](const config::Node& options, config::Secrets secrets) {
    T read;
    config::Problems ignored;
    table.read(options, &read, ignored);
    return table.show(&read, secrets);
  };
  return kind;
}

/// A connection's options as the struct of its kind. Errors: invalid, with every problem.
template <class T>
base::Result<T> read_options(const config::Node& options, const config::TableOf<T>& table) {
  T read;
  config::Problems problems;
  table.read(options, &read, problems);
  if (!problems.empty()) {
    return std::unexpected(config::to_error(table.title(), std::move(problems)));
  }
  return read;
}

}  // namespace millrace::pipeline
