// Our OPC UA source against node-opcua (tests/peers): encrypted, with a password and with a
// certificate, through kills and restarts. Skips, with the reason, where the peers are not
// installed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <functional>
#include <mutex>
#include <print>
#include <thread>

#include "base/clock.h"
#include "connector/opcua/browse.h"
#include "connector/opcua/certificates.h"
#include "connector/opcua/server.h"
#include "connector/opcua/source.h"

namespace millrace {
namespace {

using namespace std::chrono_literals;
using base::Time;
using pipeline::LinkState;
namespace fs = std::filesystem;

const fs::path kPeers = fs::path("tests") / "peers";
constexpr std::size_t kTags = 3;
constexpr int kRestarts = 20, kSettled = 5;

/// Keeps what came as times only, in memory taken beforehand: it must not look like a leak.
class Collector final : public pipeline::ReadingSink {
 public:
  Collector() {
    for (auto& times : times_) times.reserve(100'000);
  }
  bool offer(pipeline::Reading reading) override {
    const std::lock_guard lock(mutex_);
    if (reading.sample.quality.is_good()) times_[reading.tag].push_back(reading.sample.time);
    return true;
  }
  std::size_t count(std::size_t tag) {
    const std::lock_guard lock(mutex_);
    return times_[tag].size();
  }
  std::vector<Time> of(std::size_t tag) {
    const std::lock_guard lock(mutex_);
    return times_[tag];
  }

 private:
  std::mutex mutex_;
  std::vector<Time> times_[kTags];
};

std::ptrdiff_t entries(const char* folder) {
  return std::ranges::distance(fs::directory_iterator(folder));
}

/// What this process holds. The heap is exact: SetUp() allows malloc one arena.
struct Footprint {
  std::ptrdiff_t heap_bytes = 0;
  std::ptrdiff_t resident_bytes = 0;
  std::ptrdiff_t files = 0;
  std::ptrdiff_t threads = 0;

  static Footprint now() {
    ::malloc_trim(0);
    const struct mallinfo2 info = ::mallinfo2();
    std::ptrdiff_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return {static_cast<std::ptrdiff_t>(info.uordblks + info.hblkhd),
            pages * ::sysconf(_SC_PAGESIZE), entries("/proc/self/fd"), entries("/proc/self/task")};
  }
  Footprint operator-(const Footprint& other) const {
    return {heap_bytes - other.heap_bytes, resident_bytes - other.resident_bytes,
            files - other.files, threads - other.threads};
  }
};

std::string text(const Footprint& it) {
  return std::format("heap {} B, resident {} kB, files {}, threads {}", it.heap_bytes,
                     it.resident_bytes / 1024, it.files, it.threads);
}

class OpcUaPeer : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kPeers / "node_modules" / "node-opcua")) {
      GTEST_SKIP() << "node-opcua is not installed (npm ci in tests/peers)";
    }
    ::mallopt(M_ARENA_MAX, 1);
    port_ = *opcua::free_port();
    options_.name = "peer";
    options_.url = std::format("opc.tcp://127.0.0.1:{}/UA/Peer", port_);
    options_.publishing_interval = 100ms;
    options_.sampling_interval = 50ms;
    fs::create_directories(folder_);
    start_peer();
    ASSERT_TRUE(wait_for(60s, [&] { return says("ready") >= 1; }));
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
  void start_source() {
    std::vector<std::string> tags;
    for (const char* name : {"a", "b", "c"}) {
      tags.push_back(std::format("ns=1;s=peer.{}", name));
    }
    auto source = opcua::make_source(options_, tags, {clock_, folder_ / "client", "edge-1"});
    ASSERT_TRUE(source);
    source_ = *std::move(source);
    ASSERT_TRUE(source_->start(sink_));
  }

  /// The peer's lines that begin so.
  std::vector<std::string> lines(std::string_view begin) {
    std::ifstream log(folder_ / "peer.log");
    std::vector<std::string> found;
    for (std::string line; std::getline(log, line);) {
      if (line.starts_with(begin)) found.push_back(line);
    }
    return found;
  }
  std::size_t says(std::string_view begin) { return lines(begin).size(); }
  bool wait_for(base::Duration limit, const std::function<bool()>& is_done) {
    const auto end = clock_.monotonic() + limit;
    while (clock_.monotonic() < end) {
      if (is_done()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return is_done();
  }
  bool is_connected() { return source_->status().state == LinkState::kConnected; }
  std::string problem() { return source_->status().problem; }

  /// Moves the certificate that the first attempt put aside to the trusted ones.
  void trust(const fs::path& rejected, const fs::path& trusted) {
    ASSERT_TRUE(wait_for(20s, [&] { return fs::exists(rejected) && !fs::is_empty(rejected); }))
        << problem();
    for (const auto& file : fs::directory_iterator(rejected)) {
      fs::rename(file.path(), trusted / file.path().filename());
    }
  }
  void trust_peer() { trust(folder_ / "client" / "rejected", folder_ / "client" / "trusted"); }

  /// Kills the peer and starts it again; how long after "ready" every tag has a new value.
  base::Duration restart(int round) {
    const std::size_t ready = says("ready");
    kill_peer();
    EXPECT_TRUE(wait_for(10s, [&] { return !is_connected(); })) << "round " << round;
    std::size_t before[kTags];
    for (std::size_t tag = 0; tag < kTags; ++tag) before[tag] = sink_.count(tag);
    start_peer();
    EXPECT_TRUE(wait_for(60s, [&] { return says("ready") > ready; })) << "round " << round;
    const auto up = clock_.monotonic();
    EXPECT_TRUE(wait_for(30s,
                         [&] {
                           for (std::size_t tag = 0; tag < kTags; ++tag) {
                             if (sink_.count(tag) == before[tag]) return false;
                           }
                           return true;
                         }))
        << "round " << round << ": " << problem();
    return clock_.monotonic() - up;
  }

  /// At this moment and ever before the server had no more than one of ours.
  void expect_one_subscription() {
    const std::string one = std::format("holds 1 1 {}", kTags);
    EXPECT_TRUE(wait_for(5s, [&] { return lines("holds").back() == one; }))
        << lines("holds").back();
    for (const std::string& line : lines("holds")) {
      EXPECT_TRUE(line == one || line.starts_with("holds 0 0 ") || line.starts_with("holds 1 0 ") ||
                  (line.starts_with("holds 1 1 ") && line < one))
          << line;
    }
  }

  void expect_nothing_twice(std::size_t at_least) {
    for (std::size_t tag = 0; tag < kTags; ++tag) {
      std::vector<Time> times = sink_.of(tag);
      EXPECT_GE(times.size(), at_least);
      std::ranges::sort(times);
      EXPECT_EQ(std::ranges::adjacent_find(times), times.end()) << "twice";
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

TEST_F(OpcUaPeer, IsReadEncryptedThroughTwentyKillsWithNothingTwiceAndNoLeak) {
  options_.user = "operator";
  options_.password = "peer-password";
  start_source();
  trust_peer();
  ASSERT_TRUE(wait_for(20s, [&] { return sink_.count(kTags - 1) > 0; })) << problem();
  Footprint settled;
  base::Duration worst{};
  for (int round = 1; round <= kRestarts; ++round) {
    const std::size_t seen = sink_.count(0);
    ASSERT_TRUE(wait_for(10s, [&] { return sink_.count(0) >= seen + 5; })) << round;
    const Footprint connected = Footprint::now();
    if (round == kSettled) settled = connected;
    const base::Duration took = restart(round);
    worst = std::max(worst, took);
    EXPECT_LE(took, 5s) << "round " << round;
    expect_one_subscription();
    if (HasFatalFailure()) return;
    std::println("round {}: {}, values after {} ms", round, text(connected), took.count() / 1000);
  }
  const Footprint last = Footprint::now();
  source_->stop();
  const std::ptrdiff_t session_bytes = last.heap_bytes - Footprint::now().heap_bytes;
  const Footprint growth = last - settled;
  std::println("{} restarts, worst {} ms until values; a session is {} B; since round {}: {}",
               kRestarts, worst.count() / 1000, session_bytes, kSettled, text(growth));
  expect_nothing_twice(5UL * kRestarts);
  EXPECT_GT(session_bytes, 10'000);
  EXPECT_LT(growth.heap_bytes, session_bytes / 10);
  EXPECT_LT(growth.resident_bytes, session_bytes * 3);
  EXPECT_LE(growth.files, 0);
  EXPECT_LE(growth.threads, 0);
}

TEST_F(OpcUaPeer, TakesALoginByCertificateOnceItTrustsIt) {
  const fs::path user = folder_ / "person";
  ASSERT_TRUE(opcua::CertificateFolder(user).identity("urn:millrace:person:1", "A person"));
  options_.user_certificate_file = user / "own" / "certificate.der";
  options_.user_key_file = user / "own" / "key.der";
  start_source();
  trust_peer();
  ASSERT_TRUE(wait_for(20s, [&] { return problem().contains("BadIdentityTokenRejected"); }))
      << problem();
  EXPECT_EQ(says("login"), 0U);
  const fs::path peer = folder_ / "peer" / "user";
  trust(peer / "rejected", peer / "trusted" / "certs");
  for (int round = 1; round <= 2; ++round) {  // it reads the folder when it starts
    EXPECT_LE(restart(round), 5s) << "round " << round;
    expect_one_subscription();
    EXPECT_EQ(lines("login").back(), "login X509IdentityToken");
  }
  ASSERT_TRUE(wait_for(10s, [&] { return sink_.count(0) > 10; })) << problem();
  expect_nothing_twice(10);
}

TEST_F(OpcUaPeer, IsBrowsedWithUnitsRangesAndRights) {
  options_.security = opcua::Security::kNone;
  const pipeline::SourceDeps deps{clock_, folder_ / "client", "hub"};
  const auto answer = opcua::browse(options_, "", 10'000, deps);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_FALSE(answer->is_truncated);
  const std::vector<pipeline::BrowsedNode>* browsed = &answer->nodes;
  const auto find = [&](std::string_view name) {
    const auto found = std::ranges::find(*browsed, name, &pipeline::BrowsedNode::name);
    return found == browsed->end() ? pipeline::BrowsedNode() : *found;
  };
  const pipeline::BrowsedNode pressure = find("Pressure");
  EXPECT_TRUE(pressure.address.starts_with("nsu=") &&
              pressure.address.ends_with(";s=boiler.pressure"))
      << pressure.address;
  EXPECT_EQ(pressure.parent, find("Boiler").address);
  EXPECT_EQ(pressure.unit, "bar");
  EXPECT_EQ(pressure.range_min, 0);
  EXPECT_EQ(pressure.range_max, 16);
  EXPECT_FALSE(pressure.is_writable);
  EXPECT_TRUE(find("SetPoint").is_writable);
  EXPECT_EQ(find("SetPoint").title, "Set point");
  EXPECT_EQ(find("Curve").address, "") << "an array is no variable to bind";
  EXPECT_EQ(find("m1299").type, model::ValueType::kU64);
  EXPECT_EQ(std::ranges::count(*browsed, find("Many").address, &pipeline::BrowsedNode::parent),
            1300);
  EXPECT_TRUE(wait_for(5s, [&] { return lines("holds").back() == "holds 0 0 0"; }))
      << "it has gone again: " << lines("holds").back();
  // A limit counts what is looked at; the array among them is left out.
  const auto few = opcua::browse(options_, "", 50, deps);
  ASSERT_TRUE(few) << few.error().what;
  EXPECT_EQ(few->nodes.size(), 49U);
  EXPECT_TRUE(few->is_truncated);
  for (const pipeline::BrowsedNode& node : few->nodes) {
    EXPECT_TRUE(std::ranges::contains(*browsed, node.address, &pipeline::BrowsedNode::address));
  }
}

TEST_F(OpcUaPeer, TakesWritesOfItsOwnTypeAndRefusesReadOnlyVariables) {
  options_.security = opcua::Security::kNone;
  auto source = opcua::make_source(options_, {"ns=1;s=boiler.setpoint", "ns=1;s=boiler.curve"},
                                   {clock_, folder_ / "client", "edge-1"});
  ASSERT_TRUE(source);
  source_ = *std::move(source);
  ASSERT_TRUE(source_->start(sink_));
  ASSERT_TRUE(wait_for(20s, [&] { return is_connected(); })) << problem();
  const auto written = source_->write(0, std::int64_t{12});
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_TRUE(wait_for(5s, [&] { return says("set point Float 12") > 0; }));
  EXPECT_EQ(source_->write(0, std::string("hot")).error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(source_->write(1, 1.0).error().code, base::ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace millrace
