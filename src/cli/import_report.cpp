#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "cli/import_command.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using connector::file::MappedCell;
using connector::file::MappedRow;
using connector::file::Plan;
using connector::file::Totals;
using nlohmann::json;

std::string shown(const model::Value& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::monostate>)
          return "";
        else if constexpr (std::is_same_v<T, model::Bytes>)
          return "";
        else if constexpr (std::is_same_v<T, std::string>)
          return v.substr(0, 60);
        else
          return std::format("{}", v);
      },
      value);
}

json value_json(const model::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* natural = std::get_if<std::uint64_t>(&value)) return *natural;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

std::string shown(model::Quality quality) {
  std::string text(model::text(quality.severity()));
  for (const model::Reason one : quality.reasons()) text += std::format(" {}", model::text(one));
  return text;
}

/// "1 row", "1,234 rows".
std::string counted(std::uint64_t count, std::string_view noun) {
  const bool is_plain = count == 1 || noun.ends_with('s');
  return std::format("{} {}{}", grouped(count), noun, is_plain ? "" : "s");
}

json time_json(const std::optional<base::Time>& time) {
  return time ? json(base::to_text(*time)) : json(nullptr);
}

}  // namespace

std::string line_of(const std::string& file, const connector::file::Problem& problem) {
  std::string line = file;
  if (problem.line > 0) line += std::format(":{}", problem.line);
  line += std::format(": {}: ", text(problem.weight));
  if (!problem.column.empty()) line += std::format("{}: ", problem.column);
  line += problem.what;
  return problem.hint.empty() ? line : std::format("{} ({})", line, problem.hint);
}

json json_of(const connector::file::Problem& problem) {
  return {{"weight", std::string(text(problem.weight))},
          {"code", std::string(problem.code)},
          {"line", problem.line > 0 ? json(problem.line) : json(nullptr)},
          {"column", problem.column.empty() ? json(nullptr) : json(problem.column)},
          {"what", problem.what},
          {"hint", problem.hint}};
}

json json_of(const Totals& totals) {
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

json json_of(const model::ImportState& state) {
  return {{"id", state.id},
          {"state", state.is_complete ? "complete" : "open"},
          {"rows_total", state.rows_total},
          {"next_row", state.next_row},
          {"samples", state.samples},
          {"samples_uncertain", state.samples_uncertain},
          {"samples_bad", state.samples_bad}};
}

json preview_json(const Plan& plan, const std::vector<MappedRow>& rows) {
  json all = json::array();
  for (const MappedRow& row : rows) {
    for (const MappedCell& cell : row.cells) {
      const model::ImportTarget& target = plan.request.targets[cell.target];
      json reasons = json::array();
      for (const model::Reason one : cell.quality.reasons()) {
        reasons.push_back(std::string(model::text(one)));
      }
      all.push_back({{"line", row.line},
                     {"thing", target.thing},
                     {"property", target.property},
                     {"time", base::to_text(row.time)},
                     {"value", value_json(cell.value)},
                     {"unit", target.unit},
                     {"quality", std::string(model::text(cell.quality.severity()))},
                     {"reasons", std::move(reasons)}});
    }
  }
  return all;
}

std::string preview_text(const Plan& plan, const std::vector<MappedRow>& rows) {
  TextTable table({"line", "thing", "property", "time", "value", "unit", "quality"});
  for (const MappedRow& row : rows) {
    for (const MappedCell& cell : row.cells) {
      const model::ImportTarget& target = plan.request.targets[cell.target];
      table.add({std::to_string(row.line), target.thing, target.property, base::to_text(row.time),
                 shown(cell.value), target.unit, shown(cell.quality)});
    }
  }
  return table.text();
}

std::string totals_text(const std::string& file, const Totals& totals) {
  std::string text = std::format("{}: {}, {}, {}, {}", file, counted(totals.rows, "row"),
                                 counted(totals.samples, "sample"), counted(totals.things, "thing"),
                                 counted(totals.series, "series"));
  if (totals.first) {
    text +=
        std::format("\n  from {} to {}", base::to_text(*totals.first), base::to_text(*totals.last));
  }
  const auto note = [&](std::uint64_t count, std::string_view noun, std::string_view what) {
    if (count > 0) text += std::format("\n  {} {}", counted(count, noun), what);
  };
  note(totals.refused_rows, "row", "that cannot be stored");
  note(totals.bad_cells, "cell", "of another type than its column: stored as bad");
  note(totals.empty_cells, "empty cell", "without a sample");
  note(totals.samples_bad, "sample", "marked bad");
  note(totals.samples_uncertain, "sample", "marked uncertain");
  note(totals.ambiguous_rows - totals.unresolved_rows, "row",
       "in an hour that occurs twice, told apart by order");
  note(totals.unresolved_rows, "row", "in an hour that occurs twice: marked ambiguous_time");
  note(totals.nonexistent_rows, "row", "at a time that the clock skipped: marked ambiguous_time");
  note(totals.repeated_times, "row", "with the time of the one before: kept, marked by the hub");
  note(totals.backward_steps, "step", "back in time");
  return text;
}

}  // namespace millrace::cli
