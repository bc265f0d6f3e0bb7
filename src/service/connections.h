#pragma once

#include <span>

#include "pipeline/connector_kind.h"
#include "twin/catalog.h"

namespace millrace::service {

/// What the catalog asks of connectors, answered from their table (apps/builtin.h), which must
/// outlive the answer.
twin::ConnectionChecks connection_checks(std::span<const pipeline::ConnectorKind> kinds);

/// The options as a kind reads them: with the name of their connection, which a resource has
/// outside.
config::Node named_options(const config::Node& options);

/// Their options, for the schema of connections.
std::vector<twin::ConnectorSchema> connector_schemas(
    std::span<const pipeline::ConnectorKind> kinds);

/// Stands in the place of a secret wherever a resource leaves the hub; applied, it keeps what the
/// hub has.
inline constexpr std::string_view kHiddenSecret = "***";

/// The resource with every secret of a connection's options hidden.
twin::Resource without_secrets(const twin::Resource& resource,
                               std::span<const pipeline::ConnectorKind> kinds);
/// Puts the present secrets where `resource` has kHiddenSecret, unless it leads elsewhere or logs
/// in as somebody else: who cannot read a secret cannot have it sent to another place. `present`
/// may be null. Gives the places where none could be put.
std::vector<config::Place> keep_secrets(twin::Resource& resource, const twin::Resource* present);

}  // namespace millrace::service
