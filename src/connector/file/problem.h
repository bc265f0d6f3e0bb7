#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millrace::connector::file {

enum class Weight {
  kError,    // the row cannot be stored; an import with one of these needs `skip bad rows`
  kWarning,  // stored with a quality that says so, or left out as the mapping asks
  kNote,     // worth knowing
};

/// "error", "warning", "note".
constexpr std::string_view text(Weight weight) {
  switch (weight) {
    case Weight::kError:
      return "error";
    case Weight::kWarning:
      return "warning";
    case Weight::kNote:
      return "note";
  }
  return "note";
}

/// Something about a file or a mapping that its owner should know.
struct Problem {
  Weight weight = Weight::kNote;
  std::string_view code;   // "bad_time", "torn_line", …; a literal
  std::uint64_t line = 0;  // of the file, from 1; 0 when it is about no line
  std::string column;      // empty when it is about no column
  std::string what;
  std::string hint;
};

/// Is told of every problem in the order of the file.
using ProblemSink = std::function<void(const Problem&)>;

}  // namespace millrace::connector::file
