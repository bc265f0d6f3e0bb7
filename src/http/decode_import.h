#pragma once

#include "http/message.h"
#include "model/import.h"

namespace millrace::http {

/// Body of createImport. The mapping comes back as JSON with sorted keys.
base::Result<model::ImportRequest> import_request(const Request& request);

/// Body of putImportRows; values are read as the targets' types. Errors: invalid, naming block and
/// column; too_large.
base::Result<model::ImportChunk> import_chunk(const Request& request, std::uint64_t first_row,
                                              const std::vector<model::ImportTarget>& targets);

}  // namespace millrace::http
