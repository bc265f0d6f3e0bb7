#pragma once

#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/meta_store.h"

namespace millrace::identity {

/// The live tokens in memory: a mirror of what the store holds, so that a call is authenticated
/// without touching the disk. Only Identity changes it, after the store has taken the change.
///
/// Any thread; lookups share a lock.
class TokenBook {
 public:
  void put(const store::Token& token);
  void end(const std::string& id);
  void drop_expired(base::Time now);
  /// Notes the use of a token to the minute.
  void use(std::string_view hash, base::Time minute);
  /// Tokens used since the last call, for the store.
  std::vector<store::Token> take_used();

  std::optional<store::Token> find(std::string_view hash) const;
  std::optional<store::Token> find_id(std::string_view id) const;
  /// API tokens, newest first.
  std::vector<store::Token> api_tokens() const;

 private:
  struct Entry {
    store::Token token;
    bool is_used = false;
  };

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Entry> by_hash_;
  std::unordered_map<std::string, std::string> hash_of_id_;
};

}  // namespace millrace::identity
