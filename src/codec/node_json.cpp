#include "codec/node_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace millrace::codec {
namespace {

using config::Node;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// RFC 8259: -? (0 | 1-9 digits) (. digits)? ((e|E) sign? digits)?
bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  if (at >= text.size() || !is_digit(text[at])) return false;
  at = text[at] == '0' ? at + 1 : skip_digits(text, at);
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1);
    if (end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

bool is_literal(std::string_view text) {
  return text == "true" || text == "false" || is_json_number(text);
}

/// What YAML would not take for a text when it stood there without quotes.
bool needs_quotes(std::string_view text) {
  return is_literal(text) || text.empty() || text == "null" || text == "~";
}

void append_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append(std::string& out, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      out += "null";
      return;
    case Node::Kind::kScalar:
      if (!node.is_quoted && is_literal(node.scalar)) {
        out += node.scalar;
      } else {
        append_text(out, node.scalar);
      }
      return;
    case Node::Kind::kList:
      out += '[';
      for (const Node& item : node.items) {
        append(out, item);
        out += ',';
      }
      break;
    case Node::Kind::kMap:
      out += '{';
      for (const Node::Entry& entry : node.entries) {
        append_text(out, entry.key);
        out += ':';
        append(out, entry.value);
        out += ',';
      }
      break;
  }
  if (out.back() == ',') out.pop_back();
  out += node.kind == Node::Kind::kList ? ']' : '}';
}

/// Builds the tree from the parser's events; numbers keep their digits.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put({}); }
  bool boolean(bool truth) override { return put(config::scalar(truth ? "true" : "false")); }
  bool number_integer(std::int64_t number) override {
    return put(config::scalar(std::to_string(number)));
  }
  bool number_unsigned(std::uint64_t number) override {
    return put(config::scalar(std::to_string(number)));
  }
  bool number_float(double, const std::string& digits) override {
    return put(config::scalar(digits));
  }
  bool string(std::string& text) override {
    const bool is_quoted = needs_quotes(text);
    return put(config::scalar(std::move(text), is_quoted));
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Node::Kind::kMap); }
  bool start_array(std::size_t) override { return open(Node::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    stack_.back().entries.push_back({std::move(name), {}, {}});
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    what_ = error.what();
    return false;
  }

  Node& root() { return root_; }
  const std::string& what() const { return what_; }

 private:
  static constexpr std::size_t kDepthMax = 64;

  bool open(Node::Kind kind) {
    if (stack_.size() >= kDepthMax) return false;
    stack_.emplace_back().kind = kind;
    return true;
  }
  bool close() {
    Node done = std::move(stack_.back());
    stack_.pop_back();
    return put(std::move(done));
  }
  bool put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().kind == Node::Kind::kList) {
      stack_.back().items.push_back(std::move(node));
    } else {
      stack_.back().entries.back().value = std::move(node);
    }
    return true;
  }

  Node root_;
  std::vector<Node> stack_;
  std::string what_ = "it is nested too deeply";
};

class Comparison {
 public:
  explicit Comparison(std::size_t count_max) : count_max_(count_max) {}

  void compare(const Node& before, const Node& after) {
    if (before.kind != after.kind) return add(&before, &after);
    switch (before.kind) {
      case Node::Kind::kNull:
        return;
      case Node::Kind::kScalar:
        return compare_scalars(before, after);
      case Node::Kind::kList:
        return compare_lists(before, after);
      case Node::Kind::kMap:
        return compare_maps(before, after);
    }
  }
  std::vector<NodeDifference> take() { return std::move(found_); }

 private:
  void add(const Node* before, const Node* after) {
    if (found_.size() < count_max_) found_.push_back({pointer_, before, after});
  }

  void compare_scalars(const Node& before, const Node& after) {
    const bool is_same_kind = (!before.is_quoted && is_literal(before.scalar)) ==
                              (!after.is_quoted && is_literal(after.scalar));
    if (before.scalar != after.scalar || !is_same_kind) add(&before, &after);
  }

  void compare_lists(const Node& before, const Node& after) {
    const std::size_t count = std::max(before.items.size(), after.items.size());
    for (std::size_t i = 0; i < count; ++i) {
      enter(std::to_string(i), i < before.items.size() ? &before.items[i] : nullptr,
            i < after.items.size() ? &after.items[i] : nullptr);
    }
  }

  void compare_maps(const Node& before, const Node& after) {
    for (std::size_t i = 0; i < before.entries.size(); ++i) {
      const Node::Entry& entry = before.entries[i];
      enter(entry.key, &entry.value, value_of(after, entry.key, i));
    }
    for (std::size_t i = 0; i < after.entries.size(); ++i) {
      const Node::Entry& entry = after.entries[i];
      if (!value_of(before, entry.key, i)) enter(entry.key, nullptr, &entry.value);
    }
  }

  /// Mostly both maps have the same order.
  static const Node* value_of(const Node& map, const std::string& key, std::size_t guess) {
    if (guess < map.entries.size() && map.entries[guess].key == key) {
      return &map.entries[guess].value;
    }
    const Node::Entry* found = map.find(key);
    return found ? &found->value : nullptr;
  }

  void enter(const std::string& name, const Node* before, const Node* after) {
    const std::size_t length = pointer_.size();
    pointer_ += '/';
    for (const char c : name) {
      if (c == '~') {
        pointer_ += "~0";
      } else if (c == '/') {
        pointer_ += "~1";
      } else {
        pointer_ += c;
      }
    }
    if (before && after) {
      compare(*before, *after);
    } else {
      add(before, after);
    }
    pointer_.resize(length);
  }

  const std::size_t count_max_;
  std::string pointer_;
  std::vector<NodeDifference> found_;
};

}  // namespace

std::string to_json(const Node& node) {
  std::string out;
  append(out, node);
  return out;
}

base::Result<Node> from_json(std::string_view json) {
  Builder builder;
  if (nlohmann::json::sax_parse(json, &builder)) return std::move(builder.root());
  return base::fail(base::ErrorCode::kMalformed,
                    std::format("this is not JSON: {}", builder.what()));
}

std::vector<NodeDifference> differences(const Node& before, const Node& after,
                                        std::size_t count_max) {
  Comparison comparison(count_max);
  comparison.compare(before, after);
  return comparison.take();
}

}  // namespace millrace::codec
