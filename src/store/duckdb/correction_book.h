#pragma once

#include <map>
#include <memory>
#include <vector>

#include "store/overlay.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

/// All corrections of a store and what they make of each series, in memory. Its owner keeps the
/// lock between writer and readers.
class CorrectionBook {
 public:
  /// Takes them over; ids rise.
  void add(const std::vector<Correction>& made);
  std::int64_t next_id() const { return all_.empty() ? 1 : all_.back().id + 1; }

  /// Null where nothing has been corrected; without corrections of commits after `as_of`.
  std::shared_ptr<const Overlay> overlay(model::SeriesId series,
                                         std::optional<model::CommitId> as_of = std::nullopt) const;
  /// A newest sample as it is seen.
  std::optional<LastValue> seen(model::SeriesId series,
                                const std::optional<LastValue>& newest) const;

  std::vector<Correction> find(const CorrectionFilter& filter) const;
  std::vector<CorrectedRange> since(model::CommitId commit) const;

 private:
  struct OfSeries {
    std::vector<Correction> corrections;
    std::shared_ptr<const Overlay> overlay;
  };
  const Correction& by_id(std::int64_t id) const;

  std::vector<Correction> all_;  // by id
  std::map<model::SeriesId, OfSeries> by_series_;
};

}  // namespace millrace::store::duckdb
