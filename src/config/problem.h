#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/node.h"

namespace millrace::config {

/// One thing that is wrong in a configuration file: what, where, and what to do.
struct Problem {
  Place place;
  std::string what;
  std::string hint;
  bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

/// "edge.yaml:12: what (hint)", one line.
std::string to_text(const std::string& file, const Problem& problem);

/// All of them as one Error (invalid): `what` has a line each, in the order of the file.
base::Error to_error(const std::string& file, Problems problems);

/// The candidate nearest to a mistyped word by edit distance with transpositions (Damerau); empty
/// when none is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace millrace::config
