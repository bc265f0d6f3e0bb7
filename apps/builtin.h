#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pipeline/connector_kind.h"

namespace millrace::apps {

/// The one table of what an edge can read: a new connector is one folder, one line in builtin.cpp
/// and one in CMake.
std::span<const pipeline::ConnectorKind> connector_kinds();

/// The kind of this name; nullptr without one.
const pipeline::ConnectorKind* find_kind(std::string_view name);

/// What is wrong with the options of a connection, whose `name` is filled in where they have none.
/// An unknown kind is a problem that names the nearest.
config::Problems check_connection(std::string_view kind, const config::Node& options,
                                  const std::string& name);

/// The options with `name` as their first, as a kind reads them.
config::Node named_options(const config::Node& options, const std::string& name);

}  // namespace millrace::apps
