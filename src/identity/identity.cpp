#include "identity/identity.h"

#include <algorithm>

#include "model/name.h"

namespace millrace::identity {
namespace {

using base::ErrorCode;
using base::Result;
using std::chrono::minutes;

constexpr std::string_view kFirstUser = "admin";
constexpr std::string_view kSessionPrefix = "mrs_";
constexpr std::string_view kApiPrefix = "mrt_";
constexpr std::string_view kLocalName = "local";
constexpr std::string_view kLocalTokenId = "ses-local";
constexpr std::size_t kSubjectBytesMax = 63;

std::unexpected<base::Error> refused_token(std::string what) {
  return base::fail(ErrorCode::kUnauthenticated, std::move(what), "Log in again: millrace login");
}

bool is_over(const store::Token& token, base::Time now) {
  return token.expires && *token.expires <= now;
}

}  // namespace

Identity::Identity(IdentityOptions options, Deps deps)
    : options_(options),
      deps_(deps),
      per_address_(options.per_address),
      per_user_(options.per_user) {}

store::AuditEntry Identity::audit(const Caller& by, std::string action, std::string subject) const {
  subject.resize(std::min(subject.size(), kSubjectBytesMax));
  return {.time = deps_.clock.now(),
          .actor = by.name,
          .actor_role = std::string(text(by.role)),
          .action = std::move(action),
          .subject = std::move(subject),
          .address = by.address,
          .body = "{}"};
}

Result<std::optional<std::string>> Identity::start(std::string_view given) {
  MILLRACE_TRY(start_secrets());
  ticket_key_ = make_key();
  MILLRACE_LET(decoy_hash_, hash_password(make_password(), options_.cost));
  for (const auto kind : {store::TokenKind::kSession, store::TokenKind::kApi}) {
    MILLRACE_LET(const auto tokens, deps_.store.tokens(kind));
    for (const store::Token& token : tokens) book_.put(token);
  }
  MILLRACE_LET(const auto users, deps_.store.users());
  if (!users.empty()) return std::nullopt;
  if (given.size() > kPasswordBytesMax) {
    return base::fail(ErrorCode::kTooLarge, "the administrator's password is too long",
                      std::format("Use at most {} characters.", kPasswordBytesMax));
  }
  const std::string password = given.empty() ? make_password() : std::string(given);
  MILLRACE_LET(std::string hash, hash_password(password, options_.cost));
  const base::Time now = deps_.clock.now();
  store::MetaChange change;
  change.users = {{.name = std::string(kFirstUser),
                   .title = "Administrator",
                   .role = std::string(text(Role::kAdministrator)),
                   .password_hash = std::move(hash),
                   .created = now,
                   .changed = now}};
  change.audit = {audit({.name = "system", .role = Role::kAdministrator}, "user.created",
                        std::string(kFirstUser))};
  MILLRACE_TRY(deps_.store.apply(change));
  return given.empty() ? std::optional(password) : std::nullopt;
}

Result<std::string> Identity::make_local_token() {
  const std::string secret = make_token(kSessionPrefix);
  const Caller owner{.name = std::string(kLocalName), .role = Role::kAdministrator};
  store::MetaChange change;
  change.audit = {audit(owner, "local_token.made", owner.name)};
  MILLRACE_TRY(deps_.store.apply(change));
  book_.end(std::string(kLocalTokenId));
  book_.put({.id = std::string(kLocalTokenId),
             .kind = store::TokenKind::kSession,
             .hash = hash_token(secret),
             .name = owner.name,
             .role = std::string(text(owner.role)),
             .created_by = "system",
             .created = deps_.clock.now()});
  return secret;
}

Result<Session> Identity::login(const LoginRequest& request) {
  std::optional<store::User> user;
  MILLRACE_TRY(check_password(request, user));
  return open_session(*user, request);
}

/// Counts the attempt, checks the password (a decoy's for an unknown user), and when it is right
/// takes the count back.
Result<void> Identity::check_password(const LoginRequest& request,
                                      std::optional<store::User>& user) {
  const base::MonotonicTime now = deps_.clock.monotonic();
  std::size_t of_address = 0;
  std::size_t of_user = 0;
  {
    const std::lock_guard lock(throttle_mutex_);
    of_address = per_address_.add(request.address, now);
    of_user = per_user_.add(request.user, now);
  }
  const bool is_limited =
      of_address > options_.per_address.failures_max || of_user > options_.per_user.failures_max;
  if (is_limited) {
    return base::fail_for_now(ErrorCode::kLimited, "too many failed logins in a minute",
                              "Wait a minute.");
  }
  MILLRACE_LET(user, deps_.store.user(request.user));
  const bool is_known = user && user->is_active;
  bool is_right = false;
  if (request.password.size() <= kPasswordBytesMax) {
    const std::lock_guard lock(hashing_);
    is_right = is_password(is_known ? user->password_hash : decoy_hash_, request.password);
  }
  if (!is_known || !is_right) return refuse(request, of_address);
  const std::lock_guard lock(throttle_mutex_);
  per_address_.take_back(request.address, now);
  per_user_.take_back(request.user, now);
  return {};
}

Result<void> Identity::refuse(const LoginRequest& request, std::size_t attempts) {
  store::MetaChange change;
  store::AuditEntry entry = audit({.address = request.address}, "login.refused", request.user);
  entry.actor_role.clear();
  change.audit = {std::move(entry)};
  MILLRACE_TRY(deps_.store.apply(change));
  if (attempts >= options_.per_address.failures_max) {
    return base::fail_for_now(ErrorCode::kLimited,
                              std::format("{} failed logins in a minute", attempts),
                              "Wait a minute.");
  }
  return base::fail(ErrorCode::kUnauthenticated, "user or password is wrong",
                    "Check both; the first administrator is 'admin'.");
}

Result<Session> Identity::open_session(const store::User& user, const LoginRequest& request) {
  const base::Time now = deps_.clock.now();
  Session session{.secret = make_token(kSessionPrefix),
                  .user = user.name,
                  .role = parse_role(user.role).value_or(Role::kViewer),
                  .expires = now + options_.session_life};
  store::MetaChange change;
  change.drop_expired = now;
  change.tokens = {{.id = "ses-" + make_short_id(),
                    .kind = store::TokenKind::kSession,
                    .hash = hash_token(session.secret),
                    .name = user.name,
                    .role = user.role,
                    .created_by = user.name,
                    .created = now,
                    .expires = session.expires}};
  const Caller caller{.name = user.name, .role = session.role, .address = request.address};
  change.audit = {audit(caller, "login.accepted", user.name)};
  MILLRACE_TRY(deps_.store.apply(change));
  book_.drop_expired(now);
  book_.put(change.tokens[0]);
  return session;
}

Result<Caller> Identity::authenticate(std::string_view secret, std::string_view address) {
  const bool is_ours = secret.starts_with(kSessionPrefix) || secret.starts_with(kApiPrefix);
  if (!is_ours || secret.size() > 64) return refused_token("the token is not one of this hub");
  const auto token = book_.find(hash_token(secret));
  if (!token) return refused_token("the token is unknown or has been revoked");
  MILLRACE_LET(const Caller caller, caller_of(*token, address));
  const base::Time minute = std::chrono::floor<minutes>(deps_.clock.now());
  if (token->last_used < minute) book_.use(token->hash, minute);
  return caller;
}

Result<Caller> Identity::caller_of(const store::Token& token, std::string_view address) const {
  if (is_over(token, deps_.clock.now())) return refused_token("the token has expired");
  const auto role = parse_role(token.role);
  if (!role) return refused_token("the token has a role this hub does not know");
  return Caller{.name = token.name,
                .role = *role,
                .via = token.kind,
                .token_id = token.id,
                .expires = token.expires,
                .address = std::string(address)};
}

bool Identity::is_still_good(const Caller& caller) const {
  const auto token = book_.find_id(caller.token_id);
  return token && !is_over(*token, deps_.clock.now());
}

Result<void> Identity::write_uses() {
  store::MetaChange change;
  change.tokens_used = book_.take_used();
  if (change.tokens_used.empty()) return {};
  return deps_.store.apply(change);
}

Result<void> Identity::end_token(const store::Token& token, store::AuditEntry entry) {
  store::MetaChange change;
  change.tokens_ended = {token.id};
  change.audit = {std::move(entry)};
  MILLRACE_TRY(deps_.store.apply(change));
  book_.end(token.id);
  return {};
}

Result<void> Identity::logout(const Caller& caller) {
  if (caller.via != store::TokenKind::kSession) return {};
  const auto token = book_.find_id(caller.token_id);
  if (!token) return {};
  return end_token(*token, audit(caller, "session.ended", caller.name));
}

Result<NewToken> Identity::create_token(const Caller& by, const TokenRequest& request) {
  MILLRACE_TRY(model::Name::parse(request.name));
  const base::Time now = deps_.clock.now();
  if (request.expires && *request.expires <= now) {
    return base::fail(ErrorCode::kInvalid, "the token would expire before it is made",
                      "Give a later time, or none for a token without end.");
  }
  const auto known = book_.api_tokens();
  if (known.size() >= kApiTokensMax) {
    return base::fail(ErrorCode::kLimited, std::format("there are {} tokens", known.size()),
                      "Revoke one that is not used.");
  }
  if (std::ranges::contains(known, request.name, &store::Token::name)) {
    return base::fail(ErrorCode::kConflict, std::format("a token '{}' exists", request.name),
                      "Take another name, or revoke that one first.");
  }
  NewToken made{.token = {.id = "tok-" + make_short_id(),
                          .kind = store::TokenKind::kApi,
                          .name = request.name,
                          .role = std::string(text(request.role)),
                          .created_by = by.name,
                          .created = now,
                          .expires = request.expires},
                .secret = make_token(kApiPrefix)};
  made.token.hash = hash_token(made.secret);
  store::MetaChange change;
  change.tokens = {made.token};
  change.audit = {audit(by, "token.created", made.token.name)};
  change.audit[0].body =
      std::format(R"({{"id":"{}","role":"{}"}})", made.token.id, made.token.role);
  MILLRACE_TRY(deps_.store.apply(change));
  book_.put(made.token);
  return made;
}

Result<void> Identity::revoke(const Caller& by, std::string_view token_id) {
  const auto token = book_.find_id(token_id);
  if (!token || token->kind != store::TokenKind::kApi) {
    return base::fail(ErrorCode::kNotFound, std::format("token '{}' is unknown", token_id),
                      "List the tokens to see their ids.");
  }
  return end_token(*token, audit(by, "token.revoked", token->name));
}

}  // namespace millrace::identity
