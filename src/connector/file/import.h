#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connector/file/rows.h"
#include "model/import.h"
#include "pipeline/import_sink.h"

namespace millrace::connector::file {

/// What a file holds, counted as it would be stored.
struct Totals {
  std::uint64_t rows = 0;          // data rows
  std::uint64_t refused_rows = 0;  // that cannot be stored
  std::uint64_t samples = 0;
  std::uint64_t samples_uncertain = 0;
  std::uint64_t samples_bad = 0;
  std::uint64_t empty_cells = 0;  // that are no sample
  std::uint64_t bad_cells = 0;    // that are no value of their type; among samples_bad
  std::uint64_t things = 0;
  std::uint64_t series = 0;
  std::optional<base::Time> first, last;
  // Daylight saving: rows in an hour that occurs twice, those of them whose pass the file does not
  // show, and rows at times that the clock skipped.
  std::uint64_t ambiguous_rows = 0;
  std::uint64_t unresolved_rows = 0;
  std::uint64_t nonexistent_rows = 0;
  // Order, along one thing (wide) or series (long).
  std::uint64_t repeated_times = 0;
  std::uint64_t backward_steps = 0;
};

/// A file that was read once: announced completely, nothing sent yet. `mapping` outlives it.
struct Plan {
  FileSource source;
  const Mapping* mapping = nullptr;
  model::ImportRequest request;
  FoldResolver folds;
  Totals totals;
};

/// Told now and then how far reading is, in bytes on disk; false stops it (Error cancelled).
using Progress = std::function<bool(std::uint64_t bytes, std::uint64_t bytes_total)>;

/// Reads the whole file and reports every problem with its line. Errors: those of FileRows::open,
/// malformed for a damaged gzip file, too_large for more series than a hub takes at once. A file
/// with refused rows still gives a plan.
base::Result<Plan> plan_import(const FileSource& source, const Mapping& mapping,
                               const ProblemSink& problems, const Progress& progress = {});

/// The first rows as they would be stored.
base::Result<std::vector<MappedRow>> preview(const Plan& plan, std::size_t rows);

enum class BadRows { kRefuse, kSkip };

struct RunOptions {
  std::size_t chunk_samples = 200'000;
  BadRows bad_rows = BadRows::kRefuse;  // kRefuse: a plan with refused rows imports nothing
  Progress progress;
};

/// Sends the file to the sink in chunks, from where an earlier run ended. Errors: invalid when
/// there are refused rows and they are not to be skipped; conflict when the file has changed since
/// it was planned; those of the sink. After any error the same call may be made again.
base::Result<model::ImportState> run_import(const Plan& plan, pipeline::ImportSink& sink,
                                            const RunOptions& options = {});

}  // namespace millrace::connector::file
