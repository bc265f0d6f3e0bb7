#pragma once

#include <optional>
#include <string_view>

#include "codec/sparkplug_topic.h"

namespace millrace::connector::sparkplug {

enum class HostChange { kNone, kOnline, kOffline };

/// What one MQTT server has said of the primary host (Sparkplug 3.0, §5.4). Online counts when its
/// timestamp is not older than the newest seen; offline when it is not older than the last online.
class PrimaryHost {
 public:
  HostChange note(const codec::sparkplug::HostState& state) {
    if (newest_ && state.timestamp_ms < *newest_) return HostChange::kNone;
    newest_ = state.timestamp_ms;
    const bool was_online = is_online_;
    is_online_ = state.is_online;
    if (is_online_ == was_online) return HostChange::kNone;
    return is_online_ ? HostChange::kOnline : HostChange::kOffline;
  }
  bool is_online() const { return is_online_; }
  /// A new connection knows nothing until STATE has come again; timestamps are remembered.
  void forget() { is_online_ = false; }

 private:
  std::optional<std::uint64_t> newest_;
  bool is_online_ = false;
};

}  // namespace millrace::connector::sparkplug
