#include "connector/file/field_yaml.h"

#include <algorithm>
#include <charconv>

#include "base/time_text.h"

namespace millrace::connector::file {
namespace {

using config::YamlNode;

std::string joined(const std::vector<std::string_view>& words) {
  std::string all;
  for (const std::string_view word : words)
    all += std::format("{}{}", all.empty() ? "" : ", ", word);
  return all;
}

}  // namespace

std::string character_word(char c) {
  if (c == '\t') return "tab";
  if (c == ' ') return "space";
  if (c == 0) return "none";
  return std::string(1, c);
}

YamlFields::YamlFields(const YamlNode& map, const ProblemSink& problems)
    : map_(map), problems_(problems) {
  if (!map.is_null() && map.kind != YamlNode::Kind::kMap) {
    report(map.line, "keys with values are expected here");
  }
}

void YamlFields::report(int line, std::string what, std::string hint) const {
  problems_({Weight::kError, "mapping", static_cast<std::uint64_t>(line), "", std::move(what),
             std::move(hint)});
}

void YamlFields::report_unknown() const {
  for (const auto& [key, node] : map_.members) {
    if (std::ranges::contains(known_, key)) continue;
    const std::string_view near = config::nearest(key, known_);
    report(node.line, std::format("there is no key '{}' here", key),
           near.empty() ? std::format("Known keys: {}.", joined(known_))
                        : std::format("Did you mean {}?", near));
  }
}

const YamlNode* YamlFields::find(const Field& field) {
  known_.push_back(field.key);
  const YamlNode* node = map_.find(field.key);
  return node && !node->is_null() ? node : nullptr;
}

int YamlFields::line_of(const Field& field) const {
  const YamlNode* node = map_.find(field.key);
  return node ? node->line : map_.line;
}

std::string YamlFields::scalar(const Field& field) {
  const YamlNode* node = find(field);
  if (!node) return std::string(field.fallback);
  if (node->kind == YamlNode::Kind::kScalar) return node->scalar;
  report(node->line, std::format("{} takes a single value", field.key));
  return std::string(field.fallback);
}

void YamlFields::section(const Field& field, const Rows& rows) {
  static const YamlNode kNothing;
  const YamlNode* node = find(field);
  YamlFields inner(node ? *node : kNothing, problems_);
  rows(inner);
  inner.report_unknown();
}

void YamlFields::list(const Field& field, std::size_t,
                      const std::function<void(FieldVisitor&, std::size_t, int)>& entry) {
  const YamlNode* node = find(field);
  if (!node) return;
  if (node->kind != YamlNode::Kind::kList) {
    report(node->line, std::format("{} takes a list", field.key), "Begin each entry with '- '.");
    return;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    YamlFields inner(node->items[i], problems_);
    entry(inner, i, node->items[i].line);
    inner.report_unknown();
  }
}

void YamlFields::text(const Field& field, std::string& value) { value = scalar(field); }

void YamlFields::texts(const Field& field, std::vector<std::string>& value) {
  const YamlNode* node = find(field);
  const auto fallback = config::parse_yaml(field.fallback);
  if (!node) node = &*fallback;
  value.clear();
  if (node->kind == YamlNode::Kind::kScalar) value.push_back(node->scalar);
  for (const YamlNode& item : node->items) {
    if (item.kind == YamlNode::Kind::kScalar) {
      value.push_back(item.scalar);
    } else {
      report(item.line, std::format("{} takes a list of texts", field.key),
             "Write words such as null or ~ in quotes: 'null'.");
    }
  }
}

void YamlFields::flag(const Field& field, bool& value) {
  const std::string word = scalar(field);
  value = word == "true" || word == "yes";
  if (!value && word != "false" && word != "no") {
    report(line_of(field), std::format("{}: '{}' is neither true nor false", field.key, word));
  }
}

void YamlFields::number(const Field& field, std::int64_t& value) {
  const std::string word = scalar(field);
  const char* const to = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), to, value);
  if (error != std::errc() || end != to) {
    report(line_of(field), std::format("{}: '{}' is not a whole number", field.key, word));
  }
}

void YamlFields::holes(const Field& field, NameTemplate& value) {
  auto parsed = NameTemplate::parse(scalar(field));
  if (parsed) {
    value = std::move(*parsed);
  } else {
    report(line_of(field), std::format("{}: {}", field.key, parsed.error().what),
           parsed.error().hint);
  }
}

void YamlFields::choice(const Field& field, const std::vector<std::string_view>& words,
                        std::size_t& value) {
  const std::string word = scalar(field);
  const auto it = std::ranges::find(words, word);
  if (it != words.end()) {
    value = static_cast<std::size_t>(it - words.begin());
    return;
  }
  report(line_of(field), std::format("{}: '{}' is none of {}", field.key, word, joined(words)));
}

void YamlFields::time(const Field& field, std::optional<base::Time>& value) {
  const std::string word = scalar(field);
  value.reset();
  if (word.empty()) return;
  const auto parsed = base::parse_time(word);
  if (parsed) {
    value = *parsed;
  } else {
    report(line_of(field), std::format("{}: {}", field.key, parsed.error().what),
           parsed.error().hint);
  }
}

void YamlFields::duration(const Field& field, base::Duration& value) {
  const std::string word = scalar(field);
  value = {};
  if (word.empty()) return;
  const auto parsed = base::parse_duration(word);
  if (parsed) {
    value = *parsed;
  } else {
    report(line_of(field), std::format("{}: {}", field.key, parsed.error().what),
           parsed.error().hint);
  }
}

void YamlFields::character(const Field& field, char& value) {
  const std::string word = scalar(field);
  for (const char named : {'\t', ' ', '\0'}) {
    if (word == character_word(named)) {
      value = named;
      return;
    }
  }
  if (word.size() == 1 && word[0] > ' ' && word[0] < '\x7f') {
    value = word[0];
  } else {
    report(line_of(field), std::format("{}: '{}' is not one character", field.key, word),
           "Write one character in quotes, or tab, space or none.");
  }
}

}  // namespace millrace::connector::file
