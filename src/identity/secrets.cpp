#include "identity/secrets.h"

#include <sodium.h>

#include <array>
#include <vector>

namespace millrace::identity {
namespace {

constexpr std::string_view kReadable = "abcdefghjkmnpqrstuvwxyz23456789";  // no i, l, o, 0, 1
constexpr int kPasswordGroups = 4;
constexpr int kGroupLength = 5;
constexpr std::size_t kTokenBytes = 32;

std::string readable(int length) {
  std::string out;
  for (int i = 0; i < length; ++i) {
    out += kReadable[randombytes_uniform(static_cast<std::uint32_t>(kReadable.size()))];
  }
  return out;
}

}  // namespace

base::Result<void> start_secrets() {
  if (sodium_init() >= 0) return {};
  return base::fail(base::ErrorCode::kInternal, "libsodium cannot find a source of randomness");
}

base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), cost.passes,
                        cost.memory_bytes) != 0) {
    return base::fail_for_now(
        base::ErrorCode::kUnavailable,
        std::format("{} MB for a password hash are not there", cost.memory_bytes >> 20),
        "Give the hub more memory.");
  }
  return std::string(hash.data());
}

bool is_password(std::string_view hash, std::string_view password) {
  const std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

std::string make_token(std::string_view prefix) {
  std::array<unsigned char, kTokenBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(kTokenBytes, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return std::string(prefix) + text;
}

std::string hash_token(std::string_view token) { return keyed_hash({}, token); }

std::string make_key() {
  std::string key(crypto_generichash_KEYBYTES, '\0');
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string keyed_hash(std::string_view key, std::string_view text) {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  const std::vector<unsigned char> secret(key.begin(), key.end());
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(),
                     secret.empty() ? nullptr : secret.data(), secret.size());
  std::string hex(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string make_password() {
  std::string password = readable(kGroupLength);
  for (int i = 1; i < kPasswordGroups; ++i) password += "-" + readable(kGroupLength);
  return password;
}

std::string make_short_id() { return readable(8); }

}  // namespace millrace::identity
