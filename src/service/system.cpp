#include "service/system.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "service/disk_room.h"

namespace millrace::service {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

/// What went, for the event: how much of what, and up to which time.
std::string body_of(const store::RetentionReport& report) {
  nlohmann::json dropped = nlohmann::json::array();
  for (const store::Dropped& one : report.dropped) {
    dropped.push_back({{"what", store::text(one.what)},
                       {"type", model::text(one.type)},
                       {"start", base::to_text(one.range.from)},
                       {"end", base::to_text(one.range.to)},
                       {"samples", one.rows}});
  }
  return nlohmann::json{{"dropped", dropped}}.dump();
}

std::unexpected<base::Error> busy() {
  return base::fail_for_now(ErrorCode::kConflict, "a backup or a seal is running",
                            "Try again when it has ended.");
}

}  // namespace

System::System(const Deps& deps)
    : deps_(deps), started_(deps.clock.now()), started_monotonic_(deps.clock.monotonic()) {}

Health System::health() const {
  const auto up = deps_.clock.monotonic() - started_monotonic_;
  Health health{.version = deps_.facts.version,
                .uptime_seconds = std::chrono::duration<double>(up).count(),
                .failing = {}};
  const Phase phase = phase_;
  if (phase == Phase::kStarting) health.failing.emplace_back("starting");
  if (phase == Phase::kStopping) health.failing.emplace_back("stopping");
  if (deps_.ingest().is_store_refusing) health.failing.emplace_back("store");
  if (!deps_.meta.stats()) health.failing.emplace_back("metadata");
  if (!deps_.broker().is_connected) health.failing.emplace_back("broker");
  return health;
}

Result<SystemInfo> System::info() const {
  const auto up = deps_.clock.monotonic() - started_monotonic_;
  MILLRACE_LET(auto store, deps_.series.stats());
  MILLRACE_LET(auto metadata, deps_.meta.stats());
  return SystemInfo{.facts = deps_.facts,
                    .started = started_,
                    .now = deps_.clock.now(),
                    .uptime_seconds = std::chrono::duration<double>(up).count(),
                    .store = std::move(store),
                    .series = deps_.index.size(),
                    .metadata = std::move(metadata),
                    .configuration = deps_.catalogs.configuration(),
                    .broker = deps_.broker(),
                    .ingest = deps_.ingest()};
}

Result<void> System::note(const identity::Caller& caller, std::string action,
                          std::string subject) const {
  store::MetaChange change;
  change.audit = {{.time = deps_.clock.now(),
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = std::move(action),
                   .subject = std::move(subject),
                   .address = caller.address,
                   .body = "{}"}};
  return deps_.meta.apply(change);
}

Result<model::CommitId> System::copy_to(const fs::path& target) {
  const HubFacts& facts = deps_.facts;
  MILLRACE_LET(const model::CommitId commit, deps_.series.backup(target / facts.series_path));
  MILLRACE_TRY(deps_.meta.backup(target / facts.meta_path));
  MILLRACE_TRY(copy_paths(facts.data_dir, facts.kept_paths, target));
  return commit;
}

Result<void> System::check_room_for_backup() const {
  const HubFacts& facts = deps_.facts;
  std::vector<std::string> paths = facts.kept_paths;
  paths.insert(paths.end(), {facts.series_path, facts.meta_path});
  MILLRACE_LET(const std::uint64_t bytes, bytes_below(facts.data_dir, paths));
  return check_free(facts, bytes, "a backup");
}

Result<Backup> System::back_up(const identity::Caller& caller) {
  MILLRACE_TRY(allow(caller, Permission::kMaintain));
  const std::unique_lock lock(maintenance_, std::try_to_lock);
  if (!lock) return busy();
  MILLRACE_TRY(check_room_for_backup());
  Backup backup{.started = deps_.clock.now()};
  const auto fill = [&](const fs::path& folder) -> Result<void> {
    MILLRACE_LET(backup.commit, copy_to(folder));
    return {};
  };
  MILLRACE_LET(MadeBackup made, make_backup(deps_.facts.data_dir, backup.started, fill));
  backup.name = std::move(made.name);
  backup.path = std::move(made.path);
  backup.bytes = made.check.bytes;
  backup.checksum = std::move(made.check.checksum);
  backup.finished = deps_.clock.now();
  MILLRACE_TRY(note(caller, "backup.made", backup.name));
  return backup;
}

Result<BackupCheck> System::verify(const identity::Caller& caller, const std::string& name) {
  MILLRACE_TRY(allow(caller, Permission::kMaintain));
  if (!is_backup_name(name)) {
    return base::fail(ErrorCode::kInvalid, "this is no name of a backup",
                      "Give the name that making it answered, such as 2026-03-01T060000Z.");
  }
  const fs::path folder = deps_.facts.data_dir / "backup" / name;
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return base::fail(ErrorCode::kNotFound, std::format("there is no backup {}", name));
  }
  MILLRACE_LET(auto check, check_sums(folder));
  MILLRACE_TRY(note(caller, "backup.verified", name));
  return check;
}

Result<void> System::retain(const store::RetentionPolicy& policy, std::stop_token stop) {
  const std::unique_lock lock(maintenance_, std::try_to_lock);
  if (!lock) return {};
  const base::Time now = deps_.clock.now();
  auto report = deps_.series.retain(policy, now, std::move(stop));
  if (!report) return std::unexpected(report.error());
  if (report->dropped.empty()) return {};
  store::Commit commit;
  commit.events = {{.time = now,
                    .kind = "store.retention",
                    .subject = "store",
                    .actor_role = "system",
                    .body = body_of(*report)}};
  return deps_.on_writer([&]() -> Result<void> {
    MILLRACE_TRY(deps_.series.commit(commit));
    return {};
  });
}

Result<store::StoreStats> System::seal(const identity::Caller& caller) {
  MILLRACE_TRY(allow(caller, Permission::kMaintain));
  const std::unique_lock lock(maintenance_, std::try_to_lock);
  if (!lock) return busy();
  MILLRACE_TRY(deps_.series.seal());
  MILLRACE_TRY(note(caller, "store.sealed", {}));
  return deps_.series.stats();
}

}  // namespace millrace::service
