#pragma once

#include "http/message.h"
#include "service/wot.h"

namespace millrace::http {

/// "http://host:port", as the caller has it: what hrefs of descriptions begin with. A Host header
/// that is no host gives "http://localhost".
std::string base_of(const Request& request);

/// "offset" and "limit" (1 … 1000; 100 by default). Errors: invalid.
struct DescriptionRange {
  std::size_t offset = 0;
  std::size_t limit = 100;
};
base::Result<DescriptionRange> description_range(const Request& request);

/// "type" and "diff" of a stream of events. Errors: invalid.
struct DescriptionEventsRequest {
  std::optional<service::DescriptionChange> type;
  bool has_diff = false;
};
base::Result<DescriptionEventsRequest> description_events_request(const Request& request);

}  // namespace millrace::http
