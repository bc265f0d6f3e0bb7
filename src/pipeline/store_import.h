#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "pipeline/import_sink.h"
#include "store/series_index.h"
#include "store/series_store.h"

namespace millrace::pipeline {

/// An import straight into a series store: samples, new series and progress in one commit a chunk.
///
/// Runs on the store's writer thread (Ingest::run); other commits may come between its calls. An
/// import that was begun in another process or before a restart goes on where its mark says.
class StoreImport final : public ImportSink {
 public:
  struct Deps {
    store::SeriesStore& store;
    store::SeriesIndex& index;
    const base::Clock& clock;
  };

  explicit StoreImport(Deps deps) : deps_(deps) {}

  base::Result<model::ImportState> begin(const model::ImportRequest& request) override;
  base::Result<model::ImportState> append(const model::ImportChunk& chunk) override;
  base::Result<model::ImportState> finish() override;

  /// After begin(): what was announced, and the types of its targets as chunks need them.
  const model::ImportRequest& request() const { return request_; }
  std::vector<model::ValueType> target_types() const;

 private:
  struct Pending;

  base::Result<void> check_targets() const;
  base::Result<void> check_chunk(const model::ImportChunk& chunk) const;
  model::SeriesId series_of(std::uint32_t target, Pending& pending);
  void take(const model::ImportBlock& block, Pending& pending);
  base::Result<model::ImportState> commit(Pending& pending);
  store::ImportMark mark(const model::ImportState& state) const;

  const Deps deps_;
  model::ImportRequest request_;
  std::string identity_;
  base::Time created_;
  model::ImportState state_;
  bool has_mark_ = false;                               // in the store
  std::vector<std::optional<model::SeriesId>> series_;  // by target, as far as known
};

}  // namespace millrace::pipeline
