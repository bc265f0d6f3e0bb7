#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/sample.h"

namespace millrace::spool {

/// A batch as one record of the spool; the grammar stands in record.cpp. The batch keeps to the
/// limits of model/sample.h; its samples name properties that it has.
std::string encode_record(const model::Batch& batch);

/// Gives exactly the batch that was encoded. Errors: corrupt (checksum, length or content),
/// unsupported (a version from the future).
base::Result<model::Batch> decode_record(std::string_view bytes);

}  // namespace millrace::spool
