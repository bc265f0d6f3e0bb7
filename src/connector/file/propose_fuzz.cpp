// Any bytes as the beginning of a file: an error with a sentence, or a mapping. One that is said to
// be complete can be read again with its comments; of one that is not, a note says why.
#include <cstdint>

#include "connector/file/mapping.h"
#include "connector/file/propose.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace millrace;
  static const unit::Units kUnits = unit::Units::create().value();
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const auto proposal = connector::file::propose_mapping(
      {.beginning = text, .is_whole = data[0] % 2 == 0, .file_name = "line 3.csv"}, kUnits);
  if (!proposal) {
    MILLRACE_CHECK(!proposal.error().what.empty());
    return 0;
  }
  const auto mapping =
      connector::file::parse_mapping(proposal->yaml, [](const connector::file::Problem&) {});
  MILLRACE_CHECK(mapping.has_value() || !proposal->is_complete);
  MILLRACE_CHECK(proposal->is_complete || !proposal->notes.empty());
  return 0;
}
