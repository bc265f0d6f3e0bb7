#pragma once

#include <functional>

#include "pipeline/import_sink.h"
#include "service/imports.h"

namespace millrace::service {

/// Waits as long; true when nobody wants the import any more.
using PauseOrStop = std::function<bool(base::Duration)>;

/// An import that the hub itself makes, for a caller. What the store refuses for now is tried again
/// for some seconds. One thread.
class HubSink final : public pipeline::ImportSink {
 public:
  HubSink(Imports& imports, const identity::Caller& caller, PauseOrStop pause)
      : imports_(imports), caller_(caller), pause_(std::move(pause)) {}

  base::Result<model::ImportState> begin(const model::ImportRequest& request) override;
  base::Result<model::ImportState> append(const model::ImportChunk& chunk) override;
  base::Result<model::ImportState> finish() override;

  /// How far it came; no id before begin().
  const model::ImportState& state() const { return state_; }

 private:
  Imports& imports_;
  const identity::Caller& caller_;
  const PauseOrStop pause_;
  model::ImportState state_;
};

}  // namespace millrace::service
