#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/option.h"

namespace millrace::config {

/// How one type of value is read from a node, checked, and shown again.
template <class M>
struct Codec {
  About about;
  std::function<void(const Node&, M& target, Problems&)> read;
  std::function<Node(const M&)> show;
};

enum class TextKind { kAny, kName };

/// The plain functions behind the codecs; on a problem they add it and give nothing.
std::optional<std::string> read_text(const Node& node, Bounds limits, TextKind kind, Problems& out);
std::optional<std::int64_t> read_integer(const Node& node, Bounds limits, Problems& out);
std::optional<double> read_number(const Node& node, Bounds limits, Problems& out);
std::optional<bool> read_flag(const Node& node, Problems& out);
/// The place of a choice in the list.
std::optional<std::size_t> read_choice(const Node& node, const std::vector<std::string>& choices,
                                       Problems& out);
std::string number_text(double number);
/// The duration of one unit of a key's suffix, and the unit's name; aborts on a key without one.
std::pair<base::Duration, std::string> duration_unit(const std::string& key);

using TextsByText = std::vector<std::pair<std::string, std::string>>;

Codec<std::string> text_codec(Bounds limits, TextKind kind);
/// `limits` are of the number of texts.
Codec<TextsByText> texts_by_text_codec(Bounds limits);
Codec<double> number_codec(Bounds limits);
Codec<bool> flag_codec();
/// A number, a flag or a text, as it stands; scalar_json() says which.
Codec<Node> plain_codec();
/// Sets the row's unit.
Codec<base::Duration> duration_codec(Row& row, Bounds limits);

using TextMap = std::map<std::string, std::string>;
/// A text, stored under "", or a map of BCP 47 language tags to texts.
Codec<TextMap> titles_codec();

template <std::integral I>
Codec<I> integer_codec(Bounds limits) {
  Codec<I> codec{{OptionType::kInteger, limits, {}}, {}, {}};
  codec.read = [limits](const Node& node, I& target, Problems& problems) {
    if (auto number = read_integer(node, limits, problems)) target = static_cast<I>(*number);
  };
  codec.show = [](const I& value) { return scalar(std::to_string(value)); };
  return codec;
}

/// A value that may be absent: its key is then left out or null.
template <class M>
Codec<std::optional<M>> optional_codec(Codec<M> inner) {
  Codec<std::optional<M>> codec{inner.about, {}, {}};
  codec.read = [inner](const Node& node, std::optional<M>& target, Problems& problems) {
    if (node.kind == Node::Kind::kNull) return target.reset();
    M value{};
    const std::size_t before = problems.size();
    inner.read(node, value, problems);
    if (problems.size() == before) target = std::move(value);
  };
  codec.show = [inner](const std::optional<M>& value) {
    return value ? inner.show(*value) : Node{};
  };
  return codec;
}

/// The codec of a value for a member that holds it, or holds it perhaps.
template <class M, class V>
Codec<M> fitted(Codec<V> codec) {
  if constexpr (std::same_as<M, V>) {
    return codec;
  } else {
    return optional_codec(std::move(codec));
  }
}

template <class E>
Codec<E> choice_codec(std::vector<std::pair<std::string, E>> choices) {
  Codec<E> codec{{OptionType::kChoice, {}, {}}, {}, {}};
  for (const auto& choice : choices) codec.about.choices.push_back(choice.first);
  codec.read = [choices, texts = codec.about.choices](const Node& node, E& target,
                                                      Problems& problems) {
    if (auto place = read_choice(node, texts, problems)) target = choices[*place].second;
  };
  codec.show = [choices](const E& value) {
    const auto found = std::ranges::find(choices, value, &std::pair<std::string, E>::second);
    return found == choices.end() ? Node{} : scalar(found->first);
  };
  return codec;
}

}  // namespace millrace::config
