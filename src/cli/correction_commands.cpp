// corrections: list, create (replace, invalidate, fill, restore), apply and export.
#include "cli/correction_commands.h"

#include <memory>

#include "cli/list_command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct CorrectionWanted {
  std::string action, thing, property, start, end, reason, value, method, interval_ms;
  std::optional<double> value_to;
};

void add_options(CLI::App& create, CorrectionWanted& wanted) {
  create.add_option("action", wanted.action, "replace, invalidate, fill or restore")
      ->required()
      ->check(CLI::IsMember({"replace", "invalidate", "fill", "restore"}));
  create.add_option("thing", wanted.thing, "Name of the thing")->required();
  create.add_option("property", wanted.property, "Name of its property")->required();
  create.add_option("--start", wanted.start, "From here: 2026-03-01T05:00:00Z, now-1h …")
      ->required();
  create.add_option("--end", wanted.end, "First time not meant")->required();
  create.add_option("--reason", wanted.reason, "Why, for the record")->required();
  create.add_option("--value", wanted.value,
                    "Of replace and fill: a number, true, false, or a text");
  create.add_option("--value-to", wanted.value_to,
                    "Of the method linear where the values are said: the one at --end");
  create.add_option("--method", wanted.method,
                    "Of fill: constant, linear or previous; of replace: linear or previous");
  create
      .add_option("--interval-ms", wanted.interval_ms,
                  "Of fill: between its samples; what is usual before --start by default")
      ->check(CLI::PositiveNumber);
}

json body_of(const CorrectionWanted& wanted) {
  json body = {{"action", wanted.action}, {"thing", wanted.thing}, {"property", wanted.property},
               {"start", wanted.start},   {"end", wanted.end},     {"reason", wanted.reason}};
  if (!wanted.value.empty()) body["value"] = value_of(wanted.value);
  if (wanted.value_to) body["value_to"] = *wanted.value_to;
  if (!wanted.method.empty()) body["method"] = wanted.method;
  if (!wanted.interval_ms.empty()) body["interval_ms"] = value_of(wanted.interval_ms);
  return body;
}

}  // namespace

RunCommand add_corrections(CLI::App& app, Context& context) {
  const List corrections = {"/api/v1/corrections",
                            {{"--thing", "thing", "Only of this thing"},
                             {"--property", "property", "Only of this property; needs --thing"},
                             {"--start", "start", "Only those that touch the time from here"},
                             {"--end", "end", "Only those that touch the time before"}},
                            {{"id", "/id"},
                             {"thing", "/thing"},
                             {"property", "/property"},
                             {"start", "/start"},
                             {"end", "/end"},
                             {"action", "/action"},
                             {"value", "/value"},
                             {"method", "/method"},
                             {"by", "/by"},
                             {"reason", "/reason"},
                             {"commit", "/commit"}}};
  auto wanted = std::make_shared<CorrectionWanted>();
  CLI::App* list = add_verb(app, "list", "Corrections, newest first");
  CLI::App* create = add_verb(app, "create", "Correct what is stored; the originals stay");
  add_options(*create, *wanted);
  const auto creating = [wanted, &context] {
    return print_call(
        context, {.method = "POST", .path = "/api/v1/corrections", .body = body_of(*wanted)}, {});
  };
  return run_verb(app, {{list, add_list(*list, context, corrections)},
                        {create, creating},
                        add_correction_apply(app, context),
                        add_correction_export(app, context)});
}

}  // namespace millrace::cli
