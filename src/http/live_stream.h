#pragma once

#include <memory>

#include "http/event_streams.h"
#include "service/live.h"

namespace millrace::http {

/// The text of one live stream: hello, then values and edges as a LiveWatch tells them, then an end
/// when the session has ended.
EventStreams::Source live_source(std::shared_ptr<service::LiveWatch> watch,
                                 base::Duration heartbeat, const base::Clock& clock);

/// The event that closes a stream: "stopping" or "session_ended".
std::string end_event(std::string_view reason);

}  // namespace millrace::http
