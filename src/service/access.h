#pragma once

#include "service/deps.h"
#include "service/page.h"
#include "service/permission.h"

namespace millrace::service {

/// Login and API tokens. Any thread.
class Access {
 public:
  explicit Access(const Deps& deps) : deps_(deps) {}

  base::Result<identity::Session> login(const identity::LoginRequest& request) const;
  base::Result<identity::Caller> authenticate(std::string_view secret,
                                              std::string_view address) const;
  base::Result<void> logout(const identity::Caller& caller) const;
  /// Newest first.
  base::Result<Page<store::Token>> tokens(const identity::Caller& caller,
                                          const PageRequest& page) const;
  base::Result<identity::NewToken> create_token(const identity::Caller& caller,
                                                const identity::TokenRequest& request) const;
  base::Result<void> revoke_token(const identity::Caller& caller, std::string_view id) const;

 private:
  const Deps& deps_;
};

}  // namespace millrace::service
