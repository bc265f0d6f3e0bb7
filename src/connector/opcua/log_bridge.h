#pragma once

#include <open62541/plugin/log.h>

#include <string>

namespace millrace::opcua {

/// A logger that sends the library's lines to base/log under a name, at lower levels than it thinks
/// they deserve: what matters is said by our own lines. Owned by the configuration it is put into.
UA_Logger* make_logger(const std::string& name);

}  // namespace millrace::opcua
