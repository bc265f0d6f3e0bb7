#include "service/file_imports.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/files.h"
#include "base/random.h"
#include "model/name.h"

namespace millrace::service {
namespace {

namespace fs = std::filesystem;
namespace file = connector::file;
using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

constexpr base::Duration kKeptFor = 1h;
constexpr std::uint64_t kRoomLeft = 512ULL << 20;  // for the stores on the same disk
constexpr std::size_t kFileNameBytesMax = 255;

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= kFileNameBytesMax && name != "." && name != ".." &&
         std::ranges::none_of(name, [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ';
         });
}

Result<void> write_at(const fs::path& path, int flags, std::uint64_t offset,
                      std::string_view part) {
  const base::FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0600));
  if (!fd.is_open()) return std::unexpected(base::system_error(errno, "open", "the sent file"));
  while (!part.empty()) {
    const ssize_t put = ::pwrite(fd.get(), part.data(), part.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(base::system_error(errno, "write", "the sent file"));
    part.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Result<void> check_disk(const fs::path& folder, std::size_t bytes) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error || space.available >= bytes + kRoomLeft) return {};
  return base::fail(ErrorCode::kNoSpace, "the hub's disk is too full to take the file",
                    "Make room on the disk of the data directory.");
}

std::unexpected<base::Error> too_large_upload() {
  return base::fail(
      ErrorCode::kTooLarge,
      std::format("a file that is sent has at most {} MiB", FileImports::kFileBytesMax >> 20U),
      "Bring it in with `millrace import`, which has no limit.");
}

}  // namespace

FileImports::FileImports(const Deps& deps, Imports& imports)
    : deps_(deps), imports_(imports), folder_(deps.facts.data_dir / "uploads") {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);  // what a killed hub left
}

void FileImports::start() {
  thread_ = std::thread([this] { loop(); });
}

void FileImports::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const EntryPtr& one : entries_) one->is_unwanted = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  entries_.clear();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Result<file::MappingProposal> FileImports::propose(const identity::Caller& caller,
                                                   const file::ProposalInput& input) const {
  MILLRACE_TRY(allow(caller, Permission::kImport));
  if (!input.thing.empty() && !model::is_name(input.thing)) {
    return base::fail(ErrorCode::kInvalid, "thing is not a name",
                      std::format("Write {}.", model::nearest_name(input.thing)));
  }
  const auto catalog = deps_.catalogs.now();
  const twin::Thing* thing = input.thing.empty() ? nullptr : catalog->thing(input.thing);
  file::ProposalInput known = input;
  known.model = thing ? thing->model.get() : nullptr;
  return file::propose_mapping(known, deps_.units);
}

Upload FileImports::shown(const Entry& entry) const {
  return {entry.id, entry.file_name, entry.bytes, entry.expires, entry.work};
}

Result<FileImports::EntryPtr> FileImports::find(const identity::Caller& caller,
                                                std::string_view id) {
  MILLRACE_TRY(allow(caller, Permission::kImport));
  for (const EntryPtr& one : entries_) {
    if (one->id != id || one->owner.name != caller.name || one->owner.via != caller.via) continue;
    one->expires = deps_.clock.now() + kKeptFor;
    return one;
  }
  return base::fail(ErrorCode::kNotFound, "there is no such file", "Send it again.");
}

Result<void> FileImports::check_counts(const identity::Caller& caller) {
  drop_expired();
  const auto of_caller = [&](const EntryPtr& one) { return one->owner.name == caller.name; };
  std::erase_if(entries_, [&](const EntryPtr& one) { return of_caller(one) && one->is_used_up; });
  const auto mine = static_cast<std::size_t>(std::ranges::count_if(entries_, of_caller));
  if (is_stopping_) return base::fail_for_now(ErrorCode::kUnavailable, "the hub stops");
  if (mine < kUploadsOfOneMax && entries_.size() < kUploadsMax) return {};
  return base::fail_for_now(ErrorCode::kLimited, "too many sent files wait to be imported",
                            "Import or remove one of them; they go after an hour by themselves.");
}

Result<Upload> FileImports::create(const identity::Caller& caller, std::string_view file_name,
                                   std::string_view part) {
  MILLRACE_TRY(allow(caller, Permission::kImport));
  if (!is_file_name(file_name)) {
    return base::fail(ErrorCode::kInvalid, "file_name is not the name of a file",
                      "Give the name without folders, such as pump.csv.");
  }
  if (part.size() > kFileBytesMax) return too_large_upload();
  const auto entry = std::make_shared<Entry>();
  entry->id = std::format("{:016x}", base::Random::from_system().next());
  entry->file_name = file_name;
  entry->path = folder_ / entry->id;
  entry->owner = caller;
  entry->is_being_written = true;
  {
    const std::lock_guard lock(mutex_);
    MILLRACE_TRY(check_counts(caller));
    MILLRACE_TRY(base::make_directories(folder_));
    MILLRACE_TRY(check_disk(folder_, part.size()));
    entry->expires = deps_.clock.now() + kKeptFor;
    entries_.push_back(entry);
  }
  const auto written = write_at(entry->path, O_CREAT | O_EXCL, 0, part);
  const std::lock_guard lock(mutex_);
  entry->is_being_written = false;
  if (!written) drop(entry);
  MILLRACE_TRY(written);
  entry->bytes = part.size();
  return shown(*entry);
}

Result<Upload> FileImports::append(const identity::Caller& caller, std::string_view id,
                                   std::uint64_t offset, std::string_view part) {
  EntryPtr entry;
  {
    const std::lock_guard lock(mutex_);
    MILLRACE_LET(entry, find(caller, id));
    if (entry->is_busy() || entry->is_used_up) {
      return base::fail(ErrorCode::kConflict, "the file is being written, read or imported",
                        "Wait for it, or send the file anew.");
    }
    if (offset > kFileBytesMax || part.size() > kFileBytesMax - offset) return too_large_upload();
    if (offset > entry->bytes) {
      return base::fail(ErrorCode::kConflict,
                        std::format("byte {} would leave a hole, next is {}", offset, entry->bytes),
                        "Go on at bytes of the file.");
    }
    MILLRACE_TRY(check_disk(folder_, part.size()));
    entry->is_being_written = true;
  }
  const auto written = write_at(entry->path, 0, offset, part);
  const std::lock_guard lock(mutex_);
  entry->is_being_written = false;
  MILLRACE_TRY(written);
  entry->bytes = std::max(entry->bytes, offset + part.size());
  return shown(*entry);
}

Result<Upload> FileImports::get(const identity::Caller& caller, std::string_view id) {
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const EntryPtr entry, find(caller, id));
  return shown(*entry);
}

Result<void> FileImports::remove(const identity::Caller& caller, std::string_view id) {
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const EntryPtr entry, find(caller, id));
  drop(entry);
  return {};
}

/// Whoever reads the file still has it open, or finds it gone and is told to stop.
void FileImports::drop(const EntryPtr& entry) {
  entry->is_unwanted = true;
  std::error_code ignored;
  fs::remove(entry->path, ignored);
  entries_.remove(entry);
  changed_.notify_all();
}

void FileImports::drop_expired() {
  const base::Time now = deps_.clock.now();
  const auto all = entries_;
  for (const EntryPtr& one : all) {
    if (one->expires <= now && !one->is_busy()) drop(one);
  }
}

Result<Upload> FileImports::work(const identity::Caller& caller, std::string_view id,
                                 FileOrder order, const FileWait& wait) {
  if (order.mapping.size() > kMappingBytesMax) {
    return base::fail(ErrorCode::kTooLarge, "a mapping has at most 1 MiB", "Shorten it.");
  }
  std::unique_lock lock(mutex_);
  MILLRACE_LET(const EntryPtr entry, find(caller, id));
  if (entry->is_busy()) {
    return base::fail(ErrorCode::kConflict, "the file is being sent or read already",
                      "Ask how far it is, or remove it to stop that.");
  }
  if (entry->is_used_up) {
    return base::fail(ErrorCode::kConflict, "the file was imported and is no longer here",
                      "Send it again; what is stored is not stored twice.");
  }
  entry->owner = caller;
  entry->work = FileWork{.kind = order.kind};
  entry->order = std::move(order);
  orders_.push_back(entry);
  changed_.notify_all();
  changed_.wait_for(lock, wait.stop, wait.time,
                    [&] { return !entry->is_busy() || entry->is_unwanted; });
  return shown(*entry);
}

}  // namespace millrace::service
