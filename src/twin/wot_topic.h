#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::twin {

// The MQTT topics of things, one for each property (docs/adr/012). Everything below `millrace/` is
// the hub's own: no device's topic (connector/mqtt).
//
//   millrace/things/<thing>/properties/<property>       the newest value, bare JSON, retained
//   millrace/things/<thing>/properties/<property>/set   a value to be written
//   millrace/things/<thing>/actions/<action>            the input of an action; nothing for none

std::string property_topic(std::string_view thing, std::string_view property);
std::string set_topic(std::string_view thing, std::string_view property);
std::string action_topic(std::string_view thing, std::string_view action);

/// Filters of all of them.
inline constexpr std::string_view kPropertyTopics = "millrace/things/+/properties/+";
inline constexpr std::string_view kSetTopics = "millrace/things/+/properties/+/set";
inline constexpr std::string_view kActionTopics = "millrace/things/+/actions/+";

/// What a topic of a command says.
struct CommandTopic {
  std::string thing;
  std::string name;  // of the property or the action
  bool is_action = false;
};
/// Empty for a topic that is none, or whose names are none.
std::optional<CommandTopic> parse_command_topic(std::string_view topic);

}  // namespace millrace::twin
