#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::twin {

/// A word of a tag's name. Words that mean the same in a plant share a meaning, in English, German
/// and Chinese, spelled out or abbreviated: temp, tmp, Temperatur and 温度 are "temperature".
struct TagWord {
  enum class Weight {
    kPlain,
    kTelling,  // changes what is meant: setpoint, maximum, alarm
    kNumber,
    kFiller,  // says nothing: value, actual, sensor
  };
  std::string text;  // small letters, umlauts written out
  std::string meaning;
  Weight weight = Weight::kPlain;
  bool operator==(const TagWord&) const = default;
};

/// The words of any text: apart at signs, at digits and where camelCase turns ("Pump1_BrgTemp":
/// pump, 1, bearing, temperature). Compounds of known words are taken apart ("Lagertemperatur"),
/// and letters of ISA-5.1 before a number are read as such ("TT-101": temperature, 101).
std::vector<TagWord> tag_words(std::string_view text);

/// How alike two names are, from 0 (nothing in common) to 1 (the same words in any order).
double likeness(const std::vector<TagWord>& one, const std::vector<TagWord>& other);

}  // namespace millrace::twin
