#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/sparkplug_topic.h"
#include "connector/sparkplug/config.h"
#include "net/mqtt_session.h"

namespace millrace::connector::sparkplug {

/// What a listener does. Called in the order in which things happen.
class ListenerActions {
 public:
  virtual ~ListenerActions() = default;
  virtual void subscribe(std::vector<std::string> filters) = 0;
  virtual void unsubscribe(std::vector<std::string> filters) = 0;
  virtual void disconnect() = 0;
  /// A node has spoken; of which group it is our business is not known here.
  virtual void heard(std::string_view group, std::string_view node) = 0;
};

/// Finds groups that no session owns, as a state machine without sockets. It always hears births of
/// nodes. For `scan_time` after connecting and every `scan_interval` it also hears all other
/// messages of nodes, for those that were born while nobody listened: not longer, because the
/// broker sends each of them twice then. One owner.
class GroupListener {
 public:
  GroupListener(HostConfig config, std::vector<Server> servers, ListenerActions& actions);

  net::MqttDial dial();
  void connected(base::MonotonicTime now);
  void subscribed(bool is_granted);
  void received(std::string_view topic);
  void ended(const net::MqttEnd& end);
  void tick(base::MonotonicTime now);

 private:
  void begin_scan(base::MonotonicTime now);

  const HostConfig config_;
  const std::vector<Server> servers_;
  ListenerActions& actions_;
  std::size_t server_ = 0;
  bool is_connected_ = false;
  bool is_scanning_ = false;
  base::MonotonicTime next_{};  // the scan ends, or begins
};

}  // namespace millrace::connector::sparkplug
