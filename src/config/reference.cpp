#include "config/reference.h"

#include <format>
#include <nlohmann/json.hpp>

#include "config/codec.h"

namespace millrace::config {
namespace {

using Json = nlohmann::ordered_json;

Json default_json(const Option& option) {
  const std::string& text = option.default_value.scalar;
  switch (option.type) {
    case OptionType::kInteger:
    case OptionType::kNumber:
    case OptionType::kFlag:
      return Json::parse(text);
    default:
      return text;
  }
}

void add_limits(Json& schema, const Option& option) {
  switch (option.type) {
    case OptionType::kText:
    case OptionType::kName:
      schema["minLength"] = static_cast<std::int64_t>(option.limits.min);
      schema["maxLength"] = static_cast<std::int64_t>(option.limits.max);
      break;
    case OptionType::kInteger:
      schema["minimum"] = static_cast<std::int64_t>(option.limits.min);
      schema["maximum"] = static_cast<std::int64_t>(option.limits.max);
      break;
    case OptionType::kNumber:
      schema["minimum"] = option.limits.min;
      schema["maximum"] = option.limits.max;
      break;
    default:
      break;
  }
  if (option.type == OptionType::kName) {
    schema["pattern"] = "^[a-z0-9][a-z0-9._-]*$";
    schema["minimum"] = 0;  // of a bare number: a name begins with no sign
  }
  if (!option.choices.empty()) schema["enum"] = option.choices;
}

std::string_view type_word(OptionType type) {
  switch (type) {
    case OptionType::kInteger:
      return "integer";
    case OptionType::kNumber:
      return "number";
    case OptionType::kFlag:
      return "boolean";
    case OptionType::kSection:
    case OptionType::kTexts:
      return "object";
    case OptionType::kSections:
      return "array";
    default:
      return "string";
  }
}

Json map_schema(const Option& option) {
  Json map = {{"type", "object"}};
  if (option.type == OptionType::kTexts) {
    map["maxProperties"] = static_cast<std::int64_t>(option.limits.max);
    map["additionalProperties"] = {{"type", kTextTypes}};
    return map;
  }
  map["additionalProperties"] = {{"type", kTextTypes}};
  return {{"anyOf", {{{"type", kTextTypes}}, map}}};
}

Json object_schema(const Table& table);

Json option_schema(const Option& option) {
  if (option.type == OptionType::kSection) return object_schema(*option.table);
  Json schema;
  if (option.type == OptionType::kSections) {
    schema["type"] = "array";
    schema["minItems"] = static_cast<std::int64_t>(option.limits.min);
    schema["maxItems"] = static_cast<std::int64_t>(option.limits.max);
    schema["items"] = object_schema(*option.table);
    return schema;
  }
  if (option.type == OptionType::kTexts || option.type == OptionType::kTitles) {
    return map_schema(option);
  }
  const bool is_text = option.type == OptionType::kText || option.type == OptionType::kName;
  schema["type"] = is_text ? Json(kTextTypes) : Json(type_word(option.type));
  add_limits(schema, option);
  if (option.is_list) return {{"type", "array"}, {"items", schema}};
  const bool has_default =
      option.default_value.kind == Node::Kind::kScalar && option.row.need == Need::kOptional;
  if (has_default) schema["default"] = default_json(option);
  return schema;
}

Json object_schema(const Table& table) {
  Json properties = Json::object(), required = Json::array();
  for (const Option& option : table.options()) {
    Json schema = option_schema(option);
    schema["description"] = option.row.sentence;
    if (!option.row.unit.empty()) schema["x-unit"] = option.row.unit;
    if (option.row.secrecy == Secrecy::kSecret) schema["writeOnly"] = true;
    if (option.row.need == Need::kRequired) required.push_back(option.row.key);
    properties[option.row.key] = std::move(schema);
  }
  Json object = {{"type", "object"},
                 {"title", table.title()},
                 {"description", table.sentence()},
                 {"additionalProperties", false}};
  object["properties"] = std::move(properties);
  if (!required.empty()) object["required"] = std::move(required);
  return object;
}

std::string bounds_words(const Option& option) {
  std::string words;
  switch (option.type) {
    case OptionType::kInteger:
    case OptionType::kNumber:
      return std::format("{} … {}", number_text(option.limits.min), number_text(option.limits.max));
    case OptionType::kChoice:
      for (const std::string& choice : option.choices) {
        words += (words.empty() ? "`" : ", `") + choice + "`";
      }
      return words;
    case OptionType::kSections:
      return std::format("{} … {} items", option.limits.min, option.limits.max);
    default:
      return "";
  }
}

std::string default_words(const Option& option) {
  if (option.row.need == Need::kRequired) return "**required**";
  const Node& value = option.default_value;
  if (value.kind != Node::Kind::kScalar || value.scalar.empty()) return "";
  return "`" + value.scalar + "`";
}

void write_section(std::string& out, const Table& table, const std::string& path, int level) {
  out += std::format("{} {}\n\n{}\n\n", std::string(static_cast<std::size_t>(level), '#'),
                     path.empty() ? table.title() : std::format("`{}`: {}", path, table.title()),
                     table.sentence());
  out += "| option | type | default | allowed | unit | meaning |\n";
  out += "| --- | --- | --- | --- | --- | --- |\n";
  for (const Option& option : table.options()) {
    out += std::format(
        "| `{}` | {}{} | {} | {} | {} | {}{} |\n", option.row.key, option.is_list ? "list of " : "",
        type_word(option.type), default_words(option), bounds_words(option), option.row.unit,
        option.row.sentence, option.row.secrecy == Secrecy::kSecret ? " Secret." : "");
  }
  out += '\n';
  for (const Option& option : table.options()) {
    if (!option.table) continue;
    const std::string below = path.empty() ? option.row.key : path + "." + option.row.key;
    write_section(out, *option.table, option.type == OptionType::kSections ? below + "[]" : below,
                  2);
  }
}

}  // namespace

std::string json_schema(const Table& table) {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
  schema.update(object_schema(table));
  return schema.dump(2) + "\n";
}

std::string markdown(const Table& table) {
  std::string out;
  write_section(out, table, "", 1);
  return out;
}

}  // namespace millrace::config
