#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "connector/file/propose.h"
#include "connector/file/report.h"
#include "service/imports.h"

namespace millrace::service {

/// What a caller wants to be done with a file that was sent.
struct FileOrder {
  enum class Kind { kCheck, kImport };
  Kind kind = Kind::kCheck;
  std::string mapping;       // YAML
  std::string folder;        // what {folder} in it stands for
  std::size_t preview = 10;  // rows that a check shows
  connector::file::BadRows bad_rows = connector::file::BadRows::kRefuse;
};

/// The last order of a file and how far it is.
struct FileWork {
  enum class State { kWaiting, kRunning, kDone, kFailed };
  FileOrder::Kind kind = FileOrder::Kind::kCheck;
  State state = State::kWaiting;
  double done = 0;                                          // share of the file
  std::shared_ptr<const connector::file::Report> report{};  // when it is done or has failed
};

/// How long a caller waits for what was ordered.
struct FileWait {
  base::Duration time{};
  std::stop_token stop{};
};

/// A file that was sent, or its first parts.
struct Upload {
  std::string id;
  std::string file_name;
  std::uint64_t bytes = 0;
  base::Time expires;
  std::optional<FileWork> work;
};

/// Files of measured data that people send to the hub itself: kept below the data directory until
/// they are checked and imported by connector/file, one at a time on a thread of its own. A file
/// goes when it is imported, when its owner says so, after an hour without a call, and when the hub
/// starts or stops; what it is called is never a path. Any thread.
class FileImports {
 public:
  static constexpr std::uint64_t kFileBytesMax = 256ULL << 20;
  static constexpr std::uint64_t kContentBytesMax = 2ULL << 30;  // after gunzip
  static constexpr std::size_t kUploadsMax = 8;                  // of all callers
  static constexpr std::size_t kUploadsOfOneMax = 4;
  static constexpr std::size_t kMappingBytesMax = 1U << 20;
  static constexpr std::size_t kProblemsMax = 200;

  FileImports(const Deps& deps, Imports& imports);
  ~FileImports() { stop(); }

  void start();
  void stop();

  /// A mapping for a file that begins so. Errors: forbidden, invalid (the name of the thing),
  /// malformed.
  base::Result<connector::file::MappingProposal> propose(
      const identity::Caller& caller, const connector::file::ProposalInput& input) const;

  // Errors of all: forbidden, not_found (or somebody else's).
  /// Errors: invalid (the name), limited, too_large, no_space.
  base::Result<Upload> create(const identity::Caller& caller, std::string_view file_name,
                              std::string_view part);
  /// Errors: conflict (a hole, or while it is worked on), too_large, no_space.
  base::Result<Upload> append(const identity::Caller& caller, std::string_view id,
                              std::uint64_t offset, std::string_view part);
  base::Result<Upload> get(const identity::Caller& caller, std::string_view id);
  base::Result<void> remove(const identity::Caller& caller, std::string_view id);
  /// Answers when it is done, or when the caller waits no longer. Errors: conflict (while it is
  /// worked on, or when it was imported), too_large (the mapping). What is wrong with file or
  /// mapping is the report's.
  base::Result<Upload> work(const identity::Caller& caller, std::string_view id, FileOrder order,
                            const FileWait& wait);

 private:
  /// A file with its last order.
  struct Entry {
    std::string id;
    std::string file_name;
    std::filesystem::path path;  // below folder_, by id
    identity::Caller owner;
    std::uint64_t bytes = 0;
    base::Time expires;
    bool is_being_written = false;
    bool is_used_up = false;  // imported, and its file removed
    FileOrder order;
    std::optional<FileWork> work;
    std::atomic<bool> is_unwanted = false;

    bool is_busy() const {
      return is_being_written || (work && (work->state == FileWork::State::kWaiting ||
                                           work->state == FileWork::State::kRunning));
    }
  };
  using EntryPtr = std::shared_ptr<Entry>;

  base::Result<EntryPtr> find(const identity::Caller& caller, std::string_view id);
  base::Result<void> check_counts(const identity::Caller& caller);
  Upload shown(const Entry& entry) const;
  void drop(const EntryPtr& entry);
  void drop_expired();
  void loop();
  connector::file::Report read(Entry& entry);
  base::Result<void> plan_and_run(Entry& entry, connector::file::Report& report);
  void finish(const EntryPtr& entry, std::shared_ptr<const connector::file::Report> report);
  connector::file::Progress progress_of(Entry& entry, double before, double share);
  bool pause_or_stop(Entry& entry, base::Duration pause);

  const Deps& deps_;
  Imports& imports_;
  const std::filesystem::path folder_;
  std::mutex mutex_;  // of all below; files are read and written without it
  std::condition_variable_any changed_;
  std::list<EntryPtr> entries_;
  std::deque<EntryPtr> orders_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::service
