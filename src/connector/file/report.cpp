#include "connector/file/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace millrace::connector::file {
namespace {

using nlohmann::json;

json cell_value_json(const model::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* natural = std::get_if<std::uint64_t>(&value)) return *natural;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

json time_json(const std::optional<base::Time>& time) {
  return time ? json(base::to_text(*time)) : json(nullptr);
}

json problem_json(const Problem& problem) {
  return {{"weight", std::string(text(problem.weight))},
          {"code", std::string(problem.code)},
          {"line", problem.line > 0 ? json(problem.line) : json(nullptr)},
          {"column", problem.column.empty() ? json(nullptr) : json(problem.column)},
          {"what", problem.what},
          {"hint", problem.hint}};
}

json totals_json(const Totals& totals) {
  return {{"rows", totals.rows},
          {"refused_rows", totals.refused_rows},
          {"samples", totals.samples},
          {"samples_uncertain", totals.samples_uncertain},
          {"samples_bad", totals.samples_bad},
          {"empty_cells", totals.empty_cells},
          {"bad_cells", totals.bad_cells},
          {"things", totals.things},
          {"series", totals.series},
          {"first", time_json(totals.first)},
          {"last", time_json(totals.last)},
          {"ambiguous_rows", totals.ambiguous_rows},
          {"unresolved_rows", totals.unresolved_rows},
          {"nonexistent_rows", totals.nonexistent_rows},
          {"repeated_times", totals.repeated_times},
          {"backward_steps", totals.backward_steps}};
}

json state_json(const model::ImportState& state) {
  return {{"id", state.id},
          {"state", state.is_complete ? "complete" : "open"},
          {"rows_total", state.rows_total},
          {"next_row", state.next_row},
          {"samples", state.samples},
          {"samples_uncertain", state.samples_uncertain},
          {"samples_bad", state.samples_bad}};
}

json cell_json(const StoredCell& cell) {
  json reasons = json::array();
  for (const model::Reason one : cell.quality.reasons()) {
    reasons.push_back(std::string(model::text(one)));
  }
  return {{"line", cell.line},
          {"thing", cell.thing},
          {"property", cell.property},
          {"time", base::to_text(cell.time)},
          {"value", cell_value_json(cell.value)},
          {"unit", cell.unit},
          {"quality", std::string(model::text(cell.quality.severity()))},
          {"reasons", std::move(reasons)}};
}

}  // namespace

base::Result<std::vector<StoredCell>> first_cells(const Plan& plan, std::size_t rows,
                                                  std::size_t cells_max) {
  MILLRACE_LET(const auto first, preview(plan, rows));
  std::vector<StoredCell> cells;
  for (const MappedRow& row : first) {
    for (const MappedCell& cell : row.cells) {
      if (cells.size() == cells_max) return cells;
      const model::ImportTarget& target = plan.request.targets[cell.target];
      cells.push_back({row.line, target.thing, target.property, row.time, cell.value, target.unit,
                       cell.quality});
    }
  }
  return cells;
}

std::vector<std::string> things_of(const model::ImportRequest& request, std::size_t things_max) {
  std::vector<std::string> things;
  for (const model::ImportTarget& target : request.targets) {
    if (things.size() == things_max) break;
    if (!std::ranges::contains(things, target.thing)) things.push_back(target.thing);
  }
  return things;
}

json json_of(const Report& report) {
  json object = {{"file", report.file},
                 {"problems", json::array()},
                 {"problems_left_out", report.problems_left_out}};
  for (const Problem& one : report.problems) object["problems"].push_back(problem_json(one));
  if (!report.file_hash.empty()) object["file_hash"] = report.file_hash;
  if (report.totals) object["totals"] = totals_json(*report.totals);
  if (report.rows) {
    object["rows"] = json::array();
    for (const StoredCell& cell : *report.rows) object["rows"].push_back(cell_json(cell));
  }
  if (!report.things.empty()) object["things"] = report.things;
  if (report.import) object["import"] = state_json(*report.import);
  if (report.error) {
    object["error"] = {{"code", std::string(base::text(report.error->code))},
                       {"what", report.error->what},
                       {"hint", report.error->hint}};
  }
  return object;
}

}  // namespace millrace::connector::file
