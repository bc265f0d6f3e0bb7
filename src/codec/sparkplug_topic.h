#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::codec::sparkplug {

/// The message types of Sparkplug B 3.0, chapter 4.
enum class MessageType : std::uint8_t {
  kNbirth,
  kNdeath,
  kDbirth,
  kDdeath,
  kNdata,
  kDdata,
  kNcmd,
  kDcmd,
  kState,
};

/// "NBIRTH", …, "STATE".
std::string_view text(MessageType type);
/// Whether messages of this type carry a device id.
bool is_of_device(MessageType type);

/// spBv1.0/{group}/{type}/{node}[/{device}], or spBv1.0/STATE/{host} with the host id as `node`.
/// Views into the topic.
struct Topic {
  MessageType type = MessageType::kState;
  std::string_view group;
  std::string_view node;
  std::string_view device;
  bool operator==(const Topic&) const = default;
};

/// Errors: malformed for whatever is no topic of Sparkplug B 3.0 (also the dead STATE/{host}).
base::Result<Topic> parse_topic(std::string_view topic);
std::string to_text(const Topic& topic);

/// An id in a topic: UTF-8, not empty, without + / # and NUL (tck-id-intro-*-id-chars), at most
/// 255 bytes.
bool is_id(std::string_view id);

/// What a host application says of itself: {"online":true,"timestamp":1700000000000}.
struct HostState {
  bool is_online = false;
  std::uint64_t timestamp_ms = 0;
  bool operator==(const HostState&) const = default;
};

/// Errors: malformed. Unknown members are skipped.
base::Result<HostState> parse_host_state(std::string_view json);
std::string to_text(const HostState& state);

}  // namespace millrace::codec::sparkplug
