#include "edge/edge_assignments.h"

#include <algorithm>

#include "base/files.h"
#include "base/log.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 1s;  // at the states of connections
constexpr base::Duration kFilters = 60s;
constexpr std::uintmax_t kAssignmentBytesMax = 16U << 20;

std::filesystem::path kept_in(const std::filesystem::path& data_dir) {
  return data_dir / "assignment.yaml";
}

}  // namespace

base::Result<std::unique_ptr<EdgeAssignments>> EdgeAssignments::create(Options options, Deps deps) {
  MILLRACE_LET(auto servers, connector::sparkplug::parse_servers(options.hub.servers));
  // Two sessions with one client id would throw each other out.
  const std::string& id = options.hub.client_id;
  net::MqttOptions mqtt = connector::sparkplug::mqtt_options(options.hub, {});
  mqtt.client_id = id.empty() ? std::format("{}.{}.configuration", options.site, options.edge)
                              : id + ".configuration";
  const base::Clock& clock = deps.clock;
  std::unique_ptr<EdgeAssignments> made(
      new EdgeAssignments(std::move(options), std::move(deps), std::move(servers)));
  MILLRACE_LET(made->mqtt_, net::MqttSession::create(std::move(mqtt), *made, clock,
                                                     base::Random::from_system()));
  return made;
}

EdgeAssignments::EdgeAssignments(Options options, Deps deps,
                                 std::vector<connector::sparkplug::Server> servers)
    : options_(std::move(options)), deps_(std::move(deps)), servers_(std::move(servers)) {}

base::Result<void> EdgeAssignments::apply_kept() {
  const auto text = base::read_file(kept_in(options_.data_dir), kAssignmentBytesMax);
  if (text) {
    const auto assignment = parse_assignment(*text);
    const auto applied = assignment ? apply(*assignment) : std::unexpected(assignment.error());
    if (applied) {
      in_force_ = *text;
      return {};
    }
    base::log::error("the kept assignment cannot be used: {}", base::describe(applied.error()));
    refuse(applied.error(), assignment ? assignment->revision : 0);
  }
  if (options_.local.empty()) {
    base::log::info("edge.yaml names no connection: waits for an assignment by the hub");
  }
  return deps_.sources.apply(options_.local);
}

void EdgeAssignments::start() {
  thread_ = std::thread([this] { loop(); });
  mqtt_->start();
}

void EdgeAssignments::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
  mqtt_->stop(net::Farewell::kPlain);
}

net::MqttDial EdgeAssignments::next_dial() {
  const auto& server = servers_[server_ % servers_.size()];
  return {server.host, server.port, std::nullopt};
}

void EdgeAssignments::connected() {
  (void)mqtt_->subscribe({desired_topic(options_.site, options_.edge)}, net::Qos::kAtLeastOnce);
  const std::lock_guard lock(mutex_);
  must_report_ = true;
  wake_.notify_all();
}

void EdgeAssignments::subscribed(bool is_granted) {
  if (!is_granted) base::log::error("the broker does not let this edge read its assignment");
}

/// An empty text says that the broker has none, which is also so when it has just started: what is
/// in force goes on. An edge that is to read nothing gets an assignment without connections.
void EdgeAssignments::received(std::string_view, std::string_view payload, net::Retain) {
  if (payload.empty()) return;
  const std::lock_guard lock(mutex_);
  arrived_ = std::string(payload);
  wake_.notify_all();
}

void EdgeAssignments::ended(const net::MqttEnd& end) {
  if (!end.was_connected) ++server_;
}

void EdgeAssignments::loop() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    std::optional<std::string> text;
    text.swap(arrived_);
    const bool must_report = std::exchange(must_report_, false);
    lock.unlock();
    if (must_report) {
      reported_.clear();
      next_filters_ = {};
    }
    if (text) take(*text);
    deps_.sources.restart_failed();
    report();
    report_filters();
    lock.lock();
    wake_.wait_for(lock, kLook, [this] { return is_stopping_ || arrived_ || must_report_; });
  }
}

void EdgeAssignments::take(const std::string& text) {
  if (text == in_force_) {
    state_.refused.clear();  // the hub has gone back to it
    return;
  }
  const auto assignment = parse_assignment(text);
  if (!assignment) return refuse(assignment.error(), 0);
  if (const auto applied = apply(*assignment); !applied) {
    return refuse(applied.error(), assignment->revision);
  }
  in_force_ = text;
  const auto kept =
      base::write_file_durably(kept_in(options_.data_dir), text, base::FileMode::kPrivate);
  if (!kept) {
    base::log::error("the assignment is in force, but is not kept for the next start: {}",
                     base::describe(kept.error()));
  }
  next_filters_ = {};
}

base::Result<void> EdgeAssignments::apply(const Assignment& assignment) {
  MergedConnections merged = merge(options_.local, assignment.connections);
  MILLRACE_TRY(deps_.sources.apply(merged.connections));
  for (const auto& [name, conflict] : merged.conflicts) {
    base::log::warning("connection {} of the assignment: {}", name, conflict.problem);
  }
  conflicts_ = std::move(merged.conflicts);
  state_.revision = assignment.revision;
  state_.refused.clear();
  state_.refused_hint.clear();
  state_.refused_revision = 0;
  base::log::info("revision {} of the hub is in force: {} connections", assignment.revision,
                  merged.connections.size());
  return {};
}

void EdgeAssignments::refuse(const base::Error& error, std::int64_t revision) {
  base::log::error("an assignment is refused, the configuration stays as it was: {}",
                   base::describe(error));
  state_.refused = error.what.empty() ? "it cannot be used" : error.what;
  state_.refused_hint = error.hint;
  state_.refused_revision = revision;
}

EdgeReport EdgeAssignments::make_report() const {
  EdgeReport report = state_;
  report.connections = deps_.sources.states();
  std::map<std::string, Conflict> left_out = conflicts_;
  for (ConnectionReport& one : report.connections) {
    one.is_assigned = !std::ranges::contains(options_.local, one.name, &EdgeConnection::name);
    const auto conflict = left_out.find(one.name);
    if (!one.is_assigned || conflict == left_out.end()) continue;
    one.problem = conflict->second.problem + (one.problem.empty() ? "" : "; " + one.problem);
    left_out.erase(conflict);
  }
  for (const auto& [name, conflict] : left_out) {
    report.connections.push_back({.name = name,
                                  .kind = conflict.kind,
                                  .is_assigned = true,
                                  .state = pipeline::LinkState::kFailed,
                                  .problem = conflict.problem});
  }
  return report;
}

void EdgeAssignments::report() {
  std::string text = to_text(make_report());
  if (text == reported_) return;
  if (publish(reported_topic(options_.site, options_.edge), text)) reported_ = std::move(text);
}

void EdgeAssignments::report_filters() {
  const auto now = deps_.clock.monotonic();
  if (now < next_filters_) return;
  std::string text = to_text(filter_report(deps_.filters()));
  if (publish(filters_topic(options_.site, options_.edge), std::move(text))) {
    next_filters_ = now + kFilters;
  }
}

/// False while there is no connection: connected() asks for the report again.
bool EdgeAssignments::publish(std::string topic, std::string text) {
  const auto sent = mqtt_->publish(
      {std::move(topic), std::move(text), net::Qos::kAtLeastOnce, net::Retain::kYes});
  return sent.has_value();
}

}  // namespace millrace::apps
