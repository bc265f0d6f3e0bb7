#include "service/hub_sink.h"

namespace millrace::service {
namespace {

constexpr int kAppendAttempts = 6;
constexpr base::Duration kFirstAppendPause = std::chrono::milliseconds(250);

model::ImportState state_of(const Import& import) {
  return {.id = import.record.id,
          .rows_total = import.record.rows_total,
          .next_row = import.mark.rows_done,
          .samples = import.mark.samples,
          .samples_uncertain = import.mark.samples_uncertain,
          .samples_bad = import.mark.samples_bad,
          .is_complete = import.mark.is_complete};
}

}  // namespace

base::Result<model::ImportState> HubSink::begin(const model::ImportRequest& request) {
  MILLRACE_LET(const auto made, imports_.create(caller_, request));
  return state_ = state_of(made.first);
}

base::Result<model::ImportState> HubSink::append(const model::ImportChunk& chunk) {
  base::Duration pause = kFirstAppendPause;
  for (int attempt = 1;; ++attempt) {
    const auto stored = imports_.put_rows(caller_, state_.id, chunk);
    if (stored) return state_ = state_of(*stored);
    const bool is_final = stored.error().retry == base::Retry::kNever || attempt == kAppendAttempts;
    if (is_final || pause_(pause)) return std::unexpected(stored.error());
    pause *= 2;
  }
}

base::Result<model::ImportState> HubSink::finish() {
  MILLRACE_LET(const Import import, imports_.get(state_.id));
  state_ = state_of(import);
  if (state_.is_complete) return state_;
  return base::fail(base::ErrorCode::kConflict,
                    std::format("{} of {} rows are stored", state_.next_row, state_.rows_total),
                    "Import the same file again; it goes on there.");
}

}  // namespace millrace::service
