#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "twin/thing_model.h"
#include "unit/units.h"

namespace millrace::connector::file {

/// What a mapping is proposed for.
struct ProposalInput {
  std::string_view beginning;  // of the file, also gzipped
  bool is_whole = false;       // there is no more
  std::string file_name;
  std::string thing;                        // a Name; empty: named after the file
  const twin::ThingModel* model = nullptr;  // of the thing, where it has one
};
inline constexpr std::size_t kProposalBytes = 256U << 10;  // of a file that are enough

/// A mapping file, the notes in it as comments.
struct MappingProposal {
  std::string yaml;
  std::vector<std::string> notes;  // what a person should look at
  bool is_complete = true;         // false: it has no time, which the person must give
};

/// A mapping by what the first rows and the names of the columns say; of a thing with a model the
/// columns feed its properties that names, units and types fit (twin/matching.h). Nothing is
/// guessed that would change values: what is not known is a note. Errors: those of sniff().
base::Result<MappingProposal> propose_mapping(const ProposalInput& input, const unit::Units& units);

}  // namespace millrace::connector::file
