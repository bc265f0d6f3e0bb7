#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "http/message.h"

namespace millrace::http {

/// Who may come to a route; what they may do there is decided in service.
enum class Access {
  kOpen,
  kLogin,
  kTicket,  // a login, or the parameter "ticket" for the thing that the path's first value names
};

/// Where a route is answered.
enum class Work {
  kQuick,     // on the connection's own thread: waits for nothing
  kBlocking,  // on a worker, may wait for stores
  kDevice,    // on a worker of others, may wait long: for devices, for statements of people
  kStream,    // the connection becomes an event stream, which `open` gives
};

/// One operation of api/openapi.yaml.
struct Route {
  Method method = Method::kGet;
  std::string_view pattern;  // "/api/v1/things/{thing}"
  Access access = Access::kLogin;
  std::vector<std::string_view> parameters;  // of the query; others are refused
  Handler handler;
  Work work = Work::kBlocking;
  StreamOpener open{};      // of kStream, in place of the handler
  bool is_watched = false;  // takes long: its request's stop token tells when nobody waits
};

/// The table of operations, matched by path segments.
class Routes {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }

  /// The route of a request, whose path_values are filled in; nullptr when there is none.
  const Route* find(Request& request) const;
  /// Methods that the path has: "GET, HEAD, POST"; empty when there is no such path.
  std::string allowed(std::string_view path) const;
  const std::vector<Route>& all() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

/// Errors: invalid, naming the nearest parameter that the route has.
base::Result<void> check_parameters(const Route& route, const Request& request);

}  // namespace millrace::http
