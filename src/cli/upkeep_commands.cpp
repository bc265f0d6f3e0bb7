// system, backup and tokens: what an administrator keeps in order.
#include <memory>

#include "cli/command.h"
#include "cli/list_command.h"
#include "cli/pages.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

/// A backup that is not as it was written is bad data.
ExitCode verify_backup(const Context& context, const std::string& name) {
  const auto hub = context.connect();
  if (!hub) return context.fail(hub.error());
  const auto check = send_json(**hub, {.method = "POST",
                                       .path = "/api/v1/system/backup/verify",
                                       .body = {{"name", name}},
                                       .is_long = true});
  if (!check) return context.fail(check.error());
  print_object(context, *check);
  return check->value("valid", false) ? ExitCode::kDone : ExitCode::kData;
}

}  // namespace

RunCommand add_system(CLI::App& app, Context& context) {
  CLI::App* seal = add_verb(app, "seal", "Move hot rows into sorted partitions now");
  const auto sealing = [&context] {
    return print_call(context, {.method = "POST", .path = "/api/v1/system/seal", .is_long = true},
                      {});
  };
  return run_verb(app, {{seal, sealing}}, [&context] {
    return print_call(context, {.method = "GET", .path = "/api/v1/system"}, {});
  });
}

RunCommand add_backup(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>();
  CLI::App* create =
      add_verb(app, "create", "Copy everything into the backup folder of the hub's data directory");
  CLI::App* verify = add_verb(app, "verify", "Read a backup again and compare its checksums");
  verify->add_option("name", *name, "What creating it answered, such as 2026-03-01T060000Z")
      ->required();
  app.footer(
      "Ingest goes on meanwhile. `millrace restore` makes a data directory of a backup. "
      "`verify` ends with 3 when a backup is not as it was written.");
  const auto creating = [&context] {
    return print_call(context, {.method = "POST", .path = "/api/v1/system/backup", .is_long = true},
                      {});
  };
  return run_verb(app, {{create, creating},
                        {verify, [name, &context] { return verify_backup(context, *name); }}});
}

RunCommand add_tokens(CLI::App& app, Context& context) {
  struct Wanted {
    std::string name, role, expires, id;
  };
  auto wanted = std::make_shared<Wanted>();
  CLI::App* list = add_verb(app, "list", "API tokens, newest first, without their secrets");
  CLI::App* create = add_verb(app, "create", "Make an API token; its secret is shown this once");
  create->add_option("name", wanted->name, "What it is for")->required();
  create
      ->add_option(
          "--role", wanted->role,
          "administrator, ot_engineer, data_scientist, operator, sponsor, champion or viewer")
      ->required();
  create->add_option("--expires", wanted->expires, "2027-01-01T00:00:00Z; never without");
  CLI::App* revoke = add_verb(app, "revoke", "Refuse a token from now on");
  revoke->add_option("id", wanted->id, "Its id, as `tokens list` shows it")->required();
  const auto creating = [wanted, &context] {
    json body = {{"name", wanted->name}, {"role", wanted->role}};
    if (!wanted->expires.empty()) body["expires"] = wanted->expires;
    return print_call(context, {.method = "POST", .path = "/api/v1/tokens", .body = body}, {});
  };
  const auto revoking = [wanted, &context] {
    return print_call(context,
                      {.method = "DELETE", .path = "/api/v1/tokens/" + url_encoded(wanted->id)},
                      std::format("token {} is revoked", wanted->id));
  };
  const List tokens = {"/api/v1/tokens",
                       {},
                       {{"token", "/id"},
                        {"name", "/name"},
                        {"role", "/role"},
                        {"created", "/created"},
                        {"by", "/created_by"},
                        {"expires", "/expires"},
                        {"last used", "/last_used"}}};
  return run_verb(
      app, {{list, add_list(*list, context, tokens)}, {create, creating}, {revoke, revoking}});
}

}  // namespace millrace::cli
