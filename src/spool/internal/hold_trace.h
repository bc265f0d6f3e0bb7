#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spool/internal/lmdb_file.h"
#include "spool/record.h"
#include "spool/spool_content.h"

// How holds stand in the table meta; the grammar is in spool_change.h.

namespace millrace::spool {

// LMDB takes keys of at most 511 bytes; names have 63 (model/name.h).
inline constexpr std::size_t kHoldKeyBytesMax = 511;

std::string hold_key(std::string_view thing, std::string_view property);
std::string encode_hold(const Hold& hold);
/// Empty when it is damaged or of a newer program.
std::optional<Hold> decode_hold(std::string_view key, std::string_view bytes);

/// What the holds that stand in the file have lost when their process is gone at `now`. What cannot
/// be read is left out, and stays.
base::Result<std::vector<HeldLoss>> read_left_behind(const Transaction& transaction,
                                                     base::Time now);

}  // namespace millrace::spool
