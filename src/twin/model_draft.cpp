#include "twin/model_draft.h"

#include <algorithm>
#include <cmath>
#include <format>

#include "codec/utf8.h"
#include "config/codec.h"
#include "model/name.h"
#include "twin/affordance_reader.h"
#include "twin/tree.h"

namespace millrace::twin {
namespace {

using config::Node;
using model::ValueType;

constexpr std::size_t kNameBytesMax = 63;

Node flag(bool is_true) { return config::scalar(is_true ? "true" : "false"); }
Node number(double value) { return config::scalar(config::number_text(value)); }

/// "motor_current" of the folder Motor and the words of "P1_Current".
std::string property_name(const OfferedValue& value, const std::vector<TagWord>& own) {
  std::string text;
  const auto add = [&](const std::vector<TagWord>& words) {
    std::string last;
    for (const TagWord& word : words) {
      if (word.text == last) continue;  // an abbreviation of two meanings is one word
      const bool is_latin = static_cast<unsigned char>(word.text.front()) < 0x80;
      text += (text.empty() ? "" : "_") + (is_latin ? word.text : word.meaning);
      last = word.text;
    }
  };
  for (const std::string& folder : value.folders) add(tag_words(folder));
  add(own);
  const std::string name = model::nearest_name(text);
  return name == "x" ? model::nearest_name(value.name) : name;
}

/// A number as an integer's limit: nothing where it is none.
std::optional<double> limit(std::optional<double> given, ValueType type) {
  if (!given || !std::isfinite(*given)) return std::nullopt;
  if (type != ValueType::kF64 && std::trunc(*given) != *given) return std::nullopt;
  return given;
}

}  // namespace

std::string plain_title(std::string_view text) {
  constexpr std::size_t kTitleBytesMax = 200;
  std::string out = codec::readable_utf8(text.substr(0, kTitleBytesMax));
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  for (std::size_t at = 0; (at = out.find("{{", at)) != std::string::npos;) out.erase(at, 1);
  return out;
}

config::Node drafted_property(const OfferedValue& value, const std::string& unit) {
  Node node = map_node();
  put(node, "title",
      config::scalar(plain_title(value.title.empty() ? value.name : value.title), true));
  put(node, "type", config::scalar(std::string(json_type_of(value.type))));
  if (value.type == ValueType::kU64) put(node, "mr:type", config::scalar("u64"));
  if (value.type == ValueType::kBytes) put(node, "mr:type", config::scalar("bytes"));
  if (!unit.empty() && model::is_numeric(value.type)) put(node, "unit", config::scalar(unit, true));
  if (model::is_numeric(value.type)) {
    const auto low = limit(value.range_min, value.type), high = limit(value.range_max, value.type);
    const bool is_range = !low || !high || *low <= *high;
    if (low && is_range) put(node, "minimum", number(*low));
    if (high && is_range) put(node, "maximum", number(*high));
  }
  if (!value.is_writable) put(node, "readOnly", flag(true));
  put(node, "observable", flag(true));
  return node;
}

std::string free_name(std::string_view wanted, const std::set<std::string, std::less<>>& taken) {
  const std::string name = model::nearest_name(wanted);
  if (!taken.contains(name)) return name;
  for (int i = 2;; ++i) {
    const std::string end = std::format("-{}", i);
    std::string next = name.substr(0, kNameBytesMax - end.size()) + end;
    if (!taken.contains(next)) return next;
  }
}

ModelDraft draft_model(std::string name, std::string_view thing,
                       std::span<const OfferedValue> offered, const Decisions& decided,
                       Matcher& matcher) {
  ModelDraft draft;
  draft.resource.key = {Kind::kThingModel, std::move(name), 1};
  Node properties = map_node();
  std::set<std::string, std::less<>> taken;
  for (const auto& [address, property] : decided) {
    if (property) taken.insert(*property);
  }
  const auto own = own_words(offered, thing);
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const OfferedValue& value = offered[i];
    const auto given = decided.find(value.address);
    if (given != decided.end() && !given->second) {
      draft.addresses[value.address] = std::nullopt;
      continue;
    }
    const std::string property =
        given != decided.end() ? *given->second : free_name(property_name(value, own[i]), taken);
    taken.insert(property);
    const std::string unit = matcher.known_unit(value.unit);
    if (unit.empty() && !value.unit.empty() && model::is_numeric(value.type)) {
      draft.remarks[value.address] = std::format(
          "its unit '{}' is none here and is left out: write the right one", value.unit);
    }
    put(properties, property, drafted_property(value, unit));
    draft.addresses[value.address] = property;
  }
  Node& spec = draft.resource.spec = map_node();
  put(spec, "@type", config::scalar("tm:ThingModel", true));
  put(spec, "title", config::scalar(plain_title(thing), true));
  put(spec, "properties", std::move(properties));
  return draft;
}

}  // namespace millrace::twin
