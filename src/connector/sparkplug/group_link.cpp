#include "connector/sparkplug/group_link.h"

#include <thread>

#include "base/log.h"

namespace millrace::connector::sparkplug {
namespace {

constexpr int kStopTicks = 100;
constexpr std::chrono::milliseconds kStopTick{10};

std::string client_id_of(const MqttConfig& config, const std::string& group) {
  return config.client_id.empty() ? host_id(group) : std::format("{}-{}", config.client_id, group);
}

}  // namespace

GroupLink::GroupLink(HostConfig config, std::string group, std::vector<Server> servers, Deps deps)
    : config_(std::move(config)),
      group_(std::move(group)),
      deps_(std::move(deps)),
      session_(config_, group_, std::move(servers),
               {*this, deps_.counters, deps_.names, deps_.limits}) {}

GroupLink::~GroupLink() = default;

base::Result<void> GroupLink::start(const std::vector<std::string>& expected) {
  auto options = mqtt_options(config_.mqtt, {});
  options.client_id = client_id_of(config_.mqtt, group_);
  MILLRACE_LET(mqtt_, net::MqttSession::create(std::move(options), *this, deps_.clock,
                                               std::move(deps_.random)));
  for (const std::string& node : expected) session_.expect(node, clocks());
  mqtt_->start();
  return {};
}

void GroupLink::stop() {
  leave();
  for (int i = 0; i < kStopTicks && mqtt_->is_connected() && !has_left_; ++i) {
    std::this_thread::sleep_for(kStopTick);
  }
  mqtt_->stop(net::Farewell::kPlain);
}

void GroupLink::acknowledge(const std::string& node, const pipeline::Acknowledgement& ack) {
  const codec::sparkplug::Topic topic{codec::sparkplug::MessageType::kNcmd, group_, node, {}};
  publish({to_text(topic), acknowledge_payload(ack, deps_.clock.now()), net::Qos::kAtMostOnce,
           net::Retain::kNo});
}

// tck-id-payloads-dcmd-qos and -retain: at most once, and never kept.
base::Result<void> GroupLink::command(const std::string& node, const pipeline::Command& command) {
  const codec::sparkplug::Topic topic{codec::sparkplug::MessageType::kDcmd, group_, node,
                                      command.thing};
  return mqtt_->publish({to_text(topic), command_payload(command, deps_.clock.now()),
                         net::Qos::kAtMostOnce, net::Retain::kNo});
}

void GroupLink::let_go(std::string node) {
  const std::lock_guard lock(mutex_);
  doomed_.push_back(std::move(node));
}

void GroupLink::take_doomed() {
  const std::lock_guard lock(mutex_);
  dead_ = std::exchange(doomed_, {});
}

void GroupLink::tick() {
  deps_.commands.expire(deps_.clock.monotonic());
  for (const std::string& node : std::exchange(dead_, {})) session_.let_go(node, clocks());
  take_doomed();
  session_.tick(clocks());
  if (!is_leaving_ || has_left_) return;
  session_.leave(clocks());
  has_left_ = true;
}

void GroupLink::subscribe(std::vector<std::string> filters) {
  (void)mqtt_->subscribe(std::move(filters), net::Qos::kAtLeastOnce);
}

void GroupLink::publish(net::MqttMessage message) {
  const auto sent = mqtt_->publish(std::move(message));
  if (!sent) base::log::debug("sparkplug: not sent: {}", sent.error().what);
}

}  // namespace millrace::connector::sparkplug
