#include "store/duckdb/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <format>
#include <limits>

#include "base/files.h"
#include "store/duckdb/registry.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::size_t kBlockBytes = 1U << 20;

base::Result<std::string_view> read_some(int fd, std::string& buffer, const fs::path& path) {
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(got));
    if (errno != EINTR) return std::unexpected(base::system_error(errno, "read", path.native()));
  }
}

base::Result<void> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return std::unexpected(base::system_error(errno, "write", path.native()));
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

/// At most `bytes_max` of the file, as long as it is when its end is reached.
base::Result<void> copy_file(const fs::path& from, const fs::path& to, std::uintmax_t bytes_max) {
  const base::FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.is_open()) return std::unexpected(base::system_error(errno, "open", from.native()));
  const base::FileDescriptor target(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target.is_open()) return std::unexpected(base::system_error(errno, "create", to.native()));
  std::string buffer(kBlockBytes, '\0');
  while (bytes_max > 0) {
    MILLRACE_LET(std::string_view block, read_some(source.get(), buffer, from));
    if (block.empty()) break;
    const auto wanted = std::min<std::uintmax_t>(block.size(), bytes_max);
    block = block.substr(0, static_cast<std::size_t>(wanted));
    MILLRACE_TRY(write_all(target.get(), block, to));
    bytes_max -= block.size();
  }
  return {};
}

base::Result<void> sync(const fs::path& path, int flags) {
  const base::FileDescriptor fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) {
    return std::unexpected(base::system_error(errno, "sync", path.native()));
  }
  return {};
}

/// What the copy must hold.
struct Moment {
  std::int64_t commit = 0;
  std::int64_t layout = 0;
  std::uintmax_t log_bytes = 0;
  std::shared_ptr<const Layout> tables;
};

/// Where the store stands between two commits.
Moment moment_of(const BackupRun& run) {
  const std::lock_guard lock(run.write);
  std::error_code error;
  const fs::path log = run.folder / (std::string(kDatabaseFile) + ".wal");
  const std::uintmax_t log_bytes = fs::file_size(log, error);
  return {run.store.commit, run.store.layout->version, error ? 0 : log_bytes, run.store.layout};
}

base::Result<void> copy_files(const BackupRun& run, const Moment& moment, const fs::path& into) {
  const std::string name(kDatabaseFile);
  constexpr auto kAll = std::numeric_limits<std::uintmax_t>::max();
  MILLRACE_TRY(copy_file(run.folder / name, into / name, kAll));
  if (moment.log_bytes == 0) return {};
  return copy_file(run.folder / (name + ".wal"), into / (name + ".wal"), moment.log_bytes);
}

base::Result<void> check_rows(Connection& copy, const Layout& tables) {
  for (const PartitionTable& one : tables.partitions) {
    if (!one.has_rows) continue;
    const std::string name = part_name(one.type, one.number);
    MILLRACE_LET(auto rows, copy.query("SELECT count(*) FROM " + name));
    MILLRACE_LET(const bool is_there, rows.next());
    const auto expected = static_cast<std::int64_t>(one.rows);
    if (is_there && rows.column<std::int64_t>(0)[0] == expected) continue;
    return base::fail(ErrorCode::kCorrupt, std::format("the copy of {} differs", name));
  }
  return {};
}

/// Opens the copy, which replays its log, and makes it one clean file.
base::Result<void> settle(const BackupRun& run, const Moment& moment, const fs::path& into) {
  EngineSettings engine = run.engine;
  engine.threads = 1;
  MILLRACE_LET(auto database, Database::open(into / kDatabaseFile, engine));
  MILLRACE_LET(auto copy, Connection::open(database));
  MILLRACE_LET(const StoreRow row, read_store_row(copy));
  if (row.commit != moment.commit || row.layout != moment.layout) {
    return base::fail(
        ErrorCode::kCorrupt,
        std::format("the copy stands at commit {} instead of {}", row.commit, moment.commit),
        "Try again; when it happens twice, check the disk.");
  }
  MILLRACE_TRY(check_rows(copy, *moment.tables));
  MILLRACE_TRY(copy.run("CHECKPOINT"));
  return {};
}

base::Result<model::CommitId> make_copy(const BackupRun& run, const fs::path& into) {
  MILLRACE_TRY(base::make_directories(into));
  const Moment moment = moment_of(run);
  MILLRACE_TRY(copy_files(run, moment, into));
  MILLRACE_TRY(settle(run, moment, into));
  std::error_code error;
  fs::remove_all(into / "spill", error);
  MILLRACE_TRY(sync(into / kDatabaseFile, O_RDONLY));
  MILLRACE_TRY(sync(into, O_RDONLY | O_DIRECTORY));
  return model::CommitId(moment.commit);
}

}  // namespace

base::Result<model::CommitId> back_up(const BackupRun& run) {
  std::error_code error;
  if (fs::exists(run.destination, error)) {
    return base::fail(ErrorCode::kConflict, run.destination.native() + " is already there",
                      "Name a new folder.");
  }
  const fs::path part = run.destination.native() + ".part";
  fs::remove_all(part, error);
  auto made = make_copy(run, part);
  if (!made) {
    fs::remove_all(part, error);
    return made;
  }
  MILLRACE_TRY(base::rename_durably(part, run.destination));
  return made;
}

}  // namespace millrace::store::duckdb
