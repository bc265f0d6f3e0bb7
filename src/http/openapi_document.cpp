#include "http/openapi_document.h"

#include <charconv>

#include "config/yaml.h"
#include "http/json_writer.h"

namespace millrace::http {
namespace {

using config::Node;

template <class T>
bool is_whole(std::string_view text, T& number) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

void write_scalar(JsonWriter& json, const Node& node) {
  const std::string& text = node.scalar;
  std::int64_t integer = 0;
  double real = 0;
  const char first = text.empty() ? ' ' : text[0];
  const bool may_be_number = first == '-' || (first >= '0' && first <= '9');
  if (node.is_quoted) {
    json.value(text);
  } else if (text == "true" || text == "false") {
    json.value(text == "true");
  } else if (text == "null" || text == "~" || text.empty()) {
    json.null();
  } else if (may_be_number && is_whole(text, integer)) {
    json.value(integer);
  } else if (may_be_number && is_whole(text, real)) {
    json.value(real);
  } else {
    json.value(text);
  }
}

void write_node(JsonWriter& json, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull: json.null(); return;
    case Node::Kind::kScalar: write_scalar(json, node); return;
    case Node::Kind::kList:
      json.begin_array();
      for (const Node& item : node.items) write_node(json, item);
      json.end_array();
      return;
    case Node::Kind::kMap:
      json.begin_object();
      for (const Node::Entry& entry : node.entries) write_node(json.key(entry.key), entry.value);
      json.end_object();
  }
}

}  // namespace

std::string to_json(const Node& node) {
  JsonWriter json;
  write_node(json, node);
  return json.take();
}

base::Result<OpenApiDocument> make_openapi_document(std::string_view yaml) {
  const auto tree = config::parse_yaml(yaml);
  if (!tree) {
    return base::fail(base::ErrorCode::kInternal, "the built-in openapi.yaml cannot be read",
                      "Build again from a clean checkout.");
  }
  return OpenApiDocument{std::string(yaml), to_json(*tree), to_html(*tree)};
}

}  // namespace millrace::http
