#include "config/json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/codec.h"

namespace millrace::config {
namespace {

using Json = nlohmann::ordered_json;

template <class N>
std::optional<N> whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('+')) return std::nullopt;
  N number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Json scalar_json(const Node& node) {
  const std::string& text = node.scalar;
  if (node.is_quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  if (const auto integer = whole<std::int64_t>(text)) return *integer;
  if (const auto natural = whole<std::uint64_t>(text)) return *natural;
  const auto number = whole<double>(text);
  if (number && std::isfinite(*number)) return *number;
  return text;
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return scalar_json(node);
    case Node::Kind::kList: {
      Json list = Json::array();
      for (const Node& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case Node::Kind::kMap: {
      Json map = Json::object();
      auto& entries = map.get_ref<Json::object_t&>();
      // Keys of a Node are unique: no search for each.
      for (const Node::Entry& entry : node.entries) {
        entries.Container::emplace_back(entry.key, to_json(entry.value));
      }
      return map;
    }
  }
  return nullptr;
}

Node from_json(const Json& json) {
  Node node;
  if (json.is_null()) return node;
  if (json.is_object()) {
    node.kind = Node::Kind::kMap;
    for (const auto& [key, value] : json.items()) {
      node.entries.push_back({key, {}, from_json(value)});
    }
    return node;
  }
  if (json.is_array()) {
    node.kind = Node::Kind::kList;
    for (const Json& item : json) node.items.push_back(from_json(item));
    return node;
  }
  if (json.is_boolean()) return scalar(json.get<bool>() ? "true" : "false");
  if (json.is_number_float()) return scalar(number_text(json.get<double>()));
  if (json.is_number()) return scalar(json.dump());
  node = scalar(json.is_string() ? json.get<std::string>() : "");
  node.is_quoted = !scalar_json(node).is_string();
  return node;
}

}  // namespace millrace::config
