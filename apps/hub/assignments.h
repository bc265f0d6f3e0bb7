#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "connector/sparkplug/config.h"
#include "hub/account_file.h"
#include "hub/assignment_texts.h"
#include "hub/edge_reports.h"
#include "net/mqtt_session.h"
#include "pipeline/origin_view.h"
#include "service/catalogs.h"

namespace millrace::apps {

/// The hub's half of assignments (docs/adr/011): follows the catalog, keeps each edge's assignment
/// as a retained text on the broker, and hears what edges report.
///
/// The site in an edge's topics is that of its account; on a broker that is not the hub's own, the
/// one it reports under, else the Sparkplug group it was born in. The sites of the things that it
/// feeds say nothing about it: one edge may read machines of two.
///
/// Threads: one of its own builds, publishes and records; an apply only tells it that there is
/// something to do. set_accounts() and reports() from any.
class Assignments final : private net::MqttEvents {
 public:
  struct Deps {
    service::Catalogs& catalogs;
    const pipeline::OriginView& origins;
    const base::Clock& clock;
    /// Makes events durable; waits.
    std::function<base::Result<void>(std::vector<store::Event>)> record;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<Assignments>> create(connector::sparkplug::MqttConfig mqtt,
                                                           Deps deps);
  ~Assignments() override { stop(); }

  void start();
  void stop();
  void set_accounts(const std::vector<BrokerAccount>& accounts);
  const EdgeReports& reports() const { return reports_; }

 private:
  Assignments(Deps deps, std::vector<connector::sparkplug::Server> servers);
  net::MqttDial next_dial() override;
  void connected() override;
  void subscribed(bool is_granted) override;
  void received(std::string_view topic, std::string_view payload, net::Retain retained) override;
  void ended(const net::MqttEnd& end) override;

  struct Work {
    std::map<std::string, std::string> messages;  // newest by topic
    bool must_follow = false;
    bool must_publish = false;
  };
  void loop();
  void take(Work work);
  void take_message(const std::string& topic, const std::string& payload);
  void follow();
  std::string site_of(const std::string& edge) const;
  void place();
  void publish();
  void record();

  const Deps deps_;
  const std::vector<connector::sparkplug::Server> servers_;
  std::size_t server_ = 0;  // of the MQTT thread
  std::unique_ptr<net::MqttSession> mqtt_;
  EdgeReports reports_;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Work work_;
  std::map<std::string, std::string> account_sites_;  // by edge
  bool is_stopping_ = false;

  // The thread's only:
  AssignmentTexts texts_;
  std::size_t edges_known_ = 0;
};

}  // namespace millrace::apps
