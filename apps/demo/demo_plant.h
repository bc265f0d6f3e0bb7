#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "connector/opcua/server.h"
#include "connector/sim/building_node.h"
#include "connector/sim/plant_runner.h"

namespace millrace::apps {

/// How the demonstration plant runs and where it delivers.
struct DemoPlantOptions {
  std::filesystem::path data_dir;
  std::uint64_t seed = 1;
  double speed = 1;
  std::uint16_t opcua_port = 0;                      // 0: a free one
  std::optional<sim::BuildingNodeOptions> building;  // without, it stays away
};

/// A pump line behind a real OPC UA server, and a building that is a third-party Sparkplug node.
class DemoPlant {
 public:
  explicit DemoPlant(DemoPlantOptions options) : options_(std::move(options)) {}
  ~DemoPlant() { stop(); }

  base::Result<void> start();
  void stop();
  /// What an edge needs to read the pump line: url and variables.
  std::string opcua_url() const { return server_->url(); }
  const std::vector<opcua::ServedVariable>& variables() const { return variables_; }

 private:
  base::Result<void> start_pumps(base::Time start);
  base::Result<void> start_building(base::Time start);

  const DemoPlantOptions options_;
  base::SystemClock clock_;
  std::vector<opcua::ServedVariable> variables_;
  std::unique_ptr<opcua::Server> server_;
  std::unique_ptr<sim::PlantRunner> pumps_;
  std::unique_ptr<sim::PlantRunner> building_;
  std::unique_ptr<sim::BuildingNode> node_;
};

}  // namespace millrace::apps
