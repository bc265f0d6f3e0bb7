#pragma once

#include <atomic>
#include <mutex>

#include "service/backup_set.h"
#include "service/deps.h"
#include "service/permission.h"

namespace millrace::service {

/// Where the hub stands in its own life.
enum class Phase { kStarting, kReady, kStopping };

struct Health {
  std::string version;
  double uptime_seconds = 0;
  std::vector<std::string> failing;  // "store", "metadata", "broker", "starting", "stopping"
};

struct SystemInfo {
  HubFacts facts;
  base::Time started;
  base::Time now;
  double uptime_seconds = 0;
  store::StoreStats store;
  std::size_t series = 0;
  store::MetaStats metadata;
  std::shared_ptr<const Configuration> configuration;
  BrokerStatus broker;
  pipeline::IngestState ingest;
};

struct Backup {
  std::string name;
  std::filesystem::path path;
  model::CommitId commit{};
  std::uint64_t bytes = 0;
  std::string checksum;  // SHA-256 of its SHA256SUMS
  base::Time started;
  base::Time finished;
};

/// The hub itself: health, figures, backup and seal. Any thread.
class System {
 public:
  explicit System(const Deps& deps);

  void enter(Phase phase) { phase_ = phase; }
  Health health() const;
  base::Result<SystemInfo> info() const;
  /// A folder under data_dir/backup with all stores and what else cannot be made again (HubFacts::
  /// kept_paths), which opens like any data directory; complete or not there. Errors: forbidden,
  /// conflict (one is running), no_space.
  base::Result<Backup> back_up(const identity::Caller& caller);
  /// Reads a backup of the data directory again. Errors: forbidden, invalid (no name of one),
  /// not_found, corrupt, conflict (one is being made).
  base::Result<BackupCheck> verify(const identity::Caller& caller, const std::string& name);
  /// Lets go what the policy no longer keeps, and says so in an event. Nothing when a backup or a
  /// seal is running. Errors: those of the store.
  base::Result<void> retain(const store::RetentionPolicy& policy, std::stop_token stop);
  /// Errors: forbidden, conflict (maintenance is running).
  base::Result<store::StoreStats> seal(const identity::Caller& caller);
  const base::Metrics& metrics() const { return deps_.metrics; }

 private:
  base::Result<void> check_room_for_backup() const;
  base::Result<model::CommitId> copy_to(const std::filesystem::path& target);
  base::Result<void> note(const identity::Caller& caller, std::string action,
                          std::string subject) const;

  const Deps& deps_;
  const base::Time started_;
  const base::MonotonicTime started_monotonic_;
  std::atomic<Phase> phase_ = Phase::kStarting;
  std::mutex maintenance_;
};

}  // namespace millrace::service
