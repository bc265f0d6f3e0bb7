#pragma once

#include <string_view>

#include "service/deps.h"

namespace millrace::service {

/// Whether `bytes` fit onto the hub's disk beside the room that ingest needs (spare_bytes). It only
/// looks: a reservation would itself take the room. Errors: no_space, which names `what`.
base::Result<void> check_free(const HubFacts& facts, std::uint64_t bytes, std::string_view what);

}  // namespace millrace::service
