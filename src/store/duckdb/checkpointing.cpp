// The guard file, <database>.guard, native byte order, version 1:
//
//   "MRGUARD1"  iteration u64  block bytes u64  count u64  { block number u64  block }[count]
//
// It belongs to the checkpoint that follows the database header with that iteration. While that
// header is in force its blocks are put back; when another one is, the checkpoint came to its end
// and the guard means nothing. It is written whole, synced and renamed before the checkpoint
// begins.

#include "store/duckdb/checkpointing.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/log.h"
#include "store/duckdb/file_format.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::string_view kMagic = "MRGUARD1";

fs::path guard_path(const fs::path& database) { return database.native() + ".guard"; }

void put(std::string& bytes, std::uint64_t number) {
  char word[8];
  std::memcpy(word, &number, 8);
  bytes.append(word, 8);
}

/// Takes words and blocks off the front.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    const std::string_view word = take(8);
    if (word.size() == 8) std::memcpy(&value, word.data(), 8);
    return value;
  }
  std::string_view take(std::size_t size) {
    is_short_ |= rest_.size() < size;
    const std::string_view front = rest_.substr(0, size);
    rest_.remove_prefix(front.size());
    return front;
  }
  bool is_short() const { return is_short_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

base::Result<std::vector<std::uint64_t>> metadata_blocks(Connection& connection) {
  MILLRACE_LET(auto rows, connection.query("SELECT DISTINCT block_id::BIGINT FROM "
                                           "pragma_metadata_info()"));
  std::vector<std::uint64_t> blocks;
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return blocks;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      blocks.push_back(static_cast<std::uint64_t>(rows.column<std::int64_t>(0)[row]));
    }
  }
}

base::Result<std::string> read_guard_content(const fs::path& database, const FileHeader& header,
                                             const std::vector<std::uint64_t>& blocks) {
  const base::FileDescriptor fd(::open(database.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(base::system_error(errno, "open", database.native()));
  std::string kept;
  std::uint64_t count = 0;
  std::string block(header.block_bytes, '\0');
  for (const std::uint64_t number : blocks) {
    const auto offset = static_cast<off_t>(header.offset_of(number));
    const ssize_t got = ::pread(fd.get(), block.data(), block.size(), offset);
    if (got < 0) return std::unexpected(base::system_error(errno, "read", database.native()));
    // A block beyond the file is not written yet: nothing of it is in force.
    if (static_cast<std::size_t>(got) < block.size()) continue;
    put(kept, number);
    kept += block;
    ++count;
  }
  std::string content(kMagic);
  put(content, header.iteration);
  put(content, header.block_bytes);
  put(content, count);
  return content + kept;
}

base::Result<void> put_back(const fs::path& database, const FileHeader& header, Reader& guard,
                            std::uint64_t count) {
  const base::FileDescriptor fd(::open(database.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(base::system_error(errno, "open", database.native()));
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto offset = static_cast<off_t>(header.offset_of(guard.number()));
    const std::string_view block = guard.take(header.block_bytes);
    if (guard.is_short()) {
      return base::fail(ErrorCode::kCorrupt, guard_path(database).native() + " is cut short",
                        "Restore the store from a backup.");
    }
    if (::pwrite(fd.get(), block.data(), block.size(), offset) !=
        static_cast<ssize_t>(block.size())) {
      return std::unexpected(base::system_error(errno, "write", database.native()));
    }
  }
  if (::fsync(fd.get()) != 0) {
    return std::unexpected(base::system_error(errno, "sync", database.native()));
  }
  return {};
}

void remove_guard(const fs::path& database) {
  // One that stays is recognised by its iteration.
  std::error_code ignored;
  fs::remove(guard_path(database), ignored);
}

}  // namespace

base::Result<void> checkpoint(Connection& connection, const fs::path& database) {
  MILLRACE_LET(const auto blocks, metadata_blocks(connection));
  MILLRACE_LET(const FileHeader header, read_header(database));
  MILLRACE_LET(const std::string content, read_guard_content(database, header, blocks));
  MILLRACE_TRY(base::write_file_durably(guard_path(database), content));
  auto done = connection.run("CHECKPOINT");
  // After a failure the guard stays for the next opening; the engine writes no more.
  if (!done && connection.database()->is_broken()) return std::unexpected(done.error());
  remove_guard(database);
  if (!done) return std::unexpected(done.error());
  return {};
}

base::Result<void> undo_checkpoint(const fs::path& database) {
  std::error_code error;
  if (!fs::exists(guard_path(database), error) || !fs::exists(database, error)) return {};
  MILLRACE_LET(const std::string content,
               base::read_file(guard_path(database), std::numeric_limits<std::uintmax_t>::max()));
  MILLRACE_LET(const FileHeader header, read_header(database));
  Reader guard(content);
  if (guard.take(kMagic.size()) != kMagic) {
    return base::fail(ErrorCode::kCorrupt, guard_path(database).native() + " is no guard",
                      "Restore the store from a backup.");
  }
  const std::uint64_t iteration = guard.number();
  const std::uint64_t block_bytes = guard.number();
  const std::uint64_t count = guard.number();
  if (iteration == header.iteration && block_bytes == header.block_bytes) {
    base::log::warning("a checkpoint of the series store did not reach its end and is undone");
    MILLRACE_TRY(put_back(database, header, guard, count));
  }
  remove_guard(database);
  return {};
}

}  // namespace millrace::store::duckdb
