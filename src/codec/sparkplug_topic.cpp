#include "codec/sparkplug_topic.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "codec/utf8.h"

namespace millrace::codec::sparkplug {
namespace {

using base::ErrorCode;

constexpr std::string_view kNamespace = "spBv1.0";
constexpr std::size_t kIdBytesMax = 255;
constexpr std::array<std::string_view, 9> kTypeTexts = {
    "NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD", "DCMD", "STATE"};

std::optional<MessageType> parse_type(std::string_view text) {
  for (std::size_t i = 0; i < kTypeTexts.size(); ++i) {
    if (kTypeTexts[i] == text) return static_cast<MessageType>(i);
  }
  return std::nullopt;
}

// The text up to the next '/', which is taken off `rest`; an absent level is empty.
std::string_view take_level(std::string_view& rest) {
  const std::size_t end = rest.find('/');
  const std::string_view level = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return level;
}

auto not_a_topic(std::string_view topic) {
  return base::fail(ErrorCode::kMalformed,
                    std::format("'{}' is no Sparkplug B topic", topic.substr(0, 120)));
}

}  // namespace

std::string_view text(MessageType type) { return kTypeTexts[static_cast<std::size_t>(type)]; }

bool is_of_device(MessageType type) {
  return type == MessageType::kDbirth || type == MessageType::kDdeath ||
         type == MessageType::kDdata || type == MessageType::kDcmd;
}

bool is_id(std::string_view id) {
  constexpr std::string_view kForbidden("+/#\0", 4);
  return !id.empty() && id.size() <= kIdBytesMax &&
         id.find_first_of(kForbidden) == std::string_view::npos && is_utf8(id);
}

base::Result<Topic> parse_topic(std::string_view topic) {
  std::string_view rest = topic;
  if (take_level(rest) != kNamespace) return not_a_topic(topic);
  Topic result;
  const std::string_view group = take_level(rest);
  if (group == "STATE") {
    result.node = rest;
    if (!is_id(result.node)) return not_a_topic(topic);
    return result;
  }
  const auto type = parse_type(take_level(rest));
  if (!type || *type == MessageType::kState) return not_a_topic(topic);
  result.type = *type;
  result.group = group;
  result.node = take_level(rest);
  result.device = rest;
  const bool has_device = !rest.empty() || topic.back() == '/';
  const bool fits = is_of_device(*type) ? is_id(result.device) : !has_device;
  if (!fits || !is_id(result.group) || !is_id(result.node)) return not_a_topic(topic);
  return result;
}

std::string to_text(const Topic& topic) {
  if (topic.type == MessageType::kState) return std::format("{}/STATE/{}", kNamespace, topic.node);
  std::string result =
      std::format("{}/{}/{}/{}", kNamespace, topic.group, text(topic.type), topic.node);
  if (is_of_device(topic.type)) result += std::format("/{}", topic.device);
  return result;
}

base::Result<HostState> parse_host_state(std::string_view json) {
  constexpr std::size_t kStateBytesMax = 4096;
  const auto refuse = [] {
    return base::fail(ErrorCode::kMalformed,
                      "a STATE message is not {\"online\":true|false,\"timestamp\":ms}");
  };
  if (json.size() > kStateBytesMax) return refuse();
  const auto document = nlohmann::json::parse(json, nullptr, false);
  if (!document.is_object()) return refuse();
  const auto online = document.find("online"), timestamp = document.find("timestamp");
  if (online == document.end() || !online->is_boolean()) return refuse();
  if (timestamp == document.end() || !timestamp->is_number_unsigned()) return refuse();
  return HostState{online->get<bool>(), timestamp->get<std::uint64_t>()};
}

std::string to_text(const HostState& state) {
  return std::format("{{\"online\":{},\"timestamp\":{}}}", state.is_online, state.timestamp_ms);
}

}  // namespace millrace::codec::sparkplug
