// An edge that waits for no hub, with a real Mosquitto, a real spool and a plain MQTT subscriber:
// the subscriber sees live values while there is no hub, and the hub stores each of them once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "codec/sparkplug.h"
#include "connector/sparkplug/sink.h"
#include "connector/sparkplug/source.h"
#include "fleet/edge_runner.h"
#include "fleet/hub_delivery.h"
#include "net/mosquitto_broker.h"

namespace millrace::scenario {
namespace {

using namespace std::chrono_literals;
using connector::sparkplug::EdgeNode;
using connector::sparkplug::HostApplications;

const base::SystemClock kClock;

template <class Condition>
bool eventually(Condition condition, base::Duration patience = 20s) {
  const auto until = kClock.monotonic() + patience;
  while (!condition()) {
    if (kClock.monotonic() > until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

/// A subscriber that knows Sparkplug and nothing of Millrace.
class Dashboard final : public net::MqttEvents {
 public:
  explicit Dashboard(std::uint16_t port) : port_(port) {}
  net::MqttDial next_dial() override { return {"127.0.0.1", port_, std::nullopt}; }
  void connected() override {}
  void subscribed(bool) override { is_subscribed = true; }
  void received(std::string_view topic, std::string_view bytes, net::Retain) override {
    codec::sparkplug::Payload payload;
    if (!topic.contains("/DDATA/") || !codec::sparkplug::decode(bytes, payload)) return;
    const std::lock_guard lock(mutex_);
    for (const auto& metric : payload.metrics) {
      (metric.is_historical ? historical_ : live_)[metric.value.as_double()] +=
          payload.body ? 0 : 1;
    }
  }
  void ended(const net::MqttEnd&) override {}
  bool has_live(double value) const {
    const std::lock_guard lock(mutex_);
    return live_.contains(value);
  }
  /// How often a value came live without a position.
  int plain(double value) const {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(value);
    return found == live_.end() ? 0 : found->second;
  }
  bool has_historical(double value) const {
    const std::lock_guard lock(mutex_);
    return historical_.contains(value);
  }
  std::atomic<bool> is_subscribed = false;

 private:
  const std::uint16_t port_;
  mutable std::mutex mutex_;
  std::map<double, int> live_, historical_;  // value → times without a position
};

/// A hub down to its store, which is a map; it commits each message at once.
class Hub final : public pipeline::InboundSink {
 public:
  Hub(HostApplications& host, std::uint64_t session)
      : book_(kClock, {}, {}), ledger_({.session = session}, {}, {host, book_, kClock}) {}

  bool offer(pipeline::Inbound inbound) override {
    const std::lock_guard lock(mutex_);
    if (const auto* arrived = std::get_if<pipeline::BatchArrived>(&inbound)) {
      if (ledger_.admit(*arrived)) {
        for (const auto& one : arrived->batch.samples)
          ++stored_[std::get<double>(one.sample.value)];
      }
    } else {
      ledger_.note(inbound);
    }
    store::Commit commit;
    ledger_.prepare(commit);
    ledger_.settle(pipeline::DeliveryLedger::Outcome::kCommitted);
    return true;
  }
  std::map<double, int> stored() const {
    const std::lock_guard lock(mutex_);
    return stored_;
  }

 private:
  mutable std::mutex mutex_;
  fleet::OriginBook book_;
  fleet::HubDelivery ledger_;
  std::map<double, int> stored_;
};

class AbsentHubTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    broker_ = std::move(
        *net::MosquittoBroker::create({.directory = folder_ / "broker"},
                                      {net::sparkplug_host_user("hub", "h"),
                                       net::sparkplug_node_user("edge", "e", "site", "edge"),
                                       {"all", "secret", {{net::TopicAccess::kReadWrite, "#"}}}},
                                      kClock));
    ASSERT_TRUE(broker_->start());
    spool_ = std::move(*spool::Spool::create({.directory = folder_ / "spool"}, {kClock, random_}));
    ASSERT_TRUE(spool_->start());
  }
  void TearDown() override {
    if (session_) session_->stop(net::Farewell::kPlain);
    runner_.reset();
    node_.reset();
    spool_.reset();
    broker_.reset();
    std::filesystem::remove_all(folder_);
  }

  connector::sparkplug::MqttConfig mqtt(std::string user, std::string password) const {
    connector::sparkplug::MqttConfig config;
    config.servers = {std::format("127.0.0.1:{}", broker_->port())};
    config.user = std::move(user);
    config.password = std::move(password);
    return config;
  }
  void watch() {
    dashboard_ = std::make_unique<Dashboard>(broker_->port());
    session_ = std::move(*net::MqttSession::create(
        connector::sparkplug::mqtt_options(mqtt("all", "secret"), "dashboard"), *dashboard_, kClock,
        base::Random(4)));
    session_->start();
    ASSERT_TRUE(eventually([&] { return session_->is_connected(); }));
    ASSERT_TRUE(session_->subscribe({"spBv1.0/#"}, net::Qos::kAtLeastOnce));
    ASSERT_TRUE(eventually([&] { return dashboard_->is_subscribed.load(); }));
  }
  void start_edge(std::string primary_host) {
    const bool serves_others = primary_host == connector::sparkplug::kNoPrimaryHost;
    connector::sparkplug::EdgeNodeConfig config{.group = "site", .node = "edge"};
    config.primary_host = std::move(primary_host);
    config.mqtt = mqtt("edge", "e");
    node_ =
        std::move(*EdgeNode::create(config, {kClock, edge_metrics_, base::Random(1),
                                             connector::sparkplug::bd_seq_file(folder_ / "bd")}));
    pipeline::TagSpec tag;
    tag.contract.thing = "pump";
    tag.contract.property = "flow";
    runner_ = std::make_unique<fleet::EdgeRunner>(
        fleet::EdgeRunner::Options{.batch = {.age_max = 50ms}, .serves_others = serves_others},
        fleet::EdgeRunner::Deps{*spool_, *node_, kClock, edge_metrics_, random_});
    ASSERT_TRUE(runner_->configure({{0, {tag}}}));
    ASSERT_TRUE(runner_->start());
    sink_ = &runner_->sink(0);
  }
  std::unique_ptr<HostApplications> make_host() {
    connector::sparkplug::HostConfig config;
    config.mqtt = mqtt("hub", "h");  // which names no group: it finds this one
    return std::move(
        *HostApplications::create(config, {}, {kClock, hub_metrics_, base::Random(2)}));
  }
  void read(double value) {
    ASSERT_TRUE(sink_->offer({.tag = 0, .sample = {kClock.now(), value, {}}}));
  }
  /// Gives readings until the dashboard has seen one of them live; the last value given.
  double read_until_seen(double first) {
    double value = first;
    const bool is_seen = eventually([&] {
      read(value);
      std::this_thread::sleep_for(100ms);
      return dashboard_->has_live(value++);
    });
    EXPECT_TRUE(is_seen);
    return value - 1;
  }
  bool has_each_once(const Hub& hub, double last) const {
    const auto stored = hub.stored();
    if (stored.size() != static_cast<std::size_t>(last)) return false;
    return std::ranges::all_of(stored, [](const auto& one) { return one.second == 1; });
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-absent-{}", ::getpid());
  base::Random random_{7};
  base::Metrics edge_metrics_, hub_metrics_;
  std::unique_ptr<net::MosquittoBroker> broker_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<EdgeNode> node_;
  std::unique_ptr<fleet::EdgeRunner> runner_;
  pipeline::ReadingSink* sink_ = nullptr;
  std::unique_ptr<Dashboard> dashboard_;
  std::unique_ptr<net::MqttSession> session_;
};

TEST_F(AbsentHubTest, OthersSeeLiveValuesAndTheHubStoresEachOnce) {
  watch();
  start_edge("none");
  const double shown = read_until_seen(1);
  EXPECT_GT(dashboard_->plain(shown), 0);

  auto host = make_host();
  Hub hub(*host, 11);
  host->start(hub);
  ASSERT_TRUE(eventually([&] { return has_each_once(hub, shown); }));
  EXPECT_TRUE(dashboard_->has_historical(shown));
  const double delivered = read_until_seen(shown + 1);
  ASSERT_TRUE(eventually([&] { return has_each_once(hub, delivered); }));
  EXPECT_EQ(dashboard_->plain(delivered), 0);  // with a position, as the hub is there

  host->stop();  // the edge stays connected, on a connection that a hub had answered
  double alone = delivered;
  ASSERT_TRUE(eventually(
      [&] {  // when what may be under way is full, and nothing is answered
        read(++alone);
        std::this_thread::sleep_for(60ms);
        return dashboard_->plain(alone) > 0;
      },
      60s));
  auto host_again = make_host();
  Hub hub_again(*host_again, 13);
  host_again->start(hub_again);
  EXPECT_TRUE(eventually([&] { return has_each_once(hub_again, alone); }));  // it had forgotten all
  host_again->stop();
}

TEST_F(AbsentHubTest, AnEdgeThatWaitsForItsHubSaysNothingWithoutIt) {
  watch();
  start_edge({});
  for (int i = 1; i <= 20; ++i) {
    read(i);
    std::this_thread::sleep_for(50ms);
  }
  for (int i = 1; i <= 20; ++i) EXPECT_FALSE(dashboard_->has_live(i));
}

}  // namespace
}  // namespace millrace::scenario
