#include "service/import_rules.h"

#include <algorithm>
#include <format>

#include "pipeline/rule_set.h"
#include "service/backfills.h"

namespace millrace::service {
namespace {

using model::ImportTarget;

std::optional<model::PropertyContract> contract_of(const twin::Catalog& catalog,
                                                   const ImportTarget& target) {
  auto contract = catalog.contract(target.thing, target.property);
  if (contract && contract->type != target.type) contract.reset();  // it is another one by now
  return contract;
}

/// A cell with a sample of a property that has rules.
struct JudgedCell {
  base::Time time;
  std::size_t place = 0;  // of its contract
  std::uint32_t block = 0;
  std::uint32_t column = 0;
  std::size_t row = 0;
};

std::vector<JudgedCell> cells_of(const model::ImportChunk& chunk,
                                 const std::vector<std::optional<std::size_t>>& places) {
  std::vector<JudgedCell> cells;
  for (std::uint32_t b = 0; b < chunk.blocks.size(); ++b) {
    const model::ImportBlock& block = chunk.blocks[b];
    for (std::uint32_t c = 0; c < block.columns.size(); ++c) {
      const auto& place = places[block.columns[c].target];
      if (!place) continue;
      for (std::size_t row = 0; row < block.rows.size(); ++row) {
        if (is_nothing(block.columns[c], row)) continue;
        cells.push_back({block.times[row], *place, b, c, row});
      }
    }
  }
  std::ranges::stable_sort(cells, {}, &JudgedCell::time);
  return cells;
}

}  // namespace

bool is_nothing(const model::ImportColumn& column, std::size_t row) {
  return column.values[row].index() == 0 && !column.qualities[row].is_bad();
}

base::Result<void> check_contract(const twin::Catalog& catalog, const unit::Units& units,
                                  const ImportTarget& target) {
  const auto contract = catalog.contract(target.thing, target.property);
  if (!contract) return {};
  const bool is_unit =
      contract->unit.empty() || contract->unit == target.unit ||
      (!target.unit.empty() &&
       pipeline::compare_units(units)(target.unit, contract->unit) == pipeline::UnitsMeet::kSame);
  if (contract->type == target.type && is_unit) return {};
  return base::fail(
      base::ErrorCode::kConflict,
      std::format("{}/{} is {} in '{}' by its thing model, the file has {} in '{}'", target.thing,
                  target.property, model::text(contract->type), contract->unit,
                  model::text(target.type), target.unit),
      "State type and unit of the model in the mapping, and convert the file where its values are "
      "others; or map it to another property.");
}

ChunkQualities judged(const twin::Catalog& catalog, const std::vector<ImportTarget>& targets,
                      const model::ImportChunk& chunk) {
  ChunkQualities qualities;
  for (const model::ImportBlock& block : chunk.blocks) {
    auto& of_block = qualities.emplace_back();
    for (const model::ImportColumn& column : block.columns) of_block.push_back(column.qualities);
  }
  std::vector<model::PropertyContract> contracts;
  std::vector<std::optional<std::size_t>> places(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto contract = contract_of(catalog, targets[i]);
    if (!contract) continue;
    places[i] = contracts.size();
    contracts.push_back(*std::move(contract));
  }
  if (contracts.empty()) return qualities;
  pipeline::RuleSet rules(std::move(contracts), {});
  for (const JudgedCell& cell : cells_of(chunk, places)) {
    model::Quality& quality = qualities[cell.block][cell.column][cell.row];
    const auto& values = chunk.blocks[cell.block].columns[cell.column].values;
    // As if it had come at once: a history is neither late nor ahead of a clock.
    quality = rules.check(cell.place, {cell.time, values[cell.row], quality}, cell.time).quality;
  }
  return qualities;
}

}  // namespace millrace::service
