// `millrace tags import`: things and bindings in bulk from a table.
#include <memory>

#include "base/files.h"
#include "cli/command.h"
#include "cli/pages.h"
#include "cli/resource_report.h"

namespace millrace::cli {
namespace {

using base::Result;
using nlohmann::json;

constexpr std::size_t kRowsShown = 200;
constexpr std::uintmax_t kTableBytesMax = 16U << 20;

struct TagOptions {
  std::filesystem::path file;
  bool is_dry_run = false;
  std::string reason;
};

Result<json> send_table(const Context& context, const TagOptions& options) {
  MILLRACE_LET(std::string csv, base::read_file(options.file, kTableBytesMax));
  if (csv.empty()) {
    return base::fail(base::ErrorCode::kInvalid, options.file.native() + " is empty",
                      "Write a header such as thing,property,connection,address,unit and rows.");
  }
  MILLRACE_LET(const auto hub, context.connect());
  const std::string path =
      "/api/v1/onboarding/tags" +
      query_of({{"dry_run", options.is_dry_run ? "true" : "false"}, {"reason", options.reason}});
  MILLRACE_LET(const HttpAnswer answer, hub->send({.method = "POST",
                                                   .path = path,
                                                   .body = std::move(csv),
                                                   .content_type = "text/csv",
                                                   .on_body = {}}));
  json parsed = json::parse(answer.body, nullptr, false);
  if (parsed.is_object() && parsed.contains("rows") && parsed.contains("plan")) return parsed;
  return base::fail(base::ErrorCode::kMalformed, "the hub's answer is not JSON",
                    "Is the address that of a Millrace hub?");
}

/// "tags.csv:7: pump-1/flow: what (next step)", and how many rows have a problem.
std::size_t print_rows(const Context& context, const TagOptions& options, const json& rows) {
  std::size_t wrong = 0;
  for (const json& row : rows) {
    if (row["problem"].is_null() || ++wrong > kRowsShown) continue;
    context.say(std::format("{}:{}: {}/{}: {}", options.file.native(), row.value("line", 0),
                            row.value("thing", ""), row.value("property", ""),
                            row["problem"].get<std::string>()));
  }
  if (wrong > kRowsShown) context.say(std::format("and {} rows more", wrong - kRowsShown));
  return wrong;
}

ExitCode import_tags(const Context& context, const TagOptions& options) {
  const auto answer = send_table(context, options);
  if (!answer) return context.fail(answer.error());
  const json &plan = (*answer)["plan"], &rows = (*answer)["rows"];
  const bool is_sound = plan["problems"].empty() && std::ranges::all_of(rows, [](const json& row) {
                          return row["problem"].is_null();
                        });
  if (context.is_json()) {
    print_object(context, *answer);
    return is_sound ? ExitCode::kDone : ExitCode::kData;
  }
  const std::size_t wrong = print_rows(context, options, rows);
  if (wrong == 0) print_problems(context, {}, plan["problems"]);
  if (!is_sound) {
    context.say(
        std::format("{} of {} rows have a problem; nothing was changed", wrong, rows.size()));
    return ExitCode::kData;
  }
  const json& revision = (*answer)["revision"];
  const std::string end =
      revision.is_number() ? std::format("done: revision {}", revision.get<std::int64_t>())
      : options.is_dry_run ? std::format("{} rows: {}", rows.size(), count_text(plan["changes"]))
                           : std::string("nothing to do: the hub is so already");
  print_changes(context, {}, plan["changes"], end);
  print_effects(context, plan);
  return ExitCode::kDone;
}

}  // namespace

RunCommand add_tags(CLI::App& app, Context& context) {
  auto options = std::make_shared<TagOptions>();
  app.require_subcommand(1);
  CLI::App* sub = app.add_subcommand("import", "Things and bindings from a table (CSV)");
  sub->fallthrough();
  sub->add_option("file", options->file,
                  "CSV with a header: thing, property, connection, address …")
      ->required();
  sub->add_flag("--dry-run", options->is_dry_run, "Only say what would happen, row by row");
  sub->add_option("--reason", options->reason, "Why, for the record");
  app.footer(
      "The columns stand in docs/guide/tags-csv.md. Nothing is applied while one row is wrong.");
  return [options, &context] { return import_tags(context, *options); };
}

}  // namespace millrace::cli
