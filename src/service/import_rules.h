#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/import.h"
#include "pipeline/rule_set.h"
#include "store/series_store.h"
#include "twin/catalog.h"
#include "unit/units.h"

namespace millrace::service {

/// Whether a target may be fed: type and unit are those of its property, where that is configured.
/// Errors: conflict.
base::Result<void> check_contract(const twin::Catalog& catalog, const unit::Units& units,
                                  const model::ImportTarget& target);

/// A sample that the file has not: the one that says that there was none for too long.
struct ImportSilence {
  std::uint32_t target = 0;
  model::Sample sample;
};

/// What the rules say of a chunk: qualities by block, column and row, and the silences before its
/// samples.
struct JudgedChunk {
  std::vector<std::vector<std::vector<model::Quality>>> qualities;
  std::vector<ImportSilence> silences;
};

/// The rules of the thing models over the rows of one import: what is out of range in a history is
/// so, too. They see the rows in the order of the file and remember them from chunk to chunk, so
/// the marks are the same however the file is cut. Late and clock are not for a history.
///
/// A property whose times fall in the file is judged in the order of time instead, each chunk by
/// itself: no rule sees time run backwards.
///
/// Where the rows before a chunk were judged by others (before a restart, say), what rules need of
/// them is read from the store: the samples before the chunk's first one. So it is where others
/// have stored samples between two rows of a file that holds only what they miss: before a silence
/// or a gap counts, the store is asked. One owner.
class ImportRules {
 public:
  /// `next_row`: rows below it are stored.
  ImportRules(std::shared_ptr<const twin::Catalog> catalog,
              const std::vector<model::ImportTarget>& targets, std::uint64_t next_row);

  /// Whether these rules have seen all rows up to `next_row`, and by this catalog.
  bool goes_on(const std::shared_ptr<const twin::Catalog>& catalog, std::uint64_t next_row) const {
    return catalog == catalog_ && next_row == next_row_;
  }
  /// Judges the rows of the chunk that are not stored yet. `series` are those of the targets.
  /// Errors: those of SeriesStore::raw(); these rules are of no use then.
  base::Result<JudgedChunk> judge(const store::SeriesStore& store,
                                  const std::vector<model::SeriesId>& series,
                                  const model::ImportChunk& chunk);

 private:
  /// The first sample stored behind a time and before the end of the chunk; max() for none.
  struct NextStored {
    base::Time after;
    base::Time time;
  };
  /// A property that has rules.
  struct Judged {
    std::uint32_t target = 0;
    bool needs_past = false;         // rows before are stored, and these rules have not seen them
    std::optional<base::Time> last;  // in the order of the file
    std::uint64_t rising = 0;        // steps from a sample to the next
    std::uint64_t falling = 0;
    base::Time until;  // the newest of the chunk
    std::optional<NextStored> next;
    bool falls() const { return falling > rising; }
  };
  struct Stored {
    const store::SeriesStore& store;
    const std::vector<model::SeriesId>& series;  // of the targets
  };
  /// A cell with a sample of a property that has rules.
  struct Cell {
    std::uint64_t row = 0;
    base::Time time;
    std::size_t place = 0;  // of its contract
    std::uint32_t block = 0;
    std::uint32_t column = 0;
    std::size_t line = 0;  // of the block
  };

  std::vector<Cell> cells_of(const model::ImportChunk& chunk) const;
  void note_order(const std::vector<Cell>& cells);
  base::Result<void> recall(const Stored& stored, const std::vector<Cell>& cells);
  base::Result<bool> is_stored_between(const Stored& stored, std::size_t place, base::Time from,
                                       base::Time to);
  base::Result<bool> was_silent(pipeline::RuleSet& rules, const Stored& stored, const Cell& cell);
  base::Result<void> judge(pipeline::RuleSet& rules, const Stored& stored, const Cell& cell,
                           const model::ImportChunk& chunk, JudgedChunk& judged);

  const std::shared_ptr<const twin::Catalog> catalog_;
  std::uint64_t next_row_;
  std::vector<model::PropertyContract> contracts_;
  std::vector<Judged> properties_;                  // by place
  std::vector<std::optional<std::size_t>> places_;  // by target
  pipeline::RuleSet rules_;
};

/// The rules of the imports whose rows came last. Not thread safe.
class OpenImportRules {
 public:
  static constexpr std::size_t kMost = 8;

  /// Takes out those of an import, or makes new ones.
  std::unique_ptr<ImportRules> take(const std::string& import,
                                    const std::shared_ptr<const twin::Catalog>& catalog,
                                    const std::vector<model::ImportTarget>& targets,
                                    std::uint64_t next_row);
  /// Once what they judged is stored.
  void put_back(const std::string& import, std::unique_ptr<ImportRules> rules);

 private:
  struct Open {
    std::string import;
    std::unique_ptr<ImportRules> rules;
  };
  std::vector<Open> open_;  // the one that was used last stands last
};

/// An empty cell: no sample, and no news of one.
bool is_nothing(const model::ImportColumn& column, std::size_t row);

}  // namespace millrace::service
