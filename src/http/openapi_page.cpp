#include <algorithm>

#include "config/node.h"
#include "http/openapi_document.h"

namespace millrace::http {
namespace {

using config::Node;

constexpr std::string_view kHead = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Millrace API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.2rem 0 .4rem; border-bottom: 1px solid #8885; text-transform: capitalize }
h3 { margin: 1.6rem 0 .2rem; font-size: 1rem }
code, pre { font: 13px/1.45 ui-monospace, monospace }
pre { background: #8881; padding: .6rem .8rem; overflow: auto; border-radius: 4px }
table { border-collapse: collapse; width: 100% }
td { padding: .15rem .8rem .15rem 0; vertical-align: top; border-bottom: 1px solid #8883 }
.method { font-weight: 700; margin-right: .5rem }
nav a { margin-right: 1rem; text-transform: capitalize }
</style></head><body>
)html";

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

/// `code` and **bold** of one paragraph.
std::string inline_marks(std::string_view text) {
  std::string out;
  const std::string escaped = escape(text);
  bool is_code = false;
  bool is_bold = false;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '`') {
      out += is_code ? "</code>" : "<code>";
      is_code = !is_code;
    } else if (!is_code && escaped.compare(i, 2, "**") == 0) {
      out += is_bold ? "</b>" : "<b>";
      is_bold = !is_bold;
      ++i;
    } else {
      out += escaped[i];
    }
  }
  return out;
}

/// Paragraphs; a table stays as it was typed.
std::string prose(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    const std::string_view paragraph = text.substr(0, end);
    if (paragraph.starts_with('|')) {
      out += "<pre>" + escape(paragraph) + "</pre>\n";
    } else if (!paragraph.empty()) {
      out += "<p>" + inline_marks(paragraph) + "</p>\n";
    }
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

/// The page of one document, with its references at hand.
class Page {
 public:
  explicit Page(const Node& document) : document_(document) {}

  std::string make() {
    out_ = kHead;
    const Node& info = member(document_, "info");
    out_ += "<h1>" + escape(text(info, "title")) + " API</h1>\n<p>" +
            inline_marks(text(info, "summary")) + "</p>\n";
    out_ += "<p><a href=\"/api/v1/openapi.yaml\">openapi.yaml</a> · "
            "<a href=\"/api/v1/openapi.json\">openapi.json</a></p>\n";
    out_ += prose(text(info, "description")) + "<nav>";
    for (const Node& tag : member(document_, "tags").items) {
      const std::string name = escape(text(tag, "name"));
      out_ += "<a href=\"#" + name + "\">" + name + "</a>";
    }
    out_ += "</nav>\n";
    for (const Node& tag : member(document_, "tags").items) add_tag(tag);
    return out_ + "</body></html>\n";
  }

 private:
  static const Node& member(const Node& node, std::string_view key) {
    static const Node kNothing;
    const Node::Entry* entry = node.find(key);
    return entry ? entry->value : kNothing;
  }
  static const std::string& text(const Node& node, std::string_view key) {
    return member(node, key).scalar;
  }

  /// What a "$ref" of this document points to, or the node itself.
  const Node& resolve(const Node& node) const {
    std::string_view path = text(node, "$ref");
    if (!path.starts_with("#/")) return node;
    path.remove_prefix(2);
    const Node* at = &document_;
    while (!path.empty()) {
      const std::size_t end = std::min(path.find('/'), path.size());
      at = &member(*at, path.substr(0, end));
      path.remove_prefix(std::min(end + 1, path.size()));
    }
    return *at;
  }

  void add_tag(const Node& tag) {
    const std::string& name = text(tag, "name");
    out_ += "<h2 id=\"" + escape(name) + "\">" + escape(name) + "</h2>\n<p>" +
            inline_marks(text(tag, "description")) + "</p>\n";
    for (const Node::Entry& path : member(document_, "paths").entries) {
      for (const Node::Entry& method : path.value.entries) {
        const auto& tags = member(method.value, "tags").items;
        if (!tags.empty() && tags[0].scalar == name) add_operation(path.key, method);
      }
    }
  }

  void add_operation(const std::string& path, const Node::Entry& method) {
    const Node& operation = method.value;
    std::string verb = method.key;
    std::ranges::transform(verb, verb.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    out_ += "<h3 id=\"" + escape(text(operation, "operationId")) + "\"><span class=\"method\">" +
            verb + "</span><code>" + escape(path) + "</code></h3>\n<p>" +
            inline_marks(text(operation, "summary")) + ".</p>\n" +
            prose(text(operation, "description"));
    add_parameters(operation);
    const Node& body = member(member(member(operation, "requestBody"), "content"),
                              "application/json");
    add_example("Body", body);
    for (const Node::Entry& answer : member(operation, "responses").entries) add_answer(answer);
  }

  void add_parameters(const Node& operation) {
    const auto& parameters = member(operation, "parameters").items;
    if (parameters.empty()) return;
    out_ += "<table>\n";
    for (const Node& one : parameters) {
      const Node& parameter = resolve(one);
      out_ += "<tr><td><code>" + escape(text(parameter, "name")) + "</code></td><td>" +
              inline_marks(text(parameter, "description")) + "</td></tr>\n";
    }
    out_ += "</table>\n";
  }

  void add_answer(const Node::Entry& answer) {
    const Node& response = resolve(answer.value);
    out_ += "<p><b>" + escape(answer.key) + "</b> " +
            inline_marks(text(response, "description")) + "</p>\n";
    if (!answer.key.starts_with('2')) return;
    for (const Node::Entry& content : member(response, "content").entries) {
      add_example(content.key, content.value);
    }
  }

  void add_example(const std::string& title, const Node& content) {
    const Node* example = &member(content, "example");
    const auto& named = member(content, "examples").entries;
    if (example->kind == Node::Kind::kNull && !named.empty()) {
      example = &member(resolve(named[0].value), "value");
    }
    if (example->kind == Node::Kind::kNull) return;
    const bool is_text = example->kind == Node::Kind::kScalar;
    out_ += "<p>" + escape(title) + "</p><pre>" +
            escape(is_text ? example->scalar : to_json(*example)) + "</pre>\n";
  }

  const Node& document_;
  std::string out_;
};

}  // namespace

std::string to_html(const Node& document) { return Page(document).make(); }

}  // namespace millrace::http
