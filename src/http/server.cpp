#include "http/server.h"

#include <drogon/HttpAppFramework.h>

#include <future>
#include <thread>

#include "base/log.h"
#include "http/api.h"
#include "http/call_watch.h"
#include "http/event_streams.h"
#include "http/exchange.h"
#include "http/free_port.h"
#include "http/live_stream.h"
#include "http/static_files.h"
#include "http/url.h"
#include "http/worker_pool.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;
using drogon::HttpRequestPtr;
using Answer = std::function<void(const drogon::HttpResponsePtr&)>;

constexpr std::size_t kBodyBytesMax = 32U << 20;
constexpr std::size_t kConnectionsMax = 4'000;
constexpr std::size_t kIdleSeconds = 60;
constexpr std::size_t kIoThreads = 1;

bool is_api(std::string_view path) {
  return path.starts_with("/api/") || path == "/healthz" || path == "/metrics" ||
         path == "/.well-known/wot";
}

void log_line(const char* text, std::uint64_t length) {
  std::string_view line(text, length);
  while (line.ends_with('\n')) line.remove_suffix(1);
  base::log::warning("http: {}", line);
}

/// What Drogon refuses by itself (too large, malformed), as problem details.
drogon::HttpResponsePtr refused_by_drogon(drogon::HttpStatusCode status) {
  const int code = static_cast<int>(status);
  const bool is_large = code == 413 || code == 414 || code == 431;
  const base::Error error{is_large      ? ErrorCode::kTooLarge
                          : code >= 500 ? ErrorCode::kInternal
                                        : ErrorCode::kMalformed,
                          base::Retry::kNever, std::format("the request was refused ({})", code),
                          is_large ? "A body has at most 32 MiB." : "Check how it is sent."};
  return to_drogon(problem_as(code, error));
}

}  // namespace

class HttpServer::Running {
 public:
  Running(const HttpOptions& options, const Deps& deps)
      : options_(options),
        deps_(deps),
        files_(options.web_dir),
        streams_(options.heartbeat, deps.clock, deps.metrics),
        workers_(options.worker_threads, options.waiting_max),
        device_workers_(options.device_threads, options.device_threads),
        requests_(deps.metrics.counter("millrace_http_requests_total", "Requests answered.")),
        refused_(deps.metrics.counter("millrace_http_errors_total", "Answers of 400 and above.")) {
    const ApiDeps api{deps.services, deps.clock};
    add_access_routes(routes_, api);
    add_account_routes(routes_, api);
    add_twin_routes(routes_, api);
    add_history_routes(routes_, api);
    add_fleet_routes(routes_, api);
    add_onboarding_routes(routes_, api);
    add_file_routes(routes_, api);
    add_file_import_routes(routes_, api);
    add_quality_routes(routes_, api);
    add_unit_routes(routes_, api);
    add_correction_routes(routes_, api);
    add_command_routes(routes_, api);
    add_sql_routes(routes_, api);
    add_onboarding_browse_routes(routes_, api);
    add_resource_routes(routes_, api);
    add_system_routes(routes_, api);
    add_live_routes(routes_, api, options.heartbeat);
    add_wot_routes(routes_, api);
    add_wot_property_routes(routes_, api);
  }

  void listen(std::uint16_t port);
  void close();
  std::uint16_t port() const { return port_; }

 private:
  void receive(const HttpRequestPtr& from, Answer answer);
  Result<const Route*> admit(const HttpRequestPtr& from, Request& request);
  Result<void> log_in(const HttpRequestPtr& from, const Route& route, Request& request);
  struct Job {
    Request request;
    Handler handler;
    WorkerPool& workers;
    bool is_watched = false;
  };
  void run(const HttpRequestPtr& from, Job job, Answer answer);
  void open_stream(const HttpRequestPtr& from, const Route& route, const Request& request,
                   const Answer& answer);
  void send(Response response, const Answer& answer);

  const HttpOptions& options_;
  const Deps& deps_;
  Routes routes_;
  StaticFiles files_;
  EventStreams streams_;
  CallWatch calls_;
  WorkerPool workers_;
  WorkerPool device_workers_;
  base::Counter& requests_;
  base::Counter& refused_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

void HttpServer::Running::listen(std::uint16_t port) {
  port_ = port;
  trantor::Logger::setOutputFunction(log_line, [] {});
  drogon::HttpAppFramework& app = drogon::app();
  app.setLogLevel(trantor::Logger::kWarn)
      .disableSigtermHandling()
      .setThreadNum(kIoThreads)
      .enableServerHeader(false)
      .setClientMaxBodySize(kBodyBytesMax)
      .setClientMaxMemoryBodySize(kBodyBytesMax)
      .setUploadPath(options_.scratch_dir.native())
      .setMaxConnectionNum(kConnectionsMax)
      .setIdleConnectionTimeout(kIdleSeconds)
      .enableGzip(true)
      .addListener(options_.address, port);
  app.setCustomErrorHandler(refused_by_drogon);
  app.registerPreRoutingAdvice(
      [this](const HttpRequestPtr& request, drogon::AdviceCallback&& answer,
             drogon::AdviceChainCallback&&) { receive(request, std::move(answer)); });
  std::promise<void> listening;
  app.registerBeginningAdvice([&listening] { listening.set_value(); });
  thread_ = std::thread([&app] { app.run(); });
  listening.get_future().wait();
}

void HttpServer::Running::close() {
  calls_.stop();
  workers_.stop();
  device_workers_.stop();
  streams_.stop(end_event("stopping"));
  drogon::app().quit();
  thread_.join();
}

void HttpServer::Running::send(Response response, const Answer& answer) {
  requests_.add();
  if (response.status >= 400) refused_.add();
  answer(to_drogon(std::move(response)));
}

/// On the connection's thread: what is quick is answered here, the rest goes to a worker.
void HttpServer::Running::receive(const HttpRequestPtr& from, Answer answer) {
  auto request = to_request(*from);
  if (!request) return send(problem(request.error()), answer);
  if (!is_api(request->path)) {
    const Handler serve = [this](const Request& wanted) { return files_.serve(wanted); };
    return run(from, {std::move(*request), serve, workers_}, std::move(answer));
  }
  const std::string methods = routes_.allowed(request->path);
  const auto route = admit(from, *request);
  if (!route && !methods.empty() && route.error().code == ErrorCode::kUnsupported) {
    Response refusal = problem_as(405, route.error());
    refusal.headers.emplace_back("Allow", methods);
    return send(std::move(refusal), answer);
  }
  if (!route) return send(problem(route.error()), answer);
  if ((*route)->work == Work::kStream) return open_stream(from, **route, *request, answer);
  if ((*route)->work == Work::kQuick) {
    const auto response = (*route)->handler(*request);
    return send(response ? *response : problem(response.error()), answer);
  }
  WorkerPool& workers = (*route)->work == Work::kDevice ? device_workers_ : workers_;
  run(from, {std::move(*request), (*route)->handler, workers, (*route)->is_watched},
      std::move(answer));
}

/// Finds the route and checks who asks, and for what. Errors: not_found, unsupported (the path has
/// other methods), unauthenticated, forbidden, malformed, invalid.
Result<const Route*> HttpServer::Running::admit(const HttpRequestPtr& from, Request& request) {
  const Route* route = routes_.find(request);
  if (!route && routes_.allowed(request.path).empty()) {
    return base::fail(ErrorCode::kNotFound,
                      std::format("there is no '{}' here", request.path.substr(0, 200)),
                      "See /api/docs for what there is.");
  }
  if (!route) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("{} is not for this path", from->methodString()),
                      std::format("It takes {}.", routes_.allowed(request.path)));
  }
  // Who has no login shall not learn what is wrong with the query.
  auto query = parse_query(from->query());
  if (query) request.query = *query;
  if (route->access != Access::kOpen) MILLRACE_TRY(log_in(from, *route, request));
  if (!query) return std::unexpected(std::move(query).error());
  MILLRACE_TRY(check_parameters(*route, request));
  return route;
}

Result<void> HttpServer::Running::log_in(const HttpRequestPtr& from, const Route& route,
                                         Request& request) {
  const auto credential = credential_of(*from);
  const auto ticket = request.query.find("ticket");
  if (!credential && route.access == Access::kTicket && ticket != request.query.end()) {
    MILLRACE_LET(request.caller, deps_.services.directory.redeem(
                                     ticket->second, request.path_values[0], request.address));
    return {};
  }
  if (!credential) {
    return base::fail(ErrorCode::kUnauthenticated, "there is no token with this call",
                      "Log in, and send Authorization: Bearer and the token.");
  }
  MILLRACE_LET(request.caller,
               deps_.services.access.authenticate(credential->secret, request.address));
  // Another site can make a browser send the cookie, but not this header.
  const bool is_safe = !credential->is_cookie || request.method == Method::kGet ||
                       from->getHeader("x-millrace-request") == "1";
  if (is_safe) return {};
  return base::fail(ErrorCode::kForbidden, "a change that relies on the cookie lacks its header",
                    "Send X-Millrace-Request: 1 with it.");
}

void HttpServer::Running::run(const HttpRequestPtr& from, Job job, Answer answer) {
  const auto shared = std::make_shared<Request>(std::move(job.request));
  const auto call = job.is_watched ? calls_.watch(*from) : nullptr;
  if (call) shared->stop = call->get_token();
  const bool is_taken =
      job.workers.offer([this, from, shared, call, handler = job.handler, answer] {
        auto response = handler(*shared);
        if (!response && response.error().code == ErrorCode::kCancelled && calls_.is_stopping()) {
          response = base::fail_for_now(ErrorCode::kUnavailable, "the hub stops",
                                        "Ask again when it runs.");
        }
        send(response ? std::move(*response) : problem(response.error()), answer);
      });
  if (is_taken) return;
  send(problem({ErrorCode::kUnavailable, base::Retry::kLater,
                "too many calls wait, or the hub is stopping", "Try again in a few seconds."}),
       answer);
}

/// On the connection's thread, where alone a connection can be taken over (ADR 003).
void HttpServer::Running::open_stream(const HttpRequestPtr& from, const Route& route,
                                      const Request& request, const Answer& answer) {
  auto source = route.open(request);
  if (!source) return send(problem(source.error()), answer);
  if (request.is_head) {
    return send({.content_type = "text/event-stream"}, answer);
  }
  auto socket = take_over(from);
  if (!socket) {
    return send(problem({ErrorCode::kUnavailable, base::Retry::kNever,
                         "a live stream cannot be sent on this connection",
                         "Use plain HTTP here, and TLS at a proxy in front."}),
                answer);
  }
  requests_.add();
  streams_.add(std::move(*socket), std::move(*source));
}

HttpServer::HttpServer(HttpOptions options, Deps deps)
    : options_(std::move(options)), deps_(deps) {}

HttpServer::~HttpServer() { stop(); }

Result<void> HttpServer::start() {
  MILLRACE_LET(const std::uint16_t port, check_port(options_.address, options_.port));
  running_ = std::make_unique<Running>(options_, deps_);
  running_->listen(port);
  return wait_until_listening(options_.address, port);
}

std::uint16_t HttpServer::port() const { return running_ ? running_->port() : 0; }

void HttpServer::stop() {
  if (!running_) return;
  running_->close();
  running_.reset();
}

}  // namespace millrace::http
