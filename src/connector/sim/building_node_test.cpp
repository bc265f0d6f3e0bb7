#include "connector/sim/building_node.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/time_text.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_topic.h"
#include "net/mqtt_fixture.h"

namespace millrace::sim {
namespace {

using namespace std::chrono_literals;
using codec::sparkplug::DataType;
using codec::sparkplug::Metric;
using codec::sparkplug::Payload;
using codec::sparkplug::WireValue;
using net::eventually;

const base::Time kBuildingStart = *base::parse_time("2026-03-04T10:00:00Z");
constexpr std::uint64_t kStartMs = 1772618400000;

/// A message as it came, decoded; the views of `payload` point into `bytes`.
struct Heard {
  std::string topic;
  std::shared_ptr<const std::string> bytes;
  Payload payload;
  bool is_retained = false;

  const Metric* find(std::string_view name) const {
    const auto found = std::ranges::find(payload.metrics, name, &Metric::name);
    return found == payload.metrics.end() ? nullptr : &*found;
  }
  const Metric* find(std::uint64_t alias) const {
    const auto found = std::ranges::find(payload.metrics, std::optional(alias), &Metric::alias);
    return found == payload.metrics.end() ? nullptr : &*found;
  }
};

/// A host application that only listens.
class Listener final : public net::MqttEvents {
 public:
  explicit Listener(std::uint16_t port) : port_(port) {}
  net::MqttDial next_dial() override { return {"127.0.0.1", port_, std::nullopt}; }
  void connected() override {}
  void subscribed(bool is_granted) override { is_granted_ = is_granted; }
  void received(std::string_view topic, std::string_view payload, net::Retain retained) override {
    Heard heard{std::string(topic),
                std::make_shared<const std::string>(payload),
                {},
                retained == net::Retain::kYes};
    EXPECT_TRUE(codec::sparkplug::decode(*heard.bytes, heard.payload));
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(heard));
  }
  void ended(const net::MqttEnd&) override {}

  bool is_granted() const { return is_granted_; }
  std::vector<Heard> all() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  std::vector<Heard> of(std::string_view type) const {
    std::vector<Heard> found;
    for (const Heard& heard : all()) {
      if (heard.topic.contains(std::format("/{}/", type))) found.push_back(heard);
    }
    return found;
  }

 private:
  const std::uint16_t port_;
  std::atomic<bool> is_granted_ = false;
  mutable std::mutex mutex_;
  std::vector<Heard> heard_;
};

class BuildingNodeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_->start());
    listener_ = std::make_unique<Listener>(broker_->port());
    session_ = net::session_for(net::options_for("listener"), *listener_);
    session_->start();
    ASSERT_TRUE(eventually([&] { return session_->is_connected(); }));
    ASSERT_TRUE(session_->subscribe({"spBv1.0/#"}, net::Qos::kAtLeastOnce));
    ASSERT_TRUE(eventually([&] { return listener_->is_granted(); }));
    auto plant = make_building_plant({.seed = 3, .start = kBuildingStart});
    ASSERT_TRUE(plant);
    thing_ = plant->things()[0];
    plant->step(100ms, [this](base::Time, std::span<const SimReading> readings) {
      current_.assign(readings.begin(), readings.end());
    });
  }
  void TearDown() override { node_.reset(); }

  void start_node() {
    BuildingNodeOptions options;
    options.port = broker_->port();
    options.user = "building";
    options.password = "brick";
    options.group = "campus";
    options.node = "bms";
    options.interval = 200ms;
    node_ = std::move(*BuildingNode::create(options, thing_, net::system_clock(), base::Random(1)));
    node_->start([this] {
      const std::lock_guard lock(mutex_);
      return current_;
    });
    ASSERT_TRUE(eventually([&] { return listener_->of("DBIRTH").size() == 1; }));
  }

  /// The sensor says something new.
  void say(std::string_view property, model::Value value, model::Quality quality = {}) {
    const std::lock_guard lock(mutex_);
    auto& sample = current_[find_property(thing_, property)].sample;
    sample = {sample.time + 1s, std::move(value), quality};
  }
  std::uint64_t alias(std::string_view property) const {
    return *listener_->of("DBIRTH").front().find(property)->alias;
  }
  /// The latest metric of a property in DDATA, when `count` messages have come.
  std::optional<Metric> nth_data(std::size_t count, std::string_view property) {
    EXPECT_TRUE(eventually([&] { return listener_->of("DDATA").size() == count; }));
    kept_ = listener_->of("DDATA");
    if (kept_.size() < count) return std::nullopt;
    const Metric* metric = kept_[count - 1].find(alias(property));
    return metric ? std::optional(*metric) : std::nullopt;
  }
  void command_rebirth() {
    Payload payload;
    Metric& metric = payload.metrics.emplace_back();
    metric.name = "Node Control/Rebirth";
    metric.datatype = DataType::kBoolean;
    metric.value = WireValue::of_bool(true);
    std::string bytes;
    encode(payload, bytes);
    ASSERT_TRUE(session_->publish({"spBv1.0/campus/NCMD/bms", bytes}));
  }

  std::unique_ptr<net::MosquittoBroker> broker_ = net::broker_in(
      net::scratch("building"), {net::sparkplug_node_user("building", "brick", "campus", "bms"),
                                 {"all", "secret", {{net::TopicAccess::kReadWrite, "#"}}}});
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<net::MqttSession> session_;
  std::unique_ptr<BuildingNode> node_;
  std::mutex mutex_;
  std::vector<SimReading> current_;
  std::vector<Heard> kept_;
  ThingSpec thing_;
};

TEST_F(BuildingNodeTest, IsBornWithNamesTypesUnitsAndCurrentValues) {
  start_node();
  const auto all = listener_->all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].topic, "spBv1.0/campus/NBIRTH/bms");
  EXPECT_EQ(all[0].payload.seq, 0U);
  EXPECT_FALSE(all[0].payload.body || all[0].is_retained);
  ASSERT_EQ(all[0].payload.metrics.size(), 2U);
  EXPECT_EQ(all[0].find("bdSeq")->datatype, DataType::kInt64);
  EXPECT_EQ(all[0].find("bdSeq")->value, WireValue::of_long(0));
  EXPECT_EQ(all[0].find("Node Control/Rebirth")->value, WireValue::of_bool(false));
  EXPECT_EQ(all[1].topic, "spBv1.0/campus/DBIRTH/bms/building-1");
  EXPECT_EQ(all[1].payload.seq, 1U);
  ASSERT_EQ(all[1].payload.metrics.size(), 8U);
  const Metric* power = all[1].find("power");
  ASSERT_TRUE(power && power->alias);
  EXPECT_EQ(power->datatype, DataType::kDouble);
  EXPECT_EQ(power->unit, "kW");
  EXPECT_EQ(power->timestamp_ms, kStartMs + 100);
  EXPECT_EQ(power->value.as_double(), std::get<double>(current_[6].sample.value));
  EXPECT_EQ(all[1].find("occupancy")->datatype, DataType::kUInt64);
  EXPECT_EQ(all[1].find("hvac_mode")->datatype, DataType::kString);
  EXPECT_TRUE(all[1].find("hvac_mode")->unit.empty());
}

TEST_F(BuildingNodeTest, SaysWhatChangedByAliasAndNothingElse) {
  start_node();
  say("power", 12.5);
  const auto power = nth_data(1, "power");
  ASSERT_TRUE(power);
  EXPECT_EQ(kept_[0].payload.metrics.size(), 1U);
  EXPECT_EQ(kept_[0].payload.seq, 2U);
  EXPECT_TRUE(power->name.empty() && !power->datatype && !power->quality);
  EXPECT_EQ(power->value, WireValue::of_double(12.5));
  EXPECT_EQ(power->timestamp_ms, kStartMs + 1100);
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(listener_->of("DDATA").size(), 1U);
  say("hvac_mode", std::string("cooling"));
  EXPECT_EQ(nth_data(2, "hvac_mode")->value.bytes, "cooling");
  EXPECT_EQ(kept_[1].payload.seq, 3U);
}

TEST_F(BuildingNodeTest, BadValuesCarryTheirQualityAndTheFirstGoodOneSaysSo) {
  start_node();
  say("power", std::monostate{}, model::Quality::from_opcua(0x80310000U));
  auto power = nth_data(1, "power");
  ASSERT_TRUE(power);
  EXPECT_TRUE(power->is_null);
  EXPECT_EQ(power->quality, 0);
  say("power", 3.0);
  power = nth_data(2, "power");
  EXPECT_EQ(power->quality, 192);
  EXPECT_EQ(power->value, WireValue::of_double(3.0));
  say("power", std::numeric_limits<double>::quiet_NaN());
  power = nth_data(3, "power");
  EXPECT_TRUE(std::isnan(power->value.as_double()));
  EXPECT_FALSE(power->quality);
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(listener_->of("DDATA").size(), 3U);  // NaN that stays NaN has not changed
}

TEST_F(BuildingNodeTest, IsBornAgainOnRequestWithTheSameBdSeqAndSeqFromZero) {
  start_node();
  say("power", 12.5);
  (void)nth_data(1, "power");
  command_rebirth();
  ASSERT_TRUE(eventually([&] { return listener_->of("DBIRTH").size() == 2; }));
  const auto births = listener_->of("NBIRTH");
  ASSERT_EQ(births.size(), 2U);
  EXPECT_EQ(births[1].payload.seq, 0U);
  EXPECT_EQ(births[1].find("bdSeq")->value, WireValue::of_long(0));
  EXPECT_EQ(listener_->of("DBIRTH")[1].payload.seq, 1U);
  EXPECT_EQ(listener_->of("DBIRTH")[1].find("power")->value, WireValue::of_double(12.5));
  say("power", 13.5);
  EXPECT_EQ(nth_data(2, "power")->value, WireValue::of_double(13.5));
  EXPECT_EQ(kept_[1].payload.seq, 2U);
}

TEST_F(BuildingNodeTest, AStopPublishesTheDeathOnceWithTheBdSeqOfItsBirth) {
  start_node();
  node_->stop();
  EXPECT_FALSE(node_->is_born());
  ASSERT_TRUE(eventually([&] { return listener_->of("NDEATH").size() == 1; }));
  const auto deaths = listener_->of("NDEATH");
  EXPECT_EQ(deaths[0].topic, "spBv1.0/campus/NDEATH/bms");
  ASSERT_EQ(deaths[0].payload.metrics.size(), 1U);
  EXPECT_EQ(deaths[0].find("bdSeq")->value, WireValue::of_long(0));
  EXPECT_FALSE(deaths[0].payload.seq);
}

/// Throws the node out of the broker by taking its client id, so that its will is published.
TEST_F(BuildingNodeTest, ABrokenConnectionIsFollowedByItsWillAndABirthWithTheNextBdSeq) {
  start_node();
  {
    Listener rival_events(broker_->port());
    const auto rival = net::session_for(net::options_for("campus.bms"), rival_events);
    rival->start();
    ASSERT_TRUE(eventually([&] { return listener_->of("NDEATH").size() == 1; }));
    EXPECT_EQ(listener_->of("NDEATH")[0].find("bdSeq")->value, WireValue::of_long(0));
  }
  ASSERT_TRUE(eventually([&] { return listener_->of("NBIRTH").size() >= 2; }));
  const auto births = listener_->of("NBIRTH");
  EXPECT_GE(births.back().find("bdSeq")->value.bits, 1U);
  EXPECT_EQ(births.back().payload.seq, 0U);
}

TEST(BuildingNode, AGroupThatIsNoSparkplugIdIsRefused) {
  BuildingNodeOptions options;
  options.group = "a/b";
  options.node = "bms";
  ThingSpec thing;
  thing.name = "building-1";
  const auto made = BuildingNode::create(options, thing, net::system_clock(), base::Random(1));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::ErrorCode::kInvalid);
}

}  // namespace
}  // namespace millrace::sim
