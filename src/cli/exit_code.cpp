#include "cli/exit_code.h"

namespace millrace::cli {

using base::ErrorCode;

ExitCode exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return ExitCode::kUsage;
    case ErrorCode::kMalformed:
    case ErrorCode::kTooLarge:
    case ErrorCode::kCorrupt:
      return ExitCode::kData;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden:
      return ExitCode::kNotAllowed;
    case ErrorCode::kNotFound:
      return ExitCode::kNotFound;
    case ErrorCode::kConflict:
      return ExitCode::kConflict;
    case ErrorCode::kLimited:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kNoSpace:
      return ExitCode::kTryLater;
    case ErrorCode::kCancelled:
      return ExitCode::kInterrupted;
    case ErrorCode::kInternal:
    case ErrorCode::kUnsupported:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

std::string exit_codes_text() {
  return "Exit codes:\n"
         "  0 done            4 not found\n"
         "  1 failed          5 not allowed: log in, or ask an administrator\n"
         "  2 wrong usage     6 conflict with what is already there\n"
         "  3 bad data        7 not reachable now: the same command may succeed later\n"
         "  130 interrupted\n";
}

}  // namespace millrace::cli
