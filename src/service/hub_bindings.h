#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "pipeline/hub_binding.h"
#include "service/backfills.h"
#include "service/deps.h"

namespace millrace::service {

/// The bindings of a catalog that are read at the hub: of third-party Sparkplug nodes and of plain
/// MQTT topics.
std::vector<pipeline::HubBinding> hub_bindings_of(const twin::Catalog& catalog,
                                                  const AutomaticThing& automatic_thing);

/// How the times of what arrives are judged after a catalog.
pipeline::TimeRulesOf time_rules_of(std::shared_ptr<const Configuration> configuration);

/// Keeps the hub's bindings as they are configured: hands ingest a new binder whenever they have
/// changed (rules of unchanged contracts go on with their memory), then has what arrived before
/// written to the things that are bound now (Backfills). docs/adr/013.
///
/// follow() and work() belong to one thread: that of start(), or the test's. What the store refuses
/// is tried again.
class HubBindings {
 public:
  explicit HubBindings(const Deps& deps);
  ~HubBindings();

  /// Brings the present catalog's bindings into force, and has times judged by its contracts.
  /// Before start(), so that a hub that starts hears nothing before it is bound. Errors:
  /// unavailable; try again.
  base::Result<void> follow();
  /// Writes a part of what arrived before; false when nothing is left. Errors: those of the store;
  /// try again.
  base::Result<bool> work() { return backfills_.step(); }

  void start();
  /// Asks the thread to end; the destructor waits for it. In between ingest may be stopped, on
  /// which the thread may wait while the store refuses.
  void stop();

 private:
  /// Outlives this object in the follower that Catalogs keeps.
  struct Bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool has_changed = false;
    bool is_stopping = false;
  };
  void loop();
  bool wait(base::Duration patience);
  base::Result<void> judge_times(const std::shared_ptr<const Configuration>& configuration);
  void teach(pipeline::InboundBinder& binder,
             const std::vector<pipeline::HubBinding>& bindings) const;

  const Deps& deps_;
  Backfills backfills_;
  std::shared_ptr<const Configuration> judged_by_;
  bool is_in_force_ = false;
  std::vector<pipeline::HubBinding> bindings_;  // in force
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  std::thread thread_;
};

}  // namespace millrace::service
