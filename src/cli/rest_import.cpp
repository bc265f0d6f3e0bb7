#include "cli/rest_import.h"

#include "codec/import_json.h"

namespace millrace::cli {
namespace {

using model::ImportState;

constexpr int kAttempts = 10;
constexpr base::Duration kFirstPause = std::chrono::milliseconds(250);
constexpr base::Duration kLongestPause = std::chrono::seconds(15);

}  // namespace

base::Result<ImportState> RestImport::persist(
    const std::function<base::Result<ImportState>()>& call) {
  base::Duration pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    auto state = call();
    if (state || state.error().retry == base::Retry::kNever || attempt == kAttempts) {
      if (state) state_ = *state;
      return state;
    }
    sleep_(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

base::Result<ImportState> RestImport::announce() {
  MILLRACE_LET(
      const HttpAnswer answer,
      hub_.send(
          {.method = "POST", .path = "/api/v1/imports", .body = request_body_, .on_body = {}}));
  return codec::parse_import_state(answer.body);
}

base::Result<ImportState> RestImport::begin(const model::ImportRequest& request) {
  request_body_ = codec::to_json(request);
  return persist([this] { return announce(); });
}

base::Result<ImportState> RestImport::put(const model::ImportChunk& chunk,
                                          const std::string& body) {
  const auto answer = hub_.send(
      {.method = "PUT",
       .path = std::format("/api/v1/imports/{}/rows/{}", url_encoded(state_.id), chunk.first_row),
       .body = body,
       .on_body = {}});
  if (answer) return codec::parse_import_state(answer->body);
  if (answer.error().code != base::ErrorCode::kNotFound) return std::unexpected(answer.error());
  // A hub that was restored or restarted has forgotten the announcement: make it again.
  MILLRACE_LET(state_, announce());
  if (state_.next_row < chunk.first_row) {
    return base::fail(base::ErrorCode::kConflict,
                      std::format("the hub has rows to {} only, {} were sent before",
                                  state_.next_row, chunk.first_row),
                      "The hub was restored from a backup; run the same command again.");
  }
  return base::fail_for_now(base::ErrorCode::kUnavailable, "the hub had forgotten this import",
                            "It was announced again; the rows follow.");
}

base::Result<ImportState> RestImport::append(const model::ImportChunk& chunk) {
  const std::string body = codec::to_json(chunk);
  return persist([&] { return put(chunk, body); });
}

base::Result<ImportState> RestImport::finish() {
  MILLRACE_LET(const ImportState state, persist([this] { return announce(); }));
  if (state.is_complete) return state;
  return base::fail(base::ErrorCode::kConflict,
                    std::format("the hub has {} of {} rows", state.next_row, state.rows_total),
                    "Run the same command again.");
}

}  // namespace millrace::cli
