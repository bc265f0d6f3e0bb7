#include "identity/token_book.h"

#include <algorithm>
#include <mutex>

namespace millrace::identity {

void TokenBook::put(const store::Token& token) {
  const std::unique_lock lock(mutex_);
  by_hash_[token.hash] = {token};
  hash_of_id_[token.id] = token.hash;
}

void TokenBook::end(const std::string& id) {
  const std::unique_lock lock(mutex_);
  const auto hash = hash_of_id_.find(id);
  if (hash == hash_of_id_.end()) return;
  by_hash_.erase(hash->second);
  hash_of_id_.erase(hash);
}

void TokenBook::drop_expired(base::Time now) {
  const std::unique_lock lock(mutex_);
  std::erase_if(by_hash_, [&](const auto& item) {
    const store::Token& token = item.second.token;
    const bool is_over =
        token.kind == store::TokenKind::kSession && token.expires && *token.expires <= now;
    if (is_over) hash_of_id_.erase(token.id);
    return is_over;
  });
}

void TokenBook::use(std::string_view hash, base::Time minute) {
  const std::unique_lock lock(mutex_);
  const auto found = by_hash_.find(std::string(hash));
  if (found == by_hash_.end()) return;
  found->second.token.last_used = minute;
  found->second.is_used = true;
}

std::vector<store::Token> TokenBook::take_used() {
  const std::unique_lock lock(mutex_);
  std::vector<store::Token> used;
  for (auto& [hash, entry] : by_hash_) {
    if (std::exchange(entry.is_used, false)) used.push_back(entry.token);
  }
  return used;
}

std::optional<store::Token> TokenBook::find(std::string_view hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_hash_.find(std::string(hash));
  if (found == by_hash_.end()) return std::nullopt;
  return found->second.token;
}

std::optional<store::Token> TokenBook::find_id(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto hash = hash_of_id_.find(std::string(id));
  if (hash == hash_of_id_.end()) return std::nullopt;
  return by_hash_.at(hash->second).token;
}

std::vector<store::Token> TokenBook::api_tokens() const {
  const std::shared_lock lock(mutex_);
  std::vector<store::Token> found;
  for (const auto& [hash, entry] : by_hash_) {
    if (entry.token.kind == store::TokenKind::kApi) found.push_back(entry.token);
  }
  std::ranges::sort(found, [](const store::Token& a, const store::Token& b) {
    return std::tie(a.created, a.id) > std::tie(b.created, b.id);
  });
  return found;
}

}  // namespace millrace::identity
