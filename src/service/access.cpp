#include "service/access.h"

namespace millrace::service {

using base::Result;

Result<identity::Session> Access::login(const identity::LoginRequest& request) const {
  return deps_.identity.login(request);
}

Result<identity::Caller> Access::authenticate(std::string_view secret,
                                              std::string_view address) const {
  return deps_.identity.authenticate(secret, address);
}

Result<void> Access::logout(const identity::Caller& caller) const {
  return deps_.identity.logout(caller);
}

Result<Page<store::Token>> Access::tokens(const identity::Caller& caller,
                                          const PageRequest& page) const {
  MILLRACE_TRY(allow(caller, Permission::kTokens));
  MILLRACE_LET(const std::string after, place_of(page));
  Page<store::Token> found;
  for (store::Token& token : deps_.identity.tokens()) {
    const std::string place =
        std::format("{:020}/{}", token.created.time_since_epoch().count(), token.id);
    if (!after.empty() && place >= after) continue;
    if (found.items.size() == page.limit) {
      const store::Token& last = found.items.back();
      found.next =
          to_cursor(std::format("{:020}/{}", last.created.time_since_epoch().count(), last.id));
      return found;
    }
    found.items.push_back(std::move(token));
  }
  return found;
}

Result<identity::NewToken> Access::create_token(const identity::Caller& caller,
                                                const identity::TokenRequest& request) const {
  MILLRACE_TRY(allow(caller, Permission::kTokens));
  return deps_.identity.create_token(caller, request);
}

Result<void> Access::revoke_token(const identity::Caller& caller, std::string_view id) const {
  MILLRACE_TRY(allow(caller, Permission::kTokens));
  return deps_.identity.revoke(caller, id);
}

}  // namespace millrace::service
