#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/property_contract.h"
#include "pipeline/source.h"
#include "pipeline/tag_pipeline.h"

namespace millrace::apps {

/// How a connection of an edge is.
struct ConnectionReport {
  std::string name;
  std::string kind;
  bool is_assigned = false;  // by the hub; else it stands in edge.yaml
  pipeline::LinkState state = pipeline::LinkState::kConnecting;
  std::string problem;  // empty without one
  std::uint32_t tags = 0;
  std::uint32_t unreadable = 0;  // of them
  bool operator==(const ConnectionReport&) const = default;
};

/// What an edge has made of its assignment (docs/adr/011): JSON, retained on
/// `millrace/<site>/<edge>/reported`, whenever it changes.
struct EdgeReport {
  int version = 1;
  std::int64_t revision = 0;          // of the assignment in force; 0: none
  std::int64_t refused_revision = 0;  // of the newest one, when it was refused; 0: unreadable
  std::string refused;                // why; empty: it was not
  std::string refused_hint;           // what to do
  std::vector<ConnectionReport> connections;
};

/// What one filter of an edge has done since the edge started.
struct FilterRow {
  std::string thing;
  std::string property;
  std::string unit;  // of the errors
  model::FilterPolicy policy;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::optional<double> error_max;  // empty for what is no number
  std::optional<double> error_mean;
  std::optional<double> stepped_max;  // of a swinging door alone
  std::optional<double> stepped_mean;
  std::int64_t since_us = 0;  // the first sample that is counted, in microseconds from the epoch
};

/// JSON, retained on `millrace/<site>/<edge>/filters`, every minute.
struct FilterFigureReport {
  int version = 1;
  std::vector<FilterRow> filters;
};
FilterFigureReport filter_report(const std::vector<pipeline::TagFilterFigures>& figures);

std::string to_text(const EdgeReport& report);
std::string to_text(const FilterFigureReport& report);
/// Errors: malformed, invalid.
base::Result<EdgeReport> parse_edge_report(std::string_view text);
base::Result<FilterFigureReport> parse_filter_report(std::string_view text);

/// The first bytes of a text, never a part of a character; for what a report has room for.
std::string shortened(std::string_view text, std::size_t bytes_max);

}  // namespace millrace::apps
