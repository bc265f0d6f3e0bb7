#pragma once

#include <cstdint>
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

/// Samples of one property that were held in memory when the process was killed.
struct HeldLoss {
  std::string thing;
  std::string property;
  base::Time from;            // of the first one
  base::Time to;              // none is newer
  std::uint64_t samples = 0;  // at least
  bool operator==(const HeldLoss&) const = default;
};

/// The record that stands for them, at a place of its own.
std::string encode_held(const HeldLoss& lost);
/// Errors: as decode_record().
base::Result<HeldLoss> decode_held(std::string_view bytes);

}  // namespace millrace::spool
