// Our OPC UA source against node-opcua (tests/peers): encrypted, with a login, through kills and
// restarts. Skips, with the reason, where the peers are not installed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/clock.h"
#include "connector/opcua/server.h"
#include "connector/opcua/source.h"

namespace millrace {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using model::Sample;
using pipeline::LinkState;

const fs::path kPeers = fs::path("tests") / "peers";

class Collector final : public pipeline::ReadingSink {
 public:
  bool offer(pipeline::Reading reading) override {
    const std::lock_guard lock(mutex_);
    series_[reading.tag].push_back(std::move(reading.sample));
    return true;
  }
  std::vector<Sample> of(std::uint32_t tag) {
    const std::lock_guard lock(mutex_);
    return series_[tag];
  }

 private:
  std::mutex mutex_;
  std::map<std::uint32_t, std::vector<Sample>> series_;
};

class OpcUaPeer : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kPeers / "node_modules" / "node-opcua")) {
      GTEST_SKIP() << "node-opcua is not installed (npm ci in tests/peers)";
    }
    port_ = *opcua::free_port();
    options_.name = "peer";
    options_.url = std::format("opc.tcp://127.0.0.1:{}/UA/Peer", port_);
    options_.user = "operator";
    options_.password = "peer-password";
    options_.publishing_interval = 100ms;
    options_.sampling_interval = 50ms;
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (source_) source_->stop();
    kill_peer();
    fs::remove_all(folder_);
  }

  void start_peer() {
    const std::string script = kPeers / "opcua_server.mjs", port = std::to_string(port_);
    const std::string pki = folder_ / "peer", log = folder_ / "peer.log";
    std::vector<char*> arguments;
    const std::string words[] = {"node", script, port, pki};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    ASSERT_EQ(::posix_spawnp(&peer_, "node", &files, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
  }
  void kill_peer() {
    if (peer_ <= 0) return;
    ::kill(peer_, SIGKILL);
    ::waitpid(peer_, nullptr, 0);
    peer_ = 0;
  }
  /// The peer has printed its `count`-th "ready".
  bool is_ready(int count) {
    std::ifstream log(folder_ / "peer.log");
    std::string line;
    while (std::getline(log, line)) count -= line.starts_with("ready");
    return count <= 0;
  }
  bool wait_for(base::Duration limit, const std::function<bool()>& is_done) {
    const auto end = clock_.monotonic() + limit;
    while (clock_.monotonic() < end) {
      if (is_done()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return is_done();
  }
  LinkState state() { return source_->status().state; }

  /// Moves the certificate that the first attempt put aside to those we trust.
  void trust_peer() {
    const fs::path rejected = folder_ / "client" / "rejected";
    ASSERT_TRUE(wait_for(20s, [&] { return fs::exists(rejected) && !fs::is_empty(rejected); }))
        << source_->status().problem;
    for (const auto& file : fs::directory_iterator(rejected)) {
      fs::rename(file.path(), folder_ / "client" / "trusted" / file.path().filename());
    }
  }

  const base::SystemClock clock_;
  const fs::path folder_ =
      fs::temp_directory_path() / std::format("millrace-opcua-peer-{}", ::getpid());
  std::uint16_t port_ = 0;
  pid_t peer_ = 0;
  opcua::ClientOptions options_;
  Collector sink_;
  std::unique_ptr<pipeline::Source> source_;
};

TEST_F(OpcUaPeer, IsReadEncryptedThroughKillsAndRestartsWithNothingTwice) {
  start_peer();
  ASSERT_TRUE(wait_for(60s, [&] { return is_ready(1); }));
  std::vector<opcua::TagOptions> tags;
  for (const char* name : {"a", "b", "c"}) {
    tags.push_back({std::format("ns=1;s=peer.{}", name), "peer", name});
  }
  auto source = opcua::make_source(options_, tags, {clock_, folder_ / "client", "edge-1"});
  ASSERT_TRUE(source);
  source_ = *std::move(source);
  ASSERT_TRUE(source_->start(sink_));
  trust_peer();
  ASSERT_TRUE(wait_for(20s, [&] { return state() == LinkState::kConnected; }))
      << source_->status().problem;
  for (int round = 1; round <= 5; ++round) {
    const std::size_t seen = sink_.of(2).size();
    ASSERT_TRUE(wait_for(10s, [&] { return sink_.of(2).size() > seen + 20; })) << round;
    kill_peer();
    ASSERT_TRUE(wait_for(10s, [&] { return state() != LinkState::kConnected; })) << round;
    start_peer();
    ASSERT_TRUE(wait_for(60s, [&] { return is_ready(round + 1); })) << round;
    const std::size_t before = sink_.of(0).size();
    EXPECT_TRUE(wait_for(5s, [&] { return sink_.of(0).size() > before; }))
        << "round " << round << ": " << source_->status().problem;
  }
  source_->stop();
  for (std::uint32_t tag = 0; tag < tags.size(); ++tag) {
    std::set<base::Time> times;
    for (const Sample& sample : sink_.of(tag)) {
      if (!sample.quality.is_good()) continue;
      EXPECT_TRUE(times.insert(sample.time).second) << "twice";
    }
    EXPECT_GT(times.size(), 100U);
  }
}

}  // namespace
}  // namespace millrace
