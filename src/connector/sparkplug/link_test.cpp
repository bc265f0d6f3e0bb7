// An edge node and a host application in one process, with a real Mosquitto between them.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "codec/sparkplug.h"
#include "connector/sparkplug/sink.h"
#include "connector/sparkplug/source.h"
#include "net/mosquitto_broker.h"

namespace millrace::connector::sparkplug {
namespace {

using namespace std::chrono_literals;

template <class Condition>
bool eventually(Condition condition) {
  static const base::SystemClock clock;
  const auto until = clock.monotonic() + 15s;
  while (!condition()) {
    if (clock.monotonic() > until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class Hub final : public pipeline::InboundSink {
  template <class F>
  auto locked(F read) const {
    const std::lock_guard lock(mutex_);
    return read();
  }

 public:
  bool offer(pipeline::Inbound inbound) override {
    const std::lock_guard lock(mutex_);
    if (const auto* up = std::get_if<pipeline::OriginUp>(&inbound)) ups_.push_back(*up);
    downs_ += std::holds_alternative<pipeline::OriginDown>(inbound) ? 1 : 0;
    lost_ += std::holds_alternative<pipeline::BatchesLost>(inbound) ? 1 : 0;
    statuses_ += std::holds_alternative<pipeline::OriginStatus>(inbound) ? 1 : 0;
    if (const auto* arrived = std::get_if<pipeline::BatchArrived>(&inbound)) {
      sequences_.insert(number(arrived->position->sequence));
      last_ = arrived->batch;
    }
    return true;
  }
  std::size_t ups() const {
    return locked([&] { return ups_.size(); });
  }
  int downs() const {
    return locked([&] { return downs_; });
  }
  int lost() const {
    return locked([&] { return lost_; });
  }
  int statuses() const {
    return locked([&] { return statuses_; });
  }
  bool has_up(std::string_view origin) const {
    return locked(
        [&] { return std::ranges::find(ups_, origin, &pipeline::OriginUp::origin) != ups_.end(); });
  }
  std::size_t batches() const {
    return locked([&] { return sequences_.size(); });
  }
  model::Batch last() const {
    return locked([&] { return last_; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<pipeline::OriginUp> ups_;
  std::set<std::uint64_t> sequences_;
  model::Batch last_;
  int downs_ = 0, lost_ = 0, statuses_ = 0;
};

class Edge final : public pipeline::UplinkEvents {
 public:
  void connected() override { ++connects; }
  void disconnected() override { ++disconnects; }
  void acknowledged(const pipeline::Acknowledgement& ack) override {
    const std::lock_guard lock(mutex_);
    last_ = ack;
    ++acks;
  }
  void commanded(pipeline::Command command) override {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
  }
  std::vector<pipeline::Command> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  pipeline::SpoolHello hello() override {
    return {.epoch = {}, .oldest = model::Sequence(1), .next = model::Sequence(1), .now = {}};
  }
  pipeline::Acknowledgement last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  std::atomic<int> connects = 0, disconnects = 0, acks = 0;

 private:
  mutable std::mutex mutex_;
  pipeline::Acknowledgement last_;
  std::vector<pipeline::Command> commands_;
};

model::Batch batch_of(int count) {
  model::Batch batch{
      .thing = "pump", .made = {}, .properties = {{"flow", model::ValueType::kF64, "m"}}};
  for (int i = 0; i < count; ++i) {
    batch.samples.push_back({0, {base::Time(1'700'000'000s + 1us * i), 0.5 * i, {}}});
  }
  return batch;
}

class LinkTest : public ::testing::TestWithParam<net::MqttVersion> {
 protected:
  void SetUp() override {
    const auto folder =
        std::filesystem::temp_directory_path() / std::format("millrace-sparkplug-{}", ::getpid());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    auto broker =
        net::MosquittoBroker::create({.directory = folder / "broker"},
                                     {net::sparkplug_host_user("hub", "h"),
                                      net::sparkplug_node_user("edge", "e", "site", "edge"),
                                      {"all", "secret", {{net::TopicAccess::kReadWrite, "#"}}}},
                                     clock_);
    broker_ = std::move(*broker);
    ASSERT_TRUE(broker_->start());
    host_ = make_host(host_config());
    EdgeNodeConfig edge;
    edge.group = "site";
    edge.node = "edge";
    edge.mqtt = mqtt("edge", "e");
    node_ = std::move(*EdgeNode::create(
        edge, {clock_, edge_metrics_, base::Random(1), bd_seq_file(folder / "bd_seq")}));
  }
  void TearDown() override {
    node_.reset();
    host_.reset();
  }

  MqttConfig mqtt(std::string user, std::string password) const {
    MqttConfig config;
    config.servers = {std::format("127.0.0.1:{}", broker_->port())};
    config.user = std::move(user);
    config.password = std::move(password);
    config.version = GetParam();
    return config;
  }
  HostConfig host_config() const {
    HostConfig config{.groups = {"site"}};
    config.mqtt = mqtt("hub", "h");
    return config;
  }
  std::unique_ptr<HostApplications> make_host(const HostConfig& config,
                                              const HostMemory& memory = {}) {
    return std::move(
        *HostApplications::create(config, memory, {clock_, hub_metrics_, base::Random(2)}));
  }
  void start() {
    host_->start(hub_);
    ASSERT_TRUE(node_->start({{"pump", "flow", "Flow", model::ValueType::kF64, "m"}}, edge_));
    ASSERT_TRUE(eventually([&] { return hub_.ups() >= 1; }));
    ASSERT_TRUE(eventually([&] { return edge_.connects >= 1; }));
  }
  bool send(std::uint64_t sequence) {
    return node_->send({{}, model::Sequence(sequence)}, batch_of(20), false) ==
           pipeline::Sending::kSent;
  }

  base::SystemClock clock_;
  base::Metrics hub_metrics_, edge_metrics_;
  Hub hub_;
  Edge edge_;
  std::unique_ptr<net::MosquittoBroker> broker_;
  std::unique_ptr<HostApplications> host_;
  std::unique_ptr<EdgeNode> node_;
};

TEST_P(LinkTest, BatchesGoUpAndAcknowledgementsComeDown) {
  start();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    ASSERT_TRUE(eventually([&] { return send(i); }));
  }
  ASSERT_TRUE(eventually([&] { return hub_.batches() == 200; }));
  EXPECT_EQ(hub_.last(), batch_of(20));
  pipeline::Acknowledgement ack;
  ack.session = 7;
  ack.committed.add({model::Sequence(1), model::Sequence(200)});
  host_->acknowledge("edge", ack);
  ASSERT_TRUE(eventually([&] { return edge_.acks == 1; }));
  EXPECT_EQ(edge_.last().committed, ack.committed);
  pipeline::BatchesLost lost;
  lost.range = {model::Sequence(201), model::Sequence(202)};
  EXPECT_TRUE(node_->send(lost));
  EXPECT_TRUE(node_->send(pipeline::OriginStatus{}));
  EXPECT_TRUE(eventually([&] { return hub_.lost() == 1 && hub_.statuses() == 1; }));
}

TEST_P(LinkTest, EverythingIsBornAgainAfterTheBrokerWasKilled) {
  start();
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(eventually([&] { return send(static_cast<std::uint64_t>(round)); }));
    ASSERT_TRUE(eventually([&] { return hub_.batches() == static_cast<std::size_t>(round); }));
    const std::size_t ups = hub_.ups();
    const int connects = edge_.connects;
    ::kill(broker_->pid(), SIGKILL);
    ASSERT_TRUE(eventually([&] { return edge_.disconnects >= round; }));
    ASSERT_TRUE(eventually([&] { return hub_.ups() > ups && edge_.connects > connects; }));
  }
  ASSERT_TRUE(eventually([&] { return send(100); }));
  EXPECT_TRUE(eventually([&] { return hub_.batches() == 4; }));
}

TEST_P(LinkTest, AnEdgeWaitsForItsHostAndComesBackWithIt) {
  ASSERT_TRUE(node_->start({{"pump", "flow", "Flow", model::ValueType::kF64, "m"}}, edge_));
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(edge_.connects, 0);
  EXPECT_FALSE(send(1));
  host_->start(hub_);
  ASSERT_TRUE(eventually([&] { return edge_.connects == 1; }));
  host_->stop();
  ASSERT_TRUE(eventually([&] { return edge_.disconnects == 1; }));
  EXPECT_FALSE(send(1));
  host_ = make_host(host_config());
  host_->start(hub_);
  ASSERT_TRUE(eventually([&] { return edge_.connects == 2; }));
  ASSERT_TRUE(eventually([&] { return send(1); }));
  EXPECT_TRUE(eventually([&] { return hub_.batches() == 1; }));
}

TEST_P(LinkTest, ACommandGoesDownItsAnswerComesUpAndAnEdgeThatIsAwayIsSaidToBe) {
  start();
  std::mutex mutex;
  std::vector<base::Result<void>> results;
  const auto done = [&](const base::Result<void>& result) {
    const std::lock_guard lock(mutex);
    results.push_back(result);
  };
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return results.size();
  };
  pipeline::Command command{
      .id = {{1}}, .thing = "pump", .name = "speed", .value = 12.5, .deadline = clock_.now() + 10s};
  host_->send("edge", command, done);
  ASSERT_TRUE(eventually([&] { return edge_.commands().size() == 1; }));
  EXPECT_EQ(edge_.commands()[0].value, model::Value(12.5));
  EXPECT_TRUE(node_->send(pipeline::CommandAnswer{command.id, {}}));
  ASSERT_TRUE(eventually([&] { return count() == 1; }));
  EXPECT_TRUE(results[0]);

  command.id = {{2}};
  command.patience = 100ms;
  host_->send("edge", command, done);
  ASSERT_TRUE(eventually([&] { return count() == 2; })) << "nobody answers";
  EXPECT_EQ(results[1].error().code, base::ErrorCode::kTimeout);

  command.id = {{3}};
  command.patience = 1min;
  host_->send("edge", command, done);
  ASSERT_TRUE(eventually([&] { return edge_.commands().size() == 3; }));
  node_->stop();
  ASSERT_TRUE(eventually([&] { return count() == 3; })) << "it went away before it answered";
  EXPECT_EQ(results[2].error().code, base::ErrorCode::kUnavailable);
  host_->send("edge", command, done);
  ASSERT_EQ(count(), 4U) << "at once";
  EXPECT_EQ(results[3].error().what, "edge 'edge' is not connected");
  host_->send("stranger", command, done);
  EXPECT_EQ(count(), 5U);
}

TEST_P(LinkTest, AGoodbyeIsADeath) {
  start();
  node_->stop();
  EXPECT_TRUE(eventually([&] { return hub_.downs() == 1; }));
}

// A third-party node and whoever else is at the broker, by hand.
class Stranger final : public net::MqttEvents {
 public:
  explicit Stranger(std::uint16_t port, std::string group)
      : port_(port), group_(std::move(group)) {}

  net::MqttDial next_dial() override { return {"127.0.0.1", port_, std::nullopt}; }
  void connected() override {}
  void subscribed(bool is_granted) override { is_granted_ = is_granted; }
  void received(std::string_view topic, std::string_view payload, net::Retain) override {
    const std::lock_guard lock(mutex_);
    messages_.emplace_back(topic, payload);
  }
  void ended(const net::MqttEnd&) override {}

  std::vector<std::string> with(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> payloads;
    for (const auto& [topic, payload] : messages_) {
      if (topic.contains(part)) payloads.push_back(payload);
    }
    return payloads;
  }
  net::MqttMessage birth() const {
    codec::sparkplug::Payload payload;
    payload.timestamp_ms = 1'700'000'000'000;
    payload.seq = 0;
    auto& metric = payload.metrics.emplace_back();
    metric.name = "level";
    metric.timestamp_ms = 1'700'000'000'000;
    metric.datatype = codec::sparkplug::DataType::kDouble;
    metric.value = codec::sparkplug::WireValue::of_double(1.5);
    std::string bytes;
    codec::sparkplug::encode(payload, bytes);
    return {std::format("spBv1.0/{}/NBIRTH/meter", group_), std::move(bytes)};
  }
  std::atomic<bool> is_granted_ = false;

 private:
  const std::uint16_t port_;
  const std::string group_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> messages_;
};

class StrangerTest : public LinkTest {
 protected:
  std::unique_ptr<net::MqttSession> session_of(Stranger& stranger, std::string id) {
    net::MqttOptions options = mqtt_options(mqtt("all", "secret"), std::move(id));
    auto session =
        std::move(*net::MqttSession::create(std::move(options), stranger, clock_, base::Random(3)));
    session->start();
    EXPECT_TRUE(eventually([&] { return session->is_connected(); }));
    EXPECT_TRUE(session->subscribe({"spBv1.0/#"}, net::Qos::kAtLeastOnce));
    EXPECT_TRUE(eventually([&] { return stranger.is_granted_.load(); }));
    return session;
  }
};

TEST_P(StrangerTest, AGroupThatNobodyNamedIsOwnedOnceItsNodeSpeaks) {
  host_->start(hub_);
  ASSERT_TRUE(eventually([&] { return host_->is_connected(); }));
  Stranger first(broker_->port(), "a"), stranger(broker_->port(), "Plant B");
  const auto other = session_of(first, "first"), session = session_of(stranger, "meter");
  ASSERT_TRUE(eventually([&] {  // the listener has subscribed
    (void)other->publish(first.birth());
    return host_->groups().size() == 2;
  }));
  ASSERT_TRUE(session->publish(stranger.birth()));
  ASSERT_TRUE(eventually([&] { return host_->groups().size() == 3; }));
  EXPECT_EQ(host_->groups(), (std::vector<std::string>{"Plant B", "a", "site"}));
  ASSERT_TRUE(eventually([&] { return !stranger.with("/NCMD/meter").empty(); }));
  ASSERT_FALSE(stranger.with("STATE/millrace-Plant B").empty());
  EXPECT_TRUE(stranger.with("STATE/millrace-Plant B").front().contains("true"));
  ASSERT_TRUE(session->publish(stranger.birth()));
  ASSERT_TRUE(eventually([&] { return hub_.has_up("plant-b.meter"); }));
  session->stop(net::Farewell::kPlain);
}

TEST_P(StrangerTest, TheNumberOfGroupsHasALimitThatIsCounted) {
  HostConfig config = host_config();
  config.groups_max = 2;
  host_ = make_host(config);
  start();
  Stranger first(broker_->port(), "b"), second(broker_->port(), "c");
  const auto one = session_of(first, "first");
  ASSERT_TRUE(eventually([&] {
    (void)one->publish(first.birth());
    return host_->groups().size() == 2;
  }));
  const auto two = session_of(second, "second");
  ASSERT_TRUE(eventually([&] {
    (void)two->publish(second.birth());
    return hub_metrics_.render().contains(R"(faults_total{kind="group_limit"} )") &&
           !hub_metrics_.render().contains(R"(faults_total{kind="group_limit"} 0)");
  }));
  EXPECT_EQ(host_->groups(), (std::vector<std::string>{"b", "site"}));
  EXPECT_EQ(host_->own("d").error().code, base::ErrorCode::kLimited);
  // Who was there goes on. DATA may get lost (QoS 0): a batch is sent until it is there.
  EXPECT_TRUE(eventually([&] {
    (void)send(1);
    return hub_.batches() >= 1;
  }));
  one->stop(net::Farewell::kPlain);
  two->stop(net::Farewell::kPlain);
}

TEST_P(StrangerTest, AHubThatComesBackAsksTheNodesItKnew) {
  const HostMemory memory{.names = {{NameKind::kOrigin, "plant-b.meter-1", "Plant B/meter"}},
                          .things = {}};
  host_ = make_host(host_config(), memory);
  Stranger stranger(broker_->port(), "Plant B");
  const auto session = session_of(stranger, "meter");
  host_->start(hub_);
  ASSERT_TRUE(eventually([&] { return !stranger.with("/NCMD/meter").empty(); }));
  ASSERT_TRUE(session->publish(stranger.birth()));
  EXPECT_TRUE(eventually([&] { return hub_.has_up("plant-b.meter-1"); }));  // called as before
  EXPECT_TRUE(std::ranges::none_of(
      host_->take_new_names(), [](const GivenName& one) { return one.kind == NameKind::kOrigin; }));
  session->stop(net::Farewell::kPlain);
}

const auto kVersions = ::testing::Values(net::MqttVersion::k311, net::MqttVersion::k5);
const auto kVersionName = [](const auto& version) {
  return version.param == net::MqttVersion::k5 ? "Mqtt5" : "Mqtt311";
};
INSTANTIATE_TEST_SUITE_P(Versions, LinkTest, kVersions, kVersionName);
INSTANTIATE_TEST_SUITE_P(Versions, StrangerTest, kVersions, kVersionName);

}  // namespace
}  // namespace millrace::connector::sparkplug
