#include <memory>

#include "cli/command.h"
#include "cli/pages.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct QueryOptions {
  std::string thing, property, start, end, step, aggregate, include;
  std::size_t limit = 100'000;
};

std::string path_of(const QueryOptions& options) {
  const bool is_raw = options.step.empty();
  const std::size_t page = std::min<std::size_t>(options.limit, 100'000);
  return std::format("/api/v1/things/{}/properties/{}/history{}", url_encoded(options.thing),
                     url_encoded(options.property),
                     query_of({{"start", options.start},
                               {"end", options.end},
                               {"step", options.step},
                               {"aggregate", is_raw ? "" : options.aggregate},
                               {"include", is_raw ? options.include : ""},
                               {"limit", is_raw ? std::to_string(page) : ""}}));
}

/// The history with the rows of all its pages.
base::Result<json> all_rows(HttpClient& hub, const QueryOptions& options) {
  const std::string path = path_of(options);
  MILLRACE_LET(json history, get_json(hub, path));
  while (history["next"].is_string() && history["rows"].size() < options.limit) {
    const std::string cursor = url_encoded(history["next"].get<std::string>());
    MILLRACE_LET(json page, get_json(hub, path + "&cursor=" + cursor));
    for (json& row : page["rows"]) history["rows"].push_back(std::move(row));
    history["next"] = page["next"];
  }
  return history;
}

ExitCode query(const Context& context, const QueryOptions& options) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto history = all_rows(**hub, options);
  if (!history) return context.fail(history.error());
  if (context.is_json()) {
    print_object(context, *history);
    return ExitCode::kDone;
  }
  std::vector<std::string> names;
  for (const json& name : (*history)["columns"]) names.push_back(cell_text(name));
  TextTable table(names);
  for (const json& row : (*history)["rows"]) {
    std::vector<std::string> cells;
    for (const json& cell : row) cells.push_back(cell_text(cell));
    cells.resize(names.size());
    table.add(std::move(cells));
  }
  context.print(table.text());
  if ((*history)["next"].is_string()) context.say("there is more: raise --limit");
  return ExitCode::kDone;
}

}  // namespace

RunCommand add_query(CLI::App& app, Context& context) {
  auto options = std::make_shared<QueryOptions>();
  app.add_option("thing", options->thing, "Name of the thing");
  app.add_option("property", options->property, "Name of its property");
  app.add_option("--start", options->start, "2026-03-01T05:00:00Z, now-1h …");
  app.add_option("--end", options->end, "First time not wanted; now by default");
  app.add_option("--step", options->step, "Width of a bucket (15m, 1h); raw samples without");
  app.add_option("--aggregate", options->aggregate, "avg,min,max,count,first,last,sum,…");
  app.add_option("--include", options->include, "Of raw samples: reasons,quality_code");
  app.add_option("--limit", options->limit, "At most so many raw samples")->capture_default_str();
  app.require_subcommand(0, 1);
  RunCommand run_sql;
  const auto is_sql = add_query_sql(app, context, run_sql);
  return [options, is_sql, run_sql, &context] {
    if (is_sql()) return run_sql();
    if (!options->property.empty()) return query(context, *options);
    context.fail(base::Error{
        base::ErrorCode::kInvalid, base::Retry::kNever, "a thing and its property are needed",
        "Type: millrace query pump-1 flow, or: millrace query sql \"SELECT …\""});
    return ExitCode::kUsage;
  };
}

}  // namespace millrace::cli
