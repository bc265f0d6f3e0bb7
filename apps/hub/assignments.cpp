#include "hub/assignments.h"

#include <algorithm>
#include <ranges>

#include "base/log.h"
#include "model/name.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 2s;  // for edges that have come, and events that have become due

/// "millrace/<site>/<edge>/<what>"; empty for anything else.
struct EdgeTopic {
  std::string site;
  std::string edge;
  std::string what;
};

std::optional<EdgeTopic> parse_topic(std::string_view topic) {
  std::vector<std::string> levels;
  for (const auto part : std::views::split(topic, '/')) {
    levels.emplace_back(std::string_view(part));
  }
  if (levels.size() != 4 || levels[0] != "millrace") return std::nullopt;
  if (!model::is_name(levels[1]) || !model::is_name(levels[2])) return std::nullopt;
  return EdgeTopic{levels[1], levels[2], levels[3]};
}

}  // namespace

base::Result<std::unique_ptr<Assignments>> Assignments::create(
    connector::sparkplug::MqttConfig mqtt, Deps deps) {
  MILLRACE_LET(auto servers, connector::sparkplug::parse_servers(mqtt.servers));
  const base::Clock& clock = deps.clock;
  std::unique_ptr<Assignments> made(new Assignments(std::move(deps), std::move(servers)));
  base::Random random = base::Random::from_system();  // two hubs at one broker are two clients
  auto options =
      connector::sparkplug::mqtt_options(mqtt, std::format("millrace-hub-{:016x}", random.next()));
  options.client_id += ".assignments";
  MILLRACE_LET(made->mqtt_, net::MqttSession::create(std::move(options), *made, clock,
                                                     base::Random::from_system()));
  return made;
}

Assignments::Assignments(Deps deps, std::vector<connector::sparkplug::Server> servers)
    : deps_(std::move(deps)), servers_(std::move(servers)) {}

void Assignments::start() {
  thread_ = std::thread([this] { loop(); });
  mqtt_->start();
  deps_.catalogs.subscribe([this](const auto&) {
    const std::lock_guard lock(mutex_);
    work_.must_follow = true;
    wake_.notify_all();
  });
}

void Assignments::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
  mqtt_->stop(net::Farewell::kPlain);
}

void Assignments::set_accounts(const std::vector<BrokerAccount>& accounts) {
  const std::lock_guard lock(mutex_);
  account_sites_.clear();
  for (const BrokerAccount& one : accounts) {
    if (one.kind == service::AccountKind::kEdge) account_sites_[one.name] = one.site;
  }
  wake_.notify_all();
}

net::MqttDial Assignments::next_dial() {
  const auto& server = servers_[server_ % servers_.size()];
  return {server.host, server.port, std::nullopt};
}

void Assignments::connected() {
  (void)mqtt_->subscribe({"millrace/+/+/reported", "millrace/+/+/filters"}, net::Qos::kAtLeastOnce);
  const std::lock_guard lock(mutex_);
  work_.must_publish = true;
  wake_.notify_all();
}

void Assignments::subscribed(bool is_granted) {
  if (!is_granted) base::log::error("the broker does not let the hub hear what edges report");
}

void Assignments::received(std::string_view topic, std::string_view payload, net::Retain) {
  if (payload.empty()) return;
  const std::lock_guard lock(mutex_);
  work_.messages[std::string(topic)] = std::string(payload);
  wake_.notify_all();
}

void Assignments::ended(const net::MqttEnd& end) {
  if (!end.was_connected) ++server_;
}

void Assignments::loop() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    Work work = std::exchange(work_, {});
    lock.unlock();
    take(std::move(work));
    lock.lock();
    wake_.wait_for(lock, kLook, [this] {
      return is_stopping_ || work_.must_follow || work_.must_publish || !work_.messages.empty();
    });
  }
}

void Assignments::take(Work work) {
  for (const auto& [topic, payload] : work.messages) take_message(topic, payload);
  const std::size_t edges = reports_.edges().size();
  if (work.must_follow || edges != edges_known_) follow();
  edges_known_ = edges;
  if (work.must_publish) texts_.forget_published();
  place();
  publish();
  record();
}

/// On a broker of its own the hub knows who speaks: topics are writable by their edge alone.
void Assignments::take_message(const std::string& topic, const std::string& payload) {
  const auto from = parse_topic(topic);
  if (!from) return;
  base::Result<void> taken;
  if (from->what == "reported") {
    auto report = parse_edge_report(payload);
    if (report) reports_.note(from->edge, from->site, std::move(*report));
    if (!report) taken = std::unexpected(report.error());
  } else if (from->what == "filters") {
    auto filters = parse_filter_report(payload);
    if (filters) reports_.note(from->edge, std::move(*filters), deps_.clock.now());
    if (!filters) taken = std::unexpected(filters.error());
  }
  if (!taken) base::log::warning("{} cannot be read: {}", topic, base::describe(taken.error()));
}

void Assignments::follow() {
  const auto configuration = deps_.catalogs.configuration();
  texts_.follow(*configuration->catalog, configuration->revision, reports_.edges());
}

std::string Assignments::site_of(const std::string& edge) const {
  {
    const std::lock_guard lock(mutex_);
    const auto account = account_sites_.find(edge);
    if (account != account_sites_.end()) return account->second;
  }
  if (std::string site = reports_.site_of(edge); !site.empty()) return site;
  for (const pipeline::OriginSnapshot& origin : deps_.origins.origins()) {
    const bool is_it = origin.kind == pipeline::OriginKind::kMillrace && origin.node == edge;
    if (is_it) return origin.group;
  }
  return {};
}

void Assignments::place() {
  for (auto& [edge, entry] : texts_.all()) {
    const std::string site = site_of(edge);
    if (!site.empty()) {
      texts_.place(edge, desired_topic(site, edge));
    } else if (!std::exchange(entry.is_told, true)) {
      base::log::warning(
          "edge '{}' is named by a connection and unknown: its assignment waits for its account "
          "(millrace accounts add, or the page System)",
          edge);
    }
  }
}

void Assignments::publish() {
  if (!mqtt_->is_connected()) return;
  const auto send = [this](const std::string& topic, const std::string& text) {
    return mqtt_->publish({topic, text, net::Qos::kAtLeastOnce, net::Retain::kYes});
  };
  for (const std::string& topic : texts_.take_left()) (void)send(topic, {});
  for (auto& [edge, entry] : texts_.all()) {
    if (entry.is_published || entry.topic.empty()) continue;
    const auto sent = send(entry.topic, entry.text);
    if (!sent && sent.error().code == base::ErrorCode::kUnavailable) return;
    entry.is_published = true;
    if (sent) continue;
    base::log::error("the assignment of edge {} ({} bytes) cannot be sent: {}", edge,
                     entry.text.size(), base::describe(sent.error()));
  }
}

void Assignments::record() {
  auto events = reports_.take_events(deps_.clock.now());
  if (events.empty()) return;
  const auto recorded = deps_.record(std::move(events));
  if (!recorded) {
    base::log::error("what edges reported is not on record: {}", base::describe(recorded.error()));
  }
}

}  // namespace millrace::apps
