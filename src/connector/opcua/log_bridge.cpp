#include "connector/opcua/log_bridge.h"

#include <array>
#include <cstdarg>
#include <cstdio>

#include "base/log.h"

namespace millrace::opcua {
namespace {

using base::log::Level;

struct Named {
  UA_Logger logger;  // first: the library hands back its address
  std::string name;
};

Level our_level(UA_LogLevel level) {
  if (level >= UA_LOGLEVEL_ERROR) return Level::kInfo;
  return Level::kDebug;
}

void write_line(void* context, UA_LogLevel level, UA_LogCategory, const char* format,
                va_list args) {
  // The library's own "info" is a line for each channel and session; below that it is a flood.
  if (level < UA_LOGLEVEL_INFO || !base::log::is_on(our_level(level))) return;
  std::array<char, 1024> line{};
  std::vsnprintf(line.data(), line.size(), format, args);
  base::log::write(our_level(level),
                   "opcua " + static_cast<const Named*>(context)->name + ": " + line.data());
}

void clear(UA_Logger* logger) { delete static_cast<Named*>(logger->context); }

}  // namespace

UA_Logger* make_logger(const std::string& name) {
  auto* named = new Named{{write_line, nullptr, clear}, name};
  named->logger.context = named;
  return &named->logger;
}

}  // namespace millrace::opcua
