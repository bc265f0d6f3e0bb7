#include "base/error.h"
#include "codec/delivery_body.h"

namespace delivery = millrace::codec::delivery;

// Any bytes decode or are refused; what decodes is encoded and decoded to the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto body = delivery::decode(bytes)) {
    MILLRACE_CHECK(delivery::decode(delivery::encode(*body)) == body);
  }
  return 0;
}
