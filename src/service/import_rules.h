#pragma once

#include <vector>

#include "model/import.h"
#include "twin/catalog.h"
#include "unit/units.h"

namespace millrace::service {

/// Whether a target may be fed: type and unit are those of its property, where that is configured.
/// Errors: conflict.
base::Result<void> check_contract(const twin::Catalog& catalog, const unit::Units& units,
                                  const model::ImportTarget& target);

/// The qualities of a chunk, by block, column and row, after the rules of the thing models: what is
/// out of range in a history is so, too. Rules see each request by itself, its samples in the order
/// of time: so the same request gives the same marks whatever was killed before, and a file that
/// begins with the newest row is not out of order. A rule with memory knows nothing of the request
/// before. Late and clock are not for a history.
using ChunkQualities = std::vector<std::vector<std::vector<model::Quality>>>;
ChunkQualities judged(const twin::Catalog& catalog, const std::vector<model::ImportTarget>& targets,
                      const model::ImportChunk& chunk);

/// An empty cell: no sample, and no news of one.
bool is_nothing(const model::ImportColumn& column, std::size_t row);

}  // namespace millrace::service
