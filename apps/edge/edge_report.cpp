#include "edge/edge_report.h"

#include <cmath>

#include "codec/contract_options.h"
#include "codec/node_json.h"
#include "config/table.h"

namespace millrace::apps {
namespace {

using config::Need;
using config::TableOf;
using pipeline::LinkState;

constexpr double kWholeMax = 9e15;
constexpr double kFigureMax = 1e300;
constexpr double kRowsMax = 100'000;
constexpr std::size_t kReportTextMax = 4000;

const TableOf<ConnectionReport>& connection_report_table() {
  static const auto kTable = [] {
    using O = ConnectionReport;
    TableOf<O> table("Connection report", "How a connection of an edge is.");
    table.name({.key = "name", .sentence = "Of the connection.", .need = Need::kRequired}, &O::name)
        .name({.key = "kind", .sentence = "Of connector.", .need = Need::kRequired}, &O::kind)
        .flag({.key = "assigned", .sentence = "By the hub; else by edge.yaml."}, &O::is_assigned)
        .choice({.key = "state", .sentence = "Of the line."}, &O::state,
                {{"connecting", LinkState::kConnecting},
                 {"connected", LinkState::kConnected},
                 {"failed", LinkState::kFailed}})
        .text({.key = "problem", .sentence = "Empty without one."}, &O::problem,
              {0, kReportTextMax})
        .integer({.key = "tags", .sentence = "It is read for."}, &O::tags, {0, kRowsMax})
        .integer({.key = "unreadable", .sentence = "Of the tags."}, &O::unreadable, {0, kRowsMax});
    return table;
  }();
  return kTable;
}

const TableOf<EdgeReport>& report_table() {
  static const auto kTable = [] {
    using O = EdgeReport;
    TableOf<O> table("Edge report", "What an edge has made of its assignment.");
    table
        .integer({.key = "version", .sentence = "Of this form.", .need = Need::kRequired},
                 &O::version, {1, 1})
        .integer({.key = "revision", .sentence = "Of the assignment in force."}, &O::revision,
                 {0, kWholeMax})
        .integer({.key = "refused_revision", .sentence = "Of the assignment that was refused."},
                 &O::refused_revision, {0, kWholeMax})
        .text({.key = "refused", .sentence = "Why; empty when none was."}, &O::refused,
              {0, kReportTextMax})
        .text({.key = "refused_hint", .sentence = "What to do."}, &O::refused_hint,
              {0, kReportTextMax})
        .sections({.key = "connections", .sentence = "All that it reads."}, &O::connections,
                  connection_report_table(), {0, kRowsMax});
    return table;
  }();
  return kTable;
}

const TableOf<FilterRow>& filter_row_table() {
  static const auto kTable = [] {
    using O = FilterRow;
    TableOf<O> table("Filter figures", "What one filter has done since the edge started.");
    table.name({.key = "thing", .sentence = "Name.", .need = Need::kRequired}, &O::thing)
        .name({.key = "property", .sentence = "Name.", .need = Need::kRequired}, &O::property)
        .text({.key = "unit", .sentence = "Of the errors."}, &O::unit, {0, 63})
        .include(&O::policy, codec::filter_table())
        .integer({.key = "received", .sentence = "Samples."}, &O::received, {0, kWholeMax})
        .integer({.key = "sent", .sentence = "Samples."}, &O::sent, {0, kWholeMax})
        .integer({.key = "bytes_received", .sentence = "As they would have been sent."},
                 &O::bytes_received, {0, kWholeMax})
        .integer({.key = "bytes_sent", .sentence = "As they were."}, &O::bytes_sent, {0, kWholeMax})
        .number({.key = "error_max", .sentence = "Of what was held back, in the unit."},
                &O::error_max, {0, kFigureMax})
        .number({.key = "error_mean", .sentence = "Of what was held back, in the unit."},
                &O::error_mean, {0, kFigureMax})
        .number(
            {.key = "stepped_max", .sentence = "As error_max, where values hold until the next."},
            &O::stepped_max, {0, kFigureMax})
        .number({.key = "stepped_mean", .sentence = "As error_mean, where values hold."},
                &O::stepped_mean, {0, kFigureMax})
        .integer({.key = "since_us", .sentence = "The first sample that is counted."}, &O::since_us,
                 {-kWholeMax, kWholeMax});
    return table;
  }();
  return kTable;
}

const TableOf<FilterFigureReport>& filters_table() {
  static const auto kTable = [] {
    using O = FilterFigureReport;
    TableOf<O> table("Filter report", "What the filters of an edge have done.");
    table
        .integer({.key = "version", .sentence = "Of this form.", .need = Need::kRequired},
                 &O::version, {1, 1})
        .sections({.key = "filters", .sentence = "Those that are on."}, &O::filters,
                  filter_row_table(), {0, kRowsMax});
    return table;
  }();
  return kTable;
}

template <class T>
base::Result<T> parse(std::string_view text, const TableOf<T>& table) {
  MILLRACE_LET(const config::Node tree, codec::from_json(text));
  T read;
  config::Problems problems;
  table.read(tree, &read, problems);
  if (problems.empty()) return read;
  return std::unexpected(config::to_error(table.title(), std::move(problems)));
}

std::optional<double> finite(double error, model::ValueType type) {
  const bool is_number = type == model::ValueType::kF64 || type == model::ValueType::kI64 ||
                         type == model::ValueType::kU64;
  if (!is_number || !std::isfinite(error)) return std::nullopt;
  return error;
}

}  // namespace

FilterFigureReport filter_report(const std::vector<pipeline::TagFilterFigures>& figures) {
  FilterFigureReport report;
  for (const pipeline::TagFilterFigures& one : figures) {
    const bool is_door = one.policy.kind == model::FilterKind::kSwingingDoor;
    const auto stepped = [&](double error) {
      return is_door ? finite(error, one.type) : std::nullopt;
    };
    report.filters.push_back({.thing = one.thing,
                              .property = one.property,
                              .unit = one.unit,
                              .policy = one.policy,
                              .received = one.figures.received,
                              .sent = one.figures.sent,
                              .bytes_received = one.figures.bytes_received,
                              .bytes_sent = one.figures.bytes_sent,
                              .error_max = finite(one.figures.error_max, one.type),
                              .error_mean = finite(one.figures.error_mean, one.type),
                              .stepped_max = stepped(one.figures.stepped_max),
                              .stepped_mean = stepped(one.figures.stepped_mean),
                              .since_us = one.figures.since.time_since_epoch().count()});
  }
  return report;
}

std::string to_text(const EdgeReport& report) {
  EdgeReport fitting = report;
  fitting.refused = shortened(fitting.refused, kReportTextMax);
  fitting.refused_hint = shortened(fitting.refused_hint, kReportTextMax);
  for (ConnectionReport& one : fitting.connections) {
    one.problem = shortened(one.problem, kReportTextMax);
  }
  return codec::to_json(report_table().show(&fitting, config::Secrets::kShown));
}

std::string to_text(const FilterFigureReport& report) {
  return codec::to_json(filters_table().show(&report, config::Secrets::kShown));
}

base::Result<EdgeReport> parse_edge_report(std::string_view text) {
  return parse(text, report_table());
}

base::Result<FilterFigureReport> parse_filter_report(std::string_view text) {
  return parse(text, filters_table());
}

std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::size_t end = bytes_max;
  while (end > 0 && continues(text[end])) --end;
  return std::string(text.substr(0, end));
}

}  // namespace millrace::apps
