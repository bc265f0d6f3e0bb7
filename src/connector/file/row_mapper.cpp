#include "connector/file/row_mapper.h"

#include "codec/utf8.h"

namespace millrace::connector::file {
namespace {

std::string_view sentence(CellFault fault) {
  switch (fault) {
    case CellFault::kNotFinite:
      return "is not a finite number";
    case CellFault::kTooLarge:
      return "is beyond the range of its type";
    default:
      return "is not a value of its type";
  }
}

std::string shown(std::string_view field) {
  return codec::readable_utf8(field.size() > 60 ? field.substr(0, 60) : field);
}

}  // namespace

base::Result<std::unique_ptr<RowMapper>> make_mapper(const MapperInput& input) {
  return input.mapping.layout == Layout::kWide ? make_wide_mapper(input) : make_long_mapper(input);
}

RowMapper::RowMapper(RowClock clock, const MapperInput& input)
    : clock_(std::move(clock)),
      cells_{character_of(input.mapping.format.decimal), input.mapping.format.null_texts},
      problems_(input.problems) {
  const EmptyCell empty = input.mapping.empty_cells;
  keeps_empty_ = empty == EmptyCell::kMissing ||
                 (empty == EmptyCell::kByLayout && input.mapping.layout == Layout::kLong);
}

bool RowMapper::refuse(const MappedRow& row, std::string_view code, const base::Error& error) {
  problems_({Weight::kError, code, row.line, std::string(column_), codec::readable_utf8(error.what),
             error.hint});
  return false;
}

bool RowMapper::read_time(std::span<const std::string_view> fields, MappedRow& row) {
  column_ = {};
  const auto time = clock_.read(fields, row.row, row.key);
  if (!time) return refuse(row, "bad_time", time.error());
  row.time = time->time;
  row.later = time->later;
  row.kind = time->kind;
  for (MappedCell& cell : row.cells) {
    if (!time->quality.is_good()) cell.quality = cell.quality.merged(time->quality);
  }
  return true;
}

void RowMapper::take(std::string_view field, const MappedCell& to, model::ValueType type,
                     MappedRow& row) {
  Cell cell = read_cell(field, type, cells_);
  if (cell.fault == CellFault::kEmpty && !keeps_empty_) {
    ++row.empty_cells;
    return;
  }
  if (cell.fault != CellFault::kNone && cell.fault != CellFault::kEmpty) {
    ++row.bad_cells;
    report_cell(field, type, cell.fault, row);
  }
  row.cells.push_back({to.target, std::move(cell.value), to.quality.merged(cell.quality)});
}

void RowMapper::report_cell(std::string_view field, model::ValueType type, CellFault fault,
                            const MappedRow& row) {
  problems_({Weight::kWarning, "bad_value", row.line, std::string(column_),
             std::format("'{}' {} ({}); stored as bad, without a value", shown(field),
                         sentence(fault), model::text(type)),
             "Correct the cell, list the text under format.null_texts, or change the type."});
}

}  // namespace millrace::connector::file
