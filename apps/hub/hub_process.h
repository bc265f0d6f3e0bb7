#pragma once

#include <csignal>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/metrics.h"
#include "connector/sparkplug/source.h"
#include "fleet/hub_delivery.h"
#include "http/server.h"
#include "hub/account_file.h"
#include "hub/assignments.h"
#include "hub/topics.h"
#include "hub/wot_link.h"
#include "identity/identity.h"
#include "net/mosquitto_broker.h"
#include "pipeline/ingest.h"
#include "service/services.h"
#include "store/duckdb/duckdb_store.h"
#include "store/sqlite/sqlite_meta_store.h"
#include "unit/units.h"

namespace millrace::apps {

/// What `millrace hub` is told on its command line.
struct HubOptions {
  std::filesystem::path data_dir = "hub-data";
  std::string listen = "127.0.0.1";
  std::uint16_t http_port = 8080;
  std::string name;                       // of the hub, at its first start; empty: a new one
  std::string mqtt_listen = "127.0.0.1";  // IPv4 address of its own broker; 0.0.0.0: all
  std::uint16_t mqtt_port = 0;            // of its own broker; 0: a free one
  std::filesystem::path web_dir;
  std::string broker;  // host:port of a given broker; empty: its own
  std::string broker_user;
  std::string broker_password;
  std::vector<std::string> groups;  // Sparkplug groups owned from the start, beside the accounts'
  std::vector<std::string> topics;  // MQTT filters of devices, beside the accounts' and bindings'
  std::string time_zone;            // as TZ has it; empty: the machine's
  std::string admin_password;       // of the first administrator; empty: generated and shown once
};

/// Everything that runs in the hub, wired and started in order: stores, identity, broker, ingest,
/// host application, services, web server. Main thread only.
class HubProcess {
 public:
  explicit HubProcess(HubOptions options);
  ~HubProcess() { stop(); }

  /// Errors: conflict (another hub has the data directory, a port is taken), what concerns stores.
  base::Result<void> start();
  /// Until one of the signals comes. A thread beside it keeps house: seals when due, takes over
  /// accounts that another process has changed.
  void run(const sigset_t& signals);
  void stop();

 private:
  base::Result<void> open_stores();
  base::Result<void> start_broker();
  base::Result<void> make_host(connector::sparkplug::HostConfig config);
  base::Result<void> start_ingest();
  base::Result<void> start_assignments();
  base::Result<void> start_services();
  void start_sources();
  service::HubFacts facts() const;
  service::Deps service_deps();
  void write_local_token();
  void keep_house(const std::stop_token& stop);
  void keep_house_once(const std::stop_token& stop);
  void keep_retention(const std::stop_token& stop);
  void reload_accounts();
  void note_accounts();
  base::Result<void> follow_accounts();
  void keep_names();

  const HubOptions options_;
  base::SystemClock clock_;
  base::Metrics metrics_;
  base::FileDescriptor lock_;
  std::unique_ptr<store::duckdb::DuckDbStore> series_;
  std::unique_ptr<store::SqliteMetaStore> meta_;
  std::string name_;
  std::unique_ptr<store::SeriesIndex> index_;
  std::unique_ptr<service::Catalogs> catalogs_;
  std::unique_ptr<identity::Identity> identity_;
  AccountFile accounts_;
  std::string hub_password_;  // to its own broker; new with each start
  connector::sparkplug::MqttConfig broker_login_;
  std::unique_ptr<net::MosquittoBroker> broker_;
  std::optional<unit::Units> units_;
  pipeline::LiveFeed live_;
  std::unique_ptr<fleet::OriginBook> book_;
  std::unique_ptr<connector::sparkplug::HostApplications> host_;
  std::shared_ptr<DeviceTopics> topics_;
  std::unique_ptr<fleet::HubDelivery> delivery_;
  std::unique_ptr<pipeline::Ingest> ingest_;
  std::unique_ptr<Assignments> assignments_;
  std::unique_ptr<service::Services> services_;
  std::unique_ptr<WotLink> wot_;
  std::unique_ptr<http::HttpServer> http_;
  std::mutex accounts_mutex_;  // of the next two, and of broker_->set_users()
  std::vector<BrokerAccount> followed_;
  std::vector<BrokerAccount> leaving_;  // to be let go when the broker has taken the accounts
  bool are_users_due_ = false;          // the broker has not taken the accounts yet
  // The house keeper's:
  std::vector<connector::sparkplug::GivenName> unkept_names_;
  std::optional<store::RetentionPolicy> retained_;
  base::MonotonicTime next_retention_{};
  bool has_local_token_ = false;
  std::jthread house_keeper_;
};

}  // namespace millrace::apps
