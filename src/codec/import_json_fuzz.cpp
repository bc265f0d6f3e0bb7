// Any bytes as an import request and as a chunk: no crash, and what is accepted is written and read
// back as the same.
#include <cstdlib>

#include "codec/import_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = codec::parse_import_request(text)) {
    if (codec::parse_import_request(codec::to_json(*request)) != request) std::abort();
  }
  const std::vector<model::ValueType> types = {model::ValueType::kF64, model::ValueType::kI64,
                                               model::ValueType::kU64, model::ValueType::kBool,
                                               model::ValueType::kText};
  if (const auto chunk = codec::parse_import_chunk(text, 0, types)) {
    if (codec::parse_import_chunk(codec::to_json(*chunk), 0, types) != chunk) std::abort();
  }
  (void)codec::parse_import_state(text);
  return 0;
}
