#pragma once

#include "base/clock.h"
#include "cli/http_client.h"
#include "pipeline/import_sink.h"

namespace millrace::cli {

/// Waiting between attempts is an argument, so that tests need not wait.
using Sleep = std::function<void(base::Duration)>;

/// An import into a hub over REST (createImport, putImportRows, getImport). What a torn connection
/// or a hub that restarts leaves in doubt is asked and sent again, up to ten times in a row with a
/// growing pause; the hub drops what it has.
class RestImport final : public pipeline::ImportSink {
 public:
  RestImport(HttpClient& hub, Sleep sleep) : hub_(hub), sleep_(std::move(sleep)) {}

  base::Result<model::ImportState> begin(const model::ImportRequest& request) override;
  base::Result<model::ImportState> append(const model::ImportChunk& chunk) override;
  base::Result<model::ImportState> finish() override;

 private:
  base::Result<model::ImportState> announce();
  base::Result<model::ImportState> put(const model::ImportChunk& chunk, const std::string& body);
  /// Runs `call` until it succeeds or fails for good.
  base::Result<model::ImportState> persist(
      const std::function<base::Result<model::ImportState>()>& call);

  HttpClient& hub_;
  Sleep sleep_;
  std::string request_body_;
  model::ImportState state_;
};

}  // namespace millrace::cli
