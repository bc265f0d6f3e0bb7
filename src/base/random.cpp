#include "base/random.h"

namespace millrace::base {

Random Random::from_system() {
  std::random_device device;
  return Random((std::uint64_t(device()) << 32) | device());
}

}  // namespace millrace::base
