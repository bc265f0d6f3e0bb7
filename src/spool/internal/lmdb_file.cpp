#include "spool/internal/lmdb_file.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/files.h"

namespace millrace::spool {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, kTables> kTableNames = {"meta", "record", "index", "gone"};
constexpr std::string_view kMapFull = "the map of the spool is full";
// MDB_NOLOCK: one process (a lock file of our own) and one thread at a time; no reader table that a
// kill could leave stale. Everything else is LMDB's default: fdatasync for each commit.
constexpr unsigned kFlags = MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS;

MDB_val val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view view(const MDB_val& val) {
  return {static_cast<const char*>(val.mv_data), val.mv_size};
}
/// Tables are opened in the order of the enum, behind LMDB's own two.
MDB_dbi dbi(Table table) { return static_cast<MDB_dbi>(table) + 2; }

base::Error error_of(int code, std::string_view doing) {
  using base::ErrorCode;
  switch (code) {
    case MDB_MAP_FULL:
      return {ErrorCode::kNoSpace, base::Retry::kLater, std::string(kMapFull),
              "Raise the spool's cap, or reconnect the hub."};
    case EFBIG:
      return {ErrorCode::kNoSpace, base::Retry::kLater, "the spool's file may not grow",
              "Raise the limit on file sizes."};
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
      return {ErrorCode::kCorrupt, base::Retry::kNever,
              std::format("cannot {} the spool: {}", doing, mdb_strerror(code)), ""};
    default:
      return code > 0 ? base::system_error(code, doing, "the spool")
                      : base::Error{
                            ErrorCode::kUnavailable, base::Retry::kLater,
                            std::format("cannot {} the spool: {}", doing, mdb_strerror(code)), ""};
  }
}

std::unexpected<base::Error> fail(int code, std::string_view doing) {
  return std::unexpected(error_of(code, doing));
}

base::Result<void> sync_folder(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const base::FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return fail(errno, "sync the folder of");
  return {};
}

int open_tables(MDB_env* env) {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env, nullptr, 0, &txn);
  for (std::size_t i = 0; i < kTables && code == 0; ++i) {
    MDB_dbi opened = 0;
    code = mdb_dbi_open(txn, kTableNames[i], MDB_CREATE, &opened);
    MILLRACE_CHECK(code != 0 || opened == dbi(static_cast<Table>(i)));
  }
  if (code == 0) return mdb_txn_commit(txn);
  if (txn) mdb_txn_abort(txn);
  return code;
}

/// LMDB reads through a map: pages that a truncated file no longer has would end the process.
bool has_all_pages(MDB_env* env, const fs::path& path) {
  MDB_envinfo info;
  MDB_stat stat;
  if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0) return false;
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return !error && bytes >= (info.me_last_pgno + 1) * stat.ms_psize;
}

base::Result<MDB_env*> open_env(const fs::path& path, std::uint64_t map_bytes) {
  MDB_env* env = nullptr;
  int code = mdb_env_create(&env);
  if (code != 0) return fail(code, "open");
  if (code == 0) code = mdb_env_set_mapsize(env, static_cast<std::size_t>(map_bytes));
  if (code == 0) code = mdb_env_set_maxdbs(env, kTables);
  if (code == 0) code = mdb_env_open(env, path.c_str(), kFlags, 0600);
  if (code == 0 && !has_all_pages(env, path)) code = MDB_CORRUPTED;
  if (code == 0) code = open_tables(env);
  if (code == 0) return env;
  mdb_env_close(env);
  return fail(code, "open");
}

/// LMDB writes a new file in place and does not sync its folder: a power cut would leave a torn
/// head. So it is made under another name and renamed when it is whole.
base::Result<void> make_file(const fs::path& path, std::uint64_t map_bytes) {
  const fs::path part = path.native() + ".part";
  std::error_code error;
  fs::remove(part, error);
  MILLRACE_LET(MDB_env* const env, open_env(part, map_bytes));
  const int code = mdb_env_sync(env, 1);
  mdb_env_close(env);
  if (code != 0) return fail(code, "sync");
  fs::rename(part, path, error);
  if (error) return fail(error.value(), "rename");
  return sync_folder(path);
}

}  // namespace

bool is_map_full(const base::Error& error) { return error.what == kMapFull; }

Transaction::~Transaction() {
  if (handle_) mdb_txn_abort(handle_);
}

base::Result<std::optional<std::string_view>> Transaction::get(Table table,
                                                               std::string_view key) const {
  MDB_val wanted = val(key), found{};
  const int code = mdb_get(handle_, dbi(table), &wanted, &found);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return fail(code, "read");
  return view(found);
}

base::Result<std::optional<KeyValue>> Transaction::at_or_behind(Table table,
                                                                std::string_view key) const {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(handle_, dbi(table), &cursor); code != 0) {
    return fail(code, "read");
  }
  MDB_val at = val(key), found{};
  const int code = mdb_cursor_get(cursor, &at, &found, MDB_SET_RANGE);
  mdb_cursor_close(cursor);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return fail(code, "read");
  return KeyValue{view(at), view(found)};
}

base::Result<void> Transaction::put(Table table, std::string_view key, std::string_view value) {
  MDB_val k = val(key), v = val(value);
  if (const int code = mdb_put(handle_, dbi(table), &k, &v, 0); code != 0) {
    return fail(code, "write");
  }
  return {};
}

base::Result<bool> Transaction::erase(Table table, std::string_view key) {
  MDB_val k = val(key);
  const int code = mdb_del(handle_, dbi(table), &k, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return fail(code, "write");
  return true;
}

base::Result<void> Transaction::commit() {
  const int code = mdb_txn_commit(std::exchange(handle_, nullptr));
  if (code != 0) return fail(code, "commit to");
  return {};
}

base::Result<std::unique_ptr<LmdbFile>> LmdbFile::open(const fs::path& path,
                                                       std::uint64_t map_bytes) {
  std::error_code error;
  if (!fs::exists(path, error)) MILLRACE_TRY(make_file(path, map_bytes));
  MILLRACE_LET(MDB_env* const env, open_env(path, map_bytes));
  return std::unique_ptr<LmdbFile>(new LmdbFile(env));
}

LmdbFile::~LmdbFile() { mdb_env_close(env_); }

base::Result<Transaction> LmdbFile::begin(Mode mode) {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, mode == Mode::kRead ? MDB_RDONLY : 0, &txn);
  if (code != 0) return fail(code, "begin a transaction in");
  return Transaction(txn);
}

base::Result<void> LmdbFile::grow(std::uint64_t bytes) {
  MDB_envinfo info;
  int code = mdb_env_info(env_, &info);
  if (code == 0)
    code = mdb_env_set_mapsize(env_, info.me_mapsize + static_cast<std::size_t>(bytes));
  if (code != 0) return fail(code, "grow the map of");
  return {};
}

}  // namespace millrace::spool
