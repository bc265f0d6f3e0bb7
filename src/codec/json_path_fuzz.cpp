// A path and, behind a line feed, a document: no crash, every leaf is found by its pointer, and
// what is taken out is not found again.
#include "base/error.h"
#include "codec/json_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace millrace::codec;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(text.find('\n'), text.size());
  const auto path = JsonPath::parse(text.substr(0, cut));
  auto document = JsonDocument::parse(text.substr(std::min(cut + 1, text.size())));
  if (!document) return 0;
  if (path) (void)document->find(*path);
  for (const auto& leaf : document->leaves(50)) {
    const auto pointer = JsonPath::parse(leaf.pointer);
    MILLRACE_CHECK(!pointer || document->find(*pointer).size() == 1);
  }
  if (path) {
    document->take_out(*path);
    MILLRACE_CHECK(document->find(*path).empty());
    MILLRACE_CHECK(JsonDocument::parse(document->text()).has_value());
  }
  return 0;
}
