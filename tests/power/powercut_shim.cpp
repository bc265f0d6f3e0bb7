// LD_PRELOAD library: writes every change of the files below $POWERCUT_DIR, in order, into the
// trace $POWERCUT_TRACE (format: powercut_format.h), and does what the program asked for.
// powercut_trace then rebuilds the folder as it could stand after a power cut at any point.
//
// Traced: open, openat, creat, close, dup*, write, writev, pwrite, pwritev, ftruncate, truncate,
// fallocate, fsync, fdatasync, sync_file_range (means nothing), rename*, unlink*, remove, link,
// mkdir, rmdir. What could change a traced file unseen (fopen for writing, sendfile,
// copy_file_range) ends the program; a shared writable mapping is noted. One process a trace.
//
// After powercut_limit_disk(n) the traced files may grow by n bytes altogether, and a write beyond
// that is cut short or fails with ENOSPC, as on a full disk. Overwriting needs no room; what is
// removed gives it back. Without $POWERCUT_TRACE nothing but this is done.

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "power/powercut_format.h"

namespace {

using millrace::power::Head;
using millrace::power::Op;

constexpr int kFdMax = 65536;
constexpr int kSyncFlags = O_SYNC | O_DSYNC;

struct Traced {
  std::uint32_t handle = 0;  // 0: not traced
  bool is_durable = false;
};

std::recursive_mutex& mutex() {
  static auto* one = new std::recursive_mutex;
  return *one;
}

[[noreturn]] void refuse(const char* why) {
  std::fprintf(stderr, "powercut_shim: %s\n", why);
  std::abort();
}

class Recorder {
 public:
  static Recorder& one() {
    static auto* recorder = new Recorder;
    return *recorder;
  }

  Traced* find(int fd) {
    return fd >= 0 && fd < kFdMax && by_fd_[fd].handle != 0 ? &by_fd_[fd] : nullptr;
  }
  void set(int fd, Traced traced) {
    if (fd >= kFdMax) refuse("too many open files");
    by_fd_[fd] = traced;
  }
  void clear(int fd) {
    if (fd >= 0 && fd < kFdMax) by_fd_[fd] = {};
  }
  std::uint32_t next_handle() { return ++handles_; }

  /// The path below the traced folder; empty when it is elsewhere.
  std::string below(int at, const char* path) const {
    if (!path || folder_.empty()) return {};
    std::filesystem::path whole = path;
    if (whole.is_relative()) whole = base_of(at) / whole;
    const std::string text = whole.lexically_normal().native();
    if (!text.starts_with(folder_) || text.size() <= folder_.size()) {
      return text + "/" == folder_ || text == folder_ ? std::string(".") : std::string();
    }
    std::string rest = text.substr(folder_.size());
    while (!rest.empty() && rest.back() == '/') rest.pop_back();
    return rest.empty() ? std::string(".") : rest;
  }

  void limit(long long bytes) { room_ = bytes; }
  bool is_limited() const { return room_ >= 0; }
  /// How much of `wanted` the disk still holds; it is taken.
  std::size_t take_room(std::size_t wanted) {
    if (!is_limited()) return wanted;
    const auto taken = std::min(wanted, static_cast<std::size_t>(room_));
    room_ -= static_cast<long long>(taken);
    return taken;
  }
  void give_room(long long bytes) {
    if (is_limited() && bytes > 0) room_ += bytes;
  }

  void write(Head head, std::string_view first = {}, std::string_view second = {}) {
    if (trace_ < 0) return;
    head.first_bytes = first.size();
    head.second_bytes = second.size();
    put(&head, sizeof head);
    put(first.data(), first.size());
    put(second.data(), second.size());
  }

 private:
  Recorder() {
    const char* folder = std::getenv("POWERCUT_DIR");
    const char* trace = std::getenv("POWERCUT_TRACE");
    if (!folder) return;
    std::error_code error;
    folder_ = std::filesystem::canonical(folder, error).native() + "/";
    if (error) refuse("POWERCUT_DIR is not there");
    if (!trace) return;
    trace_ = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, trace,
                                        O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (trace_ < 0) refuse("POWERCUT_TRACE cannot be made");
    put(millrace::power::kMagic, 8);
  }

  static std::filesystem::path base_of(int at) {
    char name[64];
    std::snprintf(name, sizeof name, "/proc/self/fd/%d", at);
    std::error_code error;
    return at == AT_FDCWD ? std::filesystem::current_path(error)
                          : std::filesystem::read_symlink(name, error);
  }

  void put(const void* bytes, std::size_t size) {
    const char* at = static_cast<const char*>(bytes);
    while (size > 0) {
      const long done = ::syscall(SYS_write, trace_, at, size);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) refuse("the trace cannot be written");
      at += done;
      size -= static_cast<std::size_t>(done);
    }
  }

  Traced by_fd_[kFdMax] = {};
  std::string folder_;
  int trace_ = -1;
  std::uint32_t handles_ = 0;
  long long room_ = -1;  // what the files may still grow by; -1: no limit
};

off_t size_of(int fd) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 ? about.st_size : 0;
}

/// The bytes a name's removal frees: those of a file's last name.
long long freed_by(int at, const char* path) {
  struct stat about{};
  const bool is_last = ::fstatat(at, path, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
                       S_ISREG(about.st_mode) && about.st_nlink == 1;
  return is_last ? about.st_size : 0;
}

int do_open(int at, const char* path, int flags, mode_t mode) {
  const std::lock_guard lock(mutex());
  Recorder& recorder = Recorder::one();
  const std::string name = recorder.below(at, path);
  struct stat before{};
  const bool existed = name.empty() || ::fstatat(at, path, &before, 0) == 0;
  const int fd = static_cast<int>(::syscall(SYS_openat, at, path, flags, mode));
  if (fd < 0) return fd;
  recorder.clear(fd);
  if (name.empty()) return fd;
  struct stat after{};
  ::fstat(fd, &after);
  const bool is_folder = S_ISDIR(after.st_mode);
  if (!is_folder && !S_ISREG(after.st_mode)) return fd;
  const std::uint32_t handle = recorder.next_handle();
  recorder.set(fd, {handle, (flags & kSyncFlags) != 0});
  const std::uint64_t kind = is_folder ? 2 : existed ? 0 : 1;
  recorder.write({Op::kOpen, handle, kind, static_cast<std::uint64_t>(flags), 0, 0}, name);
  if ((flags & O_TRUNC) && existed) recorder.give_room(before.st_size);
  if ((flags & O_TRUNC) && existed) recorder.write({Op::kTruncate, handle, 0, 0, 0, 0});
  return fd;
}

/// The first `bytes` of the parts.
std::vector<iovec> front_of(const iovec* parts, int count, std::size_t bytes) {
  std::vector<iovec> front;
  for (int i = 0; i < count && bytes > 0; ++i) {
    front.push_back({parts[i].iov_base, std::min(parts[i].iov_len, bytes)});
    bytes -= front.back().iov_len;
  }
  return front;
}

/// How many of the bytes a write at `offset` can still put on the disk.
std::size_t writable(int fd, off_t offset, std::size_t bytes) {
  Recorder& recorder = Recorder::one();
  if (!recorder.is_limited() || !recorder.find(fd)) return bytes;
  const off_t size = size_of(fd);
  const off_t end = offset + static_cast<off_t>(bytes);
  const auto growth = static_cast<std::size_t>(std::max<off_t>(0, end - std::max(size, offset)));
  return bytes - growth + recorder.take_room(growth);
}

/// `offset` < 0 means at the file's position (or its end).
ssize_t do_write(int fd, off_t offset, const iovec* parts, int count) {
  const std::lock_guard lock(mutex());
  std::size_t wanted = 0;
  for (int i = 0; i < count; ++i) wanted += parts[i].iov_len;
  const bool is_appended = (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
  const off_t place = offset >= 0 ? offset : is_appended ? size_of(fd) : ::lseek(fd, 0, SEEK_CUR);
  const std::size_t possible = writable(fd, place, wanted);
  if (possible == 0 && wanted > 0) {
    errno = ENOSPC;
    return -1;
  }
  const auto front = front_of(parts, count, possible);
  const int front_count = static_cast<int>(front.size());
  const ssize_t done = offset < 0
                           ? ::syscall(SYS_writev, fd, front.data(), front_count)
                           : ::syscall(SYS_pwritev, fd, front.data(), front_count, offset, 0L);
  Recorder& recorder = Recorder::one();
  const Traced* traced = recorder.find(fd);
  if (!traced || done <= 0) return done;
  std::string bytes;
  for (const iovec& part : front) {
    bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  bytes.resize(static_cast<std::size_t>(done));
  recorder.write({Op::kWrite, traced->handle, static_cast<std::uint64_t>(place),
                  traced->is_durable ? 1U : 0U, 0, 0},
                 bytes);
  return done;
}

int do_sync(int fd, long number) {
  const std::lock_guard lock(mutex());
  const int result = static_cast<int>(::syscall(number, fd));
  const Traced* traced = Recorder::one().find(fd);
  if (traced && result == 0) Recorder::one().write({Op::kSync, traced->handle, 0, 0, 0, 0});
  return result;
}

int do_named(Op op, const std::string& first, const std::string& second, int result) {
  if (result != 0) return result;
  if (op == Op::kRename && first.empty() != second.empty()) {
    refuse("a file was renamed into or out of the traced folder");
  }
  if (!first.empty()) Recorder::one().write({op, 0, 0, 0, 0, 0}, first, second);
  return 0;
}

int do_rename(int from_at, const char* from, int to_at, const char* to, unsigned flags) {
  const std::lock_guard lock(mutex());
  const std::string first = Recorder::one().below(from_at, from);
  const std::string second = Recorder::one().below(to_at, to);
  const long long freed = second.empty() ? 0 : freed_by(to_at, to);
  const long result = ::syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (result == 0) Recorder::one().give_room(freed);
  return do_named(Op::kRename, first, second, static_cast<int>(result));
}

int do_unlink(int at, const char* path, int flags) {
  const std::lock_guard lock(mutex());
  const std::string name = Recorder::one().below(at, path);
  const long long freed = name.empty() ? 0 : freed_by(at, path);
  const long result = ::syscall(SYS_unlinkat, at, path, flags);
  if (result == 0) Recorder::one().give_room(freed);
  const Op op = (flags & AT_REMOVEDIR) ? Op::kDropFolder : Op::kUnlink;
  return do_named(op, name, {}, static_cast<int>(result));
}

int do_truncate(int fd, off_t size) {
  const std::lock_guard lock(mutex());
  const off_t before = size_of(fd);
  const int result = static_cast<int>(::syscall(SYS_ftruncate, fd, size));
  const Traced* traced = Recorder::one().find(fd);
  if (traced && result == 0) {
    Recorder::one().give_room(before - size);
    Recorder::one().write(
        {Op::kTruncate, traced->handle, static_cast<std::uint64_t>(size), 0, 0, 0});
  }
  return result;
}

int do_allocate(int fd, int mode, off_t offset, off_t length) {
  const std::lock_guard lock(mutex());
  if (mode == 0 &&
      writable(fd, offset, static_cast<std::size_t>(length)) != static_cast<std::size_t>(length)) {
    errno = ENOSPC;
    return -1;
  }
  const int result = static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, length));
  const Traced* traced = Recorder::one().find(fd);
  if (!traced || result != 0) return result;
  const auto from = static_cast<std::uint64_t>(offset), bytes = static_cast<std::uint64_t>(length);
  if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
    Recorder::one().write({Op::kZero, traced->handle, from, bytes, 0, 0});
  } else if (mode == 0) {
    Recorder::one().write({Op::kAllocate, traced->handle, from + bytes, 0, 0, 0});
  } else if (mode != FALLOC_FL_KEEP_SIZE) {
    refuse("a way of fallocate that the trace does not know");
  }
  return result;
}

int copy_handle(int from, int to) {
  if (to < 0) return to;
  Recorder& recorder = Recorder::one();
  const Traced* traced = recorder.find(from);
  recorder.clear(to);
  if (traced) recorder.set(to, *traced);
  return to;
}

void refuse_unseen(int fd, const char* why) {
  const std::lock_guard lock(mutex());
  if (Recorder::one().find(fd)) refuse(why);
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// The names of the C library, which the program calls instead of its own.
#define POWERCUT_EXPORT extern "C" __attribute__((visibility("default")))

#define POWERCUT_OPEN(name)                                    \
  POWERCUT_EXPORT int name(const char* path, int flags, ...) { \
    va_list arguments;                                         \
    va_start(arguments, flags);                                \
    const mode_t mode = mode_of(flags, arguments);             \
    va_end(arguments);                                         \
    return do_open(AT_FDCWD, path, flags, mode);               \
  }
#define POWERCUT_OPENAT(name)                                          \
  POWERCUT_EXPORT int name(int at, const char* path, int flags, ...) { \
    va_list arguments;                                                 \
    va_start(arguments, flags);                                        \
    const mode_t mode = mode_of(flags, arguments);                     \
    va_end(arguments);                                                 \
    return do_open(at, path, flags, mode);                             \
  }
POWERCUT_OPEN(open)
POWERCUT_OPEN(open64)
POWERCUT_OPENAT(openat)
POWERCUT_OPENAT(openat64)

POWERCUT_EXPORT int __open_2(const char* path, int flags) {
  return do_open(AT_FDCWD, path, flags, 0);
}
POWERCUT_EXPORT int __open64_2(const char* path, int flags) {
  return do_open(AT_FDCWD, path, flags, 0);
}
POWERCUT_EXPORT int __openat_2(int at, const char* path, int flags) {
  return do_open(at, path, flags, 0);
}
POWERCUT_EXPORT int __openat64_2(int at, const char* path, int flags) {
  return do_open(at, path, flags, 0);
}
POWERCUT_EXPORT int creat(const char* path, mode_t mode) {
  return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
POWERCUT_EXPORT int creat64(const char* path, mode_t mode) { return creat(path, mode); }

POWERCUT_EXPORT int close(int fd) {
  const std::lock_guard lock(mutex());
  Recorder::one().clear(fd);
  return static_cast<int>(::syscall(SYS_close, fd));
}
POWERCUT_EXPORT int dup(int fd) {
  const std::lock_guard lock(mutex());
  return copy_handle(fd, static_cast<int>(::syscall(SYS_dup, fd)));
}
POWERCUT_EXPORT int dup2(int fd, int to) {
  const std::lock_guard lock(mutex());
  return fd == to ? fd : copy_handle(fd, static_cast<int>(::syscall(SYS_dup3, fd, to, 0)));
}
POWERCUT_EXPORT int dup3(int fd, int to, int flags) {
  const std::lock_guard lock(mutex());
  return copy_handle(fd, static_cast<int>(::syscall(SYS_dup3, fd, to, flags)));
}

POWERCUT_EXPORT ssize_t write(int fd, const void* bytes, size_t size) {
  const iovec part{const_cast<void*>(bytes), size};
  return do_write(fd, -1, &part, 1);
}
POWERCUT_EXPORT ssize_t writev(int fd, const iovec* parts, int count) {
  return do_write(fd, -1, parts, count);
}
POWERCUT_EXPORT ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const iovec part{const_cast<void*>(bytes), size};
  return do_write(fd, offset, &part, 1);
}
POWERCUT_EXPORT ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite(fd, bytes, size, offset);
}
POWERCUT_EXPORT ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
  return do_write(fd, offset, parts, count);
}
POWERCUT_EXPORT ssize_t pwritev64(int fd, const iovec* parts, int count, off_t offset) {
  return pwritev(fd, parts, count, offset);
}

POWERCUT_EXPORT int ftruncate(int fd, off_t size) noexcept { return do_truncate(fd, size); }
POWERCUT_EXPORT int ftruncate64(int fd, off_t size) noexcept { return do_truncate(fd, size); }
POWERCUT_EXPORT int truncate(const char* path, off_t size) noexcept {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const int result = do_truncate(fd, size);
  close(fd);
  return result;
}
POWERCUT_EXPORT int fallocate(int fd, int mode, off_t offset, off_t length) {
  return do_allocate(fd, mode, offset, length);
}
POWERCUT_EXPORT int fallocate64(int fd, int mode, off_t offset, off_t length) {
  return do_allocate(fd, mode, offset, length);
}
POWERCUT_EXPORT int posix_fallocate(int fd, off_t offset, off_t length) {
  return do_allocate(fd, 0, offset, length) == 0 ? 0 : errno;
}
POWERCUT_EXPORT int posix_fallocate64(int fd, off_t offset, off_t length) {
  return posix_fallocate(fd, offset, length);
}
POWERCUT_EXPORT int fsync(int fd) { return do_sync(fd, SYS_fsync); }
POWERCUT_EXPORT int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }

POWERCUT_EXPORT int rename(const char* from, const char* to) noexcept {
  return do_rename(AT_FDCWD, from, AT_FDCWD, to, 0);
}
POWERCUT_EXPORT int renameat(int from_at, const char* from, int to_at, const char* to) noexcept {
  return do_rename(from_at, from, to_at, to, 0);
}
POWERCUT_EXPORT int renameat2(int from_at, const char* from, int to_at, const char* to,
                              unsigned flags) noexcept {
  return do_rename(from_at, from, to_at, to, flags);
}
POWERCUT_EXPORT int unlink(const char* path) noexcept { return do_unlink(AT_FDCWD, path, 0); }
POWERCUT_EXPORT int unlinkat(int at, const char* path, int flags) noexcept {
  return do_unlink(at, path, flags);
}
POWERCUT_EXPORT int rmdir(const char* path) noexcept {
  return do_unlink(AT_FDCWD, path, AT_REMOVEDIR);
}
POWERCUT_EXPORT int remove(const char* path) noexcept {
  struct stat about{};
  const bool is_folder = ::lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
  return do_unlink(AT_FDCWD, path, is_folder ? AT_REMOVEDIR : 0);
}
POWERCUT_EXPORT int link(const char* from, const char* to) noexcept {
  const std::lock_guard lock(mutex());
  const std::string first = Recorder::one().below(AT_FDCWD, from);
  const std::string second = Recorder::one().below(AT_FDCWD, to);
  const long result = ::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  return do_named(Op::kLink, first, second, static_cast<int>(result));
}
POWERCUT_EXPORT int mkdir(const char* path, mode_t mode) noexcept {
  const std::lock_guard lock(mutex());
  const std::string name = Recorder::one().below(AT_FDCWD, path);
  const long result = ::syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  return do_named(Op::kMakeFolder, name, {}, static_cast<int>(result));
}

POWERCUT_EXPORT void* mmap(void* at, size_t bytes, int access, int flags, int fd,
                           off_t offset) noexcept {
  if (fd >= 0 && (access & PROT_WRITE) && (flags & MAP_SHARED)) {
    const std::lock_guard lock(mutex());
    if (const Traced* traced = Recorder::one().find(fd)) {
      Recorder::one().write({Op::kMapped, traced->handle, 0, 0, 0, 0});
    }
  }
  return reinterpret_cast<void*>(::syscall(SYS_mmap, at, bytes, access, flags, fd, offset));
}
POWERCUT_EXPORT void* mmap64(void* at, size_t bytes, int access, int flags, int fd,
                             off_t offset) noexcept {
  return mmap(at, bytes, access, flags, fd, offset);
}

POWERCUT_EXPORT FILE* fopen(const char* path, const char* how) {
  const std::string name = Recorder::one().below(AT_FDCWD, path);
  if (!name.empty() && std::string_view(how).find_first_of("wa+") != std::string_view::npos) {
    refuse("fopen() for writing below the traced folder is not traced");
  }
  return real<FILE* (*)(const char*, const char*)>("fopen")(path, how);
}
POWERCUT_EXPORT FILE* fopen64(const char* path, const char* how) { return fopen(path, how); }

POWERCUT_EXPORT ssize_t sendfile(int to, int from, off_t* offset, size_t bytes) noexcept {
  refuse_unseen(to, "sendfile() into the traced folder is not traced");
  return ::syscall(SYS_sendfile, to, from, offset, bytes);
}
POWERCUT_EXPORT ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at,
                                        size_t bytes, unsigned flags) {
  refuse_unseen(to, "copy_file_range() into the traced folder is not traced");
  return ::syscall(SYS_copy_file_range, from, from_at, to, to_at, bytes, flags);
}

POWERCUT_EXPORT void powercut_mark(const char* text, unsigned long size) {
  const std::lock_guard lock(mutex());
  Recorder::one().write({Op::kMark, 0, 0, 0, 0, 0}, std::string_view(text, size));
}
POWERCUT_EXPORT void powercut_limit_disk(long long bytes) {
  const std::lock_guard lock(mutex());
  Recorder::one().limit(bytes);
}
