#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/duckdb/duckdb_store.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::apps {

struct HubStores {
  std::unique_ptr<store::duckdb::DuckDbStore> series;
  std::unique_ptr<store::SqliteMetaStore> meta;
};

struct HubStoreOptions {
  std::filesystem::path data_dir;
  std::vector<std::string> kept_paths = {};  // what else belongs into a backup, in data_dir
  std::vector<std::string> sql_worker = {};  // as DuckDbOptions has it
  std::span<const store::Migration> migrations = store::migrations();
  std::uint64_t spare_bytes = 64U << 20;  // free beside the backup before an upgrade
  /// Asked of an older Millrace's metadata, as they are, before anything is copied or changed.
  std::function<base::Result<void>(const store::MetaStore&)> may_upgrade = {};
};

/// The stores of a data directory, not started.
HubStores closed_hub_stores(const HubStoreOptions& options, const base::Clock& clock,
                            store::OlderFormat older_format);

/// Starts stores that refuse older formats. What an older Millrace wrote, and in which format, for
/// people; empty when both are open. Errors: those of the stores; of one that is newer than this
/// program unsupported.
base::Result<std::string> start_unless_older(HubStores& stores);

/// Opens the stores of a data directory, whose lock the caller has.
///
/// Where an older Millrace wrote one of them, both and `kept_paths` are copied to
/// data_dir/backup/NAME first: a backup like any other, from which `millrace restore` makes a data
/// directory that the older one opens. Then each is brought up to date, in transactions of its own.
/// A failure in between leaves each store whole, in its old format or the new one, and the next
/// start goes on; as long as nothing changes it makes no further backup.
///
/// Errors: no_space (for that backup), unsupported (a store is newer than this program), those of
/// may_upgrade; nothing has changed then. Those of the stores.
base::Result<HubStores> open_hub_stores(const HubStoreOptions& options, const base::Clock& clock);

}  // namespace millrace::apps
