#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connector/file/cell.h"
#include "connector/file/mapping.h"
#include "connector/file/row_clock.h"
#include "connector/file/target_table.h"

namespace millrace::connector::file {

/// One sample of a row.
struct MappedCell {
  std::uint32_t target = 0;  // place in the target table
  model::Value value;
  model::Quality quality;
};

/// One row of a file as samples.
struct MappedRow {
  std::uint64_t row = 0;   // data rows from 0
  std::uint64_t line = 0;  // of the file, from 1
  base::Time time;
  base::Time later;  // in the second pass through a repeated hour, else equal to time
  LocalKind kind = LocalKind::kUnique;
  std::uint64_t key = 0;  // what times run along: equal for rows of the same thing (or series)
  std::vector<MappedCell> cells;
  std::uint64_t empty_cells = 0;  // that became no sample
  std::uint64_t bad_cells = 0;    // that were no value of their type
};

/// What templates may say of the file itself.
struct FileNames {
  std::string file;    // name up to the first dot
  std::string folder;  // the folder it stands in
};

/// What a mapper is made from; all of it must outlive the mapper.
struct MapperInput {
  const Mapping& mapping;
  const Columns& columns;
  FileNames names;
  const FoldResolver* known = nullptr;  // of an earlier reading of the same file
  const ProblemSink& problems;
};

/// Turns fields into samples by a mapping. Two implementations: a column for each property (wide),
/// a row for each sample (long). One thread.
class RowMapper {
 public:
  virtual ~RowMapper() = default;

  /// False when the row cannot be stored; that and everything else is reported.
  virtual bool map(std::span<const std::string_view> fields, MappedRow& row) = 0;

  /// The series named so far.
  const TargetTable& targets() const { return targets_; }
  FoldResolver& learned() { return clock_.learned(); }

 protected:
  RowMapper(RowClock clock, const MapperInput& input);

  bool refuse(const MappedRow& row, std::string_view code, const base::Error& error);
  bool read_time(std::span<const std::string_view> fields, MappedRow& row);
  /// Reads a field and appends its sample, or counts it as empty.
  void take(std::string_view field, const MappedCell& to, model::ValueType type, MappedRow& row);
  void report_cell(std::string_view field, model::ValueType type, CellFault fault,
                   const MappedRow& row);

  TargetTable targets_;
  RowClock clock_;
  CellFormat cells_;
  bool keeps_empty_ = false;  // as bad samples
  std::string_view column_;   // being read, for reports
  const ProblemSink& problems_;
};

/// Errors: not_found (a column), conflict, invalid.
base::Result<std::unique_ptr<RowMapper>> make_mapper(const MapperInput& input);
base::Result<std::unique_ptr<RowMapper>> make_wide_mapper(const MapperInput& input);
base::Result<std::unique_ptr<RowMapper>> make_long_mapper(const MapperInput& input);

}  // namespace millrace::connector::file
