#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>

#include "base/uuid.h"
#include "store/duckdb/correction_book.h"
#include "store/duckdb/engine.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/series_book.h"
#include "store/duckdb/snapshot.h"
#include "store/older_format.h"

namespace millrace::store::duckdb {

/// An open database with what follows from it in memory. It goes, and another is opened from the
/// file, when DuckDB refuses to go on after a fatal error.
struct OpenStore {
  /// Opens or makes the database in `folder`, brings it up to date, drops what a killed sealer
  /// left, and reads the hot tables. Errors: those of the engine, unsupported, corrupt, cancelled
  /// (OlderFormat::kRefuse).
  struct Options {
    std::filesystem::path folder;
    EngineSettings engine;
    std::string new_id;  // of a store that is made now
    OlderFormat older_format = OlderFormat::kUpgrade;
    const base::Clock& clock;
  };
  static base::Result<std::shared_ptr<OpenStore>> open(const Options& options);

  OpenStore(std::shared_ptr<Database> opened, Connection connection, const base::Clock& clock)
      : database(std::move(opened)),
        writer(std::move(connection)),
        readers(database),
        deadlines(clock) {}

  std::shared_ptr<Database> database;
  Connection writer;  // of whoever holds the store's write lock
  ReaderPool readers;
  Deadlines deadlines;  // of reads

  /// Readers share it; the writer excludes them for the moment in which memory follows a commit.
  mutable std::shared_mutex state;
  SeriesBook book;
  std::shared_ptr<const Layout> layout;
  std::map<TableNumber, HotContent> hot;
  CorrectionBook corrections;
  std::int64_t commit = 0;

  // The writer's alone:
  std::int64_t next_table = 0;
  std::int64_t next_event = 0;
  std::map<std::pair<std::string, base::Uuid>, std::int32_t> deliveries;  // row of each
};

/// File of the database in the store's folder.
inline constexpr std::string_view kDatabaseFile = "store.duckdb";

}  // namespace millrace::store::duckdb
