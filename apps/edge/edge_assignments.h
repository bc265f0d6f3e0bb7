#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "connector/sparkplug/config.h"
#include "edge/assignment.h"
#include "edge/edge_report.h"
#include "edge/edge_sources.h"
#include "net/mqtt_session.h"

namespace millrace::apps {

/// The edge's half of assignments (docs/adr/011): what the hub wants to be read comes as a retained
/// text, is checked, applied while the edge runs, and kept on disk; what became of it is reported.
/// A text that cannot be used changes nothing and is reported as refused. While no hub is there the
/// kept copy is what is read.
///
/// It has an MQTT session of its own, so that configuration never waits behind a backlog of
/// samples, and one thread that applies and reports; nothing waits on the MQTT thread.
class EdgeAssignments final : private net::MqttEvents {
 public:
  struct Options {
    std::string site;
    std::string edge;
    connector::sparkplug::MqttConfig hub;
    std::filesystem::path data_dir;
    std::vector<EdgeConnection> local;  // of edge.yaml
  };
  struct Deps {
    EdgeSources& sources;
    std::function<std::vector<pipeline::TagFilterFigures>()> filters;
    const base::Clock& clock;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<EdgeAssignments>> create(Options options, Deps deps);
  ~EdgeAssignments() override { stop(); }

  /// Reads what edge.yaml and the kept copy say. Before start(). Errors: invalid, of edge.yaml; a
  /// copy that cannot be used is logged and reported.
  base::Result<void> apply_kept();
  void start();
  void stop();

 private:
  EdgeAssignments(Options options, Deps deps, std::vector<connector::sparkplug::Server> servers);
  net::MqttDial next_dial() override;
  void connected() override;
  void subscribed(bool is_granted) override;
  void received(std::string_view topic, std::string_view payload, net::Retain retained) override;
  void ended(const net::MqttEnd& end) override;

  void loop();
  void take(const std::string& text);
  base::Result<void> apply(const Assignment& assignment);
  void refuse(const base::Error& error, std::int64_t revision);
  void report();
  void report_filters();
  EdgeReport make_report() const;
  bool publish(std::string topic, std::string text);

  const Options options_;
  const Deps deps_;
  const std::vector<connector::sparkplug::Server> servers_;
  std::size_t server_ = 0;  // of the MQTT thread
  std::unique_ptr<net::MqttSession> mqtt_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<std::string> arrived_;
  bool must_report_ = false;
  bool is_stopping_ = false;

  // The thread's only:
  std::string in_force_;                       // its text
  EdgeReport state_;                           // without the connections' states
  std::map<std::string, Conflict> conflicts_;  // by connection
  std::string reported_;
  base::MonotonicTime next_filters_{};
};

}  // namespace millrace::apps
