#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/quality.h"
#include "model/value.h"

namespace millrace::model {

/// A series that an import feeds. Names are valid Names; places are Names or empty.
struct ImportTarget {
  std::string thing;
  std::string property;
  ValueType type = ValueType::kF64;
  std::string unit;
  std::string title;
  std::string thing_title;
  std::string site;
  std::string area;
  std::string line;
  bool operator==(const ImportTarget&) const = default;
};

/// What announces an import: a file, how it is read, and every series it will feed. The content
/// hash and the mapping together are its identity.
struct ImportRequest {
  std::string file_name;  // without folders
  std::string file_hash;  // SHA-256 of the content after gunzip, 64 hex digits
  std::uint64_t file_bytes = 0;
  std::uint64_t rows_total = 0;  // data rows, without header
  std::string mapping;           // JSON object with sorted keys and no defaults
  std::vector<ImportTarget> targets;
  bool operator==(const ImportRequest&) const = default;
};

/// Values of one target at the rows of its block. A monostate value is no sample, unless its
/// quality is bad: then it is a bad sample without a value.
struct ImportColumn {
  std::uint32_t target = 0;  // place in ImportRequest::targets
  std::vector<Value> values;
  std::vector<Quality> qualities;
  bool operator==(const ImportColumn&) const = default;
};

/// Rows that feed the same targets; all lists have one length, rows rise.
struct ImportBlock {
  std::vector<std::uint64_t> rows;  // data rows of the file, from 0
  std::vector<base::Time> times;
  std::vector<ImportColumn> columns;
  bool operator==(const ImportBlock&) const = default;
};

/// The samples of rows [first_row, first_row + row_count), of which some may have none. Stored as a
/// whole or not at all.
struct ImportChunk {
  std::uint64_t first_row = 0;
  std::uint64_t row_count = 0;
  std::vector<ImportBlock> blocks;
  bool operator==(const ImportChunk&) const = default;
};

/// How far an import has come.
struct ImportState {
  std::string id;  // first 16 hex digits of its identity
  std::uint64_t rows_total = 0;
  std::uint64_t next_row = 0;  // rows below it are stored
  std::uint64_t samples = 0;   // stored so far by this import
  std::uint64_t samples_uncertain = 0;
  std::uint64_t samples_bad = 0;
  bool is_complete = false;
  bool operator==(const ImportState&) const = default;
};

inline constexpr std::size_t kImportChunkSamplesMax = 1'000'000;
inline constexpr std::size_t kImportChunkBytesMax = 32U << 20;
inline constexpr std::size_t kImportTargetsMax = 100'000;

}  // namespace millrace::model
