#include "service/backup_set.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <format>
#include <fstream>
#include <map>

#include "base/files.h"
#include "base/time_text.h"
#include "codec/sha256.h"

namespace millrace::service {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kBlockBytes = 1U << 20;
constexpr std::size_t kSumsBytesMax = 16U << 20;
constexpr std::size_t kHexDigits = 64;

std::unexpected<base::Error> failed(const char* what, const fs::path& path) {
  return std::unexpected(base::system_error(errno, what, path.native()));
}

/// Paths of all regular files but SHA256SUMS, relative to the folder.
Result<std::vector<std::string>> files_of(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string path = it->path().lexically_relative(folder).generic_string();
    if (path == kSumsFile || it->is_directory(error)) continue;
    files.push_back(path);
  }
  if (error) {
    return std::unexpected(base::system_error(error.value(), "read", folder.native()));
  }
  std::ranges::sort(files);
  return files;
}

struct Sum {
  std::string hex;
  std::uint64_t bytes = 0;
};

/// Hashes a file; `into`, when it is open, gets a copy.
Result<Sum> sum_of(const fs::path& path, const base::FileDescriptor& into) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) return failed("open", path);
  codec::Sha256 sha;
  Sum sum;
  std::string block(kBlockBytes, '\0');
  while (true) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0) return failed("read", path);
    if (got == 0) break;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
    sha.update(bytes);
    sum.bytes += bytes.size();
    for (std::size_t at = 0; into.is_open() && at < bytes.size();) {
      const ssize_t put = ::write(into.get(), bytes.data() + at, bytes.size() - at);
      if (put < 0) return failed("write a copy of", path);
      at += static_cast<std::size_t>(put);
    }
  }
  sum.hex = sha.hex();
  return sum;
}

Result<void> sync(const fs::path& path, int flags) {
  const base::FileDescriptor fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return failed("sync", path);
  return {};
}

using Sums = std::map<std::string, std::string, std::less<>>;

/// Paths stay inside of the folder whatever stands there.
bool is_plain(std::string_view path) {
  const fs::path given(path);
  if (path.empty() || given.is_absolute()) return false;
  return std::ranges::none_of(given, [](const fs::path& part) { return part == ".."; });
}

Result<Sums> parse_sums(std::string_view text) {
  Sums sums;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool is_line = line.size() > kHexDigits + 2 && line.substr(kHexDigits, 2) == "  " &&
                         is_plain(line.substr(kHexDigits + 2));
    if (!is_line) {
      return base::fail(ErrorCode::kCorrupt, std::format("{} has a line that is none", kSumsFile),
                        "Take another backup.");
    }
    sums.emplace(line.substr(kHexDigits + 2), line.substr(0, kHexDigits));
  }
  return sums;
}

Result<std::string> read_sums(const fs::path& folder) {
  auto text = base::read_file(folder / kSumsFile, kSumsBytesMax);
  if (text || text.error().code != ErrorCode::kNotFound) return text;
  return base::fail(ErrorCode::kNotFound, std::format("{} has no {}", folder.native(), kSumsFile),
                    "It is no backup, an unfinished one, or one of an older version.");
}

Result<void> compare(const fs::path& folder, const Sums& sums, BackupCheck& check) {
  MILLRACE_LET(const auto files, files_of(folder));
  for (const std::string& path : files) {
    const auto expected = sums.find(path);
    if (expected == sums.end()) {
      check.problems.push_back(path + " is in no list");
      continue;
    }
    const auto sum = sum_of(folder / path, base::FileDescriptor());
    if (!sum) {
      check.problems.push_back(path + ": " + sum.error().what);
      continue;
    }
    ++check.files;
    check.bytes += sum->bytes;
    if (sum->hex != expected->second) check.problems.push_back(path + " differs");
  }
  for (const auto& [path, hex] : sums) {
    if (!std::ranges::binary_search(files, path)) check.problems.push_back(path + " is missing");
  }
  return {};
}

Result<void> copy_one(const fs::path& source, const fs::path& target) {
  MILLRACE_TRY(base::make_directories(target.parent_path()));
  const base::FileDescriptor file(
      ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return failed("make", target);
  MILLRACE_TRY(sum_of(source, file));
  if (::fsync(file.get()) != 0) return failed("sync", target);
  return sync(target.parent_path(), O_RDONLY | O_DIRECTORY);
}

Result<void> copy_files(const fs::path& from, const fs::path& into) {
  MILLRACE_LET(const auto files, files_of(from));
  for (const std::string& path : files) MILLRACE_TRY(copy_one(from / path, into / path));
  return copy_one(from / kSumsFile, into / kSumsFile);
}

Result<void> must_be_valid(const BackupCheck& check, const char* what) {
  if (check.is_valid()) return {};
  return base::fail(ErrorCode::kCorrupt,
                    std::format("{} is not as it was written: {}{}", what, check.problems.front(),
                                check.problems.size() > 1 ? " and more" : ""),
                    "Take another backup.");
}

Result<BackupCheck> fill_part(const fs::path& part,
                              const std::function<Result<void>(const fs::path&)>& fill) {
  MILLRACE_TRY(base::make_directories(part));
  MILLRACE_TRY(fill(part));
  return write_sums(part);
}

}  // namespace

bool is_backup_name(std::string_view name) {
  constexpr std::string_view kLetters = "0123456789TZ.-";
  return !name.empty() && name.size() < 40 && name.front() != '.' &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

Result<MadeBackup> make_backup(const fs::path& data_dir, base::Time now,
                               const std::function<Result<void>(const fs::path&)>& fill) {
  MadeBackup made{.name = base::to_text(now), .path = {}, .check = {}};
  std::erase(made.name, ':');
  made.path = data_dir / "backup" / made.name;
  const fs::path part = made.path.native() + ".part";
  auto filled = fill_part(part, fill);
  auto kept = filled ? base::rename_durably(part, made.path) : std::unexpected(filled.error());
  if (!kept) {
    std::error_code ignored;
    fs::remove_all(part, ignored);
    return std::unexpected(kept.error());
  }
  made.check = std::move(*filled);
  return made;
}

Result<std::vector<std::string>> files_below(const fs::path& from,
                                             std::span<const std::string> paths) {
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(from / path, error)) continue;
    if (!fs::is_directory(from / path, error)) {
      all.push_back(path);
      continue;
    }
    MILLRACE_LET(const auto files, files_of(from / path));
    for (const std::string& file : files) {
      if (!file.ends_with(".part")) all.push_back((fs::path(path) / file).generic_string());
    }
  }
  return all;
}

Result<std::uint64_t> bytes_below(const fs::path& from, std::span<const std::string> paths) {
  MILLRACE_LET(const auto files, files_below(from, paths));
  std::uint64_t bytes = 0;
  for (const std::string& file : files) {
    std::error_code error;
    const auto size = fs::file_size(from / file, error);
    if (!error) bytes += size;
  }
  return bytes;
}

Result<void> copy_paths(const fs::path& from, std::span<const std::string> paths,
                        const fs::path& into) {
  MILLRACE_LET(const auto files, files_below(from, paths));
  for (const std::string& file : files) MILLRACE_TRY(copy_one(from / file, into / file));
  return {};
}

Result<std::optional<MadeBackup>> find_backup(const fs::path& data_dir,
                                              std::span<const std::string> paths) {
  MadeBackup newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data_dir / "backup", error)) {
    const std::string name = entry.path().filename().native();
    if (is_backup_name(name)) newest.name = std::max(newest.name, name);
  }
  newest.path = data_dir / "backup" / newest.name;
  if (newest.name.empty()) return std::nullopt;
  const auto text = read_sums(newest.path);
  const auto kept = text ? parse_sums(*text) : std::unexpected(text.error());
  Sums now;
  MILLRACE_LET(const auto files, files_below(data_dir, paths));
  for (const std::string& file : files) {
    MILLRACE_LET(const Sum sum, sum_of(data_dir / file, base::FileDescriptor()));
    now[file] = sum.hex;
  }
  if (!kept || *kept != now) return std::nullopt;
  auto check = check_sums(newest.path);
  if (!check || !check->is_valid()) return std::nullopt;
  newest.check = *std::move(check);
  return newest;
}

Result<BackupCheck> write_sums(const fs::path& folder) {
  MILLRACE_LET(const auto files, files_of(folder));
  BackupCheck check;
  std::string text;
  for (const std::string& path : files) {
    MILLRACE_LET(const Sum sum, sum_of(folder / path, base::FileDescriptor()));
    MILLRACE_TRY(sync(folder / path, O_RDONLY));
    text += std::format("{}  {}\n", sum.hex, path);
    ++check.files;
    check.bytes += sum.bytes;
  }
  MILLRACE_TRY(base::write_file_durably(folder / kSumsFile, text));
  check.checksum = codec::sha256_hex(text);
  return check;
}

Result<BackupCheck> check_sums(const fs::path& folder) {
  MILLRACE_LET(const std::string text, read_sums(folder));
  MILLRACE_LET(const Sums sums, parse_sums(text));
  BackupCheck check{.checksum = codec::sha256_hex(text)};
  MILLRACE_TRY(compare(folder, sums, check));
  return check;
}

Result<BackupCheck> copy_backup(const fs::path& backup, const fs::path& into) {
  std::error_code error;
  if (fs::exists(into, error) && !fs::is_empty(into, error)) {
    return base::fail(ErrorCode::kConflict, into.native() + " is there and not empty",
                      "Name a new folder.");
  }
  MILLRACE_LET(const auto found, check_sums(backup));
  MILLRACE_TRY(must_be_valid(found, "the backup"));
  const fs::path part = into.native() + ".part";
  fs::remove_all(part, error);
  MILLRACE_TRY(base::make_directories(part));
  const auto work = [&]() -> Result<BackupCheck> {
    MILLRACE_TRY(copy_files(backup, part));
    MILLRACE_LET(const auto copied, check_sums(part));
    MILLRACE_TRY(must_be_valid(copied, "the copy"));
    fs::remove(part / kSumsFile, error);  // of a backup, not of a store that goes on
    fs::remove(into, error);
    MILLRACE_TRY(base::rename_durably(part, into));
    return copied;
  };
  auto done = work();
  if (!done) fs::remove_all(part, error);
  return done;
}

}  // namespace millrace::service
