#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "identity/login_throttle.h"
#include "identity/role.h"
#include "identity/secrets.h"
#include "identity/token_book.h"
#include "store/meta_store.h"

namespace millrace::identity {

/// Who makes a call, as far as a valid token says.
struct Caller {
  std::string name;  // of the user or of the API token
  Role role = Role::kViewer;
  store::TokenKind via = store::TokenKind::kSession;
  std::string token_id;
  std::optional<base::Time> expires;
  std::string address;  // where the call comes from; empty for calls from inside
};

/// A new session with its secret, which is told this once.
struct Session {
  std::string secret;
  std::string user;
  Role role = Role::kViewer;
  base::Time expires;
};

/// A new API token with its secret, which is told this once.
struct NewToken {
  store::Token token;
  std::string secret;
};

struct LoginRequest {
  std::string user;
  std::string password;
  std::string address;
};

struct TokenRequest {
  std::string name;
  Role role = Role::kViewer;
  std::optional<base::Time> expires;
};

/// The longest password; more costs time without adding safety.
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr std::size_t kApiTokensMax = 1000;

struct IdentityOptions {
  base::Duration session_life = std::chrono::hours(24);
  PasswordCost cost;
  LoginThrottle::Limits per_address;
  LoginThrottle::Limits per_user{.failures_max = 20};
};

/// People and tokens: who may come in, and as what. Passwords are kept as Argon2id hashes, tokens
/// as BLAKE2b hashes. Every change, every login and every refused login stands in the audit book,
/// in the transaction of the change. The one owner of the store's tokens while it lives.
///
/// Any thread. login() takes about 60 ms of one core and 64 MB, one login at a time.
class Identity {
 public:
  struct Deps {
    store::MetaStore& store;
    const base::Clock& clock;
  };

  Identity(IdentityOptions options, Deps deps);

  /// Makes the user "admin" where there is no user yet, with `given` as password or, when that is
  /// empty, a generated one. Gives the password to show when it was generated. Call once at start,
  /// before everything else.
  base::Result<std::optional<std::string>> start(std::string_view given);

  /// The secret of a token for whoever owns this machine's data directory: an administrator's,
  /// named "local". It is in memory only, so it ends with this object; another call ends the one
  /// before.
  base::Result<std::string> make_local_token();

  /// Errors: unauthenticated, the same for an unknown user and for a wrong password, and equally
  /// slow; limited after too many failures of the address or of the user.
  base::Result<Session> login(const LoginRequest& request);
  /// Who a bearer token belongs to. Touches no disk. Errors: unauthenticated.
  base::Result<Caller> authenticate(std::string_view secret, std::string_view address = {});
  /// Whether the token of a caller is still good: for streams that outlive their call.
  bool is_still_good(const Caller& caller) const;
  /// Lets who has it do what `subject` says, as this caller and as long as the caller's token is
  /// good, for a quarter of an hour: for clients that can send no header. Kept nowhere; ends with
  /// this object. Of the characters that a URL's query takes.
  std::string make_ticket(const Caller& caller, std::string_view subject) const;
  /// Who made it. Errors: unauthenticated.
  base::Result<Caller> redeem_ticket(std::string_view ticket, std::string_view subject,
                                     std::string_view address) const;
  /// Ends the caller's session; nothing for an API token.
  base::Result<void> logout(const Caller& caller);

  /// Errors: conflict (the name is taken), invalid, limited (too many tokens).
  base::Result<NewToken> create_token(const Caller& by, const TokenRequest& request);
  /// API tokens, newest first.
  std::vector<store::Token> tokens() const { return book_.api_tokens(); }
  /// Errors: not_found.
  base::Result<void> revoke(const Caller& by, std::string_view token_id);
  /// Writes when tokens were last used; to be called each minute or so.
  base::Result<void> write_uses();

 private:
  base::Result<void> check_password(const LoginRequest& request, std::optional<store::User>& user);
  base::Result<Session> open_session(const store::User& user, const LoginRequest& request);
  base::Result<void> refuse(const LoginRequest& request, std::size_t attempts);
  base::Result<void> end_token(const store::Token& token, store::AuditEntry entry);
  base::Result<Caller> caller_of(const store::Token& token, std::string_view address) const;
  store::AuditEntry audit(const Caller& by, std::string action, std::string subject) const;

  const IdentityOptions options_;
  const Deps deps_;
  std::string ticket_key_;  // new with each start
  std::string decoy_hash_;  // checked in place of an unknown user's, so that it takes as long
  std::mutex hashing_;      // one Argon2id at a time bounds its memory
  std::mutex throttle_mutex_;
  LoginThrottle per_address_;
  LoginThrottle per_user_;
  TokenBook book_;
};

}  // namespace millrace::identity
