#pragma once

#include <optional>
#include <vector>

#include "service/correction_maker.h"

namespace millrace::service {

/// What is on record of one property, against what a file says of it. A value; owns the records.
///
/// Entries are found from the last to the first: each takes the latest record that says the same
/// and stands before those of all later entries that overlap it, so that where several overlap the
/// order of the file is the order in force. A fill that is looked up takes all records that say the
/// same within its range.
class CorrectionMatch {
 public:
  /// In the order in which they were made.
  explicit CorrectionMatch(std::vector<store::Correction> records)
      : records_(std::move(records)), taken_(records_.size(), false) {}

  /// The entries of the file, in its order; later calls name them by their number.
  void find(const std::vector<const CorrectionRequest*>& entries);
  /// The records of an entry; empty when none says it.
  std::vector<store::Correction> of(std::size_t entry) const;
  /// All records up to the last one of an entry.
  std::vector<store::Correction> until(std::size_t entry) const;
  /// The id of a later record that no entry of the file says and that is laid over the entry's.
  std::optional<std::int64_t> covered_by(std::size_t entry) const;

 private:
  void leave_latest(std::vector<std::size_t>& places) const;
  std::vector<std::size_t> places_of(const CorrectionRequest& entry, std::size_t end) const;

  std::vector<store::Correction> records_;
  std::vector<bool> taken_;                      // by an entry
  std::vector<std::vector<std::size_t>> found_;  // places of records, by entry
};

bool share_time(const CorrectionRequest& left, const CorrectionRequest& right);

}  // namespace millrace::service
