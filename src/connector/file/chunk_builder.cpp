#include "connector/file/chunk_builder.h"

namespace millrace::connector::file {
namespace {

constexpr std::size_t kRowBytes = 32, kSampleBytes = 34;  // of a row number and time; of a number

std::size_t text_bytes(const model::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? text->size() * 6 : 0;  // a control character takes six as JSON
}

}  // namespace

void ChunkBuilder::add(const MappedRow& row) {
  if (row.cells.empty()) return;
  const auto [it, is_new] = places_.try_emplace(row.key);
  Place& place = it->second;
  if (is_new) {
    place.block = chunk_.blocks.size();
    chunk_.blocks.emplace_back();
  }
  model::ImportBlock& block = chunk_.blocks[place.block];
  block.rows.push_back(row.row);
  block.times.push_back(row.time);
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const MappedCell& cell = row.cells[i];
    model::ImportColumn& to = column(block, place, cell.target, i);
    to.values.resize(block.rows.size() - 1);  // rows without a sample of this target
    to.qualities.resize(block.rows.size() - 1);
    to.values.push_back(cell.value);
    to.qualities.push_back(cell.quality);
    bytes_ += kSampleBytes + text_bytes(cell.value);
  }
  samples_ += row.cells.size();
  bytes_ += kRowBytes;
}

model::ImportColumn& ChunkBuilder::column(model::ImportBlock& block, Place& place,
                                          std::uint32_t target, std::size_t guess) {
  if (guess < block.columns.size() && block.columns[guess].target == target) {
    return block.columns[guess];
  }
  const auto [it, is_new] = place.columns.try_emplace(target, block.columns.size());
  if (is_new) block.columns.push_back({.target = target, .values = {}, .qualities = {}});
  return block.columns[it->second];
}

model::ImportChunk ChunkBuilder::take(std::uint64_t end) {
  for (model::ImportBlock& block : chunk_.blocks) {
    for (model::ImportColumn& one : block.columns) {
      one.values.resize(block.rows.size());
      one.qualities.resize(block.rows.size());
    }
  }
  chunk_.row_count = end - chunk_.first_row;
  model::ImportChunk taken = std::move(chunk_);
  *this = ChunkBuilder(end);
  return taken;
}

}  // namespace millrace::connector::file
