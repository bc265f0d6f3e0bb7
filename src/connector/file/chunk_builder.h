#pragma once

#include <cstdint>
#include <unordered_map>

#include "connector/file/row_mapper.h"
#include "model/import.h"

namespace millrace::connector::file {

/// Gathers mapped rows into a chunk: a block for each thing (or series of a long table), columns of
/// equal length in it.
class ChunkBuilder {
 public:
  explicit ChunkBuilder(std::uint64_t first_row) { chunk_.first_row = first_row; }

  void add(const MappedRow& row);
  std::size_t samples() const { return samples_; }
  /// About how many bytes it is as text.
  std::size_t bytes() const { return bytes_; }
  /// The rows up to, not including, `end`; the next chunk begins there.
  model::ImportChunk take(std::uint64_t end);

 private:
  struct Place {
    std::size_t block = 0;
    std::unordered_map<std::uint32_t, std::size_t> columns;  // by target
  };

  model::ImportColumn& column(model::ImportBlock& block, Place& place, std::uint32_t target,
                              std::size_t guess);

  model::ImportChunk chunk_;
  std::unordered_map<std::uint64_t, Place> places_;  // by the row's key
  std::size_t samples_ = 0, bytes_ = 0;
};

}  // namespace millrace::connector::file
