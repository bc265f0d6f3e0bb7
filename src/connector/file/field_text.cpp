#include "connector/file/field_text.h"

#include "base/time_text.h"
#include "config/yaml_tree.h"
#include "connector/file/field_yaml.h"

namespace millrace::connector::file {

void JsonFields::put(const Field& field, std::string value) {
  if (value != field.fallback) object_[std::string(field.key)] = std::move(value);
}

void JsonFields::section(const Field& field, const Rows& rows) {
  nlohmann::json inner = nlohmann::json::object();
  JsonFields fields(inner);
  rows(fields);
  if (!inner.empty()) object_[std::string(field.key)] = std::move(inner);
}

void JsonFields::list(const Field& field, std::size_t count,
                      const std::function<void(FieldVisitor&, std::size_t, int)>& entry) {
  nlohmann::json entries = nlohmann::json::array();
  for (std::size_t i = 0; i < count; ++i) {
    JsonFields fields(entries.emplace_back(nlohmann::json::object()));
    entry(fields, i, 0);
  }
  if (count > 0) object_[std::string(field.key)] = std::move(entries);
}

void JsonFields::text(const Field& field, std::string& value) { put(field, value); }

void JsonFields::texts(const Field& field, std::vector<std::string>& value) {
  std::vector<std::string> fallback;
  if (const auto node = config::parse_yaml(field.fallback)) {
    for (const config::YamlNode& item : node->items) fallback.push_back(item.scalar);
  }
  if (value != fallback) object_[std::string(field.key)] = value;
}

void JsonFields::flag(const Field& field, bool& value) {
  if ((value ? "true" : "false") != field.fallback) object_[std::string(field.key)] = value;
}

void JsonFields::number(const Field& field, std::int64_t& value) {
  if (std::to_string(value) != field.fallback) object_[std::string(field.key)] = value;
}

void JsonFields::holes(const Field& field, NameTemplate& value) { put(field, value.text()); }

void JsonFields::choice(const Field& field, const std::vector<std::string_view>& words,
                        std::size_t& value) {
  put(field, std::string(words[value]));
}

void JsonFields::time(const Field& field, std::optional<base::Time>& value) {
  if (value) put(field, base::to_text(*value));
}

void JsonFields::duration(const Field& field, base::Duration& value) {
  if (value.count() != 0) put(field, std::format("{}us", value.count()));
}

void JsonFields::character(const Field& field, char& value) { put(field, character_word(value)); }

void ReferenceFields::section(const Field& field, const Rows& rows) {
  row(field, "keys");
  ReferenceFields fields(page_, std::format("{}{}.", path_, field.key));
  rows(fields);
}

void ReferenceFields::list(const Field& field, std::size_t,
                           const std::function<void(FieldVisitor&, std::size_t, int)>& entry) {
  row(field, "list of keys");
  ReferenceFields fields(page_, std::format("{}{}[].", path_, field.key));
  entry(fields, 0, 0);
}

void ReferenceFields::choice(const Field& field, const std::vector<std::string_view>& words,
                             std::size_t&) {
  std::string all;
  for (const std::string_view word : words)
    all += std::format("{}{}", all.empty() ? "" : ", ", word);
  row(field, all);
}

void ReferenceFields::row(const Field& field, std::string_view type) {
  const std::string fallback = field.fallback.empty() ? "" : std::format("`{}`", field.fallback);
  page_ +=
      std::format("| `{}{}` | {} | {} | {} |\n", path_, field.key, type, fallback, field.sentence);
}

}  // namespace millrace::connector::file
