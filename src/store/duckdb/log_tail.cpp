// The log as DuckDB 1.4 writes it (src/storage/write_ahead_log.cpp, wal_replay.cpp there):
//
//   log    = header entry*
//   header = 64 00 62  65 00 02  FF FF            field 100: type 98 (version); field 101: 2; end
//   entry  = size u64, checksum u64, bytes[size]  little endian
//   a transaction is entries up to one with the bytes 64 00 64 FF FF (type 100, flush)
//
// The engine takes an entry that runs over the end of the file for a torn end, and any other wrong
// checksum for damage.

#include "store/duckdb/log_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <limits>

#include "base/files.h"
#include "base/log.h"
#include "store/duckdb/file_format.h"

namespace millrace::store::duckdb {
namespace {

constexpr std::string_view kHeader("\x64\x00\x62\x65\x00\x02\xFF\xFF", 8);
constexpr std::string_view kVersionField("\x64\x00\x62\x65\x00", 5);
constexpr std::string_view kFlush("\x64\x00\x64\xFF\xFF", 5);
constexpr std::size_t kEntryHead = 16;

std::uint64_t word_at(std::string_view bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

std::string flush_entry() {
  std::string entry(kEntryHead, '\0');
  const std::uint64_t size = kFlush.size(), sum = engine_checksum(kFlush);
  std::memcpy(entry.data(), &size, 8);
  std::memcpy(entry.data() + 8, &sum, 8);
  return entry + std::string(kFlush);
}

/// Whether a transaction is complete behind `at` and another one begins after it.
bool has_more_transactions(std::string_view log, std::size_t at) {
  const std::string flush = flush_entry();
  const std::size_t found = log.find(flush, at);
  return found != std::string_view::npos && found + flush.size() < log.size();
}

base::Result<void> cut(const std::filesystem::path& path, std::size_t size) {
  const base::FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const auto bytes = static_cast<off_t>(size);
  if (!fd.is_open() || ::ftruncate(fd.get(), bytes) != 0 || ::fsync(fd.get()) != 0) {
    return std::unexpected(base::system_error(errno, "cut", path.native()));
  }
  return {};
}

}  // namespace

std::size_t torn_from(std::string_view log) {
  std::size_t transaction = 0;
  std::size_t at = kHeader.size();
  if (!log.starts_with(kHeader)) {
    const bool is_other_version = log.starts_with(kVersionField) || log.size() < kHeader.size();
    return is_other_version || has_more_transactions(log, 0) ? log.size() : 0;
  }
  while (log.size() - at >= kEntryHead) {
    const std::uint64_t size = word_at(log, at);
    if (size > log.size() - at - kEntryHead) return log.size();
    const std::string_view bytes = log.substr(at + kEntryHead, size);
    if (engine_checksum(bytes) != word_at(log, at + 8)) {
      return has_more_transactions(log, at) ? log.size() : transaction;
    }
    at += kEntryHead + size;
    if (bytes == kFlush) transaction = at;
  }
  return log.size();
}

base::Result<void> cut_torn_log(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  MILLRACE_LET(const std::string log,
               base::read_file(path, std::numeric_limits<std::uintmax_t>::max()));
  const std::size_t whole = torn_from(log);
  if (whole == log.size()) return {};
  base::log::warning("the series store's log ends in a torn transaction: {} of {} bytes are kept",
                     whole, log.size());
  if (const auto kept = base::write_file_durably(path.native() + ".torn", log.substr(whole));
      !kept) {
    base::log::warning("what is cut off is not kept: {}", base::describe(kept.error()));
  }
  return cut(path, whole);
}

}  // namespace millrace::store::duckdb
