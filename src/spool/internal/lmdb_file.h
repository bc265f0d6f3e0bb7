#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"

struct MDB_env;
struct MDB_txn;

namespace millrace::spool {

enum class Table : std::uint8_t { kMeta, kRecord, kIndex, kGone };
inline constexpr std::size_t kTables = 4;

struct KeyValue {
  std::string_view key;
  std::string_view value;
};

/// One LMDB transaction; aborted unless committed. Views it gives hold until the next change in it
/// or its end.
class Transaction {
 public:
  explicit Transaction(MDB_txn* handle) : handle_(handle) {}
  Transaction(Transaction&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  base::Result<std::optional<std::string_view>> get(Table table, std::string_view key) const;
  /// The first entry with a key at or behind `key`.
  base::Result<std::optional<KeyValue>> at_or_behind(Table table, std::string_view key) const;
  base::Result<void> put(Table table, std::string_view key, std::string_view value);
  /// Whether there was one.
  base::Result<bool> erase(Table table, std::string_view key);
  /// Durable when it returns. Errors: as of LmdbFile.
  base::Result<void> commit();

 private:
  MDB_txn* handle_;
};

/// The door to LMDB: one file with four tables, one process, one thread at a time (its owner holds
/// a lock), so LMDB's own lock file is not used. Errors: no_space (map or disk is full; the
/// transaction is lost, the file is as before), corrupt, unavailable.
class LmdbFile {
 public:
  /// Opens the file or makes it, whole or not at all even when the power fails meanwhile.
  static base::Result<std::unique_ptr<LmdbFile>> open(const std::filesystem::path& path,
                                                      std::uint64_t map_bytes);
  ~LmdbFile();
  LmdbFile(const LmdbFile&) = delete;
  LmdbFile& operator=(const LmdbFile&) = delete;

  enum class Mode { kRead, kWrite };
  base::Result<Transaction> begin(Mode mode);
  /// Lets the file become larger by this much. No transaction may be open.
  base::Result<void> grow(std::uint64_t bytes);

 private:
  explicit LmdbFile(MDB_env* env) : env_(env) {}
  MDB_env* env_;
};

/// Whether an Error says that LMDB's map, not the disk, is full.
bool is_map_full(const base::Error& error);

}  // namespace millrace::spool
