#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace millrace::cli {

/// For what takes the hub as long as its data are large, without a byte in between.
inline constexpr base::Duration kLongCall = std::chrono::hours(1);

struct HttpRequest {
  std::string method = "GET";
  std::string path;  // from the root, with its query
  std::string body;  // of this type, where there is one
  std::string content_type = "application/json";
  /// Takes a successful body as it comes instead of keeping it; false stops.
  std::function<bool(std::string_view)> on_body;
  /// In place of the connection's stall_timeout, for what takes the hub long.
  std::optional<base::Duration> stall_timeout{};
  std::vector<std::string> headers{};  // more of them: "If-None-Match: *"
};

struct HttpAnswer {
  int status = 0;
  std::string body;  // empty where on_body took it
};

/// A connection to one hub that is kept open between calls. One thread.
class HttpClient {
 public:
  struct Options {
    std::string url;    // "http://127.0.0.1:8080"
    std::string token;  // empty for none
    base::Duration connect_timeout = std::chrono::seconds(10);
    /// An answer that does not move for so long is given up; a slow but moving one is not.
    base::Duration stall_timeout = std::chrono::seconds(60);
    const std::atomic<bool>* is_interrupted = nullptr;
  };

  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// The answer of any status below 400. Errors: what the hub's problem+json says, unavailable and
  /// timeout of the network (both may be tried again), cancelled.
  base::Result<HttpAnswer> send(const HttpRequest& request);
  /// A header of the last answer, named in any case; empty without it.
  std::string header(const char* name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Text as a part of a path or query.
std::string url_encoded(std::string_view text);

/// The Error in a problem+json body; from the status alone where the body is none.
base::Error problem_of(int status, std::string_view body);

}  // namespace millrace::cli
