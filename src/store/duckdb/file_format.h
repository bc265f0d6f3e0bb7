#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace millrace::store::duckdb {

/// The engine's checksum of blocks, headers and log entries (src/common/checksum.cpp of DuckDB
/// 1.4): 5381 xor, over all whole 8-byte words, word · BF58476D1CE4E5B9, xor a MurmurHash of what
/// remains.
std::uint64_t engine_checksum(std::string_view bytes);

/// The one of a database file's two headers that is in force. The file begins with a main header
/// and two database headers of 4096 bytes each: checksum u64, iteration u64, meta block, free list,
/// block count, block size, each u64. Blocks of `block_bytes` follow.
struct FileHeader {
  std::uint64_t iteration = 0;  // rises with each checkpoint
  std::uint64_t block_bytes = 0;

  std::uint64_t offset_of(std::uint64_t block) const { return 3 * 4096 + block * block_bytes; }
};
/// Errors: corrupt (no header is whole), those of files.
base::Result<FileHeader> read_header(const std::filesystem::path& database);

}  // namespace millrace::store::duckdb
