#pragma once

#include <filesystem>
#include <format>
#include <string_view>

#include "base/error.h"

namespace millrace::base::log {

enum class Level { kDebug, kInfo, kWarning, kError };

/// Sends log lines to standard error from here on; lines below `level` are dropped.
void start(Level level);
/// One line with time, level and text. Any thread.
void write(Level level, std::string_view text);
bool is_on(Level level);

template <class... Args>
void debug(std::format_string<Args...> format, Args&&... args) {
  if (is_on(Level::kDebug)) write(Level::kDebug, std::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::format_string<Args...> format, Args&&... args) {
  if (is_on(Level::kInfo)) write(Level::kInfo, std::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, std::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::format_string<Args...> format, Args&&... args) {
  write(Level::kError, std::format(format, std::forward<Args>(args)...));
}

}  // namespace millrace::base::log
