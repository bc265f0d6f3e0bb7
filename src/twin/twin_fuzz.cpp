// Any bytes as a file of resources: problems or a catalog, every problem with a sentence; what is
// read is written as text that reads the same.
#include <algorithm>
#include <cstdint>

#include "twin/catalog.h"
#include "twin/difference.h"

namespace {

using namespace millrace;

const unit::Units& units() {
  static const unit::Units kUnits = unit::Units::create().value();
  return kUnits;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x7F; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<twin::FileText> files = {{"fuzz.yaml", std::string(data, data + size)}};
  twin::ParsedFiles parsed = twin::parse_files(files);
  for (const auto& problem : parsed.problems) MILLRACE_CHECK(!problem.problem.what.empty());
  for (const twin::Resource& resource : parsed.resources) {
    const std::string text = twin::to_text(resource);
    const std::vector<twin::FileText> again = {{"again.yaml", text}};
    const twin::ParsedFiles second = twin::parse_files(again);
    if (!is_plain(files[0].text)) continue;  // yaml-cpp writes what is no UTF-8 as U+FFFD
    MILLRACE_CHECK(second.resources.size() == 1);
    MILLRACE_CHECK(twin::differences(resource.spec, second.resources[0].spec).empty());
    MILLRACE_CHECK(twin::to_text(second.resources[0]) == text);
  }
  twin::ConnectionChecks checks;
  checks.types = {"opcua"};
  const auto built = twin::Catalog::build(std::move(parsed.resources), units(), checks);
  if (built) {
    for (const auto& [name, thing] : (*built)->things()) MILLRACE_CHECK(thing.model != nullptr);
  } else {
    for (const auto& problem : built.error()) MILLRACE_CHECK(!problem.problem.what.empty());
  }
  return 0;
}
