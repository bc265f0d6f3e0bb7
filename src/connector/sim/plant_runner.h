#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "connector/sim/plant.h"

namespace millrace::sim {

/// What a sensor says, with what it belongs to. Pointers are valid during the call; `thing` and
/// `property` as long as the runner.
struct PlantReading {
  const ThingSpec* thing = nullptr;
  const PropertySpec* property = nullptr;
  const model::Sample* sample = nullptr;
};

struct PlantRunnerOptions {
  std::filesystem::path truth;  // JSON lines, one for each fault (fault.h); empty: none is written
  base::Duration turn = std::chrono::milliseconds(20);  // how often the clock is looked at
};

/// Drives a Plant in real time: its time stamps follow the wall clock, so create it with
/// PlantOptions::start = now. The physics' speed is the plant's own affair.
///
/// Each tick gives all readings in their fixed order (place i is always the same property); a fault
/// stands in the truth file before the first reading that shows it. A clock set back makes the
/// plant wait. After a gap (a machine that slept) the physics goes through it, but ticks older than
/// ten seconds are not given.
///
/// One thread of its own, on which the callback comes; start() and stop() from one thread, latest()
/// from any.
class PlantRunner {
 public:
  PlantRunner(Plant plant, PlantRunnerOptions options, const base::Clock& clock);
  ~PlantRunner();
  PlantRunner(const PlantRunner&) = delete;
  PlantRunner& operator=(const PlantRunner&) = delete;

  const std::vector<ThingSpec>& things() const { return plant_.things(); }

  using OnReadings = std::function<void(base::Time, std::span<const PlantReading>)>;
  /// Errors: unavailable (the truth file cannot be written). Goes on where stop() left off.
  base::Result<void> start(OnReadings on_readings);
  void stop();

  /// The readings of the last tick; empty before the first.
  std::vector<SimReading> latest() const;

 private:
  void run();
  void catch_up();
  void take(base::Time at, std::span<const SimReading> readings);
  void write_truth();

  Plant plant_;
  const PlantRunnerOptions options_;
  const base::Clock& clock_;
  base::Time asked_for_;
  OnReadings on_readings_;
  std::ofstream truth_;
  std::vector<PlantReading> given_;
  mutable std::mutex mutex_;  // latest_, waiting
  std::condition_variable wake_;
  std::vector<SimReading> latest_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::sim
