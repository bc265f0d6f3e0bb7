#pragma once

#include <memory>

#include "http/message.h"
#include "service/live.h"

namespace millrace::http {

/// The text of one live stream: hello, then values and edges as a LiveWatch tells them, then an end
/// when the session has ended.
StreamSource live_source(std::shared_ptr<service::LiveWatch> watch, base::Duration heartbeat,
                         const base::Clock& clock);

/// An event's text: name and data, which is one line.
void append_event(std::string& out, std::string_view name, std::string_view data);
/// The event that closes a stream: "stopping" or "session_ended".
std::string end_event(std::string_view reason);

}  // namespace millrace::http
