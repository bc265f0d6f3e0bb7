#pragma once

#include <vector>

#include "store/duckdb/engine.h"
#include "store/duckdb/series_book.h"
#include "store/sample_block.h"

namespace millrace::store::duckdb {

/// Rows of one type as they go into a sample table: quality with the store's own marks, fates in
/// the order of the rows.
template <class T>
struct PlacedColumns {
  model::ValueType type;
  const Columns<T>& columns;
  std::vector<Fate> fates;
  std::vector<model::Quality> quality;  // with the store's own marks
  std::vector<std::uint8_t> present;
};

/// Appends all rows but those out of range, in order. `commit` goes into each.
template <class T>
base::Result<void> append_samples(Connection& connection, const std::string& table,
                                  const PlacedColumns<T>& rows, std::int64_t commit);

extern template base::Result<void> append_samples(Connection&, const std::string&,
                                                  const PlacedColumns<double>&, std::int64_t);
extern template base::Result<void> append_samples(Connection&, const std::string&,
                                                  const PlacedColumns<std::int64_t>&, std::int64_t);
extern template base::Result<void> append_samples(Connection&, const std::string&,
                                                  const PlacedColumns<std::uint64_t>&,
                                                  std::int64_t);
extern template base::Result<void> append_samples(Connection&, const std::string&,
                                                  const PlacedColumns<std::uint8_t>&, std::int64_t);
extern template base::Result<void> append_samples(Connection&, const std::string&,
                                                  const PlacedColumns<std::string>&, std::int64_t);

}  // namespace millrace::store::duckdb
