#include "service/import_rules.h"

#include <algorithm>
#include <format>
#include <span>
#include <utility>

#include "service/backfills.h"
#include "service/import_past.h"

namespace millrace::service {
namespace {

using model::ImportTarget;

std::optional<model::PropertyContract> contract_of(const twin::Catalog& catalog,
                                                   const ImportTarget& target) {
  auto contract = catalog.contract(target.thing, target.property);
  if (contract && contract->type != target.type) contract.reset();  // it is another one by now
  return contract;
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

ImportRules::ImportRules(std::shared_ptr<const twin::Catalog> catalog,
                         const std::vector<ImportTarget>& targets, std::uint64_t next_row)
    : catalog_(std::move(catalog)), next_row_(next_row), places_(targets.size()), rules_({}, {}) {
  for (std::uint32_t target = 0; target < targets.size(); ++target) {
    auto contract = contract_of(*catalog_, targets[target]);
    if (!contract) continue;
    places_[target] = contracts_.size();
    contracts_.push_back(*std::move(contract));
    properties_.push_back({.target = target, .needs_past = next_row > 0});
  }
  rules_.configure(contracts_);
}

std::vector<ImportRules::Cell> ImportRules::cells_of(const model::ImportChunk& chunk) const {
  std::vector<Cell> cells;
  for (std::uint32_t b = 0; b < chunk.blocks.size(); ++b) {
    const model::ImportBlock& block = chunk.blocks[b];
    for (std::uint32_t c = 0; c < block.columns.size(); ++c) {
      const auto& place = places_[block.columns[c].target];
      if (!place) continue;
      for (std::size_t line = 0; line < block.rows.size(); ++line) {
        if (block.rows[line] < next_row_ || is_nothing(block.columns[c], line)) continue;
        cells.push_back({block.rows[line], block.times[line], *place, b, c, line});
      }
    }
  }
  std::ranges::stable_sort(cells, {}, &Cell::row);
  return cells;
}

void ImportRules::note_order(const std::vector<Cell>& cells) {
  for (const Cell& cell : cells) {
    Judged& property = properties_[cell.place];
    if (property.last && cell.time > *property.last) ++property.rising;
    if (property.last && cell.time < *property.last) ++property.falling;
    property.last = cell.time;
  }
}

/// Shows the rules what is stored before the first samples of properties that they have not seen.
base::Result<void> ImportRules::recall(const store::SeriesStore& store,
                                       const std::vector<model::SeriesId>& series,
                                       const std::vector<Cell>& cells) {
  std::vector<ImportPast> wanted;
  for (const Cell& cell : cells) {
    Judged& property = properties_[cell.place];
    if (!std::exchange(property.needs_past, false) || property.falls()) continue;
    wanted.push_back({series[property.target], cell.place, cell.time});
  }
  if (wanted.empty()) return {};
  MILLRACE_LET(const auto past, past_of(store, contracts_, wanted));
  for (const PastSample& one : past) rules_.check(one.place, one.sample, one.sample.time);
  return {};
}

void ImportRules::judge(pipeline::RuleSet& rules, const Cell& cell, const model::ImportChunk& chunk,
                        JudgedChunk& judged) const {
  if (const auto newest = rules.newest(cell.place); newest && cell.time > *newest) {
    auto silence = rules.silence(cell.place, cell.time - *newest, cell.time);
    if (silence) judged.silences.push_back({properties_[cell.place].target, *std::move(silence)});
  }
  model::Quality& quality = judged.qualities[cell.block][cell.column][cell.line];
  const auto& values = chunk.blocks[cell.block].columns[cell.column].values;
  // As if it had come at once: a history is neither late nor ahead of a clock.
  quality = rules.check(cell.place, {cell.time, values[cell.line], quality}, cell.time).quality;
}

base::Result<JudgedChunk> ImportRules::judge(const store::SeriesStore& store,
                                             const std::vector<model::SeriesId>& series,
                                             const model::ImportChunk& chunk) {
  JudgedChunk judged;
  for (const model::ImportBlock& block : chunk.blocks) {
    auto& of_block = judged.qualities.emplace_back();
    for (const model::ImportColumn& column : block.columns) of_block.push_back(column.qualities);
  }
  auto cells = cells_of(chunk);
  next_row_ = chunk.first_row + chunk.row_count;
  note_order(cells);
  MILLRACE_TRY(recall(store, series, cells));
  const auto falling = std::ranges::stable_partition(
      cells, [this](const Cell& cell) { return !properties_[cell.place].falls(); });
  for (const Cell& cell : std::span(cells.begin(), falling.begin())) {
    judge(rules_, cell, chunk, judged);
  }
  std::ranges::stable_sort(falling, {}, &Cell::time);
  pipeline::RuleSet apart(falling.empty() ? std::vector<model::PropertyContract>() : contracts_,
                          {});
  for (const Cell& cell : falling) judge(apart, cell, chunk, judged);
  return judged;
}

std::unique_ptr<ImportRules> OpenImportRules::take(
    const std::string& import, const std::shared_ptr<const twin::Catalog>& catalog,
    const std::vector<ImportTarget>& targets, std::uint64_t next_row) {
  const auto found = std::ranges::find(open_, import, &Open::import);
  if (found != open_.end()) {
    auto rules = std::move(found->rules);
    open_.erase(found);
    if (rules->goes_on(catalog, next_row)) return rules;
  }
  return std::make_unique<ImportRules>(catalog, targets, next_row);
}

void OpenImportRules::put_back(const std::string& import, std::unique_ptr<ImportRules> rules) {
  if (open_.size() == kMost) open_.erase(open_.begin());
  open_.push_back({import, std::move(rules)});
}

}  // namespace millrace::service
