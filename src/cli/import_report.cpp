#include "base/time_text.h"
#include "cli/import_command.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using connector::file::Totals;

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

}  // namespace

std::string line_of(const std::string& file, const connector::file::Problem& problem) {
  std::string line = file;
  if (problem.line > 0) line += std::format(":{}", problem.line);
  line += std::format(": {}: ", text(problem.weight));
  if (!problem.column.empty()) line += std::format("{}: ", problem.column);
  line += problem.what;
  return problem.hint.empty() ? line : std::format("{} ({})", line, problem.hint);
}

std::string preview_text(const std::vector<connector::file::StoredCell>& cells) {
  TextTable table({"line", "thing", "property", "time", "value", "unit", "quality"});
  for (const auto& cell : cells) {
    table.add({std::to_string(cell.line), cell.thing, cell.property, base::to_text(cell.time),
               shown(cell.value), cell.unit, shown(cell.quality)});
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
