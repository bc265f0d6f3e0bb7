#include "twin/plain_texts.h"

#include <array>
#include <format>
#include <string_view>
#include <utility>

#include "config/codec.h"
#include "twin/data_schema.h"
#include "twin/tree.h"

namespace millrace::twin {
namespace {

using config::Node;

constexpr config::Bounds kTextBytes{0, 64 << 10};
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kTextTerms = {
    {{"title", "titles"}, {"description", "descriptions"}}};
/// Sections whose entries have names of their own, which may be "title".
constexpr std::array<std::string_view, 6> kNamedSections = {
    "properties", "actions", "events", "uriVariables", "schemaDefinitions", "securityDefinitions"};
constexpr std::array<std::string_view, 8> kSchemaParts = {
    "items", "oneOf", "input", "output", "subscription", "data", "dataResponse", "cancellation"};

class TextReader {
 public:
  explicit TextReader(const Report& report) : report_(report) {}

  void read(Node& node, const std::string& path) const {
    if (node.kind != Node::Kind::kMap) return;
    for (const auto& [one, many] : kTextTerms) read_term(node, one, many, path);
    if (Node* unit = value_of(node, "unit"); unit && unit->kind == Node::Kind::kScalar) {
      unit->is_quoted = true;  // "unit: 1" is the unit "1"
    }
    for (const std::string_view section : kNamedSections) {
      Node* named = value_of(node, section);
      if (!named || named->kind != Node::Kind::kMap) continue;
      for (Node::Entry& entry : named->entries) {
        read(entry.value, std::format("{}{}.{}.", path, section, entry.key));
      }
    }
    for (const std::string_view part : kSchemaParts) {
      Node* found = value_of(node, part);
      if (!found) continue;
      read(*found, std::format("{}{}.", path, part));
      for (Node& item : found->items) read(item, std::format("{}{}.", path, part));
    }
  }

 private:
  void read_term(Node& node, std::string_view one, std::string_view many,
                 const std::string& path) const {
    if (Node* texts = value_of(node, many); texts && texts->kind != Node::Kind::kNull) {
      read_languages(*texts, std::format("{}{}", path, many));
    }
    Node* text = value_of(node, one);
    if (!text || text->kind == Node::Kind::kNull) return;  // null: what is inherited goes
    const std::string where = std::format("{}{}", path, one);
    if (text->kind != Node::Kind::kMap) return read_text(*text, where);
    if (!read_languages(*text, where)) return;
    Texts languages;
    for (const Node::Entry& entry : text->entries) {
      if (entry.value.kind != Node::Kind::kNull) languages[entry.key] = entry.value.scalar;
    }
    Node by_language = std::exchange(*text, config::scalar(one_of(languages), true));
    text->place = by_language.place;
    Node* beside = value_of(node, many);
    if (!beside || beside->kind != Node::Kind::kMap) return put(node, many, by_language);
    for (Node::Entry& entry : by_language.entries) {
      if (!value_of(*beside, entry.key)) put(*beside, entry.key, std::move(entry.value));
    }
  }

  /// A map of languages that is one, with a text for each.
  bool read_languages(Node& map, const std::string& where) const {
    static const auto kLanguages = config::titles_codec();
    if (map.kind != Node::Kind::kMap) {
      report_.add("text", map.place, where + " is a section of texts by language",
                  "Write for example {en: Flow, zh: 流量}.");
      return false;
    }
    Node languages = map;
    for (Node::Entry& entry : languages.entries) entry.value = config::scalar("");
    config::TextMap ignored;
    config::Problems problems;
    kLanguages.read(languages, ignored, problems);
    const std::size_t before = report_.count();
    add(std::move(problems), where);
    for (Node::Entry& entry : map.entries) {
      if (entry.value.kind != Node::Kind::kNull) read_text(entry.value, where + "." + entry.key);
    }
    return report_.count() == before;
  }

  void read_text(Node& text, const std::string& where) const {
    if (has_placeholder(text)) return;
    config::Problems problems;
    if (config::read_text(text, kTextBytes, config::TextKind::kAny, problems)) {
      text.is_quoted = true;
    }
    add(std::move(problems), where);
  }

  void add(config::Problems problems, const std::string& where) const {
    for (config::Problem& one : problems) {
      if (one.hint.empty()) one.hint = "Write a text, or one for each language: {en: …, zh: …}.";
      report_.add("text", one.place, std::format("{}: {}", where, one.what), std::move(one.hint));
    }
  }

  const Report& report_;
};

}  // namespace

void make_texts_plain(Node& model, const Report& report) { TextReader(report).read(model, ""); }

std::string one_of(const Texts& texts) {
  if (texts.empty()) return {};
  if (const auto plain = texts.find(""); plain != texts.end()) return plain->second;
  const auto english = texts.find("en");
  return english == texts.end() ? texts.begin()->second : english->second;
}

}  // namespace millrace::twin
