#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/import.h"

namespace millrace::service {

/// Targets as the JSON array that MetaStore keeps, and back. Errors of reading: corrupt.
std::string targets_to_json(const std::vector<model::ImportTarget>& targets);
base::Result<std::vector<model::ImportTarget>> targets_from_json(std::string_view json);

/// Names are valid, places too, and no (thing, property) is there twice. Errors: invalid.
base::Result<void> check_targets(const std::vector<model::ImportTarget>& targets);

/// The lists of a chunk have one length, rows rise inside the chunk, targets exist and values have
/// their types. Errors: invalid, too_large.
base::Result<void> check_chunk(const model::ImportChunk& chunk,
                               const std::vector<model::ImportTarget>& targets,
                               std::uint64_t rows_total);

}  // namespace millrace::service
