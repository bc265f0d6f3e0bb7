#pragma once

#include <dlfcn.h>

#include <string_view>

namespace millrace::power {

/// Writes a mark into the trace of a program that runs under powercut_shim; nothing where it runs
/// without. A workload marks what it has acknowledged, so that a check can tell what must survive a
/// cut behind the mark.
inline void mark(std::string_view text) {
  using Mark = void (*)(const char*, unsigned long);
  // dlsym gives an object pointer for a function: POSIX says that the cast is allowed.
  static const auto write_mark = reinterpret_cast<Mark>(dlsym(RTLD_DEFAULT, "powercut_mark"));
  if (write_mark) write_mark(text.data(), text.size());
}

/// From now on the files below $POWERCUT_DIR may grow by so many bytes and no more; negative: as
/// they like. False where the program runs without powercut_shim.
inline bool limit_disk(long long bytes) {
  using Limit = void (*)(long long);
  static const auto set = reinterpret_cast<Limit>(dlsym(RTLD_DEFAULT, "powercut_limit_disk"));
  if (set) set(bytes);
  return set != nullptr;
}

}  // namespace millrace::power
