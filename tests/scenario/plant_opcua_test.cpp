// The simulated pump line behind the OPC UA server, read by the OPC UA source: what arrives is what
// was simulated, sample by sample, with its faults.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "connector/opcua/server.h"
#include "connector/opcua/source.h"
#include "connector/sim/plant.h"

namespace millrace {
namespace {

using namespace std::chrono_literals;
using model::Sample;

using Series = std::map<std::uint32_t, std::vector<Sample>>;

class Collector final : public pipeline::ReadingSink {
 public:
  bool offer(pipeline::Reading reading) override {
    const std::lock_guard lock(mutex_);
    series_[reading.tag].push_back(std::move(reading.sample));
    return true;
  }
  Series take() {
    const std::lock_guard lock(mutex_);
    return series_;
  }

 private:
  std::mutex mutex_;
  Series series_;
};

/// A sample with NaN is written as text, so that it equals itself.
std::vector<std::string> comparable(const std::vector<Sample>& samples, base::Time from) {
  std::vector<std::string> lines;
  for (const Sample& sample : samples) {
    if (sample.time < from) continue;
    const auto* number = std::get_if<double>(&sample.value);
    lines.push_back(std::format("{} {} {} {}", sample.time.time_since_epoch().count(),
                                sample.value.index(), number ? std::format("{}", *number) : "",
                                sample.quality.bits()));
  }
  return lines;
}

class PlantOverOpcUa : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void serve(const sim::Plant& plant) {
    std::vector<opcua::ServedVariable> variables;
    for (const sim::ThingSpec& thing : plant.things()) {
      for (const sim::PropertySpec& property : thing.properties) {
        tags_.push_back(std::format("ns=1;s={}/{}", thing.name, property.name));
        variables.push_back({thing.name, property.name, property.title, property.type,
                             property.unit, property.low, property.high});
      }
    }
    opcua::ServerOptions options;
    options.certificates = folder_ / "server";
    auto server = opcua::Server::start(options, std::move(variables));
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
  }

  void read() {
    opcua::ClientOptions options;
    options.name = "line";
    options.url = server_->url();
    options.security = opcua::Security::kNone;
    options.publishing_interval = 100ms;
    options.sampling_interval = 0ms;
    auto source = opcua::make_source(options, tags_, {clock_, folder_ / "client", "edge-1"});
    ASSERT_TRUE(source);
    source_ = *std::move(source);
    ASSERT_TRUE(source_->start(sink_));
    for (int i = 0; i < 1000 && source_->status().state != pipeline::LinkState::kConnected; ++i) {
      std::this_thread::sleep_for(10ms);
    }
    ASSERT_EQ(source_->status().state, pipeline::LinkState::kConnected);
  }

  /// Writes what the plant measures and gives it by tag.
  Series run(sim::Plant& plant, int ticks) {
    Series written;
    for (int i = 0; i < ticks; ++i) {
      plant.step(100ms, [&](base::Time, std::span<const sim::SimReading> readings) {
        for (std::uint32_t tag = 0; tag < readings.size(); ++tag) {
          EXPECT_TRUE(server_->write(tag, readings[tag].sample));
          written[tag].push_back(readings[tag].sample);
        }
      });
      std::this_thread::sleep_for(20ms);
    }
    return written;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-plant-{}", ::getpid());
  const base::SystemClock clock_;
  Collector sink_;
  std::vector<std::string> tags_;
  std::unique_ptr<opcua::Server> server_;
  std::unique_ptr<pipeline::Source> source_;
};

TEST_F(PlantOverOpcUa, ArrivesSampleBySampleWithItsFaults) {
  sim::PlantOptions options;
  options.start = clock_.now() + 1h;  // so that values from before the first write differ
  const auto fault = [&](sim::FaultKind kind, const char* property) {
    return sim::Fault{options.start + 2s, options.start + 4s, "pump-2", property, kind, 1.0};
  };
  options.script = {fault(sim::FaultKind::kDropout, "flow"),
                    fault(sim::FaultKind::kNotANumber, "vibration"),
                    fault(sim::FaultKind::kFlatLine, "speed")};
  auto plant = sim::make_pump_plant(options, 3);
  ASSERT_TRUE(plant);
  serve(*plant);
  read();
  const Series written = run(*plant, 80);
  std::this_thread::sleep_for(1s);
  source_->stop();
  const Series arrived = sink_.take();
  ASSERT_EQ(arrived.size(), 39U);
  for (const auto& [tag, samples] : written) {
    EXPECT_EQ(comparable(samples, options.start), comparable(arrived.at(tag), options.start))
        << tags_[tag];
  }
}

}  // namespace
}  // namespace millrace
