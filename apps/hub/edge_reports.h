#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edge/edge_report.h"
#include "service/filter_report.h"
#include "store/series_store.h"

namespace millrace::apps {

/// What edges have reported since the hub started, and the events that it makes of what changes:
///
///   edge.configured            {revision, connections}: an assignment is in force
///   edge.assignment_refused    {revision, why, hint}: the configuration before goes on
///   connection.connected       {connection}
///   connection.failed          {connection, problem}
///
/// The first report after the hub's start says how things are: nothing has changed by it. A line
/// that comes and goes is an event at most once a minute. Any thread.
class EdgeReports {
 public:
  void note(const std::string& edge, const std::string& site, EdgeReport report);
  void note(const std::string& edge, FilterFigureReport filters, base::Time received);

  /// Events that are due, each once.
  std::vector<store::Event> take_events(base::Time now);
  std::vector<service::FilterReport> filters() const;
  /// Those that have reported.
  std::set<std::string> edges() const;
  /// The site in whose name an edge reports; empty when it has not.
  std::string site_of(const std::string& edge) const;

 private:
  struct Line {
    pipeline::LinkState state = pipeline::LinkState::kConnecting;
    std::string problem;
    pipeline::LinkState on_record = pipeline::LinkState::kConnecting;
    base::Time recorded;
  };
  struct Edge {
    std::string site;
    std::optional<EdgeReport> report;
    std::map<std::string, Line> lines;  // by connection
    FilterFigureReport filters;
    base::Time filters_received;
  };

  void note_changes(const std::string& name, const EdgeReport& before, const EdgeReport& after);

  mutable std::mutex mutex_;
  std::map<std::string, Edge> edges_;
  std::vector<store::Event> events_;
};

}  // namespace millrace::apps
