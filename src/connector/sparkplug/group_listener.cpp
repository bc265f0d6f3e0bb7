#include "connector/sparkplug/group_listener.h"

#include "base/log.h"

namespace millrace::connector::sparkplug {
namespace {

const std::vector<std::string> kBirths = {"spBv1.0/+/NBIRTH/+"};
const std::vector<std::string> kOthers = {"spBv1.0/+/NDATA/+", "spBv1.0/+/DBIRTH/+/+",
                                          "spBv1.0/+/DDATA/+/+"};

}  // namespace

GroupListener::GroupListener(HostConfig config, std::vector<Server> servers,
                             ListenerActions& actions)
    : config_(std::move(config)), servers_(std::move(servers)), actions_(actions) {}

net::MqttDial GroupListener::dial() {
  return {.host = servers_[server_].host, .port = servers_[server_].port, .will = std::nullopt};
}

void GroupListener::connected(base::MonotonicTime now) {
  is_connected_ = true;
  actions_.subscribe(kBirths);
  begin_scan(now);
}

void GroupListener::begin_scan(base::MonotonicTime now) {
  is_scanning_ = true;
  next_ = now + config_.scan_time;
  actions_.subscribe(kOthers);
}

void GroupListener::subscribed(bool is_granted) {
  if (is_granted) return;
  base::log::error("sparkplug: the broker refuses to let us listen for groups");
  actions_.disconnect();
}

void GroupListener::received(std::string_view text) {
  const auto topic = codec::sparkplug::parse_topic(text);
  if (topic && topic->type != codec::sparkplug::MessageType::kState) {
    actions_.heard(topic->group, topic->node);
  }
}

void GroupListener::ended(const net::MqttEnd& end) {
  is_connected_ = is_scanning_ = false;
  if (!end.was_connected) server_ = (server_ + 1) % servers_.size();
}

void GroupListener::tick(base::MonotonicTime now) {
  if (!is_connected_ || now < next_) return;
  if (!is_scanning_) return begin_scan(now);
  is_scanning_ = false;
  next_ = now + config_.scan_interval;
  actions_.unsubscribe(kOthers);
}

}  // namespace millrace::connector::sparkplug
