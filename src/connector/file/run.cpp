#include "connector/file/chunk_builder.h"
#include "connector/file/import.h"

namespace millrace::connector::file {
namespace {

constexpr std::size_t kChunkBytes = model::kImportChunkBytesMax / 2;

std::unexpected<base::Error> has_changed(const Plan& plan) {
  return base::fail(base::ErrorCode::kConflict,
                    std::format("{} was changed while it was imported", plan.source.name),
                    "Import it again when nobody writes to it.");
}

/// One run over a planned file.
class Run {
 public:
  Run(const Plan& plan, pipeline::ImportSink& sink, const RunOptions& options)
      : plan_(plan), sink_(sink), options_(options) {}

  base::Result<model::ImportState> go() {
    MILLRACE_LET(state_, sink_.begin(plan_.request));
    if (!state_.is_complete) MILLRACE_TRY(send());
    return sink_.finish();
  }

 private:
  base::Result<void> send() {
    const ProblemSink silent = [](const Problem&) {};  // all were reported by the plan
    MILLRACE_LET(const auto rows,
                 FileRows::open({plan_.source, *plan_.mapping, &plan_.folds, silent}));
    ChunkBuilder chunk(state_.next_row);
    MappedRow row;
    while (true) {
      MILLRACE_LET(const bool found, rows->next(row));
      if (!found) break;
      if (row.row >= state_.next_row) chunk.add(row);
      if (chunk.samples() < options_.chunk_samples && chunk.bytes() < kChunkBytes) continue;
      if (rows->targets().all().size() > plan_.request.targets.size()) return has_changed(plan_);
      MILLRACE_TRY(append(chunk, row.row + 1));
      const bool goes_on =
          !options_.progress || options_.progress(rows->bytes_read(), rows->bytes_total());
      if (!goes_on) return stopped();
    }
    if (rows->content_hash() != plan_.request.file_hash) return has_changed(plan_);
    if (state_.next_row >= rows->rows()) return {};
    return append(chunk, rows->rows());
  }

  base::Result<void> append(ChunkBuilder& chunk, std::uint64_t end) {
    MILLRACE_LET(state_, sink_.append(chunk.take(end)));
    return {};
  }

  std::unexpected<base::Error> stopped() const {
    return base::fail(
        base::ErrorCode::kCancelled,
        std::format("stopped after row {} of {}", state_.next_row, plan_.request.rows_total),
        "The same import goes on where this one stopped.");
  }

  const Plan& plan_;
  pipeline::ImportSink& sink_;
  const RunOptions& options_;
  model::ImportState state_;
};

}  // namespace

base::Result<model::ImportState> run_import(const Plan& plan, pipeline::ImportSink& sink,
                                            const RunOptions& options) {
  if (plan.totals.refused_rows > 0 && options.bad_rows == BadRows::kRefuse) {
    return base::fail(
        base::ErrorCode::kInvalid,
        std::format("{} of {} rows cannot be stored, so nothing was imported",
                    plan.totals.refused_rows, plan.totals.rows),
        "Correct them, or have them left out: --skip-bad-rows, by REST skip_bad_rows.");
  }
  return Run(plan, sink, options).go();
}

}  // namespace millrace::connector::file
