// query sql "SELECT …": one read-only statement, its answer as a table, CSV or JSON; query sql
// --tables: what may be asked.
#include <memory>

#include "cli/command.h"
#include "cli/pages.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct SqlOptions {
  std::string sql;
  std::size_t limit = 10'000;
  bool is_csv = false;
  bool lists_tables = false;
};

/// A cell of CSV, RFC 4180; NULL is empty.
std::string csv_cell(const json& value) {
  std::string text = value.is_structured()
                         ? value.dump(-1, ' ', false, json::error_handler_t::replace)
                         : cell_text(value);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void print_csv(const Context& context, const json& answer) {
  std::string text;
  const auto line = [&](const json& cells, auto text_of) {
    for (std::size_t i = 0; i < cells.size(); ++i) text += (i > 0 ? "," : "") + text_of(cells[i]);
    text += "\n";
  };
  line(answer["columns"], [](const json& column) { return csv_cell(column["name"]); });
  for (const json& row : answer["rows"]) line(row, csv_cell);
  context.print(text);
}

void print_table(const Context& context, const json& answer) {
  std::vector<std::string> names;
  for (const json& column : answer["columns"]) names.push_back(cell_text(column["name"]));
  TextTable table(names);
  for (const json& row : answer["rows"]) {
    std::vector<std::string> cells;
    for (const json& cell : row) cells.push_back(cell_text(cell));
    table.add(std::move(cells));
  }
  context.print(table.text());
}

bool is_answer(const json& answer) {
  return answer.is_object() && answer.contains("columns") && answer.contains("rows");
}

ExitCode ask(const Context& context, HttpClient& hub, const SqlOptions& options) {
  const json body = {{"sql", options.sql}, {"limit", options.limit}};
  const auto sent = send_json(hub, {.method = "POST", .path = "/api/v1/query/sql", .body = body});
  if (!sent) return context.fail(sent.error());
  const json& answer = *sent;
  if (!is_answer(answer)) {
    return context.fail({base::ErrorCode::kMalformed, base::Retry::kNever,
                         "the hub's answer is no table", "Is the address that of a Millrace hub?"});
  }
  if (context.is_json()) {
    print_object(context, answer);
  } else if (options.is_csv) {
    print_csv(context, answer);
  } else {
    print_table(context, answer);
  }
  if (answer.value("truncated", false)) {
    context.say(std::format("there are more than {} rows: raise --limit, or ask for less",
                            answer["rows"].size()));
  }
  return ExitCode::kDone;
}

ExitCode list_tables(const Context& context, HttpClient& hub) {
  const auto answer = get_json(hub, "/api/v1/query/sql/tables");
  if (!answer) return context.fail(answer.error());
  if (context.is_json()) {
    print_object(context, *answer);
    return ExitCode::kDone;
  }
  json columns = json::array();
  for (const json& table : (*answer)["items"]) {
    for (const json& column : table["columns"]) {
      columns.push_back({{"table", table["name"]},
                         {"column", column["name"]},
                         {"type", column["type"]},
                         {"comment", column["comment"]}});
    }
  }
  print_items(context, columns,
              {{"table", "/table"}, {"column", "/column"}, {"type", "/type"}, {"", "/comment"}});
  return ExitCode::kDone;
}

ExitCode run_sql(const Context& context, const SqlOptions& options) {
  if (options.sql.empty() && !options.lists_tables) {
    context.fail({base::ErrorCode::kInvalid, base::Retry::kNever, "a statement is needed",
                  "Type: millrace query sql \"SELECT * FROM things\", or --tables."});
    return ExitCode::kUsage;
  }
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  return options.lists_tables ? list_tables(context, **hub) : ask(context, **hub, options);
}

}  // namespace

std::function<bool()> add_query_sql(CLI::App& app, Context& context, RunCommand& run) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* sub = app.add_subcommand("sql", "One SELECT over samples, things, events and more");
  sub->fallthrough();
  sub->add_option("statement", options->sql, "The statement, quoted for the shell");
  sub->add_option("--limit", options->limit, "At most so many rows, up to 100000")
      ->capture_default_str();
  sub->add_flag("--csv", options->is_csv, "Answer as CSV");
  sub->add_flag("--tables", options->lists_tables, "Tables and columns that may be asked");
  run = [options, &context] { return run_sql(context, *options); };
  return [sub] { return sub->parsed(); };
}

}  // namespace millrace::cli
