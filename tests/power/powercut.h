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

}  // namespace millrace::power
