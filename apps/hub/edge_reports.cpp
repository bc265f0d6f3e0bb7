#include "hub/edge_reports.h"

#include "codec/node_json.h"

namespace millrace::apps {
namespace {

using pipeline::LinkState;

constexpr base::Duration kBetweenEvents = std::chrono::minutes(1);  // of one line

store::Event event(std::string kind, std::string edge, config::Node body) {
  return {.time = {},
          .kind = std::move(kind),
          .subject = std::move(edge),
          .actor_role = "system",
          .body = codec::to_json(body)};
}

config::Node body_of(std::vector<std::pair<std::string, config::Node>> members) {
  config::Node body;
  body.kind = config::Node::Kind::kMap;
  for (auto& [key, value] : members) body.entries.push_back({key, {}, std::move(value)});
  return body;
}

config::Node number(std::int64_t value) { return config::scalar(std::to_string(value)); }
config::Node quoted(std::string text) { return config::scalar(std::move(text), true); }

/// The hub writes no option that is none: what an edge does not know came after it.
std::string hint_on(const EdgeReport& report) {
  if (!report.refused.contains("unknown option '")) return report.refused_hint;
  return "This edge is older than the hub: update millrace-edge there. Until then it reads what it "
         "read before.";
}

}  // namespace

void EdgeReports::note(const std::string& edge, const std::string& site, EdgeReport report) {
  const std::lock_guard lock(mutex_);
  Edge& known = edges_[edge];
  known.site = site;
  const bool is_first = !known.report;
  if (!is_first) note_changes(edge, *known.report, report);
  std::map<std::string, Line> lines;
  for (const ConnectionReport& one : report.connections) {
    Line& line = lines[one.name] = known.lines[one.name];
    line.state = one.state;
    line.problem = one.problem;
    if (is_first) line.on_record = one.state;
  }
  known.lines = std::move(lines);
  known.report = std::move(report);
}

void EdgeReports::note_changes(const std::string& name, const EdgeReport& before,
                               const EdgeReport& after) {
  if (after.revision != before.revision) {
    events_.push_back(event("edge.configured", name,
                            body_of({{"revision", number(after.revision)},
                                     {"connections", number(std::ssize(after.connections))}})));
  }
  const bool is_new_refusal =
      !after.refused.empty() &&
      (after.refused != before.refused || after.refused_revision != before.refused_revision);
  if (!is_new_refusal) return;
  events_.push_back(event("edge.assignment_refused", name,
                          body_of({{"revision", number(after.refused_revision)},
                                   {"why", quoted(after.refused)},
                                   {"hint", quoted(hint_on(after))}})));
}

void EdgeReports::note(const std::string& edge, FilterFigureReport filters, base::Time received) {
  const std::lock_guard lock(mutex_);
  Edge& known = edges_[edge];
  known.filters = std::move(filters);
  known.filters_received = received;
}

std::vector<store::Event> EdgeReports::take_events(base::Time now) {
  const std::lock_guard lock(mutex_);
  std::vector<store::Event> due = std::exchange(events_, {});
  for (auto& [edge, known] : edges_) {
    for (auto& [connection, line] : known.lines) {
      const bool is_news = line.state != LinkState::kConnecting && line.state != line.on_record;
      if (!is_news || now - line.recorded < kBetweenEvents) continue;
      line.on_record = line.state;
      line.recorded = now;
      config::Node body = body_of({{"connection", quoted(connection)}});
      const bool is_up = line.state == LinkState::kConnected;
      if (!is_up) body.entries.push_back({"problem", {}, quoted(line.problem)});
      due.push_back(
          event(is_up ? "connection.connected" : "connection.failed", edge, std::move(body)));
    }
  }
  for (store::Event& one : due) one.time = now;
  return due;
}

std::vector<service::FilterReport> EdgeReports::filters() const {
  const std::lock_guard lock(mutex_);
  std::vector<service::FilterReport> all;
  for (const auto& [edge, known] : edges_) {
    for (const FilterRow& row : known.filters.filters) {
      all.push_back({.thing = row.thing,
                     .property = row.property,
                     .edge = edge,
                     .unit = row.unit,
                     .policy = service::in_words(row.policy, row.error_max.has_value()),
                     .received = row.received,
                     .sent = row.sent,
                     .bytes_saved = static_cast<std::int64_t>(row.bytes_received) -
                                    static_cast<std::int64_t>(row.bytes_sent),
                     .error_max = row.error_max,
                     .error_mean = row.error_mean,
                     .stepped_max = row.stepped_max,
                     .stepped_mean = row.stepped_mean,
                     .since = base::Time(base::Duration(row.since_us)),
                     .reported = known.filters_received});
    }
  }
  return all;
}

std::set<std::string> EdgeReports::edges() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto& [edge, known] : edges_) {
    if (known.report) names.insert(edge);
  }
  return names;
}

std::string EdgeReports::site_of(const std::string& edge) const {
  const std::lock_guard lock(mutex_);
  const auto known = edges_.find(edge);
  return known == edges_.end() ? std::string() : known->second.site;
}

}  // namespace millrace::apps
