#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::connector::mqtt {

/// What to subscribe to so that every topic of some filters comes, and comes once: a broker may
/// deliver a message for each subscription that takes its topic (MQTT 5.0, 4.8.2).
struct Subscriptions {
  std::vector<std::string> filters;  // sorted; no topic fits two of them
  std::vector<std::string> wanted;   // where they take more than was asked for: what was

  /// Whether a topic that came by one of the filters was asked for.
  bool takes(std::string_view topic) const;
};

/// Filters that others take in are left out; those that overlap in part become one that is wider
/// than both ("a/+" and "+/b": "+/+").
Subscriptions subscriptions_for(std::vector<std::string> filters);

/// Whether an MQTT filter is well formed (MQTT 5.0, 4.7.1).
bool is_topic_filter(std::string_view filter);

}  // namespace millrace::connector::mqtt
