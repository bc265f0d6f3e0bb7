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

/// Whether rules may say of a time without samples that it was one.
bool is_long(const model::PropertyContract& contract, base::Duration time) {
  if (contract.stale && time >= *contract.stale) return true;
  return contract.interval &&
         static_cast<double>(time.count()) >=
             contract.gap_factor * static_cast<double>(contract.interval->count());
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
  for (Judged& property : properties_) {
    property.until = base::Time::min();
    property.next.reset();
  }
  for (const Cell& cell : cells) {
    Judged& property = properties_[cell.place];
    property.until = std::max(property.until, cell.time);
    if (property.last && cell.time > *property.last) ++property.rising;
    if (property.last && cell.time < *property.last) ++property.falling;
    property.last = cell.time;
  }
}

/// Shows the rules what is stored before the first samples of properties that they have not seen.
base::Result<void> ImportRules::recall(const Stored& stored, const std::vector<Cell>& cells) {
  std::vector<ImportPast> wanted;
  for (const Cell& cell : cells) {
    Judged& property = properties_[cell.place];
    if (!std::exchange(property.needs_past, false) || property.falls()) continue;
    wanted.push_back({stored.series[property.target], cell.place, cell.time});
  }
  if (wanted.empty()) return {};
  MILLRACE_LET(const auto past, past_of(stored.store, contracts_, wanted));
  for (const PastSample& one : past) rules_.check(one.place, one.sample, one.sample.time);
  return {};
}

/// Looks as far as the chunk reaches, so that a file with few rows asks the store once.
base::Result<bool> ImportRules::is_stored_between(const Stored& stored, std::size_t place,
                                                  base::Time from, base::Time to) {
  Judged& property = properties_[place];
  const base::Time start = from + base::Duration(1);
  if (start >= to) return false;
  if (!property.next || property.next->after > from || property.next->time <= from) {
    MILLRACE_LET(const auto found, stored.store.raw({.series = stored.series[property.target],
                                                     .start = start,
                                                     .end = property.until,
                                                     .limit = 1,
                                                     .corrections = store::Corrections::kLeftOut}));
    property.next = {from, found.samples.empty() ? base::Time::max() : found.samples[0].time};
  }
  return property.next->time < to;
}

/// Whether there was no sample for long before this one, neither in the file nor in the store. Else
/// the rules see what is stored since the newest one that they know.
base::Result<bool> ImportRules::was_silent(pipeline::RuleSet& rules, const Stored& stored,
                                           const Cell& cell) {
  const std::size_t place = cell.place;
  const auto newest = rules.newest(place);
  if (!newest || !is_long(contracts_[place], cell.time - *newest)) return false;
  MILLRACE_LET(const bool is_stored, is_stored_between(stored, place, *newest, cell.time));
  if (!is_stored) return true;
  const ImportPast wanted{stored.series[properties_[place].target], place, cell.time, newest};
  MILLRACE_LET(const auto between, past_of(stored.store, contracts_, std::span(&wanted, 1)));
  for (const PastSample& one : between) rules.check(place, one.sample, one.sample.time);
  if (between.empty() || !is_long(contracts_[place], cell.time - *rules.newest(place))) {
    return false;  // a silence stands there already, or there was none
  }
  MILLRACE_LET(const bool is_said,
               is_stored_between(stored, place, *rules.newest(place), cell.time));
  return !is_said;
}

base::Result<void> ImportRules::judge(pipeline::RuleSet& rules, const Stored& stored,
                                      const Cell& cell, const model::ImportChunk& chunk,
                                      JudgedChunk& judged) {
  MILLRACE_LET(const bool is_silent, was_silent(rules, stored, cell));
  if (is_silent) {
    auto silence = rules.silence(cell.place, cell.time - *rules.newest(cell.place), cell.time);
    if (silence) judged.silences.push_back({properties_[cell.place].target, *std::move(silence)});
  }
  model::Quality& quality = judged.qualities[cell.block][cell.column][cell.line];
  const auto& values = chunk.blocks[cell.block].columns[cell.column].values;
  // As if it had come at once: a history is neither late nor ahead of a clock.
  quality = rules.check(cell.place, {cell.time, values[cell.line], quality}, cell.time).quality;
  return {};
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
  const Stored stored{store, series};
  MILLRACE_TRY(recall(stored, cells));
  const auto falling = std::ranges::stable_partition(
      cells, [this](const Cell& cell) { return !properties_[cell.place].falls(); });
  for (const Cell& cell : std::span(cells.begin(), falling.begin())) {
    MILLRACE_TRY(judge(rules_, stored, cell, chunk, judged));
  }
  std::ranges::stable_sort(falling, {}, &Cell::time);
  pipeline::RuleSet apart(falling.empty() ? std::vector<model::PropertyContract>() : contracts_,
                          {});
  for (const Cell& cell : falling) MILLRACE_TRY(judge(apart, stored, cell, chunk, judged));
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
