#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::base {

/// The whole file. Errors: not_found, too_large (above bytes_max), unavailable.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uintmax_t bytes_max = 64U << 20);

/// Who may read a file that Millrace writes.
enum class FileMode { kShared, kPrivate };

/// Replaces the file as a whole: temporary file, fsync, rename, fsync of the folder. After a power
/// cut either the old or the new content stands there. Errors: no_space, unavailable.
Result<void> write_file_durably(const std::filesystem::path& path, std::string_view content,
                                FileMode mode = FileMode::kShared);

/// Renames a file or folder that is synced already; the name survives a power cut. Both names must
/// be on one disk. Errors: not_found, no_space, unavailable.
Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the folder and its parents. Errors: unavailable.
Result<void> make_directories(const std::filesystem::path& path);

/// Whether the disk of a folder has room for so many bytes: they are taken and given back. Errors:
/// no_space, those of files.
Result<void> check_room(const std::filesystem::path& folder, std::uint64_t bytes);

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release();
  void close();

 private:
  int fd_ = -1;
};

/// An exclusive lock on a file, held until destroyed; one process at a time. Errors: conflict when
/// another process holds it, unavailable.
Result<FileDescriptor> lock_file(const std::filesystem::path& path);

/// What errno says, as an Error about a path or address.
Error system_error(int error_number, std::string_view doing, std::string_view subject);

}  // namespace millrace::base
