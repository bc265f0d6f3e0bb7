#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "service/services.h"

namespace millrace::http {

struct HttpOptions {
  std::string address = "127.0.0.1";  // an IP address; loopback unless somebody decides otherwise
  std::uint16_t port = 8080;          // 0: a free one
  std::filesystem::path web_dir;      // the built web application; may be missing
  std::filesystem::path scratch_dir;  // a folder of the server's own for what a request spills
  std::size_t worker_threads = 4;     // for calls that wait for stores
  std::size_t waiting_max = 256;      // calls that wait for a worker; more are refused
  std::size_t device_threads = 16;    // for calls that wait for devices, and as many may wait again
  base::Duration heartbeat{15'000'000};  // of silent live streams
};

/// The hub's web server: api/openapi.yaml, live streams and the web application, on Drogon. One in
/// a process, started once: Drogon's application object is a global that cannot start again.
///
/// start(), port() and stop() belong to one thread. Handlers run on worker threads; live streams on
/// a thread of their own.
class HttpServer {
 public:
  struct Deps {
    service::Services& services;
    const base::Clock& clock;
    base::Metrics& metrics;
  };

  HttpServer(HttpOptions options, Deps deps);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens when it returns. Errors: conflict (the port is taken), invalid (the address).
  base::Result<void> start();
  /// The port it listens on.
  std::uint16_t port() const;
  /// Stops calls that take long, lets others end, says goodbye to live streams, closes everything.
  void stop();

 private:
  class Running;

  const HttpOptions options_;
  const Deps deps_;
  std::unique_ptr<Running> running_;
};

}  // namespace millrace::http
