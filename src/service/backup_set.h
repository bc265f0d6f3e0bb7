#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace millrace::service {

// A backup is a folder of files with SHA256SUMS, written last: a line "<64 hex digits>  <path>" for
// each of the other files, by path, as sha256sum(1) writes and checks it.

inline constexpr std::string_view kSumsFile = "SHA256SUMS";

/// What was found of a backup.
struct BackupCheck {
  std::string checksum;  // SHA-256 of SHA256SUMS
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> problems;  // files that are missing, differ, or belong to nobody
  bool is_valid() const { return problems.empty(); }
};

/// Reads all files of the folder and writes their sums. Durable when it returns. Errors: those of
/// files.
base::Result<BackupCheck> write_sums(const std::filesystem::path& folder);
/// Reads all files again. Errors: not_found (no SHA256SUMS: no backup, or an unfinished one),
/// corrupt (a line that is none), those of files.
base::Result<BackupCheck> check_sums(const std::filesystem::path& folder);

/// Names that make_backup() gives, and nothing that leads elsewhere.
bool is_backup_name(std::string_view name);

struct MadeBackup {
  std::string name;  // after the time, 2026-03-01T060000.123Z
  std::filesystem::path path;
  BackupCheck check;
};

/// A new folder data_dir/backup/NAME: `fill` puts files into it, their sums follow. It is there
/// complete and durable, or not at all. Errors: those of `fill` and of files.
base::Result<MadeBackup> make_backup(
    const std::filesystem::path& data_dir, base::Time now,
    const std::function<base::Result<void>(const std::filesystem::path&)>& fill);

/// These files, and all files below these folders, as paths in `from`. What is not there is left
/// out, as is a file that somebody is still writing (".part"). Errors: those of files.
base::Result<std::vector<std::string>> files_below(const std::filesystem::path& from,
                                                   std::span<const std::string> paths);

/// The bytes of files_below(). Errors: those of files.
base::Result<std::uint64_t> bytes_below(const std::filesystem::path& from,
                                        std::span<const std::string> paths);

/// Copies files_below(), durably and readable by their owner alone.
base::Result<void> copy_paths(const std::filesystem::path& from, std::span<const std::string> paths,
                              const std::filesystem::path& into);

/// The newest backup of a data directory, if it is whole and holds just files_below() as they are
/// now. Errors: those of files.
base::Result<std::optional<MadeBackup>> find_backup(const std::filesystem::path& data_dir,
                                                    std::span<const std::string> paths);

/// Checks the backup, copies its files into a new folder, durably, and checks the copy: the data
/// directory of a hub. Errors: conflict (the folder is there and not empty), corrupt (the backup is
/// not as it was written), those of check_sums().
base::Result<BackupCheck> copy_backup(const std::filesystem::path& backup,
                                      const std::filesystem::path& into);

}  // namespace millrace::service
