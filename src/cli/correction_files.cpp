// corrections apply and corrections export: all of them as one file.
#include <filesystem>
#include <memory>

#include "base/files.h"
#include "cli/correction_commands.h"
#include "cli/pages.h"
#include "cli/text_table.h"

namespace millrace::cli {
namespace {

using base::Result;
using nlohmann::json;

constexpr std::uintmax_t kCorrectionFileBytesMax = 8U << 20;
constexpr const char* kCorrectionFilePath = "/api/v1/corrections/file";

struct CorrectionFileOptions {
  std::filesystem::path file;
  bool is_dry_run = false;
};

struct CorrectionExport {
  std::filesystem::path file;
  std::string thing, property, start, end;
};

Result<json> send_corrections(const Context& context, const CorrectionFileOptions& options,
                              bool is_dry_run) {
  MILLRACE_LET(std::string yaml, base::read_file(options.file, kCorrectionFileBytesMax));
  MILLRACE_LET(const auto hub, context.connect());
  MILLRACE_LET(const HttpAnswer answer,
               hub->send({.method = "POST",
                          .path = std::format("{}?dry_run={}", kCorrectionFilePath, is_dry_run),
                          .body = std::move(yaml),
                          .content_type = "application/yaml",
                          .on_body = {},
                          .stall_timeout = kLongCall}));
  json parsed = json::parse(answer.body, nullptr, false);
  if (parsed.is_object() && parsed.contains("entries")) return parsed;
  return base::fail(base::ErrorCode::kMalformed, "the hub's answer is not JSON",
                    "Is the address that of a Millrace hub?");
}

/// "file.yaml:12: what (next step)".
void say_problems(const Context& context, const CorrectionFileOptions& options,
                  const json& problems) {
  for (const json& one : problems) {
    const std::string hint = one.value("hint", "");
    context.say(std::format("{}:{}: {}{}", options.file.native(), one.value("line", 0),
                            one.value("what", ""), hint.empty() ? "" : std::format(" ({})", hint)));
  }
  context.say(std::format("{} {}; nothing was changed", problems.size(),
                          problems.size() == 1 ? "problem" : "problems"));
}

/// Those that are new; of one that is made again, what is laid over it.
void print_new(const Context& context, const json& entries) {
  TextTable table({"line", "thing", "property", "start", "end", "action", ""});
  for (const json& one : entries) {
    if (one["state"] != "new") continue;
    const json& over = one["covered_by"];
    std::string note;
    if (over.is_number()) {
      note = over == 0 ? "again, behind what is new"
                       : std::format("again, over correction {}", over.get<std::int64_t>());
    }
    table.add({cell_text(one["line"]), cell_text(one["thing"]), cell_text(one["property"]),
               cell_text(one["start"]), cell_text(one["end"]), cell_text(one["action"]), note});
  }
  if (table.rows() > 0) context.print(table.text());
}

/// A refusal names the first problem alone: ask for all of them.
ExitCode explain_refusal(const Context& context, const CorrectionFileOptions& options,
                         const base::Error& error) {
  if (error.code != base::ErrorCode::kInvalid || context.is_json()) return context.fail(error);
  const auto answer = send_corrections(context, options, true);
  if (!answer || (*answer)["problems"].empty()) return context.fail(error);
  say_problems(context, options, (*answer)["problems"]);
  return ExitCode::kData;
}

ExitCode apply_corrections(const Context& context, const CorrectionFileOptions& options) {
  const auto answer = send_corrections(context, options, options.is_dry_run);
  if (!answer) return explain_refusal(context, options, answer.error());
  const json& problems = (*answer)["problems"];
  const ExitCode code = problems.empty() ? ExitCode::kDone : ExitCode::kData;
  if (context.is_json()) {
    print_object(context, *answer);
    return code;
  }
  print_new(context, (*answer)["entries"]);
  if (!problems.empty()) {
    say_problems(context, options, problems);
    return code;
  }
  const json& commit = (*answer)["commit"];
  const std::string counts =
      std::format("{} new, {} there already", answer->value("new", 0), answer->value("there", 0));
  context.say(commit.is_number()
                  ? std::format("done: {}; commit {}", counts, commit.get<std::int64_t>())
              : options.is_dry_run ? counts
                                   : std::format("nothing to do: {}", counts));
  return code;
}

ExitCode export_corrections(const Context& context, const CorrectionExport& wanted) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const std::string path = kCorrectionFilePath + query_of({{"thing", wanted.thing},
                                                           {"property", wanted.property},
                                                           {"start", wanted.start},
                                                           {"end", wanted.end}});
  const auto answer = (*hub)->send({.path = path, .body = {}, .on_body = {}});
  if (!answer) return context.fail(answer.error());
  if (wanted.file.empty()) {
    if (context.is_json()) {
      print_object(context, {{"text", answer->body}});
    } else {
      context.print(answer->body);
    }
    return ExitCode::kDone;
  }
  if (const auto written = base::write_file_durably(wanted.file, answer->body); !written) {
    return context.fail(written.error());
  }
  if (context.is_json()) {
    print_object(context, {{"file", wanted.file.native()}});
  } else {
    context.say(wanted.file.native() + " is written");
  }
  return ExitCode::kDone;
}

}  // namespace

Verb add_correction_apply(CLI::App& app, Context& context) {
  auto options = std::make_shared<CorrectionFileOptions>();
  CLI::App* apply = add_verb(app, "apply", "Make those of a file that are not in force yet");
  apply
      ->add_option("file", options->file,
                   "YAML list: thing, property, start, end, action, value, method, reason …")
      ->required();
  apply->add_flag("--dry-run", options->is_dry_run, "Only say what would be made");
  apply->footer("All of it or nothing. The same file can be applied again.");
  return {apply, [options, &context] { return apply_corrections(context, *options); }};
}

Verb add_correction_export(CLI::App& app, Context& context) {
  auto wanted = std::make_shared<CorrectionExport>();
  CLI::App* sub = add_verb(app, "export", "As a file, in the order in which they were made");
  sub->add_option("-o,--output", wanted->file, "File to write; printed without it");
  sub->add_option("--thing", wanted->thing, "Only of this thing");
  sub->add_option("--property", wanted->property, "Only of this property; needs --thing");
  sub->add_option("--start", wanted->start, "Only those that touch the time from here");
  sub->add_option("--end", wanted->end, "Only those that touch the time before");
  return {sub, [wanted, &context] { return export_corrections(context, *wanted); }};
}

}  // namespace millrace::cli
