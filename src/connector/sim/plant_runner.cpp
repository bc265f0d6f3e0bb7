#include "connector/sim/plant_runner.h"

#include <algorithm>

#include "base/files.h"
#include "base/log.h"

namespace millrace::sim {
namespace {

constexpr base::Duration kFresh = std::chrono::seconds(10);
constexpr base::Duration kStepMax = std::chrono::seconds(10);  // between two looks at stop()

}  // namespace

PlantRunner::PlantRunner(Plant plant, PlantRunnerOptions options, const base::Clock& clock)
    : plant_(std::move(plant)), options_(std::move(options)), clock_(clock),
      asked_for_(plant_.now()) {}

PlantRunner::~PlantRunner() { stop(); }

base::Result<void> PlantRunner::start(OnReadings on_readings) {
  MILLRACE_CHECK(!thread_.joinable());
  if (!options_.truth.empty() && !truth_.is_open()) {
    if (options_.truth.has_parent_path()) {
      MILLRACE_TRY(base::make_directories(options_.truth.parent_path()));
    }
    truth_.open(options_.truth, std::ios::app);
    if (!truth_) {
      return base::fail(
          base::ErrorCode::kUnavailable,
          std::format("the ground truth {} cannot be written", options_.truth.string()),
          "Check that the file may be written.");
    }
  }
  on_readings_ = std::move(on_readings);
  is_stopping_ = false;
  thread_ = std::thread([this] { run(); });
  return {};
}

void PlantRunner::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<SimReading> PlantRunner::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void PlantRunner::run() {
  while (!is_stopping_) {
    catch_up();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, options_.turn, [this] { return is_stopping_.load(); });
  }
}

// asked_for_ is plant_.now() and what Plant::step() keeps below one tick.
void PlantRunner::catch_up() {
  while (!is_stopping_) {
    const base::Duration behind = clock_.now() - asked_for_;
    if (behind <= base::Duration(0)) return;
    const base::Duration part = std::min(behind, kStepMax);
    asked_for_ += part;
    plant_.step(part, [this](base::Time at, auto readings) { take(at, readings); });
  }
}

void PlantRunner::take(base::Time at, std::span<const SimReading> readings) {
  write_truth();
  if (clock_.now() - at > kFresh) return;
  given_.clear();
  for (const SimReading& reading : readings) {
    const ThingSpec& thing = plant_.things()[reading.thing];
    given_.push_back({&thing, &thing.properties[reading.property], &reading.sample});
  }
  {
    const std::lock_guard lock(mutex_);
    latest_.assign(readings.begin(), readings.end());
  }
  on_readings_(at, given_);
}

void PlantRunner::write_truth() {
  for (const Fault& fault : plant_.take_truth()) {
    base::log::info("sim: {} of {}/{} begins", text(fault.kind), fault.thing, fault.property);
    if (!truth_.is_open()) continue;
    truth_ << to_json_line(fault) << '\n' << std::flush;
    if (truth_) continue;
    base::log::error("sim: the ground truth {} lost a line", options_.truth.string());
    truth_.clear();
  }
}

}  // namespace millrace::sim
