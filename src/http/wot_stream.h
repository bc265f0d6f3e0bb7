#pragma once

#include <memory>

#include "http/decode_wot.h"
#include "http/message.h"
#include "service/live.h"
#include "service/wot_values.h"

namespace millrace::http {

/// One property's values as server-sent events without a name, `data:` the bare value; where there
/// is none any more an event "no_value" with the reason.
StreamSource observe_source(std::shared_ptr<service::LiveWatch> watch,
                            const service::WotValues& values);

/// What happens in the directory (WoT Discovery §7.3.2.2); `data:` is an object with the id, and
/// with a diff the description or its changes.
StreamSource description_source(std::shared_ptr<service::DescriptionWatch> watch,
                                DescriptionEventsRequest wanted);

}  // namespace millrace::http
