#include "twin/wot_topic.h"

#include <array>
#include <format>

#include "model/name.h"

namespace millrace::twin {
namespace {

constexpr std::string_view kRoot = "millrace/things/";
constexpr std::size_t kLevels = 4;  // below the root, at most

}  // namespace

std::string property_topic(std::string_view thing, std::string_view property) {
  return std::format("{}{}/properties/{}", kRoot, thing, property);
}
std::string set_topic(std::string_view thing, std::string_view property) {
  return property_topic(thing, property) + "/set";
}
std::string action_topic(std::string_view thing, std::string_view action) {
  return std::format("{}{}/actions/{}", kRoot, thing, action);
}

std::optional<CommandTopic> parse_command_topic(std::string_view topic) {
  if (!topic.starts_with(kRoot)) return std::nullopt;
  topic.remove_prefix(kRoot.size());
  std::array<std::string_view, kLevels> levels;
  std::size_t count = 0;
  for (bool is_last = false; !is_last; ++count) {
    if (count == kLevels) return std::nullopt;
    const std::size_t end = topic.find('/');
    is_last = end == std::string_view::npos;
    levels[count] = topic.substr(0, end);
    topic.remove_prefix(is_last ? topic.size() : end + 1);
  }
  const bool is_action = count == 3 && levels[1] == "actions";
  const bool is_set = count == 4 && levels[1] == "properties" && levels[3] == "set";
  if (!is_action && !is_set) return std::nullopt;
  if (!model::is_name(levels[0]) || !model::is_name(levels[2])) return std::nullopt;
  return CommandTopic{std::string(levels[0]), std::string(levels[2]), is_action};
}

}  // namespace millrace::twin
