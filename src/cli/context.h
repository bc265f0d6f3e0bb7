#pragma once

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "cli/credentials.h"
#include "cli/exit_code.h"
#include "cli/http_client.h"
#include "twin/catalog.h"

namespace millrace::cli {

enum class Style { kPeople, kJson };

/// What every command runs in: the streams, who the hub is, and the options all commands share.
/// Filled by the application; one thread.
struct Context {
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  bool is_terminal = false;  // err is one: progress bars and prompts make sense
  Style style = Style::kPeople;
  std::string hub;  // as it was asked for; find_login() knows what is meant when it is empty
  TokenPlaces tokens;
  std::string password;  // MILLRACE_PASSWORD
  const std::atomic<bool>* is_interrupted = nullptr;
  std::function<void(base::Duration)> sleep;
  /// What connectors know of connections, for checks without a hub.
  std::function<twin::ConnectionChecks()> connection_checks;
  std::function<std::vector<twin::ConnectorSchema>()> connector_schemas;

  bool is_json() const { return style == Style::kJson; }
  void print(std::string_view text) const;  // to out, as it is
  void say(std::string_view line) const;    // to err, one line
  /// Says what went wrong (as JSON on out where that is asked for) and gives the exit code.
  ExitCode fail(const base::Error& error) const;
  /// A connection with the token that is at hand. Errors: those of find_token.
  base::Result<std::unique_ptr<HttpClient>> connect() const;
};

}  // namespace millrace::cli
