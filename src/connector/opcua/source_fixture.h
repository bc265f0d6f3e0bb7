#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <format>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/time_text.h"
#include "connector/opcua/server.h"
#include "connector/opcua/source.h"

namespace millrace::opcua {

inline const base::SystemClock kSourceClock;
inline const base::Time kT0 = *base::parse_time("2026-03-04T05:06:07.123456Z");

/// Keeps what it is offered; can be full.
class Collector final : public pipeline::ReadingSink {
 public:
  bool offer(pipeline::Reading reading) override {
    const std::lock_guard lock(mutex_);
    if (is_full_) return false;
    readings_.push_back(std::move(reading));
    return true;
  }
  void set_full(bool is_full) {
    const std::lock_guard lock(mutex_);
    is_full_ = is_full;
  }
  std::vector<model::Sample> of(std::uint32_t tag) const {
    const std::lock_guard lock(mutex_);
    std::vector<model::Sample> samples;
    for (const pipeline::Reading& reading : readings_) {
      const bool is_again = reading.said == pipeline::Said::kOnRequest && !samples.empty() &&
                            samples.back() == reading.sample;
      if (reading.tag == tag && !is_again) samples.push_back(reading.sample);
    }
    return samples;
  }

  std::ptrdiff_t answers(std::uint32_t tag) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count_if(readings_, [&](const pipeline::Reading& reading) {
      return reading.tag == tag && reading.said == pipeline::Said::kOnRequest;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<pipeline::Reading> readings_;
  bool is_full_ = false;
};

inline bool wait_for(base::Duration limit, const std::function<bool()>& is_done) {
  const auto end = kSourceClock.monotonic() + limit;
  while (kSourceClock.monotonic() < end) {
    if (is_done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return is_done();
}

/// A folder for certificates that all tests share: making a key costs most of a second.
inline std::filesystem::path certificates(const std::string& who) {
  return std::filesystem::temp_directory_path() / std::format("millrace-opcua-{}", ::getpid()) /
         who;
}

inline const std::vector<ServedVariable>& variables() {
  static const std::vector<ServedVariable> kVariables = {
      {"pump-1", "flow", "Flow", model::ValueType::kF64, "m3/h", 0, 160},
      {"pump-1", "running_hours", "", model::ValueType::kI64, "h", 0, 1e6},
      {"pump-1", "starts", "", model::ValueType::kU64, "", 0, 0},
      {"pump-1", "running", "", model::ValueType::kBool, "", 0, 0},
      {"pump-1", "state", "", model::ValueType::kText, "", 0, 0},
      {"pump-1", "blob", "", model::ValueType::kBytes, "", 0, 0},
      {"pump-1", "speed", "Set point", model::ValueType::kI64, "rpm", 0, 3000, true},
      {"pump-1", "enabled", "", model::ValueType::kBool, "", 0, 0, true},
      {"pump-1", "note", "", model::ValueType::kText, "", 0, 0, true}};
  return kVariables;
}

/// A source beside a server of nine variables; tag i reads variable i.
class OpcUa : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::make_directories(certificates("server")));
    const auto port = free_port();
    ASSERT_TRUE(port);
    server_options_.port = *port;
    server_options_.user = "operator";
    server_options_.password = "s3cret";
    server_options_.certificates = certificates("server");
    options_.name = "line-1";
    options_.url = std::format("opc.tcp://127.0.0.1:{}", *port);
    options_.security = Security::kNone;
    options_.publishing_interval = std::chrono::milliseconds(50);
    options_.sampling_interval = std::chrono::milliseconds(0);
    options_.timeout = std::chrono::seconds(2);
    for (const ServedVariable& variable : variables()) {
      tags_.push_back(std::format("ns=1;s={}/{}", variable.thing, variable.property));
    }
  }
  void TearDown() override {
    if (source_) source_->stop();
  }

  void start_server() {
    auto server = Server::start(server_options_, variables(),
                                [this](std::size_t variable, const model::Sample& sample) {
                                  const std::lock_guard lock(heard_mutex_);
                                  heard_.emplace_back(variable, sample.value);
                                });
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
  }
  void start_source() { start_source(sink_); }
  void start_source(pipeline::ReadingSink& sink) {
    auto source = make_source(options_, tags_, {kSourceClock, certificates("client"), "edge-1"});
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
    const auto started = source_->start(sink);
    ASSERT_TRUE(started) << started.error().what;
  }
  bool is_connected() const { return source_->status().state == pipeline::LinkState::kConnected; }
  bool connects() {
    return wait_for(std::chrono::seconds(10), [this] { return is_connected(); });
  }
  void write(std::size_t variable, const model::Sample& sample) {
    const auto written = server_->write(variable, sample);
    ASSERT_TRUE(written) << written.error().what;
  }
  /// The last sample of a tag is this one within a time.
  bool arrives(std::uint32_t tag, const model::Sample& sample,
               base::Duration limit = std::chrono::seconds(5)) {
    return wait_for(limit, [&] {
      const auto samples = sink_.of(tag);
      return !samples.empty() && samples.back() == sample;
    });
  }
  int items() const {
    int count = 0;
    for (std::size_t i = 0; i < variables().size(); ++i) count += server_->monitored_items(i);
    return count;
  }

  ServerOptions server_options_;
  ClientOptions options_;
  std::vector<std::string> tags_;
  Collector sink_;
  std::mutex heard_mutex_;
  std::vector<std::pair<std::size_t, model::Value>> heard_;  // what clients wrote
  std::unique_ptr<Server> server_;
  std::unique_ptr<pipeline::Source> source_;
};

}  // namespace millrace::opcua
