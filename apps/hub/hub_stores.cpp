#include "hub/hub_stores.h"

#include <algorithm>
#include <format>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/log.h"
#include "base/random.h"
#include "service/backup_set.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;
using store::OlderFormat;

constexpr const char* kSeriesFolder = "series";
constexpr const char* kMetaFile = "meta.db";
constexpr double kMegabyte = 1e6;

std::vector<std::string> paths_of_backup(const HubStoreOptions& options) {
  std::vector<std::string> paths = {kMetaFile, std::string(kMetaFile) + "-wal"};
  for (const std::string_view file : store::duckdb::kStoreFiles) {
    paths.push_back(std::format("{}/{}", kSeriesFolder, file));
  }
  std::ranges::copy(options.kept_paths, std::back_inserter(paths));
  return paths;
}

Result<void> check_room_for(const HubStoreOptions& options, std::uint64_t bytes) {
  const auto room = base::check_room(options.data_dir, bytes + options.spare_bytes);
  if (room || room.error().code != ErrorCode::kNoSpace) return room;
  return base::fail(
      ErrorCode::kNoSpace,
      std::format("there is no room in {} for the {:.1f} MB backup before the upgrade",
                  options.data_dir.native(), static_cast<double>(bytes) / kMegabyte),
      "Free space there, or start the older Millrace again: nothing has changed.");
}

/// Everything as the older Millrace left it.
Result<service::MadeBackup> keep_before_upgrade(const HubStoreOptions& options, base::Time now,
                                                const std::string& older) {
  const std::vector<std::string> paths = paths_of_backup(options);
  MILLRACE_LET(auto kept, service::find_backup(options.data_dir, paths));
  if (kept) return *std::move(kept);
  MILLRACE_LET(const std::uint64_t bytes, service::bytes_below(options.data_dir, paths));
  MILLRACE_TRY(check_room_for(options, bytes));
  base::log::info("an older Millrace wrote this ({}): {:.1f} MB go to a backup first", older,
                  static_cast<double>(bytes) / kMegabyte);
  return service::make_backup(options.data_dir, now, [&](const fs::path& folder) {
    return service::copy_paths(options.data_dir, paths, folder);
  });
}

Result<void> check_upgrade(const HubStoreOptions& options, const base::Clock& clock) {
  if (!options.may_upgrade) return {};
  const HubStores stores = closed_hub_stores(options, clock, OlderFormat::kRead);
  MILLRACE_TRY(stores.meta->start());
  MILLRACE_TRY(options.may_upgrade(*stores.meta));
  return stores.meta->stop();
}

Result<void> note_backup(store::MetaStore& meta, base::Time now, const std::string& name,
                         const std::string& older) {
  store::MetaChange change;
  change.audit = {{.time = now,
                   .actor = "system",
                   .actor_role = "system",
                   .action = "backup.made",
                   .subject = name,
                   .address = {},
                   .body = nlohmann::json{{"before_upgrade", older}}.dump()}};
  return meta.apply(change);
}

}  // namespace

HubStores closed_hub_stores(const HubStoreOptions& options, const base::Clock& clock,
                            OlderFormat older_format) {
  return {.series = std::make_unique<store::duckdb::DuckDbStore>(
              store::duckdb::DuckDbOptions{.folder = options.data_dir / kSeriesFolder,
                                           .sql_worker = options.sql_worker,
                                           .older_format = older_format},
              clock, base::Random::from_system()),
          .meta = std::make_unique<store::SqliteMetaStore>(
              store::SqliteOptions{.file = options.data_dir / kMetaFile,
                                   .migrations = options.migrations,
                                   .older_format = older_format})};
}

Result<std::string> start_unless_older(HubStores& stores) {
  std::string older;
  const auto take = [&](const Result<void>& started) -> Result<void> {
    if (started || started.error().code != ErrorCode::kCancelled) return started;
    older += (older.empty() ? "" : "; ") + started.error().what;
    return {};
  };
  MILLRACE_TRY(take(stores.series->start()));
  MILLRACE_TRY(take(stores.meta->start()));
  return older;
}

Result<HubStores> open_hub_stores(const HubStoreOptions& options, const base::Clock& clock) {
  HubStores stores = closed_hub_stores(options, clock, OlderFormat::kRefuse);
  MILLRACE_LET(const std::string older, start_unless_older(stores));
  if (older.empty()) return stores;
  stores = {};
  MILLRACE_TRY(check_upgrade(options, clock));
  MILLRACE_LET(const auto kept, keep_before_upgrade(options, clock.now(), older));
  base::log::info(
      "the way back from this upgrade is {} ({}): `millrace restore` and the older "
      "Millrace",
      kept.path.native(), older);
  stores = closed_hub_stores(options, clock, OlderFormat::kUpgrade);
  MILLRACE_TRY(stores.series->start());
  MILLRACE_TRY(stores.meta->start());
  MILLRACE_TRY(note_backup(*stores.meta, clock.now(), kept.name, older));
  return stores;
}

}  // namespace millrace::apps
