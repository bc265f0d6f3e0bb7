#include "twin/tree.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace millrace::twin {

using config::Node;

namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    out += is_code ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i];
    if (is_code) i += 2;
  }
  return out;
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += is_escape ? (token[i + 1] == '0' ? '~' : '/') : token[i];
    if (is_escape) ++i;
  }
  return out;
}

const Node* step(const Node& node, const std::string& token) {
  if (node.kind == Node::Kind::kMap) return value_of(node, token);
  if (node.kind != Node::Kind::kList) return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_index = error == std::errc() && end == token.data() + token.size();
  return is_index && index < node.items.size() ? &node.items[index] : nullptr;
}

}  // namespace

Node map_node() {
  Node node;
  node.kind = Node::Kind::kMap;
  return node;
}

const Node* value_of(const Node& node, std::string_view key) {
  const Node::Entry* entry = node.kind == Node::Kind::kMap ? node.find(key) : nullptr;
  return entry ? &entry->value : nullptr;
}

Node* value_of(Node& node, std::string_view key) {
  return const_cast<Node*>(value_of(std::as_const(node), key));
}

std::string text_of(const Node& node, std::string_view key) {
  const Node* value = value_of(node, key);
  return value && value->kind == Node::Kind::kScalar ? value->scalar : "";
}

void put(Node& map, std::string_view key, Node value) {
  if (Node* present = value_of(map, key)) {
    *present = std::move(value);
    return;
  }
  const config::Place place = value.place;
  map.entries.push_back({std::string(key), place, std::move(value)});
}

void erase(Node& map, std::string_view key) {
  std::erase_if(map.entries, [&](const Node::Entry& entry) { return entry.key == key; });
}

std::vector<std::string> keys_of(const Node& map) {
  std::vector<std::string> keys;
  for (const Node::Entry& entry : map.entries) keys.push_back(entry.key);
  return keys;
}

void merge_patch(Node& target, const Node& patch) {
  if (patch.kind != Node::Kind::kMap) {
    target = patch;
    return;
  }
  if (target.kind != Node::Kind::kMap) {
    target = map_node();
    target.place = patch.place;
  }
  for (const Node::Entry& entry : patch.entries) {
    if (entry.value.kind == Node::Kind::kNull) {
      erase(target, entry.key);
      continue;
    }
    if (!value_of(target, entry.key)) target.entries.push_back({entry.key, entry.place, {}});
    Node::Entry* into = const_cast<Node::Entry*>(target.find(entry.key));
    into->place = entry.place;
    merge_patch(into->value, entry.value);
  }
}

void move_to(Node& node, config::Place place) {
  node.place = place;
  for (Node& item : node.items) move_to(item, place);
  for (Node::Entry& entry : node.entries) {
    entry.place = place;
    move_to(entry.value, place);
  }
}

std::size_t size_of(const Node& node) {
  std::size_t size = 1;
  for (const Node& item : node.items) size += size_of(item);
  for (const Node::Entry& entry : node.entries) size += 1 + size_of(entry.value);
  return size;
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  const std::string decoded = percent_decoded(pointer);
  if (!decoded.starts_with('/')) return tokens;
  std::size_t from = 1;
  while (from <= decoded.size()) {
    const std::size_t to = std::min(decoded.find('/', from), decoded.size());
    tokens.push_back(unescaped(std::string_view(decoded).substr(from, to - from)));
    from = to + 1;
  }
  return tokens;
}

std::string pointer_escape(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

const Node* find(const Node& root, const std::vector<std::string>& tokens) {
  const Node* node = &root;
  for (const std::string& token : tokens) {
    node = step(*node, token);
    if (!node) return nullptr;
  }
  return node;
}

void each_scalar(Node& node, const std::function<void(Node&)>& visit) {
  if (node.kind == Node::Kind::kScalar) visit(node);
  for (Node& item : node.items) each_scalar(item, visit);
  for (Node::Entry& entry : node.entries) each_scalar(entry.value, visit);
}

}  // namespace millrace::twin
