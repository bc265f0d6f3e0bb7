#pragma once

#include <functional>
#include <map>
#include <span>
#include <string_view>

#include "twin/tag_words.h"

namespace millrace::twin {

struct Sense {
  std::string_view meaning;  // two words where the spelling stands for both
  TagWord::Weight weight = TagWord::Weight::kPlain;
};
/// Spellings in small letters to what they mean.
using Lexicon = std::map<std::string_view, Sense, std::less<>>;
const Lexicon& tag_lexicon();

/// What the letters of an instrument's tag measure after ISA-5.1 ("pit": pressure); empty for
/// letters that are none.
std::string_view isa_meaning(std::string_view letters);

/// Whether two meanings are nearly the same, as suction and inlet of a pump.
bool is_near(std::string_view one, std::string_view other);

}  // namespace millrace::twin
