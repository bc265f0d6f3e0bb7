// Any bytes as a unit: no crash, and what is accepted has one canonical spelling that means the
// same.
#include <cstdlib>

#include "unit/units.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kUnits = millrace::unit::Units::create();
  if (!kUnits) std::abort();
  const std::string text(data, data + size);
  const auto canonical = kUnits->canonical(text);
  if (!canonical) {
    if (canonical.error().what.empty()) std::abort();
    return 0;
  }
  const auto again = kUnits->canonical(*canonical);
  if (!again || *again != *canonical) std::abort();
  const auto same = kUnits->convert(text, *canonical);
  if (!same || same->factor != 1 || same->offset != 0) std::abort();
  return 0;
}
