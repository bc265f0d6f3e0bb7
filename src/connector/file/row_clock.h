#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "connector/file/fold.h"
#include "connector/file/mapping.h"
#include "connector/file/row_template.h"
#include "connector/file/zone.h"
#include "model/quality.h"

namespace millrace::connector::file {

/// A row's time with what is doubtful about it.
struct RowTime {
  base::Time time;
  base::Time later;        // were it the second pass through a repeated hour; else equal to time
  model::Quality quality;  // ambiguous_time, or good
  LocalKind kind = LocalKind::kUnique;
};

/// Gives each row its time, by the mapping's rule. A file is read twice: the first time the clock
/// learns which pass through a repeated hour its rows belong to, the second time it knows.
class RowClock {
 public:
  /// `known`: what the first reading learned; null while it learns. Errors: those of Columns::find.
  static base::Result<RowClock> bind(const TimeRule& rule, const Columns& columns,
                                     const FoldResolver* known);

  /// Columns that it reads.
  const std::vector<std::size_t>& columns() const { return columns_; }
  /// Time of the next row. `key`: what times run along, such as the row's thing. Errors: malformed.
  base::Result<RowTime> read(std::span<const std::string_view> fields, std::uint64_t row,
                             std::uint64_t key);
  /// What this reading learned.
  FoldResolver& learned() { return learned_; }

 private:
  RowClock(const TimeRule& rule, TimeFormat format, Zone zone)
      : rule_(rule), format_(std::move(format)), zone_(std::move(zone)) {}
  base::Result<RowTime> read_written(std::span<const std::string_view> fields, std::uint64_t row,
                                     std::uint64_t key);
  base::Result<RowTime> read_counted(std::span<const std::string_view> fields, std::uint64_t key);
  RowTime choose(const Instants& instants, std::uint64_t row) const;

  TimeRule rule_;
  TimeFormat format_;
  Zone zone_;
  std::optional<base::Time> start_;  // of the synthetic clock
  base::Duration step_{};
  std::vector<std::size_t> columns_;
  const FoldResolver* known_ = nullptr;
  FoldResolver learned_;
  std::unordered_map<std::uint64_t, std::int64_t> rows_of_key_;
  std::string joined_;
};

}  // namespace millrace::connector::file
