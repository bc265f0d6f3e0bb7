#include "hub/hub_process.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <print>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "base/time_text.h"
#include "builtin.h"
#include "cli/credentials.h"
#include "hub/given_titles.h"
#include "hub/hub_stores.h"
#include "hub/sql_worker_command.h"
#include "service/hub_name.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kHouseKeeping = 2s;
constexpr base::Duration kRetentionInterval = 1h;
constexpr std::size_t kLossesRemembered = 1'000'000;
constexpr int kBrokerAttempts = 5;
constexpr auto kBetweenAttempts = 500ms;
constexpr std::string_view kAllAddresses = "0.0.0.0";

/// A broker that is killed while it comes up is started again, as it would be later; what will not
/// change by itself (a port that is taken, no such program) keeps failing and is reported.
base::Result<void> start_patiently(net::MosquittoBroker& broker) {
  for (int attempt = 1;; ++attempt) {
    auto started = broker.start();
    if (started || attempt == kBrokerAttempts) return started;
    base::log::warning("{}; trying again", base::describe(started.error()));
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

}  // namespace

HubProcess::HubProcess(HubOptions options)
    : options_(std::move(options)), accounts_(options_.data_dir) {}

base::Result<void> HubProcess::start() {
  MILLRACE_TRY(service::check_hub_name(options_.name));
  MILLRACE_TRY(base::make_directories(options_.data_dir));
  MILLRACE_LET(lock_, base::lock_file(options_.data_dir / "hub.lock"));
  MILLRACE_LET(units_, unit::Units::create());
  MILLRACE_TRY(open_stores());
  MILLRACE_TRY(start_ingest());
  MILLRACE_TRY(start_assignments());
  return start_services();
}

base::Result<void> HubProcess::open_stores() {
  const auto may_upgrade = [this](const store::MetaStore& meta) {
    return service::check_kept_name(meta, options_.name);
  };
  MILLRACE_LET(HubStores stores,
               open_hub_stores({.data_dir = options_.data_dir,
                                .kept_paths = facts().kept_paths,
                                .sql_worker = {"/proc/self/exe", kSqlWorkerCommand},
                                .may_upgrade = may_upgrade},
                               clock_));
  series_ = std::move(stores.series);
  meta_ = std::move(stores.meta);
  base::Random random = base::Random::from_system();
  MILLRACE_LET(name_, service::hub_name(*meta_, options_.name, random, clock_.now()));
  catalogs_ = std::make_unique<service::Catalogs>(
      service::Catalogs::Deps{*meta_, *units_, connector_kinds()});
  MILLRACE_TRY(catalogs_->load());
  MILLRACE_LET(const auto series, series_->series());
  index_ = std::make_unique<store::SeriesIndex>(series);
  identity_ = std::make_unique<identity::Identity>(identity::IdentityOptions{},
                                                   identity::Identity::Deps{*meta_, clock_});
  MILLRACE_LET(const auto generated, identity_->start(options_.admin_password));
  if (generated) {
    std::println(stderr, "\n  Administrator: user admin, password {}\n  It is shown only now.\n",
                 *generated);
  }
  return {};
}

/// Before the sources, so that nothing that arrives finds nobody.
base::Result<void> HubProcess::start_ingest() {
  MILLRACE_LET(const auto deliveries, series_->deliveries());
  MILLRACE_LET(const auto losses, series_->losses("", kLossesRemembered));
  book_ = std::make_unique<fleet::OriginBook>(clock_, deliveries, losses);
  MILLRACE_TRY(start_broker());
  base::Random random = base::Random::from_system();
  delivery_ = std::make_unique<fleet::HubDelivery>(
      fleet::HubDelivery::Options{.session = random.next() | 1}, deliveries,
      fleet::HubDelivery::Deps{*host_, *book_, clock_});
  ingest_ = std::make_unique<pipeline::Ingest>(
      pipeline::IngestOptions{},
      pipeline::Ingest::Deps{*series_, *index_, *delivery_, live_, clock_, metrics_,
                             pipeline::compare_units(*units_)});
  ingest_->start();
  return {};
}

/// After the bindings, so that what is bound arrives nowhere else.
void HubProcess::start_sources() {
  if (const auto bound = services_->bindings.follow(); !bound) {
    base::log::error("bindings wait: {}", base::describe(bound.error()));
  }
  host_->start(*ingest_);
  catalogs_->subscribe([topics = std::weak_ptr(topics_)](const auto& catalog) {
    if (const auto alive = topics.lock()) alive->use_bindings(*catalog);
  });
  topics_->remember({*index_, *series_});
  topics_->start(*ingest_);
}

base::Result<void> HubProcess::start_broker() {
  connector::sparkplug::HostConfig config{.groups = options_.groups};
  MILLRACE_TRY(accounts_.refresh());
  followed_ = accounts_.all();
  std::ranges::copy(sites_of(followed_), std::back_inserter(config.groups));
  config.mqtt.user = options_.broker_user;
  config.mqtt.password = options_.broker_password;
  config.mqtt.servers = {options_.broker};
  if (options_.broker.empty()) {
    config.mqtt.user = kHubUser;
    config.mqtt.password = net::make_password();
    hub_password_ = config.mqtt.password;
    const std::string& listen = options_.mqtt_listen;
    MILLRACE_LET(broker_,
                 net::MosquittoBroker::create({.directory = options_.data_dir / "mqtt",
                                               .address = listen,
                                               .port = options_.mqtt_port},
                                              broker_users(followed_, hub_password_), clock_));
    MILLRACE_TRY(start_patiently(*broker_));
    const std::string_view own = listen == kAllAddresses ? "127.0.0.1" : std::string_view(listen);
    config.mqtt.servers = {std::format("{}:{}", own, broker_->port())};
    base::log::info("broker listens on {}:{}", listen, broker_->port());
  }
  broker_login_ = config.mqtt;
  MILLRACE_LET(topics_, DeviceTopics::create(config.mqtt, options_.topics,
                                             {clock_, metrics_, base::Random::from_system()}));
  topics_->use_accounts(topics_of(followed_));
  return make_host(std::move(config));
}

base::Result<void> HubProcess::make_host(connector::sparkplug::HostConfig config) {
  connector::sparkplug::HostMemory memory;
  MILLRACE_LET(const auto titles, meta_->titles());
  memory.names = given_names(titles);
  for (const model::Series& series : index_->all()) {
    memory.things.emplace_back(series.thing, series.source);
  }
  MILLRACE_LET(host_,
               connector::sparkplug::HostApplications::create(
                   std::move(config), memory, {clock_, metrics_, base::Random::from_system()}));
  return {};
}

/// Beside the accounts, connectors' certificates cannot be made again: servers trust them.
service::HubFacts HubProcess::facts() const {
  service::HubFacts facts{.version = MILLRACE_VERSION,
                          .hub = name_,
                          .series_engine = "DuckDB 1.4.4",
                          .time_zone = base::time_zone_name(options_.time_zone),
                          .data_dir = options_.data_dir,
                          .kept_paths = {kAccountsFile}};
  for (const pipeline::ConnectorKind& kind : connector_kinds()) {
    if (kind.browse) facts.kept_paths.emplace_back(kind.name);
  }
  return facts;
}

service::Deps HubProcess::service_deps() {
  return {.series = *series_,
          .index = *index_,
          .meta = *meta_,
          .catalogs = *catalogs_,
          .identity = *identity_,
          .live = live_,
          .origins = *book_,
          .units = *units_,
          .clock = clock_,
          .metrics = metrics_,
          .on_writer = [this](auto work) { return ingest_->run(std::move(work)); },
          .broker =
              [this] {
                return service::BrokerStatus{
                    .is_embedded = broker_ != nullptr,
                    .is_connected = host_->is_connected(),
                    .address = broker_login_.servers.front(),
                    .listens = broker_ ? std::optional(options_.mqtt_listen) : std::nullopt};
              },
          .ingest = [this] { return ingest_->state(); },
          .facts = facts(),
          .property_facts =
              [this](std::string_view thing, std::string_view property) {
                return service::facts_of(*catalogs_->now(), thing, property);
              },
          .filter_reports = [this] { return assignments_->reports().filters(); },
          .commands = host_.get(),
          .use_binder = [this](auto binder) { return ingest_->use(std::move(binder)); },
          .use_time_rules = [this](auto by) { return ingest_->judge_times_by(std::move(by)); },
          .automatic_thing =
              [this](const twin::SparkplugSource& one) {
                return host_->thing_of(one.group, one.node, one.device);
              },
          .accounts = broker_ ? &accounts_ : nullptr};
}

base::Result<void> HubProcess::start_assignments() {
  const auto record = [this](std::vector<store::Event> events) {
    return ingest_->run([&]() -> base::Result<void> {
      MILLRACE_TRY(series_->commit({.events = std::move(events)}));
      return {};
    });
  };
  MILLRACE_LET(assignments_,
               Assignments::create(broker_login_, {*catalogs_, *book_, clock_, record}));
  assignments_->set_accounts(followed_);
  assignments_->start();
  accounts_.on_change([this] { return follow_accounts(); });
  return {};
}

base::Result<void> HubProcess::start_services() {
  services_ = std::make_unique<service::Services>(service_deps());
  start_sources();
  services_->start();
  note_accounts();
  MILLRACE_LET(wot_, WotLink::start(broker_login_, service_deps(), *services_));
  http_ = std::make_unique<http::HttpServer>(
      http::HttpOptions{.address = options_.listen,
                        .port = options_.http_port,
                        .web_dir = options_.web_dir,
                        .scratch_dir = options_.data_dir / "scratch"},
      http::HttpServer::Deps{*services_, clock_, metrics_});
  MILLRACE_TRY(http_->start());
  write_local_token();
  services_->system.enter(service::Phase::kReady);
  std::println(stderr, "Millrace {} is ready: http://{}:{}", MILLRACE_VERSION, options_.listen,
               http_->port());
  return {};
}

/// Lets whoever owns the data directory in without a login; the hub runs without it, too.
void HubProcess::write_local_token() {
  const bool is_everywhere = options_.listen == "0.0.0.0" || options_.listen == "::";
  const std::string host = is_everywhere                   ? "127.0.0.1"
                           : options_.listen.contains(':') ? "[" + options_.listen + "]"
                                                           : options_.listen;
  const auto token = identity_->make_local_token();
  const auto written =
      token ? cli::write_local_token(options_.data_dir,
                                     {std::format("http://{}:{}", host, http_->port()), *token})
            : std::unexpected(token.error());
  has_local_token_ = written.has_value();
  if (!written) base::log::warning("no local token: {}", base::describe(written.error()));
}

void HubProcess::run(const sigset_t& signals) {
  house_keeper_ = std::jthread([this](const std::stop_token& stop) { keep_house(stop); });
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
}

void HubProcess::keep_house(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, stop, kHouseKeeping, [&] { return stop.stop_requested(); })) {
    keep_house_once(stop);
  }
}

void HubProcess::keep_house_once(const std::stop_token& stop) {
  reload_accounts();
  note_accounts();
  keep_names();
  if (series_->is_seal_due()) {
    const auto sealed = series_->seal(stop);
    if (!sealed && !stop.stop_requested()) {
      base::log::error("sealing failed: {}", base::describe(sealed.error()));
    }
  }
  keep_retention(stop);
}

/// What is older than the Retention resource says goes, once an hour and whenever that changes.
void HubProcess::keep_retention(const std::stop_token& stop) {
  const auto catalog = catalogs_->now();
  if (!catalog->retention()) return;
  const store::RetentionPolicy policy = service::policy_of(*catalog);
  const auto now = clock_.monotonic();
  if (policy == retained_ && now < next_retention_) return;
  if (const auto done = services_->system.retain(policy, stop); !done) {
    base::log::error("retention failed: {}", base::describe(done.error()));
  }
  retained_ = policy;
  next_retention_ = now + kRetentionInterval;
}

void HubProcess::reload_accounts() {
  const auto changed = accounts_.refresh();
  if (!changed) return base::log::error("{}", base::describe(changed.error()));
  const auto is_due = [this] {
    const std::lock_guard lock(accounts_mutex_);
    return are_users_due_;
  };
  if (!*changed && !is_due()) return;
  if (const auto followed = follow_accounts(); !followed) {
    base::log::error("{}", base::describe(followed.error()));
  }
}

/// What the file of accounts says and no call has said goes on record.
void HubProcess::note_accounts() {
  if (const auto noted = services_->accounts.note_file(); !noted) {
    base::log::error("changes of accounts are not in the audit book yet: {}",
                     base::describe(noted.error()));
  }
}

/// Tells everybody who follows the accounts what they are now. The broker ends connections that it
/// would not let in any more and sends no will for them: the hub lets go of such nodes by itself.
base::Result<void> HubProcess::follow_accounts() {
  const std::lock_guard lock(accounts_mutex_);
  const auto before = std::exchange(followed_, accounts_.all());
  assignments_->set_accounts(followed_);
  topics_->use_accounts(topics_of(followed_));
  for (const std::string& site : sites_of(followed_)) {
    if (const auto owned = host_->own(site); !owned) {
      base::log::error("{}", base::describe(owned.error()));
    }
  }
  if (!broker_) return {};
  const auto set = broker_->set_users(broker_users(followed_, hub_password_));
  are_users_due_ = !set;
  std::ranges::copy_if(before, std::back_inserter(leaving_), [this](const BrokerAccount& one) {
    return !std::ranges::contains(followed_, one);
  });
  if (set) {
    for (const BrokerAccount& one : std::exchange(leaving_, {})) host_->let_go(one.site, one.name);
    return {};
  }
  return base::fail_for_now(
      base::ErrorCode::kUnavailable,
      std::format("the broker does not take its accounts: {}", base::describe(set.error())),
      "They are kept, and it is tried again every two seconds.");
}

/// What third parties were called stays with the other names, so that a restart changes none.
void HubProcess::keep_names() {
  std::ranges::move(host_->take_new_names(), std::back_inserter(unkept_names_));
  if (unkept_names_.empty()) return;
  if (const auto kept = services_->keep_titles(titles_of(unkept_names_)); !kept) {
    return base::log::error("names cannot be kept: {}", base::describe(kept.error()));
  }
  unkept_names_.clear();
}

void HubProcess::stop() {
  house_keeper_ = {};  // told to stop, and waited for
  if (services_) services_->system.enter(service::Phase::kStopping);
  if (std::exchange(has_local_token_, false)) cli::remove_local_token(options_.data_dir);
  if (services_) services_->commands.stop();
  if (http_) http_->stop();
  wot_.reset();
  if (services_) services_->stop();
  if (host_) host_->stop();
  if (topics_) topics_->stop();
  if (services_) keep_names();
  if (ingest_) ingest_->stop();
  if (assignments_) assignments_->stop();  // which may have waited for a store that refuses
  if (broker_) broker_->stop();
  http_.reset();
  services_.reset();
  assignments_.reset();
  ingest_.reset();
  for (const auto& stopped : {series_ ? series_->stop() : base::Result<void>{},
                              meta_ ? meta_->stop() : base::Result<void>{}}) {
    if (!stopped) base::log::error("{}", base::describe(stopped.error()));
  }
  series_.reset();
  catalogs_.reset();
  meta_.reset();
}

}  // namespace millrace::apps
