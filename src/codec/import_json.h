#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/import.h"

namespace millrace::codec {

/// An import as JSON: ImportRequest, ImportChunk and Import of api/openapi.yaml. Client and hub use
/// the same functions. Pure; any thread.
std::string to_json(const model::ImportRequest& request);
std::string to_json(const model::ImportChunk& chunk);

/// Errors: malformed (no such JSON, with the place), invalid (names, lengths, limits, two targets
/// of one thing and property).
base::Result<model::ImportRequest> parse_import_request(std::string_view json);

/// `types`: of the request's targets; values must be of them. Errors: malformed, invalid,
/// too_large.
base::Result<model::ImportChunk> parse_import_chunk(std::string_view json, std::uint64_t first_row,
                                                    const std::vector<model::ValueType>& types);

/// What a hub answers. Errors: malformed.
base::Result<model::ImportState> parse_import_state(std::string_view json);

/// SHA-256 over the file's hash and the mapping: equal for equal imports, 64 hex digits.
std::string import_identity(const model::ImportRequest& request);
/// The part of an identity that people and URLs use.
std::string import_id(std::string_view identity);

}  // namespace millrace::codec
