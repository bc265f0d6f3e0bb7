#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/problem.h"
#include "identity/identity.h"
#include "service/account_book.h"

namespace millrace::service {

/// Who may come in, as a file has it (docs/adr/021): accounts of the hub's own broker and API
/// tokens, without their secrets. A list that is not there says nothing of what it would hold; an
/// empty one says that there are none.
struct AccessFile {
  struct AccountRow {
    Account account;
    config::Place place;
  };
  struct TokenRow {
    identity::TokenRequest token;
    config::Place place;
  };
  std::optional<std::vector<AccountRow>> accounts;
  std::optional<std::vector<TokenRow>> tokens;
};

struct ParsedAccess {
  AccessFile file;            // the rows that are in order
  config::Problems problems;  // in the order of the file
};

/// Reads YAML and checks what the file alone can tell: keys, kinds, roles, names that stand there
/// twice, tokens that have expired at `now`. Whether the hub takes an account is not checked.
ParsedAccess parse_access(std::string_view text, base::Time now);

/// The file of these; parse_access() gives them back. Without `accounts` it has no such list;
/// tokens that have expired at `now` are left out.
std::string access_text(const std::optional<std::vector<Account>>& accounts,
                        std::span<const store::Token> tokens, base::Time now);

/// JSON Schema (draft 2020-12) of the file.
std::string access_schema();

}  // namespace millrace::service
