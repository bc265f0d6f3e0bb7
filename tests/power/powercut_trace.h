#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "power/powercut_format.h"

namespace millrace::power {

/// One record of a trace.
struct Event {
  Head head{};
  std::string first;
  std::string second;
};

/// What a program did to the files of one folder, in order.
///
/// The model of the disk is that of ext4 and XFS: changes of names (create, rename, unlink,
/// folders) survive as a prefix of their order; a sync of a file keeps all names up to its own
/// newest change, a sync of a folder those up to the newest change in it. Writes to a file before
/// its last sync are there whole; each later one is kept, lost, or torn into sectors of 512 or
/// pages of 4096 bytes of which each is kept or lost. A truncation that is lost takes every later
/// change of its file with it.
struct Trace {
  std::vector<Event> events;

  /// Positions at which the power can fail: before each event that is no mark, and at the end.
  std::vector<std::size_t> cut_points() const;
  /// The marks before a position.
  std::vector<std::string> marks_before(std::size_t position) const;
};

/// Reads a trace of powercut_shim. Errors: those of reading a file, malformed.
base::Result<Trace> read_trace(const std::filesystem::path& path);

/// Makes `folder` (empty, or not there) what a power cut before event `position` could have left;
/// what cannot be known is drawn from `random`.
base::Result<void> rebuild(const Trace& trace, std::size_t position, base::Random& random,
                           const std::filesystem::path& folder);

/// A program to run under the shim.
struct Recording {
  std::filesystem::path shim;
  std::vector<std::string> command;
  std::filesystem::path folder;  // traced; must be there and empty
  std::filesystem::path trace;   // outside of it
};

/// Runs the program to its end. Errors: internal when it does not end with status 0.
base::Result<Trace> record(const Recording& recording);

}  // namespace millrace::power
