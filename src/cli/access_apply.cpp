#include "cli/access_apply.h"

#include <optional>

#include "cli/pages.h"
#include "cli/secret_folder.h"

namespace millrace::cli {
namespace {

using base::Result;
using nlohmann::json;

/// "token grafana"
std::string subject_of(const json& change) {
  return std::format("{} {}", member_text(change, "of"), member_text(change, "name"));
}

/// Carries changes out, one after the other, and tells each secret as it comes.
class AccessApplier {
 public:
  AccessApplier(const Context& context, HttpClient& hub, const json& plan)
      : context_(context), hub_(hub), plan_(plan) {}

  void keep_secrets_in(const std::filesystem::path& folder) { secrets_.emplace(folder); }

  ExitCode run() {
    if (const auto ready = check_secrets(); !ready) return context_.fail(ready.error());
    for (const json& change : plan_["changes"]) {
      const auto done = carry_out(change);
      if (!done) return report(with_next_step(change, done.error()));
    }
    return report({});
  }

 private:
  const json& changes() const { return plan_["changes"]; }

  /// Before anything changes.
  Result<void> check_secrets() const {
    if (!secrets_) return {};
    MILLRACE_TRY(secrets_->open());
    for (const json& change : changes()) {
      if (member_text(change, "action") == "remove") continue;
      MILLRACE_TRY(secrets_->check(member_text(change, "of"), member_text(change, "name")));
    }
    return {};
  }

  Result<void> carry_out(const json& change) {
    const std::string action = member_text(change, "action");
    if (action != "create") MILLRACE_TRY(remove(change));
    if (action != "remove") return create(change);
    note(change, json::object());
    return {};
  }

  Result<void> remove(const json& change) {
    const bool is_token = member_text(change, "of") == "token";
    const std::string path = is_token
                                 ? "/api/v1/tokens/" + url_encoded(member_text(change, "token_id"))
                                 : "/api/v1/accounts/" + url_encoded(member_text(change, "name"));
    MILLRACE_TRY(send_json(hub_, {.method = "DELETE", .path = path}));
    return {};
  }

  Result<void> create(const json& change) {
    const bool is_token = member_text(change, "of") == "token";
    const char* path = is_token ? "/api/v1/tokens" : "/api/v1/accounts";
    MILLRACE_LET(const json made,
                 send_json(hub_, {.method = "POST",
                                  .path = path,
                                  .body = change.value(is_token ? "token" : "account", json())}));
    const std::string secret = member_text(made, is_token ? "token" : "password");
    if (secret.empty()) {
      return base::fail(base::ErrorCode::kMalformed, "the hub's answer has no secret",
                        "Is the address that of a Millrace hub?");
    }
    if (!secrets_) {
      note(change, {{"secret", secret}});
      return {};
    }
    const auto kept =
        secrets_->keep(member_text(change, "of"), member_text(change, "name"), secret);
    if (kept) {
      note(change, {{"secret_file", kept->native()}});
      return {};
    }
    note(change, {{"secret", secret}});  // rather shown than lost
    return std::unexpected(kept.error());
  }

  void note(const json& change, const json& more) {
    json one = {{"action", member_text(change, "action")},
                {"of", member_text(change, "of")},
                {"name", member_text(change, "name")}};
    one.update(more);
    std::string line = access_line(change);
    if (one.contains("secret")) line += "\n      secret: " + member_text(one, "secret");
    if (one.contains("secret_file")) line += "\n      secret in " + member_text(one, "secret_file");
    if (!context_.is_json()) {
      context_.print(line + "\n");
      std::fflush(context_.out);
    }
    done_.push_back(std::move(one));
  }

  base::Error with_next_step(const json& change, base::Error error) const {
    error.what = std::format("{}: {}; {} of {} changes are done", subject_of(change), error.what,
                             done_.size(), changes().size());
    error.hint += std::format("{}The same command goes on.", error.hint.empty() ? "" : " ");
    const bool has_secret = member_text(change, "action") != "remove";
    const bool may_be_made = has_secret && error.retry == base::Retry::kLater;
    if (!may_be_made) return error;
    error.hint +=
        member_text(change, "of") == "token"
            ? " If it finds the token there, revoke it (millrace tokens) and apply again: "
              "its secret was not told."
            : std::format(
                  " If it finds the account there, its password was not told: millrace "
                  "accounts password {}",
                  member_text(change, "name"));
    return error;
  }

  ExitCode report(const std::optional<base::Error>& error) const {
    const int unchanged = plan_.value("unchanged", 0);
    if (context_.is_json()) {
      json answer = {{"changes", done_},
                     {"unchanged", unchanged},
                     {"own_token", plan_.value("own_token", json())}};
      if (error) {
        answer["error"] = {{"code", std::string(base::text(error->code))},
                           {"what", error->what},
                           {"hint", error->hint},
                           {"retry", error->retry == base::Retry::kLater ? "later" : "never"}};
      }
      print_object(context_, answer);
      return error ? exit_code(error->code) : ExitCode::kDone;
    }
    say_what_stays(context_, plan_);
    if (error) return context_.fail(*error);
    context_.print(std::format("{} created, {} made anew, {} removed, {} as they were\n",
                               count_actions(done_, "create"), count_actions(done_, "replace"),
                               count_actions(done_, "remove"), unchanged));
    return ExitCode::kDone;
  }

  const Context& context_;
  HttpClient& hub_;
  const json& plan_;
  std::optional<SecretFolder> secrets_;
  json done_ = json::array();
};

}  // namespace

std::string access_line(const json& change) {
  const std::string action = member_text(change, "action");
  const char sign = action == "create" ? '+' : action == "remove" ? '-' : '~';
  return std::format("  {} {}  {}", sign, subject_of(change), member_text(change, "about"));
}

std::size_t count_actions(const json& changes, const char* action) {
  std::size_t count = 0;
  for (const json& one : changes) count += member_text(one, "action") == action ? 1U : 0U;
  return count;
}

void say_what_stays(const Context& context, const json& plan) {
  if (const std::string own = member_text(plan, "own_token"); !own.empty()) {
    context.say(std::format("token {} stays, though the file has it not: it makes this call", own));
  }
}

ExitCode apply_access_plan(const Context& context, HttpClient& hub, const json& plan,
                           const std::filesystem::path& secrets) {
  AccessApplier applier(context, hub, plan);
  if (!secrets.empty()) applier.keep_secrets_in(secrets);
  return applier.run();
}

}  // namespace millrace::cli
