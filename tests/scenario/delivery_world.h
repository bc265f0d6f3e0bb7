#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "fleet/edge_delivery.h"
#include "fleet/edge_pump.h"
#include "fleet/hub_delivery.h"
#include "scenario/simulated_spool.h"

namespace millrace::scenario {

/// How rough a simulated run is; probabilities for each step of 50 ms or for each message.
struct Weather {
  double loss = 0.02;
  double duplication = 0.02;
  base::Duration delay_max{200'000};
  double cut = 0.002;  // the connection breaks
  double kill_edge = 0.001;
  double kill_hub = 0.001;
  double commit_fails = 0.02;       // for each commit
  double snapshot = 0.002;          // the hub is backed up
  double restore = 0.0005;          // the hub is killed and restored from its newest backup
  double reinstall = 0;             // the edge's spool is lost
  double roll_back = 0;             // the edge's disk goes back to an earlier image
  std::size_t spool_cap = 100'000;  // batches
  std::uint64_t spool_bytes = 0;    // above 0: the real spool with this cap
  double hub_leaves = 0;            // the hub alone goes, for up to half a minute
  bool serves_others = false;       // the edge waits for no hub
  std::size_t fresh_max = 10'000;
  bool hub_acknowledges_too_early = false;  // the mutation that the checks must notice
};

/// What became of every batch that was ever spooled.
struct Verdict {
  std::uint64_t put = 0;
  std::uint64_t stored = 0;
  std::uint64_t lost = 0;
  std::uint64_t messages = 0;
  std::string problem;  // empty when every batch is stored once or on record as lost once
};

/// One edge, one hub and the network between them, with simulated time, disk and store, around the
/// real state machines of fleet. Everything random comes from one seed.
class DeliveryWorld {
 public:
  DeliveryWorld(std::uint64_t seed, Weather weather);
  ~DeliveryWorld();

  /// Time passes under the weather, with `puts_per_second` batches spooled.
  void run(base::Duration time, double puts_per_second);
  /// Fair weather without new batches until everything is settled, at most `time`.
  void calm_down(base::Duration time);
  Verdict verdict() const;

  void cut_for(base::Duration time);
  void kill_hub();
  /// The hub alone is away; the edge stays connected to the broker.
  void hub_leaves_for(base::Duration time);
  void back_up_hub();
  void restore_hub();
  void back_up_edge();
  void roll_back_edge();
  /// Batches put within [from, to) that another consumer at the broker has not seen as live ones.
  std::uint64_t unseen_by_others(base::Time from, base::Time to) const;
  /// Spools that many batches at this moment, as an edge does with a batch of each thing.
  void put(int batches);
  /// How many of the batches put at or after `since` are not stored.
  std::int64_t unstored_since(base::Time since) const;
  std::uint64_t backlog() const;
  base::Time now() const { return clock_.now(); }

 private:
  struct Store;
  struct Network;
  struct Edge;
  struct Hub;

  /// One batch that was spooled: its id, its position, its samples and when.
  struct Put {
    std::string id;
    std::string position;
    std::uint64_t samples = 0;
    base::Time at;
    bool is_second_copy = false;  // of a batch of an epoch that was given up
    bool is_forgiven = false;     // what became of it cannot be judged
  };

  bool is_settled() const;
  void step(double puts_per_second);
  void roll_dice(const Weather& weather);
  void start_edge();
  std::string problem_with_counts() const;
  void forgive();

  base::ManualClock clock_;
  base::Random random_;
  Weather weather_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<SimulatedSpool> spool_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Store> backup_;
  std::unique_ptr<Edge> edge_;
  std::unique_ptr<Hub> hub_;
  base::Time cut_until_{};
  base::Time away_until_{};
  std::set<std::string> seen_by_others_;  // batch ids
  std::vector<Put> puts_;
};

}  // namespace millrace::scenario
