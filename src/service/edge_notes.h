#pragma once

#include "service/deps.h"
#include "service/resource_changes.h"

namespace millrace::service {

/// Connections among these changes whose edge nobody knows: it has no account at the hub's own
/// broker and has never been heard of. They are accepted, since files may come before the edge;
/// each note says what is to be done before values come.
twin::ResourceProblems unknown_edges(const twin::Catalog& catalog,
                                     const std::vector<ResourceChange>& changes, const Deps& deps);

}  // namespace millrace::service
