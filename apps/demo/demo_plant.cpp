#include "demo/demo_plant.h"

#include "base/log.h"

namespace millrace::apps {
namespace {

constexpr double kFaultsPerDay = 12;  // on the physics' calendar

}  // namespace

base::Result<void> DemoPlant::start() {
  const base::Time now = clock_.now();
  MILLRACE_TRY(start_pumps(now));
  return options_.building ? start_building(now) : base::Result<void>{};
}

base::Result<void> DemoPlant::start_pumps(base::Time start) {
  MILLRACE_LET(auto plant, sim::make_pump_plant({.seed = options_.seed,
                                                 .start = start,
                                                 .tick = std::chrono::milliseconds(500),
                                                 .speed = options_.speed,
                                                 .faults_per_day = kFaultsPerDay}));
  pumps_ = std::make_unique<sim::PlantRunner>(
      std::move(plant), sim::PlantRunnerOptions{.truth = options_.data_dir / "truth-pumps.jsonl"},
      clock_);
  for (const sim::ThingSpec& thing : pumps_->things()) {
    for (const sim::PropertySpec& property : thing.properties) {
      variables_.push_back({thing.name, property.name, property.title, property.type, property.unit,
                            property.low, property.high});
    }
  }
  MILLRACE_LET(server_, opcua::Server::start({.port = options_.opcua_port,
                                              .name = "demo",
                                              .user = "operator",
                                              .password = "demo-operator",
                                              .certificates = options_.data_dir / "opcua-server"},
                                             variables_));
  return pumps_->start([this](base::Time, std::span<const sim::PlantReading> readings) {
    for (std::size_t i = 0; i < readings.size(); ++i) {
      if (const auto written = server_->write(i, *readings[i].sample); !written) {
        base::log::warning("{}", base::describe(written.error()));
      }
    }
  });
}

base::Result<void> DemoPlant::start_building(base::Time start) {
  MILLRACE_LET(auto plant, sim::make_building_plant({.seed = options_.seed,
                                                     .start = start,
                                                     .tick = std::chrono::milliseconds(500),
                                                     .speed = options_.speed,
                                                     .faults_per_day = kFaultsPerDay / 4}));
  building_ = std::make_unique<sim::PlantRunner>(
      std::move(plant),
      sim::PlantRunnerOptions{.truth = options_.data_dir / "truth-building.jsonl"}, clock_);
  MILLRACE_TRY(building_->start([](base::Time, std::span<const sim::PlantReading>) {}));
  MILLRACE_LET(node_, sim::BuildingNode::create(*options_.building, building_->things().front(),
                                                clock_, base::Random(options_.seed)));
  node_->start([this] { return building_->latest(); });
  return {};
}

void DemoPlant::stop() {
  if (node_) node_->stop();
  if (building_) building_->stop();
  if (pumps_) pumps_->stop();
  node_.reset();
}

}  // namespace millrace::apps
