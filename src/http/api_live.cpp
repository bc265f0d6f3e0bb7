#include "http/api.h"
#include "http/decode.h"
#include "http/live_stream.h"

namespace millrace::http {

void add_live_routes(Routes& routes, const ApiDeps& deps, base::Duration heartbeat) {
  const StreamOpener open = [deps,
                             heartbeat](const Request& request) -> base::Result<StreamSource> {
    MILLRACE_LET(const auto wanted, live_request(request));
    MILLRACE_LET(auto watch, deps.services.live.open(request.caller, wanted));
    return live_source(std::move(watch), heartbeat, deps.clock);
  };
  routes.add({Method::kGet,
              "/api/v1/live",
              Access::kLogin,
              {"things", "properties", "interval"},
              {},
              Work::kStream,
              open});
}

}  // namespace millrace::http
