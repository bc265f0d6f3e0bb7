#include "twin/tag_words.h"

#include <algorithm>
#include <array>
#include <limits>
#include <ranges>

#include "twin/tag_lexicon.h"

namespace millrace::twin {
namespace {

using Weight = TagWord::Weight;

constexpr std::size_t kWordsMax = 24;
constexpr std::size_t kTextMax = 400;    // bytes that are read of one name
constexpr std::size_t kCompoundMin = 6;  // shorter words are not taken apart
constexpr std::size_t kAbbreviationMin = 3;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kUmlauts = {
    {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "Ae"}, {"Ö", "Oe"}, {"Ü", "Ue"}, {"ß", "ss"}}};

enum class Class { kSign, kSmall, kCapital, kDigit, kOther };

Class class_of(char c) {
  if (c >= 'a' && c <= 'z') return Class::kSmall;
  if (c >= 'A' && c <= 'Z') return Class::kCapital;
  if (c >= '0' && c <= '9') return Class::kDigit;
  return static_cast<unsigned char>(c) >= 0x80 ? Class::kOther : Class::kSign;
}

std::string without_umlauts(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(
        kUmlauts, [&](const auto& pair) { return text.starts_with(pair.first); });
    if (found == kUmlauts.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += found->second;
      text.remove_prefix(found->first.size());
    }
  }
  return out;
}

/// Runs of letters, digits and other writing, as they are written.
std::vector<std::string> runs_of(const std::string& text) {
  std::vector<std::string> runs;
  bool is_new = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Class here = class_of(text[i]);
    if (here == Class::kSign) {
      is_new = true;
      continue;
    }
    const Class before = i == 0 ? Class::kSign : class_of(text[i - 1]);
    const Class after = i + 1 < text.size() ? class_of(text[i + 1]) : Class::kSign;
    const bool is_letter_pair =
        (here == Class::kSmall && before == Class::kCapital) ||
        (here == Class::kCapital && before == Class::kCapital && after != Class::kSmall);
    if (here != before && !is_letter_pair) is_new = true;
    if (here == Class::kCapital && before == Class::kCapital && after == Class::kSmall) {
      is_new = true;  // PTFlow: PT, Flow
    }
    if (is_new) runs.emplace_back();
    is_new = false;
    runs.back() += text[i];
  }
  return runs;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

void add(std::vector<TagWord>& words, std::string_view text, const Sense& sense) {
  for (const auto part : std::views::split(sense.meaning, ' ')) {
    words.push_back({std::string(text), std::string(std::string_view(part)), sense.weight});
  }
}

/// A compound as the fewest known words that make it up, German joints ("s", "n") between them;
/// nothing when it is none.
std::vector<std::string_view> parts_of(std::string_view word) {
  constexpr auto kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> best(word.size() + 1, kNone);
  std::vector<std::size_t> from(word.size() + 1, 0);
  best[0] = 0;
  for (std::size_t end = 1; end <= word.size(); ++end) {
    for (std::size_t begin = 0; begin + 1 <= end; ++begin) {
      if (best[begin] == kNone) continue;
      const std::string_view part = word.substr(begin, end - begin);
      const bool is_joint = begin > 0 && end < word.size() && (part == "s" || part == "n");
      const bool is_word = part.size() >= kAbbreviationMin && tag_lexicon().contains(part);
      const std::size_t cost = best[begin] + (is_joint ? 0 : 1);
      if ((!is_word && !is_joint) || cost >= best[end]) continue;
      best[end] = cost;
      from[end] = begin;
    }
  }
  std::vector<std::string_view> parts;
  if (best.back() == kNone) return parts;
  for (std::size_t end = word.size(); end > 0; end = from[end]) {
    const std::string_view part = word.substr(from[end], end - from[end]);
    if (part.size() >= kAbbreviationMin) parts.push_back(part);
  }
  std::ranges::reverse(parts);
  return parts;
}

/// Writing without spaces: known words, the longest first; what is between them stays a word.
void add_unspaced(std::vector<TagWord>& words, std::string_view text) {
  std::string rest;
  const auto flush = [&] {
    if (!rest.empty()) words.push_back({rest, rest, Weight::kPlain});
    rest.clear();
  };
  while (!text.empty()) {
    std::size_t size = text.size();
    while (size > 0 && !tag_lexicon().contains(text.substr(0, size))) --size;
    if (size > 0) {
      flush();
      add(words, text.substr(0, size), tag_lexicon().at(text.substr(0, size)));
      text.remove_prefix(size);
      continue;
    }
    do {
      rest += text.front();
      text.remove_prefix(1);
    } while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80);
  }
  flush();
}

void add_word(std::vector<TagWord>& words, const std::string& word) {
  if (const auto found = tag_lexicon().find(word); found != tag_lexicon().end()) {
    return add(words, word, found->second);
  }
  if (word.size() >= kCompoundMin) {
    const auto parts = parts_of(word);
    for (const std::string_view part : parts) add(words, part, tag_lexicon().at(part));
    if (!parts.empty()) return;
  }
  words.push_back({word, word, Weight::kPlain});
}

double weight_of(const TagWord& word) {
  switch (word.weight) {
    case Weight::kNumber:
      return 0.3;
    case Weight::kFiller:
      return 0.1;
    case Weight::kPlain:
    case Weight::kTelling:
      break;
  }
  return word.meaning == "electric" ? 0.3 : 1;
}

/// Whether the letters of `shorter` stand in `longer` in this order, from the same first one.
bool is_abbreviation(std::string_view shorter, std::string_view longer) {
  if (shorter.size() < kAbbreviationMin || shorter.front() != longer.front()) return false;
  std::size_t at = 0;
  for (const char c : longer) at += at < shorter.size() && shorter[at] == c ? 1 : 0;
  return at == shorter.size() && shorter.size() * 3 >= longer.size();
}

bool is_one_apart(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) std::swap(one, other);
  if (one.size() < 5 || other.size() - one.size() > 1) return false;
  const auto [left, right] = std::ranges::mismatch(one, other);
  const auto begin = static_cast<std::size_t>(left - one.begin());
  const std::string_view rest = one.substr(one.size() == other.size() ? begin + 1 : begin);
  return other.substr(begin + 1) == rest;
}

double likeness_of_words(const TagWord& one, const TagWord& other) {
  if (one.text == other.text) return 1;
  if (one.meaning == other.meaning) return 0.95;
  if (one.weight == Weight::kNumber || other.weight == Weight::kNumber) return 0;
  if (is_near(one.meaning, other.meaning)) return 0.75;
  if (one.meaning != one.text && other.meaning != other.text) return 0;  // both are known
  const bool is_first_shorter = one.text.size() < other.text.size();
  const TagWord& shorter = is_first_shorter ? one : other;
  const TagWord& longer = is_first_shorter ? other : one;
  if (shorter.text.size() >= kAbbreviationMin && longer.text.starts_with(shorter.text)) return 0.85;
  if (is_one_apart(one.text, other.text)) return 0.8;
  return is_abbreviation(shorter.text, longer.text) ? 0.7 : 0;
}

double total(const std::vector<TagWord>& words) {
  double sum = 0;
  for (const TagWord& word : words) sum += weight_of(word);
  return sum;
}

}  // namespace

std::vector<TagWord> tag_words(std::string_view text) {
  const std::string plain = without_umlauts(text.substr(0, kTextMax));
  const std::vector<std::string> runs = runs_of(plain);
  std::vector<TagWord> words;
  for (std::size_t i = 0; i < runs.size() && words.size() < kWordsMax; ++i) {
    const std::string& run = runs[i];
    const std::string word = lower_case(run);
    if (class_of(run.front()) == Class::kDigit) {
      words.push_back({word, word, Weight::kNumber});
    } else if (class_of(run.front()) == Class::kOther) {
      add_unspaced(words, word);
    } else {
      const bool is_tag = std::ranges::all_of(run, [](char c) { return c < 'a'; }) &&
                          i + 1 < runs.size() && class_of(runs[i + 1].front()) == Class::kDigit;
      const std::string_view isa = is_tag ? isa_meaning(word) : std::string_view();
      isa.empty() ? add_word(words, word) : add(words, word, {isa, Weight::kPlain});
    }
  }
  return words;
}

double likeness(const std::vector<TagWord>& one, const std::vector<TagWord>& other) {
  if (one.empty() || other.empty()) return 0;
  std::vector<bool> is_used(other.size());
  double sum = 0, doubt = 1;
  for (const TagWord& word : one) {
    double best = 0;
    std::size_t at = other.size();
    for (std::size_t i = 0; i < other.size(); ++i) {
      const double like = is_used[i] ? 0 : likeness_of_words(word, other[i]);
      if (like > best) {
        best = like;
        at = i;
      }
    }
    if (at == other.size()) {
      if (word.weight == Weight::kTelling) doubt *= 0.4;
      continue;
    }
    is_used[at] = true;
    sum += best * (weight_of(word) + weight_of(other[at]));
  }
  for (std::size_t i = 0; i < other.size(); ++i) {
    if (!is_used[i] && other[i].weight == Weight::kTelling) doubt *= 0.4;
  }
  return doubt * sum / (total(one) + total(other));
}

}  // namespace millrace::twin
