#include "spool/spool_content.h"

namespace millrace::spool {

std::string_view text(GoneReason reason) {
  switch (reason) {
    case GoneReason::kEvicted:
      return "evicted";
    case GoneReason::kErased:
      return "erased";
    case GoneReason::kCorrupt:
      return "corrupt";
    case GoneReason::kDelivered:
      return "delivered";
    case GoneReason::kRefused:
      return "refused";
    case GoneReason::kHeld:
      return "held";
  }
  return "erased";
}

}  // namespace millrace::spool
