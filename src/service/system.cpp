#include "service/system.h"

#include <algorithm>

#include "base/files.h"
#include "base/time_text.h"

namespace millrace::service {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

std::uint64_t bytes_under(const fs::path& path) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(path, ignored)) {
    std::error_code no_size;
    const auto size = entry.is_regular_file(no_size) ? entry.file_size(no_size) : 0;
    if (!no_size) bytes += size;
  }
  return bytes;
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

Result<void> System::copy_stores(const fs::path& target) {
  MILLRACE_TRY(base::make_directories(target));
  MILLRACE_TRY(deps_.series.backup(target / deps_.facts.series_path));
  return deps_.meta.backup(target / deps_.facts.meta_path);
}

Result<Backup> System::back_up(const identity::Caller& caller) {
  MILLRACE_TRY(allow(caller, Permission::kMaintain));
  const std::unique_lock lock(maintenance_, std::try_to_lock);
  if (!lock) return busy();
  Backup backup{.started = deps_.clock.now()};
  backup.name = base::to_text(backup.started);
  std::erase(backup.name, ':');  // 2026-03-01T060000.123Z
  backup.path = deps_.facts.data_dir / "backup" / backup.name;
  const fs::path part = backup.path.native() + ".part";
  MILLRACE_LET(const auto stats, deps_.series.stats());
  backup.commit = stats.commit;
  auto copied = copy_stores(part);
  std::error_code failed;
  if (copied) fs::rename(part, backup.path, failed);
  if (failed) copied = std::unexpected(base::system_error(failed.value(), "keep", part.native()));
  if (!copied) {
    fs::remove_all(part, failed);
    return std::unexpected(copied.error());
  }
  backup.bytes = bytes_under(backup.path);
  backup.finished = deps_.clock.now();
  MILLRACE_TRY(note(caller, "backup.made", backup.name));
  return backup;
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
