#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::identity {

/// What one Argon2id hash costs. The defaults are libsodium's for interactive use (RFC 9106 in
/// spirit): about 60 ms and 64 MB.
struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = 64U << 20;
};

/// The door to libsodium. To be called once before the others; cheap when called again.
base::Result<void> start_secrets();

/// Argon2id with a random salt, as text that carries its own parameters. Errors: unavailable (no
/// memory).
base::Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
/// Takes as long as making the hash did, whatever the answer.
bool is_password(std::string_view hash, std::string_view password);

/// Prefix and 32 random bytes as base64url without padding.
std::string make_token(std::string_view prefix);
/// BLAKE2b-256 of a token as 64 hex digits; what is stored.
std::string hash_token(std::string_view token);

/// 32 random bytes, for keyed_hash().
std::string make_key();
/// BLAKE2b-256 keyed with make_key()'s bytes, as 64 hex digits: only who has the key can make it.
/// Without a key the plain hash.
std::string keyed_hash(std::string_view key, std::string_view text);
/// In a time that tells nothing about where they differ.
bool is_same_secret(std::string_view a, std::string_view b);

/// 20 letters and digits without look-alikes in four groups, 98 bits: "k7mp3-xqr9w-…".
std::string make_password();
/// Eight letters and digits, for ids that people read.
std::string make_short_id();

}  // namespace millrace::identity
