#include "service/access_plan.h"

#include <algorithm>

#include "base/time_text.h"

namespace millrace::service {
namespace {

std::string access_about(const Account& account) {
  switch (account.kind) {
    case AccountKind::kEdge:
      return std::format("edge of site {}", account.site);
    case AccountKind::kDevice: {
      std::string all;
      for (const std::string& topic : account.topics) all += (all.empty() ? "" : ", ") + topic;
      return std::format("device below {}", all);
    }
    case AccountKind::kConsumer:
      break;
  }
  return account.may_command ? "consumer, may command" : "consumer";
}

std::string access_about(std::string_view role, const std::optional<base::Time>& expires) {
  return expires ? std::format("{} until {}", role, base::to_text(*expires)) : std::string(role);
}

/// The order of topics says nothing.
bool is_same_access(Account one, Account other) {
  std::ranges::sort(one.topics);
  std::ranges::sort(other.topics);
  return one == other;
}

bool is_same_access(const identity::TokenRequest& wanted, const store::Token& known) {
  return identity::text(wanted.role) == known.role && wanted.expires == known.expires;
}

class Planner {
 public:
  Planner(ParsedAccess parsed, const AccessNow& now, AccessPlanOptions options)
      : file_(std::move(parsed.file)), now_(now), options_(options) {
    plan_.problems = std::move(parsed.problems);
  }

  AccessPlan run() {
    if (file_.accounts) plan_accounts();
    if (file_.tokens) plan_tokens();
    std::ranges::stable_sort(plan_.changes, {}, &AccessChange::action);
    std::ranges::stable_sort(plan_.problems, {},
                             [](const config::Problem& one) { return one.place.line; });
    if (!plan_.problems.empty()) plan_.changes.clear();
    return std::move(plan_);
  }

 private:
  void refuse(config::Place place, std::string what, std::string hint) {
    plan_.problems.push_back({place, std::move(what), std::move(hint)});
  }
  void refuse(config::Place place, const base::Error& error) {
    refuse(place, error.what, error.hint);
  }

  void plan_accounts() {
    if (!now_.accounts) {
      if (file_.accounts->empty()) return;
      return refuse(file_.accounts->front().place, "this hub has no broker of its own",
                    "Take 'accounts' out of the file, and make them at the broker it was given.");
    }
    for (const auto& row : *file_.accounts) plan_account(row);
    if (!options_.is_pruning) return;
    for (const Account& known : *now_.accounts) {
      const bool is_named = std::ranges::any_of(
          *file_.accounts, [&](const auto& row) { return row.account.name == known.name; });
      if (is_named) continue;
      if (const auto free = now_.may_go(known); !free) refuse({}, free.error());
      plan_.changes.push_back(
          {.action = AccessAction::kRemove, .name = known.name, .about = access_about(known)});
    }
  }

  void plan_account(const AccessFile::AccountRow& row) {
    const Account& wanted = row.account;
    if (const auto fits = now_.check(wanted); !fits) return refuse(row.place, fits.error());
    const auto known = std::ranges::find(*now_.accounts, wanted.name, &Account::name);
    AccessChange change{.name = wanted.name, .about = access_about(wanted), .account = wanted};
    if (known != now_.accounts->end()) {
      if (is_same_access(wanted, *known)) {
        ++plan_.unchanged;
        return;
      }
      if (!options_.is_replacing) return refuse_other(row.place, "account", wanted.name, *known);
      if (const auto free = now_.may_go(*known); !free) return refuse(row.place, free.error());
      change.action = AccessAction::kReplace;
    }
    plan_.changes.push_back(std::move(change));
  }

  void refuse_other(config::Place place, const char* of, const std::string& name,
                    const auto& known) {
    refuse(place, std::format("the hub has another {} '{}': {}", of, name, about_known(known)),
           "Write it like that, or give --replace: it is made anew, with a new secret.");
  }
  static std::string about_known(const Account& known) { return access_about(known); }
  static std::string about_known(const store::Token& known) {
    return access_about(known.role, known.expires);
  }

  bool is_own(const store::Token& token) const { return token.id == now_.own_token_id; }

  void plan_tokens() {
    std::size_t made = 0;
    for (const auto& row : *file_.tokens) {
      const bool is_new = !std::ranges::contains(now_.tokens, row.token.name, &store::Token::name);
      made += is_new ? 1U : 0U;
      if (is_new && now_.tokens.size() + made == identity::kApiTokensMax + 1) {
        refuse(row.place,
               std::format("there would be more than {} tokens", identity::kApiTokensMax),
               "Revoke those that are not used first.");
      }
      plan_token(row);
    }
    if (!options_.is_pruning) return;
    for (const store::Token& known : now_.tokens) {
      const bool is_named = std::ranges::any_of(
          *file_.tokens, [&](const auto& row) { return row.token.name == known.name; });
      if (is_named) continue;
      if (is_own(known)) {
        plan_.own_token = known.name;
        continue;
      }
      plan_.changes.push_back({.action = AccessAction::kRemove,
                               .is_token = true,
                               .name = known.name,
                               .about = access_about(known.role, known.expires),
                               .token_id = known.id});
    }
  }

  void plan_token(const AccessFile::TokenRow& row) {
    const identity::TokenRequest& wanted = row.token;
    const auto known = std::ranges::find(now_.tokens, wanted.name, &store::Token::name);
    AccessChange change{.is_token = true,
                        .name = wanted.name,
                        .about = access_about(identity::text(wanted.role), wanted.expires),
                        .token = wanted};
    if (known != now_.tokens.end()) {
      if (is_same_access(wanted, *known)) {
        ++plan_.unchanged;
        return;
      }
      if (!options_.is_replacing) return refuse_other(row.place, "token", wanted.name, *known);
      if (is_own(*known)) {
        return refuse(row.place, std::format("token '{}' makes this call", wanted.name),
                      "Use another token or log in, so that this one can be made anew.");
      }
      change.action = AccessAction::kReplace;
      change.token_id = known->id;
    }
    plan_.changes.push_back(std::move(change));
  }

  const AccessFile file_;
  const AccessNow& now_;
  const AccessPlanOptions options_;
  AccessPlan plan_;
};

}  // namespace

std::string_view text(AccessAction action) {
  switch (action) {
    case AccessAction::kCreate:
      return "create";
    case AccessAction::kReplace:
      return "replace";
    case AccessAction::kRemove:
      break;
  }
  return "remove";
}

AccessPlan plan_access(ParsedAccess parsed, const AccessNow& now, AccessPlanOptions options) {
  return Planner(std::move(parsed), now, options).run();
}

}  // namespace millrace::service
