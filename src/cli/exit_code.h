#pragma once

#include "base/error.h"

namespace millrace::cli {

/// What `millrace` ends with; a script may rely on these.
enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,      // for a reason that is none of the others
  kUsage = 2,       // the command line, a mapping or a parameter is wrong
  kData = 3,        // a file holds rows that cannot be stored, or is damaged
  kNotFound = 4,    // there is no such file, thing, property …
  kNotAllowed = 5,  // login needed, or the role does not allow it
  kConflict = 6,    // it contradicts what is already there
  kTryLater = 7,    // the hub or something it needs is not reachable now
  kInterrupted = 130,
};

ExitCode exit_code(base::ErrorCode code);

/// The table of exit codes for --help.
std::string exit_codes_text();

}  // namespace millrace::cli
