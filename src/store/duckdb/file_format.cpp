#include "store/duckdb/file_format.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>

#include "base/files.h"

namespace millrace::store::duckdb {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kHeaderBytes = 4096;

std::uint64_t word_at(std::string_view bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
  return word;
}

/// MurmurHash64A with the engine's seed, over fewer than 8 bytes.
std::uint64_t rest_hash(std::string_view rest) {
  constexpr std::uint64_t kMultiplier = 0xC6A4A7935BD1E995ULL;
  std::uint64_t hash = 0xE17A1465ULL ^ (rest.size() * kMultiplier);
  hash = (hash ^ word_at(rest, 0)) * kMultiplier;
  hash = (hash ^ (hash >> 47)) * kMultiplier;
  return hash ^ (hash >> 47);
}

std::optional<FileHeader> parse(std::string_view bytes) {
  if (engine_checksum(bytes.substr(8)) != word_at(bytes, 0)) return std::nullopt;
  return FileHeader{word_at(bytes, 8), word_at(bytes, 40)};
}

}  // namespace

std::uint64_t engine_checksum(std::string_view bytes) {
  std::uint64_t sum = 5381;
  const std::size_t whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) {
    sum ^= word_at(bytes, at) * 0xBF58476D1CE4E5B9ULL;
  }
  return whole < bytes.size() ? sum ^ rest_hash(bytes.substr(whole)) : sum;
}

base::Result<FileHeader> read_header(const std::filesystem::path& database) {
  const base::FileDescriptor fd(::open(database.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(base::system_error(errno, "open", database.native()));
  std::string bytes(2 * kHeaderBytes, '\0');
  const ssize_t got = ::pread(fd.get(), bytes.data(), bytes.size(), kHeaderBytes);
  if (got < 0) return std::unexpected(base::system_error(errno, "read", database.native()));
  const auto first = parse(std::string_view(bytes).substr(0, kHeaderBytes));
  const auto second = parse(std::string_view(bytes).substr(kHeaderBytes));
  if (!first && !second) {
    return base::fail(base::ErrorCode::kCorrupt, database.native() + " has no whole header",
                      "Restore the store from a backup.");
  }
  if (!second) return *first;
  return first && first->iteration > second->iteration ? *first : *second;
}

}  // namespace millrace::store::duckdb
