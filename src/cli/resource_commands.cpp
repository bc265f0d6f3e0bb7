// validate, plan, apply, drift, schema and the export of resources.
#include <memory>

#include "cli/command.h"
#include "cli/pages.h"
#include "cli/resource_report.h"

namespace millrace::cli {
namespace {

using base::Result;
using nlohmann::json;

struct Options {
  std::vector<std::filesystem::path> paths;
  bool is_offline = false;
  bool is_pruning = false;
  bool is_deletion_confirmed = false;
  std::string reason;
  std::optional<std::int64_t> revision;
};

std::shared_ptr<Options> add_paths(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("path", options->paths, "Files, or folders with *.yaml and *.yml")->required();
  return options;
}

/// Reads the files and asks the hub.
struct Asked {
  ResourceFiles files;
  std::unique_ptr<HttpClient> hub;
  json answer;
};

Result<Asked> ask(const Context& context, const Options& options, const std::string& path,
                  json more = json::object()) {
  Asked asked;
  MILLRACE_LET(asked.files, read_resource_files(options.paths, context));
  MILLRACE_LET(asked.hub, context.connect());
  more.update(body_of(asked.files));
  MILLRACE_LET(asked.answer,
               send_json(*asked.hub, {.method = "POST", .path = path, .body = std::move(more)}));
  return asked;
}

/// Against each other alone; a hub is not needed.
Result<json> check_here(const Context& context, const ResourceFiles& files) {
  twin::ParsedFiles parsed = twin::parse_files(files.files);
  const std::size_t count = parsed.resources.size();
  if (parsed.problems.empty()) {
    MILLRACE_LET(const unit::Units units, unit::Units::create());
    auto built =
        twin::Catalog::build(std::move(parsed.resources), units, context.connection_checks());
    if (!built) parsed.problems = std::move(built.error());
  }
  return json{{"problems", json_of(parsed.problems)}, {"resources", count}};
}

ExitCode report_validation(const Context& context, const ResourceFiles& files, const json& answer,
                           std::string_view against) {
  const json& problems = answer["problems"];
  if (context.is_json()) {
    print_object(context, answer);
  } else {
    print_problems(context, files, problems);
    const auto resources = answer.value("resources", 0);
    if (problems.empty()) {
      context.print(std::format("{} resources in {} files are in order, checked against {}\n",
                                resources, files.files.size(), against));
    } else {
      context.say(
          std::format("{} {}", problems.size(), problems.size() == 1 ? "problem" : "problems"));
    }
  }
  return problems.empty() ? ExitCode::kDone : ExitCode::kData;
}

ExitCode validate(const Context& context, const Options& options) {
  const bool has_hub = !context.hub.empty() || !context.tokens.data_directory.empty();
  if (!options.is_offline && has_hub) {
    const auto asked = ask(context, options, "/api/v1/resources/validate");
    if (!asked) return context.fail(asked.error());
    return report_validation(context, asked->files, asked->answer, "each other and the hub");
  }
  const auto files = read_resource_files(options.paths, context);
  if (!files) return context.fail(files.error());
  const auto answer = check_here(context, *files);
  if (!answer) return context.fail(answer.error());
  return report_validation(context, *files, *answer, "each other");
}

ExitCode plan(const Context& context, const Options& options) {
  const auto asked =
      ask(context, options, "/api/v1/resources/plan", {{"prune", options.is_pruning}});
  if (!asked) return context.fail(asked.error());
  const json& plan = asked->answer;
  const json& problems = plan["problems"];
  if (context.is_json()) {
    print_object(context, plan);
  } else if (!problems.empty()) {
    print_problems(context, asked->files, problems);
  } else {
    print_changes(
        context, asked->files, plan["changes"],
        std::format("{}, {} as they are; the hub is at revision {}", count_text(plan["changes"]),
                    plan.value("unchanged", 0), plan.value("revision", 0)));
    print_notes(context, asked->files, plan);
    print_effects(context, plan);
    print_deletes(context, plan);
  }
  return problems.empty() ? ExitCode::kDone : ExitCode::kData;
}

/// A refusal names the first problem alone: ask for all of them.
ExitCode explain(const Context& context, const Options& options, const base::Error& error) {
  if (error.code == base::ErrorCode::kInvalid && !context.is_json()) {
    const auto asked = ask(context, options, "/api/v1/resources/validate");
    if (asked && !asked->answer["problems"].empty()) {
      print_problems(context, asked->files, asked->answer["problems"]);
      context.say("nothing was changed");
      return ExitCode::kData;
    }
  }
  return context.fail(error);
}

ExitCode apply(const Context& context, const Options& options) {
  json body = {{"prune", options.is_pruning}, {"reason", options.reason}};
  if (options.is_deletion_confirmed) body["confirm_deletion"] = true;
  if (options.revision) body["revision"] = *options.revision;
  if (context.is_terminal && !context.is_json()) context.say("applying …");
  const auto asked = ask(context, options, "/api/v1/resources/apply", std::move(body));
  if (!asked) return explain(context, options, asked.error());
  const json& applied = asked->answer;
  if (context.is_json()) {
    print_object(context, applied);
    return ExitCode::kDone;
  }
  const bool has_changed = !applied["changes"].empty();
  print_changes(
      context, asked->files, applied["changes"],
      std::format("{} revision {}", has_changed ? "done:" : "nothing to do; the hub is at",
                  applied.value("revision", 0)));
  print_notes(context, asked->files, applied);
  return ExitCode::kDone;
}

ExitCode drift(const Context& context, const Options& options) {
  const auto asked = ask(context, options, "/api/v1/resources/drift");
  if (!asked) return explain(context, options, asked.error());
  const json& changes = asked->answer["changes"];
  if (context.is_json()) {
    print_object(context, asked->answer);
  } else if (changes.empty()) {
    context.print("files and hub agree\n");
  } else {
    print_changes(context, asked->files, changes,
                  std::format("{} resources differ: + only in the hub, - only in the files, "
                              "~ in both, files → hub",
                              changes.size()));
  }
  return changes.empty() ? ExitCode::kDone : ExitCode::kConflict;
}

}  // namespace

RunCommand add_validate(CLI::App& app, Context& context) {
  auto options = add_paths(app);
  app.add_flag("--offline", options->is_offline,
               "Check the files against each other only, without a hub");
  app.footer("Without --hub, --data-dir or MILLRACE_HUB no hub is asked.");
  return [options, &context] { return validate(context, *options); };
}

RunCommand add_plan(CLI::App& app, Context& context) {
  auto options = add_paths(app);
  app.add_flag("--prune", options->is_pruning, "Delete what no file has");
  return [options, &context] { return plan(context, *options); };
}

RunCommand add_apply(CLI::App& app, Context& context) {
  auto options = add_paths(app);
  app.add_flag("--prune", options->is_pruning, "Delete what no file has");
  app.add_option("--reason", options->reason, "Why, for the record");
  app.add_flag("--confirm-deletion", options->is_deletion_confirmed,
               "Delete for good what a shorter Retention no longer keeps, as the plan said");
  app.add_option("--revision", options->revision,
                 "Only if the hub is still at this revision, as the plan said");
  return [options, &context] { return apply(context, *options); };
}

RunCommand add_drift(CLI::App& app, Context& context) {
  auto options = add_paths(app);
  app.footer("Ends with 6 when files and hub differ.");
  return [options, &context] { return drift(context, *options); };
}

RunCommand add_delete(CLI::App& app, Context& context) {
  struct Doomed {
    std::string kind, name, version;
  };
  auto doomed = std::make_shared<Doomed>();
  app.add_option("kind", doomed->kind, "Site, ThingModel, Thing, Connection, Binding or Retention")
      ->required();
  app.add_option("name", doomed->name, "Its name, which is never given again")->required();
  app.add_option("--version", doomed->version, "Only this version of a thing model");
  app.footer("Refused as long as other resources need it. Samples stay.");
  return [doomed, &context] {
    const std::string path =
        std::format("/api/v1/resources/{}/{}{}", url_encoded(doomed->kind),
                    url_encoded(doomed->name), query_of({{"version", doomed->version}}));
    return print_call(context, {.method = "DELETE", .path = path}, {});
  };
}

RunCommand add_schema(CLI::App& app, Context& context) {
  auto word = std::make_shared<std::string>();
  app.add_option("kind", *word, "Site, ThingModel, Thing, Connection, Binding or Retention")
      ->required();
  return [word, &context] {
    const auto kind = twin::parse_kind(*word);
    if (!kind) {
      return context.fail({base::ErrorCode::kInvalid, base::Retry::kNever,
                           std::format("there is no kind '{}'", *word),
                           "There are Site, ThingModel, Thing, Connection, Binding, Retention."});
    }
    context.print(twin::json_schema(*kind, context.connector_schemas()) + "\n");
    return ExitCode::kDone;
  };
}

std::function<bool()> add_export_resources(CLI::App& app, Context& context, RunCommand& run) {
  struct Wanted {
    std::filesystem::path folder;
    std::string kind;
  };
  auto wanted = std::make_shared<Wanted>();
  CLI::App* sub = app.add_subcommand("resources", "What is configured, as files");
  sub->fallthrough();
  sub->add_option("-o,--output", wanted->folder, "Folder to write to")->required();
  sub->add_option("--kind", wanted->kind, "Only this kind, such as Thing");
  run = [wanted, &context] {
    const auto hub = context.connect();
    if (!hub) return context.fail(hub.error());
    const auto answer =
        get_json(**hub, "/api/v1/resources/export" + query_of({{"kind", wanted->kind}}));
    if (!answer) return context.fail(answer.error());
    const auto written =
        write_resource_files(answer->value("files", json()), wanted->folder, context);
    if (!written) return context.fail(written.error());
    const auto revision = answer->value("revision", 0);
    if (context.is_json()) {
      print_object(
          context,
          {{"folder", wanted->folder.native()}, {"files", *written}, {"revision", revision}});
    } else {
      context.say(
          std::format("{}: {} files, revision {}", wanted->folder.native(), *written, revision));
    }
    return ExitCode::kDone;
  };
  return [sub] { return sub->parsed(); };
}

}  // namespace millrace::cli
