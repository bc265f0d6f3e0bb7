#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/import.h"

namespace millrace::codec {

/// An import as a client sends it: ImportRequest and ImportChunk of api/openapi.yaml. Text that is
/// no UTF-8 gets U+FFFD. Pure; any thread.
std::string to_json(const model::ImportRequest& request);
std::string to_json(const model::ImportChunk& chunk);

/// What a hub answers to them (Import). Errors: malformed.
base::Result<model::ImportState> parse_import_state(std::string_view json);

}  // namespace millrace::codec
