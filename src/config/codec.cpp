#include "config/codec.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <format>

namespace millrace::config {
namespace {

constexpr std::size_t kShownMax = 60;

/// A value as a message shows it: short, and without line breaks.
std::string shown(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a section";
    case Node::Kind::kScalar:
      break;
  }
  std::string text = node.scalar.substr(0, kShownMax);
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20; }, ' ');
  return "'" + text + (node.scalar.size() > kShownMax ? "…'" : "'");
}

std::nullopt_t refuse(const Node& node, std::string what, Problems& out, std::string hint = {}) {
  out.push_back({node.place, std::move(what), std::move(hint)});
  return std::nullopt;
}

/// An unquoted scalar for a number or flag.
bool is_plain(const Node& node) { return node.kind == Node::Kind::kScalar && !node.is_quoted; }

std::string quotes_hint(const Node& node) {
  return node.kind == Node::Kind::kScalar && node.is_quoted ? "Remove the quotes." : "";
}

template <class N>
std::optional<N> parse_whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  N number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class N>
std::optional<N> bounded(const Node& node, N number, Bounds limits, Problems& out) {
  const auto value = static_cast<double>(number);
  if (value >= limits.min && value <= limits.max) return number;
  return refuse(
      node, std::format("{} is out of bounds", node.scalar), out,
      std::format("Allowed: {} to {}.", number_text(limits.min), number_text(limits.max)));
}

bool is_name(std::string_view text) {
  const auto is_first = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto is_later = [&](char c) { return is_first(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && is_first(text.front()) && std::ranges::all_of(text, is_later);
}

constexpr std::size_t kMapKeyMax = 200;
constexpr double kMapTextMax = 1000;

void read_map(const Node& node, Bounds limits, TextMap& target, Problems& out) {
  if (node.kind != Node::Kind::kMap) {
    refuse(node, std::format("a section of keys and texts is needed here, not {}", shown(node)),
           out);
    return;
  }
  const auto count = static_cast<double>(node.entries.size());
  if (count < limits.min || count > limits.max) {
    refuse(node, std::format("the section has {} entries", count), out,
           std::format("Allowed: {} to {}.", limits.min, limits.max));
    return;
  }
  target.clear();
  for (const Node::Entry& entry : node.entries) {
    if (entry.key.empty() || entry.key.size() > kMapKeyMax) {
      out.push_back({entry.place, std::format("a key of {} bytes", entry.key.size()),
                     std::format("Allowed: 1 to {} bytes.", kMapKeyMax)});
    } else if (auto text = read_text(entry.value, {0, kMapTextMax}, TextKind::kAny, out)) {
      target[entry.key] = *std::move(text);
    }
  }
}

Node show_map(const TextMap& map) {
  Node node;
  node.kind = Node::Kind::kMap;
  for (const auto& [key, text] : map) node.entries.push_back({key, {}, scalar(text, true)});
  return node;
}

/// The shape of a BCP 47 tag: letters and digits in groups of up to eight, "-" between them.
bool is_language(std::string_view tag) {
  std::size_t length = 0;
  for (const unsigned char c : tag) {
    if (c == '-' ? length == 0 : std::isalnum(c) == 0) return false;
    length = c == '-' ? 0 : length + 1;
    if (length > 8) return false;
  }
  return length > 0;
}

void read_titles(const Node& node, TextMap& target, Problems& out) {
  if (node.kind != Node::Kind::kMap) {
    auto text = read_text(node, {0, kMapTextMax}, TextKind::kAny, out);
    if (text) target = {{"", *std::move(text)}};
    return;
  }
  for (const Node::Entry& entry : node.entries) {
    if (is_language(entry.key)) continue;
    out.push_back({entry.place, std::format("'{}' is not a language", entry.key.substr(0, 40)),
                   "Use a tag such as en, de or zh-Hans."});
    return;
  }
  read_map(node, {1, 100}, target, out);
}

}  // namespace

std::optional<std::string> read_text(const Node& node, Bounds limits, TextKind kind,
                                     Problems& out) {
  if (node.kind != Node::Kind::kScalar) {
    return refuse(node, std::format("a text is needed here, not {}", shown(node)), out);
  }
  const auto length = static_cast<double>(node.scalar.size());
  if (length < limits.min || length > limits.max) {
    return refuse(node, std::format("the text {} is {} bytes long", shown(node), length), out,
                  std::format("Allowed: {} to {} bytes.", limits.min, limits.max));
  }
  if (kind == TextKind::kName && !is_name(node.scalar)) {
    return refuse(node, std::format("{} is not a name", shown(node)), out,
                  "Names match [a-z0-9][a-z0-9._-]*, at most 63 characters.");
  }
  return node.scalar;
}

std::optional<std::int64_t> read_integer(const Node& node, Bounds limits, Problems& out) {
  const auto number = is_plain(node) ? parse_whole<std::int64_t>(node.scalar) : std::nullopt;
  if (number) return bounded(node, *number, limits, out);
  return refuse(node, std::format("a whole number is needed here, not {}", shown(node)), out,
                quotes_hint(node));
}

std::optional<double> read_number(const Node& node, Bounds limits, Problems& out) {
  const auto number = is_plain(node) ? parse_whole<double>(node.scalar) : std::nullopt;
  if (number && std::isfinite(*number)) return bounded(node, *number, limits, out);
  return refuse(node, std::format("a number is needed here, not {}", shown(node)), out,
                quotes_hint(node));
}

std::optional<bool> read_flag(const Node& node, Problems& out) {
  if (is_plain(node) && (node.scalar == "true" || node.scalar == "false")) {
    return node.scalar == "true";
  }
  return refuse(node, std::format("true or false is needed here, not {}", shown(node)), out,
                quotes_hint(node));
}

std::optional<std::size_t> read_choice(const Node& node, const std::vector<std::string>& choices,
                                       Problems& out) {
  const auto found =
      node.kind == Node::Kind::kScalar ? std::ranges::find(choices, node.scalar) : choices.end();
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  std::string all;
  for (const std::string& choice : choices) all += (all.empty() ? "" : ", ") + choice;
  const std::string near = nearest(node.scalar, choices);
  return refuse(node, std::format("{} is not one of: {}", shown(node), all), out,
                near.empty() ? "" : std::format("Did you mean '{}'?", near));
}

std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::pair<base::Duration, std::string> duration_unit(const std::string& key) {
  using namespace std::chrono_literals;
  static const std::array<std::pair<std::string, base::Duration>, 6> kUnits = {
      {{"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"min", 1min}, {"h", 1h}, {"d", 24h}}};
  for (const auto& [unit, length] : kUnits) {
    if (key.ends_with("_" + unit)) return {length, unit};
  }
  MILLRACE_CHECK(false && "the key of a duration ends with its unit");
  return {};
}

Codec<std::string> text_codec(Bounds limits, TextKind kind) {
  const OptionType type = kind == TextKind::kName ? OptionType::kName : OptionType::kText;
  Codec<std::string> codec{{type, limits, {}}, {}, {}};
  codec.read = [limits, kind](const Node& node, std::string& target, Problems& problems) {
    if (auto text = read_text(node, limits, kind, problems)) target = *std::move(text);
  };
  codec.show = [](const std::string& value) { return scalar(value, true); };
  return codec;
}

Codec<TextsByText> texts_by_text_codec(Bounds limits) {
  Codec<TextsByText> codec{{OptionType::kTexts, limits, {}}, {}, {}};
  codec.read = [limits](const Node& node, TextsByText& target, Problems& problems) {
    const auto count = static_cast<double>(node.entries.size());
    if (node.kind != Node::Kind::kMap || count < limits.min || count > limits.max) {
      problems.push_back({node.place, "a table of texts is needed here",
                          "For example {\"0\": \"off\", \"1\": \"on\"}."});
      return;
    }
    target.clear();
    for (const Node::Entry& entry : node.entries) {
      auto text = read_text(entry.value, {0, 4096}, TextKind::kAny, problems);
      if (text) target.emplace_back(entry.key, *std::move(text));
    }
  };
  codec.show = [](const TextsByText& texts) {
    Node map;
    map.kind = Node::Kind::kMap;
    for (const auto& [key, value] : texts) map.entries.push_back({key, {}, scalar(value, true)});
    return map;
  };
  return codec;
}

Codec<TextMap> titles_codec() {
  Codec<TextMap> codec{{OptionType::kTitles, {}, {}}, {}, {}};
  codec.read = read_titles;
  codec.show = [](const TextMap& titles) {
    const bool is_plain_text = titles.size() == 1 && titles.begin()->first.empty();
    return is_plain_text ? scalar(titles.begin()->second, true) : show_map(titles);
  };
  return codec;
}

Codec<double> number_codec(Bounds limits) {
  Codec<double> codec{{OptionType::kNumber, limits, {}}, {}, {}};
  codec.read = [limits](const Node& node, double& target, Problems& problems) {
    if (auto number = read_number(node, limits, problems)) target = *number;
  };
  codec.show = [](const double& value) { return scalar(number_text(value)); };
  return codec;
}

Codec<bool> flag_codec() {
  Codec<bool> codec{{OptionType::kFlag, {}, {}}, {}, {}};
  codec.read = [](const Node& node, bool& target, Problems& problems) {
    if (auto flag = read_flag(node, problems)) target = *flag;
  };
  codec.show = [](const bool& value) { return scalar(value ? "true" : "false"); };
  return codec;
}

Codec<Node> plain_codec() {
  Codec<Node> codec{{OptionType::kText, {}, {}}, {}, {}};
  codec.read = [](const Node& node, Node& target, Problems& problems) {
    const bool is_plain = node.kind == Node::Kind::kScalar || node.kind == Node::Kind::kNull;
    if (is_plain) target = node;
    if (!is_plain)
      refuse(node, std::format("a plain value is needed here, not {}", shown(node)), problems);
  };
  codec.show = [](const Node& value) { return value; };
  return codec;
}

Codec<base::Duration> duration_codec(Row& row, Bounds limits) {
  const auto [length, unit] = duration_unit(row.key);
  row.unit = unit;
  Codec<base::Duration> codec{{OptionType::kInteger, limits, {}}, {}, {}};
  codec.read = [limits, length](const Node& node, base::Duration& target, Problems& problems) {
    if (auto count = read_integer(node, limits, problems)) target = *count * length;
  };
  codec.show = [length](const base::Duration& value) {
    return scalar(std::to_string(value / length));
  };
  return codec;
}

}  // namespace millrace::config
