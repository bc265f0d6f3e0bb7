#include "connector/sparkplug/source.h"

#include <map>
#include <mutex>

#include "base/log.h"
#include "connector/sparkplug/group_link.h"
#include "connector/sparkplug/group_listener.h"

namespace millrace::connector::sparkplug {
namespace {

base::Result<void> check_group(const std::string& group) {
  if (codec::sparkplug::is_id(group)) return {};
  return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is no Sparkplug group", group),
                    "A group is not empty and has no + / #.");
}

/// The nodes that were given an origin's name, by group.
std::map<std::string, std::vector<std::string>> nodes_of(const std::vector<GivenName>& names) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (const GivenName& one : names) {
    const std::size_t slash = one.path.find('/');
    if (one.kind != NameKind::kOrigin || slash == one.path.npos) continue;
    nodes[one.path.substr(0, slash)].push_back(one.path.substr(slash + 1));
  }
  return nodes;
}

}  // namespace

/// The links of all groups, the listener, and the way to each origin.
class HostApplications::Groups final : private pipeline::InboundSink,
                                       private net::MqttEvents,
                                       private ListenerActions {
 public:
  Groups(HostConfig config, std::vector<Server> servers, const HostMemory& memory, Deps deps)
      : config_(std::move(config)),
        servers_(std::move(servers)),
        deps_(std::move(deps)),
        counters_(deps_.metrics),
        names_(config_.thing_names, memory.names),
        limits_(config_.rebirths_per_second_max, config_.nodes_max),
        expected_(nodes_of(memory.names)),
        listener_(config_, servers_, *this) {
    for (const auto& [thing, origin] : memory.things) names_.reserve_thing(thing, origin);
  }

  base::Result<void> open() {
    if (!config_.finds_groups) return {};
    const std::uint64_t number = deps_.random.next();
    auto options = mqtt_options(config_.mqtt, std::format("millrace-listener-{:016x}", number));
    MILLRACE_LET(mqtt_, net::MqttSession::create(std::move(options), *this, deps_.clock,
                                                 base::Random(deps_.random.next())));
    return {};
  }

  void start(pipeline::InboundSink& sink) {
    sink_ = &sink;
    for (const std::string& group : config_.groups) own_or_log(group);
    if (config_.finds_groups) {
      for (const auto& [group, nodes] : expected_) own_or_log(group);
    }
    if (mqtt_) mqtt_->start();
  }

  void stop() {
    if (mqtt_) mqtt_->stop(net::Farewell::kPlain);  // from here on no group is added by itself
    std::map<std::string, std::unique_ptr<GroupLink>, std::less<>> links;
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
      ways_.clear();
      links.swap(links_);
    }
    pending_.stop();
    for (const auto& [group, link] : links) link->leave();
    for (const auto& [group, link] : links) link->stop();
  }

  base::Result<void> own(const std::string& group) {
    MILLRACE_TRY(check_group(group));
    const std::lock_guard lock(mutex_);
    if (is_stopped_ || links_.contains(group)) return {};
    if (links_.size() >= config_.groups_max) {
      return base::fail(base::ErrorCode::kLimited,
                        std::format("group '{}' is not taken: {} are", group, links_.size()),
                        "Name the groups that this hub is to own.");
    }
    auto link =
        std::make_unique<GroupLink>(config_, group, servers_,
                                    GroupLink::Deps{deps_.clock, *this, counters_, names_, limits_,
                                                    pending_, base::Random(deps_.random.next())});
    MILLRACE_TRY(link->start(expected_[group]));
    base::log::info("sparkplug: {} owns group '{}'", host_id(group), group);
    links_.emplace(group, std::move(link));
    counters_.groups.set(static_cast<double>(links_.size()));
    return {};
  }

  void send(const std::string& origin, const pipeline::Command& command, Done done) {
    // Waited for before it is sent: the answer may be faster.
    pending_.add(command.id, origin, deps_.clock.monotonic() + command.patience, std::move(done));
    if (auto sent = try_send(origin, command); !sent) {
      pending_.answered(origin, {command.id, std::move(sent)});
    }
  }

  void let_go(const std::string& group, const std::string& node) {
    const std::lock_guard lock(mutex_);
    const auto link = links_.find(group);
    if (link != links_.end()) link->second->let_go(node);
  }

  bool is_connected() const {
    if (mqtt_) return mqtt_->is_connected();
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(links_, [](const auto& one) { return one.second->is_connected(); });
  }

  std::vector<std::string> groups() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [group, link] : links_) all.push_back(group);
    return all;
  }

  std::string thing_of(std::string_view group, std::string_view node, std::string_view device) {
    return names_.thing(group, node, device);
  }
  std::vector<GivenName> take_new_names() { return names_.take_new(); }

  void acknowledge(const std::string& origin, const pipeline::Acknowledgement& ack) {
    const std::lock_guard lock(mutex_);
    const auto way = ways_.find(origin);
    if (way == ways_.end()) return;
    const auto link = links_.find(way->second.group);
    if (link != links_.end()) link->second->acknowledge(way->second.node, ack);
  }

 private:
  struct Way {
    std::string group;
    std::string node;
    bool is_edge = false;    // a Millrace edge
    bool is_online = false;  // and the sink knows it
  };

  base::Result<void> try_send(const std::string& origin, const pipeline::Command& command) const {
    const std::lock_guard lock(mutex_);
    const auto way = ways_.find(origin);
    if (way == ways_.end() || !way->second.is_online) {
      return base::fail_for_now(base::ErrorCode::kUnavailable,
                                std::format("edge '{}' is not connected", origin),
                                "Check whether it runs and reaches the broker.");
    }
    if (!way->second.is_edge) {
      return base::fail(base::ErrorCode::kUnsupported,
                        std::format("'{}' is not a Millrace edge: it would not answer", origin),
                        "Bind the device through an edge.");
    }
    const auto link = links_.find(way->second.group);
    if (link == links_.end()) {
      return base::fail_for_now(base::ErrorCode::kUnavailable, "the hub stops");
    }
    return link->second->command(way->second.node, command);
  }

  void own_or_log(const std::string& group) {
    if (const auto owned = own(group); !owned) {
      base::log::warning("sparkplug: {}", base::describe(owned.error()));
    }
  }

  bool offer(pipeline::Inbound inbound) override {
    std::string origin;
    if (const auto* up = std::get_if<pipeline::OriginUp>(&inbound)) {
      origin = up->origin;
      const std::lock_guard lock(mutex_);
      ways_[origin] = {up->group, up->node, up->kind == pipeline::OriginKind::kMillrace};
    }
    if (const auto* down = std::get_if<pipeline::OriginDown>(&inbound)) went_down(down->origin);
    const bool is_taken = sink_->offer(std::move(inbound));
    if (!origin.empty()) set_online(origin, is_taken);
    return is_taken;
  }

  void set_online(const std::string& origin, bool is_online) {
    const std::lock_guard lock(mutex_);
    const auto way = ways_.find(origin);
    if (way != ways_.end()) way->second.is_online = is_online;
  }

  void went_down(const std::string& origin) {
    set_online(origin, false);
    pending_.went_down(origin);
  }

  net::MqttDial next_dial() override { return listener_.dial(); }
  void connected() override { listener_.connected(deps_.clock.monotonic()); }
  void subscribed(bool is_granted) override { listener_.subscribed(is_granted); }
  void received(std::string_view topic, std::string_view, net::Retain) override {
    listener_.received(topic);
  }
  void ended(const net::MqttEnd& end) override { listener_.ended(end); }
  void tick() override { listener_.tick(deps_.clock.monotonic()); }

  void subscribe(std::vector<std::string> filters) override {
    (void)mqtt_->subscribe(std::move(filters), net::Qos::kAtMostOnce);
  }
  void unsubscribe(std::vector<std::string> filters) override {
    (void)mqtt_->unsubscribe(std::move(filters));
  }
  void disconnect() override { mqtt_->disconnect(net::Farewell::kPlain); }

  void heard(std::string_view group, std::string_view node) override {
    {
      const std::lock_guard lock(mutex_);
      if (links_.contains(group) || is_stopped_) return;
      if (links_.size() >= config_.groups_max) {
        counters_.group_limit.add();
        if (std::exchange(has_warned_, true)) return;
      } else {
        expected_[std::string(group)].emplace_back(node);
      }
    }
    own_or_log(std::string(group));
  }

  const HostConfig config_;
  const std::vector<Server> servers_;
  Deps deps_;
  HostCounters counters_;
  HostNames names_;
  HostLimits limits_;
  PendingCommands pending_;
  pipeline::InboundSink* sink_ = nullptr;

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> expected_;              // nodes by group
  std::map<std::string, std::unique_ptr<GroupLink>, std::less<>> links_;  // by group
  std::map<std::string, Way> ways_;                                       // by origin
  bool is_stopped_ = false;
  bool has_warned_ = false;  // of groups_max

  GroupListener listener_;  // on the loop thread of mqtt_
  std::unique_ptr<net::MqttSession> mqtt_;
};

base::Result<std::unique_ptr<HostApplications>> HostApplications::create(HostConfig config,
                                                                         const HostMemory& memory,
                                                                         Deps deps) {
  for (const std::string& group : config.groups) MILLRACE_TRY(check_group(group));
  MILLRACE_LET(auto servers, parse_servers(config.mqtt.servers));
  auto groups =
      std::make_unique<Groups>(std::move(config), std::move(servers), memory, std::move(deps));
  MILLRACE_TRY(groups->open());
  return std::unique_ptr<HostApplications>(new HostApplications(std::move(groups)));
}

HostApplications::HostApplications(std::unique_ptr<Groups> groups) : groups_(std::move(groups)) {}
HostApplications::~HostApplications() { stop(); }

void HostApplications::start(pipeline::InboundSink& sink) { groups_->start(sink); }
void HostApplications::stop() { groups_->stop(); }
base::Result<void> HostApplications::own(const std::string& group) { return groups_->own(group); }
void HostApplications::let_go(const std::string& group, const std::string& node) {
  groups_->let_go(group, node);
}
bool HostApplications::is_connected() const { return groups_->is_connected(); }
std::vector<std::string> HostApplications::groups() const { return groups_->groups(); }
std::string HostApplications::thing_of(std::string_view group, std::string_view node,
                                       std::string_view device) {
  return groups_->thing_of(group, node, device);
}
std::vector<GivenName> HostApplications::take_new_names() { return groups_->take_new_names(); }
void HostApplications::acknowledge(const std::string& origin,
                                   const pipeline::Acknowledgement& ack) {
  groups_->acknowledge(origin, ack);
}
void HostApplications::send(const std::string& origin, pipeline::Command command, Done done) {
  groups_->send(origin, command, std::move(done));
}

}  // namespace millrace::connector::sparkplug
