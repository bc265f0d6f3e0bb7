#include "power/powercut_trace.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/files.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;

/// One file as it was created; it lives on under other names.
struct Inode {
  bool is_folder = false;
  std::vector<std::size_t> changes;    // writes, truncations, … by position
  std::size_t synced_to = 0;           // changes before this position are durable
  std::size_t newest_name_change = 0;  // position behind it, 0 for none
};

using InodePtr = std::shared_ptr<Inode>;
using Names = std::map<std::string, InodePtr>;

bool is_name_change(const Event& event) {
  switch (event.head.op) {
    case Op::kOpen:
      return event.head.a == 1;
    case Op::kRename:
    case Op::kUnlink:
    case Op::kMakeFolder:
    case Op::kDropFolder:
    case Op::kLink:
      return true;
    default:
      return false;
  }
}

/// Through O_SYNC or O_DSYNC: durable by itself.
bool is_synced_write(const Event& event) {
  return event.head.op == Op::kWrite && event.head.b == 1;
}

std::string folder_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().native();
  return parent.empty() ? "." : parent;
}

/// Follows the trace up to the cut: which inode is which, what is durable.
class Disk {
 public:
  Disk(const Trace& trace, std::size_t position) : trace_(trace), position_(position) {
    live_["."] = std::make_shared<Inode>(Inode{.is_folder = true});
    for (std::size_t at = 0; at < position; ++at) follow(at);
  }

  /// The names that survive when the first `kept` changes of names do.
  Names names_at(std::size_t kept) const {
    Names names;
    for (std::size_t at = 0; at < kept; ++at) {
      if (is_name_change(trace_.events[at])) apply_name(names, trace_.events[at]);
    }
    return names;
  }
  /// Changes of names before this position are durable.
  std::size_t names_durable_to() const { return names_durable_to_; }

 private:
  void follow(std::size_t at) {
    const Event& event = trace_.events[at];
    if (event.head.op == Op::kOpen) return follow_open(at);
    if (is_name_change(event)) return follow_name(at);
    if (event.head.handle == 0) return;
    const InodePtr inode = handles_.at(event.head.handle);
    if (event.head.op == Op::kSync) inode->synced_to = at;
    if (event.head.op != Op::kSync) inode->changes.push_back(at);
    if (event.head.op == Op::kSync || is_synced_write(event)) {
      names_durable_to_ = std::max(names_durable_to_, inode->newest_name_change);
    }
  }

  void follow_open(std::size_t at) {
    const Event& event = trace_.events[at];
    if (event.head.a == 1) {
      created_[at] = std::make_shared<Inode>();
      follow_name(at);
    }
    const auto found = live_.find(event.first);
    handles_[event.head.handle] =
        found != live_.end() ? found->second
                             : std::make_shared<Inode>(Inode{.is_folder = event.head.a == 2});
  }

  void follow_name(std::size_t at) {
    const Event& event = trace_.events[at];
    if (event.head.op == Op::kMakeFolder) {
      created_[at] = std::make_shared<Inode>(Inode{.is_folder = true});
    }
    const auto touch = [&](const std::string& path) {
      if (path.empty()) return;
      for (const std::string& name : {path, folder_of(path)}) {
        if (const auto it = live_.find(name); it != live_.end()) {
          it->second->newest_name_change = at + 1;
        }
      }
    };
    touch(event.first);
    apply_name(live_, event);
    touch(event.first);
    touch(event.second);
  }

  void apply_name(Names& names, const Event& event) const {
    switch (event.head.op) {
      case Op::kOpen:
      case Op::kMakeFolder:
        names[event.first] = created_.at(static_cast<std::size_t>(&event - trace_.events.data()));
        break;
      case Op::kRename:
        move_name(names, event);
        break;
      case Op::kLink:
        names[event.second] = names.at(event.first);
        break;
      default:
        names.erase(event.first);
    }
  }

  /// A folder takes everything below it along.
  static void move_name(Names& names, const Event& event) {
    Names moved;
    for (auto it = names.begin(); it != names.end();) {
      const bool is_below = it->first.starts_with(event.first + "/");
      if (it->first != event.first && !is_below) {
        ++it;
        continue;
      }
      moved[event.second + it->first.substr(event.first.size())] = it->second;
      it = names.erase(it);
    }
    for (auto& [name, inode] : moved) names[name] = inode;
  }

  const Trace& trace_;
  const std::size_t position_;
  Names live_;
  std::map<std::size_t, InodePtr> created_;  // by position
  std::map<std::uint32_t, InodePtr> handles_;
  std::size_t names_durable_to_ = 0;
};

void put_bytes(std::string& file, std::uint64_t offset, std::string_view bytes) {
  const auto at = static_cast<std::size_t>(offset);
  if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
  std::memcpy(file.data() + at, bytes.data(), bytes.size());
}

/// Each sector or page of the write is kept or lost by itself; their borders are those of the file.
void put_torn(std::string& file, const Event& event, base::Random& random) {
  const std::uint64_t unit = random.below(2) == 0 ? 512 : 4096;
  std::uint64_t at = event.head.a;
  std::string_view rest = event.first;
  while (!rest.empty()) {
    const std::size_t take = std::min<std::uint64_t>(unit - at % unit, rest.size());
    if (random.below(2) == 0) put_bytes(file, at, rest.substr(0, take));
    at += take;
    rest.remove_prefix(take);
  }
}

void put_event(std::string& file, const Event& event) {
  switch (event.head.op) {
    case Op::kWrite:
      put_bytes(file, event.head.a, event.first);
      break;
    case Op::kTruncate:
      file.resize(event.head.a);
      break;
    case Op::kAllocate:
      file.resize(std::max<std::size_t>(file.size(), event.head.a));
      break;
    case Op::kZero:
      if (event.head.a < file.size()) {
        const auto bytes = std::min<std::size_t>(event.head.b, file.size() - event.head.a);
        std::memset(file.data() + event.head.a, 0, bytes);
      }
      break;
    default:
      break;
  }
}

/// What a file holds after the cut.
std::string content_of(const Trace& trace, const Inode& inode, base::Random& random) {
  std::string file;
  // One disk loses nearly all of its cache, another nearly nothing.
  const std::uint64_t mood = random.below(4);
  for (const std::size_t at : inode.changes) {
    const Event& event = trace.events[at];
    if (at < inode.synced_to || is_synced_write(event)) {
      put_event(file, event);
      continue;
    }
    const std::uint64_t fate = mood == 3 ? random.below(3) : mood;  // kept, lost, torn
    if (event.head.op == Op::kTruncate && fate != 0) break;
    if (fate == 0 || (fate == 2 && event.head.op != Op::kWrite)) {
      put_event(file, event);
    } else if (fate == 2) {
      put_torn(file, event, random);
    }
  }
  return file;
}

base::Result<void> write_plain(const fs::path& path, std::string_view content) {
  // Without a sync: the replayed folder need not survive a power cut of its own.
  FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) return std::unexpected(base::system_error(errno, "create", path.native()));
  const bool is_written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  if (std::fclose(file) != 0 || !is_written) {
    return std::unexpected(base::system_error(errno, "write", path.native()));
  }
  return {};
}

[[noreturn]] void become(const Recording& recording) {
  ::setenv("LD_PRELOAD", recording.shim.c_str(), 1);
  ::setenv("POWERCUT_DIR", recording.folder.c_str(), 1);
  ::setenv("POWERCUT_TRACE", recording.trace.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& one : recording.command) {
    arguments.push_back(const_cast<char*>(one.c_str()));
  }
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

std::vector<std::size_t> Trace::cut_points() const {
  std::vector<std::size_t> points;
  for (std::size_t at = 0; at < events.size(); ++at) {
    if (events[at].head.op != Op::kMark && events[at].head.op != Op::kMapped) points.push_back(at);
  }
  points.push_back(events.size());
  return points;
}

std::vector<std::string> Trace::marks_before(std::size_t position) const {
  std::vector<std::string> marks;
  for (std::size_t at = 0; at < position; ++at) {
    if (events[at].head.op == Op::kMark) marks.push_back(events[at].first);
  }
  return marks;
}

base::Result<Trace> read_trace(const fs::path& path) {
  constexpr std::uintmax_t kTraceBytesMax = 1ULL << 30;
  MILLRACE_LET(const std::string bytes, base::read_file(path, kTraceBytesMax));
  if (!bytes.starts_with(kMagic)) {
    return base::fail(base::ErrorCode::kMalformed, path.native() + " is no trace");
  }
  Trace trace;
  std::string_view rest = std::string_view(bytes).substr(8);
  while (rest.size() >= sizeof(Head)) {
    Event event;
    std::memcpy(&event.head, rest.data(), sizeof(Head));
    const std::uint64_t whole = sizeof(Head) + event.head.first_bytes + event.head.second_bytes;
    if (rest.size() < whole) break;
    event.first = rest.substr(sizeof(Head), event.head.first_bytes);
    event.second = rest.substr(sizeof(Head) + event.head.first_bytes, event.head.second_bytes);
    trace.events.push_back(std::move(event));
    rest.remove_prefix(whole);
  }
  return trace;
}

base::Result<void> rebuild(const Trace& trace, std::size_t position, base::Random& random,
                           const fs::path& folder) {
  const Disk disk(trace, position);
  const std::size_t durable = disk.names_durable_to();
  const std::size_t kept = durable + random.below(position - durable + 1);
  MILLRACE_TRY(base::make_directories(folder));
  std::set<const Inode*> done;
  for (const auto& [name, inode] : disk.names_at(kept)) {
    const fs::path path = folder / name;
    if (inode->is_folder) {
      MILLRACE_TRY(base::make_directories(path));
    } else if (done.insert(inode.get()).second) {
      MILLRACE_TRY(write_plain(path, content_of(trace, *inode, random)));
    }
  }
  return {};
}

base::Result<Trace> record(const Recording& recording) {
  std::error_code error;
  if (!fs::is_empty(recording.folder, error) || error) {
    return base::fail(base::ErrorCode::kInvalid, recording.folder.native() + " is not empty");
  }
  const pid_t child = ::fork();
  if (child < 0) return std::unexpected(base::system_error(errno, "start", recording.command[0]));
  if (child == 0) become(recording);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return base::fail(base::ErrorCode::kInternal,
                      std::format("{} ended with status {:#x}", recording.command[0], status));
  }
  return read_trace(recording.trace);
}

}  // namespace millrace::power
