#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
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

Codec<std::string> text_codec(Bounds limits, TextKind kind);
Codec<double> number_codec(Bounds limits);
Codec<bool> flag_codec();
/// Sets the row's unit.
Codec<base::Duration> duration_codec(Row& row, Bounds limits);

template <std::integral I>
Codec<I> integer_codec(Bounds limits) {
  return {{OptionType::kInteger, limits, {}},
          [limits](const Node& node, I& target, Problems& problems) {
            if (auto number = read_integer(node, limits, problems)) {
              target = static_cast<I>(*number);
            }
          },
          [](const I& value) { return scalar(std::to_string(value)); }};
}

/// A value that may be absent: its key is then left out or null.
template <class M>
Codec<std::optional<M>> optional_codec(Codec<M> inner) {
  return {inner.about,
          [inner](const Node& node, std::optional<M>& target, Problems& problems) {
            if (node.kind == Node::Kind::kNull) return target.reset();
            M value{};
            const std::size_t before = problems.size();
            inner.read(node, value, problems);
            if (problems.size() == before) target = std::move(value);
          },
          [inner](const std::optional<M>& value) { return value ? inner.show(*value) : Node{}; }};
}

template <class E>
Codec<E> choice_codec(std::vector<std::pair<std::string, E>> choices) {
  std::vector<std::string> texts;
  for (const auto& choice : choices) texts.push_back(choice.first);
  return {{OptionType::kChoice, {}, texts},
          [choices, texts](const Node& node, E& target, Problems& problems) {
            if (auto place = read_choice(node, texts, problems)) target = choices[*place].second;
          },
          [choices](const E& value) {
            for (const auto& [text, candidate] : choices) {
              if (candidate == value) return scalar(text);
            }
            return Node{};
          }};
}

}  // namespace millrace::config
