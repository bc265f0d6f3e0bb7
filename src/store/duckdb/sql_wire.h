#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/files.h"

namespace millrace::store::duckdb {

// What a store and the process that runs a statement for it say to each other, over a socket. Both
// ends are one program on one machine, so numbers are as the machine has them, and nothing is kept.
// The store does not trust the other end: every length is checked.
//
//   frame = length u32 (of what follows), kind u8, body
//
// The grammar of each body stands beside its enumerator.

enum class SqlMessage : std::uint8_t {
  kAsk = 1,   // → sql text, limit u64, tables u32 × (name text, columns u32 × (name, type u8))
  kScan = 2,  // ← scan u32, table u32, columns u32 × (place u32), has_series u8, series u32 ×
              //   (u32), from i64, to i64: opens a scan
  kNext = 3,  // ← scan u32: asks for its next rows
  kRows = 4,  // → scan u32, rows u32, column after column (sql_block.h); no rows: the end
  kScanFailed = 5,  // → scan u32: the store keeps the reason
  kColumns = 6,     // ← columns u32 × (name text, type text)
  kCells = 7,       // ← cells: tag u8 and a value each (sql_cells.h), whole rows
  kDone = 8,        // ← is_truncated u8
  kError = 9,       // ← code u8, what text, hint text
};

inline constexpr std::size_t kSqlFrameBytesMax = 128U << 20;

/// Appends values to a text.
class WireWriter {
 public:
  template <class T>
  WireWriter& put(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<char*>(&value), sizeof value);
    return *this;
  }
  WireWriter& text(std::string_view value) {
    put(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    return *this;
  }
  WireWriter& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  std::size_t size() const { return bytes_.size(); }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

/// Takes values from a text; after the first that is not there it gives zeros and is_broken().
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const std::string_view found = raw(sizeof value);
    if (!found.empty()) std::memcpy(&value, found.data(), sizeof value);
    return value;
  }
  std::string_view text() { return raw(get<std::uint32_t>()); }
  std::string_view raw(std::size_t size) {
    if (size > rest_.size()) is_broken_ = true;
    if (is_broken_) return {};
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  /// A count of things that take at least `bytes` each.
  std::size_t count(std::size_t bytes) {
    const std::size_t many = get<std::uint32_t>();
    if (many > rest_.size() / bytes) is_broken_ = true;
    return is_broken_ ? 0 : many;
  }
  bool is_broken() const { return is_broken_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_broken_ = false;
};

/// One end of the socket. It reads while it writes, so that two ends which both have much to say
/// do not wait for each other. One thread.
class SqlPipe {
 public:
  struct Message {
    SqlMessage kind{};
    std::string body;
  };

  /// `may_wait` is asked every 20 ms of waiting; no: timeout.
  SqlPipe(base::FileDescriptor socket, std::function<bool()> may_wait);

  /// Errors: unavailable (the other end is gone), timeout.
  base::Result<void> send(SqlMessage kind, std::string_view body);
  /// Errors: as send(), and malformed.
  base::Result<Message> receive();

 private:
  base::Result<void> wait(short events);
  base::Result<void> read_some();

  base::FileDescriptor socket_;
  std::function<bool()> may_wait_;
  std::string in_;
  std::size_t taken_ = 0;  // of in_
};

}  // namespace millrace::store::duckdb
