// Any bytes as a hub's answer about an import: no crash.
#include "codec/import_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)millrace::codec::parse_import_state(text);
  return 0;
}
