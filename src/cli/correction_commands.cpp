// corrections: list, and create (replace, invalidate, fill, restore).
#include <memory>

#include "cli/command.h"
#include "cli/list_command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

struct CorrectionWanted {
  std::string action, thing, property, start, end, reason, value, method;
  std::uint64_t interval_ms = 0;
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
                    "Of replace, and of fill by constant: a number, true, false, or a text");
  create.add_option("--method", wanted.method, "Of fill: constant, linear or previous");
  create.add_option("--interval-ms", wanted.interval_ms,
                    "Of fill: between its samples; what is usual before --start by default");
}

json body_of(const CorrectionWanted& wanted) {
  json body = {{"action", wanted.action}, {"thing", wanted.thing}, {"property", wanted.property},
               {"start", wanted.start},   {"end", wanted.end},     {"reason", wanted.reason}};
  if (!wanted.value.empty()) body["value"] = value_of(wanted.value);
  if (!wanted.method.empty()) body["method"] = wanted.method;
  if (wanted.interval_ms > 0) body["interval_ms"] = wanted.interval_ms;
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
  return run_verb(app, {{list, add_list(*list, context, corrections)}, {create, creating}});
}

}  // namespace millrace::cli
