// access: plan, apply, export and schema of a file that says who may come in (docs/adr/021).
#include <memory>

#include "base/files.h"
#include "cli/access_apply.h"
#include "cli/command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using base::Result;
using nlohmann::json;

constexpr const char* kExportPath = "/api/v1/access/export";
constexpr std::size_t kAccessBytesMax = 8U << 20;

struct AccessOptions {
  std::filesystem::path file;
  std::filesystem::path secrets;
  std::filesystem::path output;
  bool is_pruning = false;
  bool is_replacing = false;
};

struct AskedPlan {
  std::unique_ptr<HttpClient> hub;
  json plan;
};

Result<AskedPlan> ask_plan(const Context& context, const AccessOptions& options) {
  AskedPlan asked;
  MILLRACE_LET(const std::string text, base::read_file(options.file, kAccessBytesMax));
  MILLRACE_LET(asked.hub, context.connect());
  MILLRACE_LET(asked.plan, send_json(*asked.hub, {.method = "POST",
                                                  .path = "/api/v1/access/plan",
                                                  .body = {{"text", text},
                                                           {"prune", options.is_pruning},
                                                           {"replace", options.is_replacing}}}));
  for (const char* list : {"problems", "changes"}) {
    if (asked.plan.contains(list) && asked.plan[list].is_array()) continue;
    return base::fail(base::ErrorCode::kMalformed, "the hub's answer is no plan",
                      "Is the address that of a Millrace hub of this version?");
  }
  return asked;
}

void print_access_problems(const Context& context, const AccessOptions& options,
                           const json& problems) {
  for (const json& one : problems) {
    const int line = one.value("line", 0);
    const std::string place =
        line > 0 ? std::format("{}:{}", options.file.native(), line) : options.file.native();
    context.say(std::format("{}: {}", place, member_text(one, "what")));
    if (const std::string hint = member_text(one, "hint"); !hint.empty())
      context.say("    " + hint);
  }
}

ExitCode plan_file(const Context& context, const AccessOptions& options) {
  const auto asked = ask_plan(context, options);
  if (!asked) return context.fail(asked.error());
  const json& plan = asked->plan;
  const ExitCode code = plan["problems"].empty() ? ExitCode::kDone : ExitCode::kData;
  if (context.is_json()) {
    print_object(context, plan);
    return code;
  }
  print_access_problems(context, options, plan["problems"]);
  if (code != ExitCode::kDone) return code;
  const json& changes = plan["changes"];
  for (const json& one : changes) context.print(access_line(one) + "\n");
  say_what_stays(context, plan);
  context.print(std::format("{} to create, {} to make anew, {} to remove, {} as they are\n",
                            count_actions(changes, "create"), count_actions(changes, "replace"),
                            count_actions(changes, "remove"), plan.value("unchanged", 0)));
  return code;
}

ExitCode apply_file(const Context& context, const AccessOptions& options) {
  const auto asked = ask_plan(context, options);
  if (!asked) return context.fail(asked.error());
  const json& problems = asked->plan["problems"];
  if (problems.empty()) {
    return apply_access_plan(context, *asked->hub, asked->plan, options.secrets);
  }
  if (context.is_json()) {
    print_object(context, {{"problems", problems}, {"changes", json::array()}});
  } else {
    print_access_problems(context, options, problems);
    context.say("nothing was changed");
  }
  return ExitCode::kData;
}

/// An answer that is no JSON, as it is.
ExitCode print_text(const Context& context, const std::string& path) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto answer = (*hub)->send({.path = path, .body = {}, .on_body = {}});
  if (!answer) return context.fail(answer.error());
  context.print(answer->body);
  if (!answer->body.ends_with('\n')) context.print("\n");
  return ExitCode::kDone;
}

ExitCode export_file(const Context& context, const AccessOptions& options) {
  if (options.output.empty() && !context.is_json()) return print_text(context, kExportPath);
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto answer = (*hub)->send({.path = kExportPath, .body = {}, .on_body = {}});
  if (!answer) return context.fail(answer.error());
  if (options.output.empty()) {
    print_object(context, {{"text", answer->body}});
    return ExitCode::kDone;
  }
  const auto written = base::write_file_durably(options.output, answer->body);
  if (!written) return context.fail(written.error());
  if (context.is_json()) print_object(context, {{"file", options.output.native()}});
  if (!context.is_json()) context.say(std::format("{} is written", options.output.native()));
  return ExitCode::kDone;
}

}  // namespace

RunCommand add_access(CLI::App& app, Context& context) {
  auto options = std::make_shared<AccessOptions>();
  CLI::App* plan = add_verb(app, "plan", "What an access file would change");
  CLI::App* apply = add_verb(app, "apply", "Let in whom an access file names");
  for (CLI::App* sub : {plan, apply}) {
    sub->add_option("file", options->file, "YAML with accounts and tokens")->required();
    sub->add_flag("--prune", options->is_pruning,
                  "Remove what the file has not, of the lists that it has");
    sub->add_flag("--replace", options->is_replacing,
                  "Make anew, with a new secret, what the file has otherwise than the hub");
  }
  apply->add_option("--secrets-dir", options->secrets,
                    "Write each new secret to DIR/accounts/NAME or DIR/tokens/NAME instead of "
                    "printing it");
  CLI::App* saved = add_verb(app, "export", "Accounts and tokens as an access file, no secrets");
  saved->add_option("-o,--output", options->output, "File to write to; else it is printed");
  CLI::App* schema = add_verb(app, "schema", "JSON Schema of access files, for editors");
  app.footer(
      "A secret is told once, when it is made. A list that the file does not have is left alone. "
      "The token that makes the call is never removed.");
  return run_verb(app,
                  {{plan, [options, &context] { return plan_file(context, *options); }},
                   {apply, [options, &context] { return apply_file(context, *options); }},
                   {saved, [options, &context] { return export_file(context, *options); }},
                   {schema, [&context] { return print_text(context, "/api/v1/access/schema"); }}});
}

}  // namespace millrace::cli
