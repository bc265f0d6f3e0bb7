#pragma once

#include "base/error.h"
#include "model/import.h"

namespace millrace::pipeline {

/// Where an import goes: a store, or a hub over REST. One import at a time; one thread.
///
/// Whatever dies in between: rows below the state's `next_row` are stored, once; the others are
/// not. To announce the same request again answers where to go on, and a chunk may come again.
class ImportSink {
 public:
  virtual ~ImportSink() = default;

  /// Announces an import or finds it again. Errors: conflict (a target exists, or has a
  /// thing model, with another type or unit), invalid, unavailable.
  virtual base::Result<model::ImportState> begin(const model::ImportRequest& request) = 0;

  /// Makes the chunk durable, rows and progress together. Rows below `next_row` are skipped; a
  /// chunk that would leave a hole is a conflict. Complete when `next_row` reaches `rows_total`.
  virtual base::Result<model::ImportState> append(const model::ImportChunk& chunk) = 0;

  /// After the last chunk. Errors: conflict when rows are missing.
  virtual base::Result<model::ImportState> finish() = 0;
};

}  // namespace millrace::pipeline
