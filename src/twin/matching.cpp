#include "twin/matching.h"

#include <algorithm>
#include <cmath>
#include <format>

namespace millrace::twin {

using model::ValueType;

/// Whether a value can feed a property, and what units and types add to the likeness of the names.
struct Matcher::Verdict {
  bool is_possible = true;
  double bonus = 0;
  std::string reason;  // about units and types; why not, when it is not possible
  std::string unit;
  bool is_truth = false;
};

struct Matcher::Pair {
  std::size_t value = 0;
  std::size_t property = 0;
  double score = 0;
  Verdict verdict;
};

namespace {

constexpr double kNameShare = 0.8;
constexpr double kNamesAlikeMin = 0.45;
constexpr double kScoreMin = 0.55;
constexpr double kModelShare = 0.25;  // of a model's score: how much of the model is fed

std::string plain_letters(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

/// All ways to read a value's or a property's name.
struct Names {
  std::vector<std::vector<TagWord>> ways;
  std::string plain;  // small letters and digits alone

  void add(std::vector<TagWord> words) {
    if (!words.empty() && !std::ranges::contains(ways, words)) ways.push_back(std::move(words));
  }
};

std::vector<Names> names_of(const ThingModel& model) {
  std::vector<Names> all;
  for (const PropertySpec& property : model.properties) {
    Names& names = all.emplace_back();
    names.plain = plain_letters(property.name);
    names.add(tag_words(property.name));
    for (const auto& [language, title] : property.titles) names.add(tag_words(title));
  }
  return all;
}

std::vector<Names> names_of(std::span<const OfferedValue> offered) {
  const auto own = own_words(offered, {});
  std::vector<Names> all;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const OfferedValue& value = offered[i];
    Names& names = all.emplace_back();
    names.plain = plain_letters(value.name);
    names.add(tag_words(value.name));
    names.add(own[i]);
    names.add(tag_words(value.title));
    std::vector<TagWord> path;
    for (const std::string& folder : value.folders) {
      std::ranges::move(tag_words(folder), std::back_inserter(path));
    }
    std::ranges::copy(own[i], std::back_inserter(path));
    names.add(std::move(path));
  }
  return all;
}

double likeness_of(const Names& one, const Names& other) {
  if (!one.plain.empty() && one.plain == other.plain) return 1;
  double best = 0;
  for (const auto& way : one.ways) {
    for (const auto& theirs : other.ways) best = std::max(best, likeness(way, theirs));
  }
  return best;
}

std::string name_reason(double alike, const OfferedValue& value, const PropertySpec& property) {
  if (alike >= 0.999) return "same name";
  if (alike >= 0.9) return std::format("'{}' means {}", value.name, property.name);
  return std::format("'{}' reads like {}", value.name, property.name);
}

/// The score a model gets of its matches with `wanted` values.
double model_score(const std::vector<ValueMatch>& values, std::size_t wanted,
                   std::size_t properties) {
  if (wanted == 0 || properties == 0) return 0;
  double fed = 0;
  for (const ValueMatch& one : values) fed += one.property ? one.score : 0;
  const double of_values = fed / static_cast<double>(wanted);
  const double of_model = fed / static_cast<double>(properties);
  const double score = (1 - kModelShare) * of_values + kModelShare * std::min(1.0, of_model);
  return std::round(score * 1000) / 1000;
}

double rounded(double score) { return std::round(std::clamp(score, 0.0, 1.0) * 100) / 100; }

}  // namespace

std::vector<std::vector<TagWord>> own_words(std::span<const OfferedValue> offered,
                                            std::string_view thing) {
  std::vector<std::vector<TagWord>> all;
  for (const OfferedValue& value : offered) all.push_back(tag_words(value.name));
  const std::vector<TagWord> of_thing = tag_words(thing);
  std::size_t common = 0;
  while (all.size() > 1 && std::ranges::all_of(all, [&](const auto& words) {
           return words.size() > common + 1 && words[common] == all.front()[common];
         })) {
    ++common;
  }
  // What all begin with says which thing it is only when it is no measurement's word.
  for (std::vector<TagWord>& words : all) {
    std::size_t gone = 0;
    while (gone < words.size() - (words.empty() ? 0 : 1) &&
           (gone < common || std::ranges::contains(of_thing, words[gone]))) {
      ++gone;
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(gone));
  }
  return all;
}

const base::Result<unit::Conversion>& Matcher::convert(const std::string& from,
                                                       const std::string& to) {
  const auto key = std::pair(from, to);
  const auto known = conversions_.find(key);
  if (known != conversions_.end()) return known->second;
  return conversions_.emplace(key, units_.convert(from, to)).first->second;
}

std::string Matcher::known_unit(const std::string& text) {
  if (text.empty()) return {};
  const auto known = known_units_.find(text);
  if (known != known_units_.end()) return known->second;
  return known_units_.emplace(text, units_.understood(text)).first->second;
}

/// Of a value without unit: what the end of its name says ("pressure_kpa", "Temp [degF]"), else the
/// property's own.
std::string Matcher::guess_unit(const OfferedValue& value, const std::string& wanted,
                                Verdict& verdict) {
  verdict.bonus -= 0.1;
  verdict.unit = wanted;
  const auto begin = value.name.find_last_of("_-. [(/");
  std::vector<std::string> fitting;
  if (begin != std::string::npos) {
    std::string end = value.name.substr(begin + 1);
    while (!end.empty() && (end.back() == ']' || end.back() == ')')) end.pop_back();
    for (const std::string& unit : units_.readings(end)) {
      if (convert(unit, wanted)) fitting.push_back(unit);
    }
  }
  if (fitting.empty()) {
    return std::format("the source says no unit: {} is assumed, check it", wanted);
  }
  if (fitting.size() > 1) {
    return std::format("its name may say {} or {}: {} is assumed, check it", fitting[0], fitting[1],
                       wanted);
  }
  verdict.unit = fitting.front();
  return std::format("its name says {}, which is assumed: check it", fitting.front());
}

/// Adds to the verdict what the units say; gives the clause for the reason.
std::string Matcher::judge_unit(const OfferedValue& value, const PropertySpec& property,
                                Verdict& verdict) {
  const std::string& wanted = property.contract.unit;
  if (value.unit.empty()) {
    if (wanted.empty()) return {};
    return guess_unit(value, wanted, verdict);
  }
  const std::string unit = known_unit(value.unit);
  if (unit.empty() && wanted.empty()) {
    verdict.bonus -= 0.1;
    return std::format("its unit '{}' is none here and the property has none", value.unit);
  }
  if (unit.empty()) {
    verdict.is_possible = false;
    return std::format("'{}' is no unit here: write the right one in the binding", value.unit);
  }
  if (wanted.empty()) {
    const auto& plain = convert(unit, "1");
    verdict.is_possible = plain && plain->factor == 1 && plain->offset == 0;
    return verdict.is_possible
               ? std::string()
               : std::format("{} has no unit, the source is in {}", property.name, unit);
  }
  const auto& conversion = convert(unit, wanted);
  if (!conversion) {
    verdict.is_possible = false;
    return std::format("{} does not become {}", unit, wanted);
  }
  verdict.unit = unit;
  if (conversion->factor == 1 && conversion->offset == 0) {
    verdict.bonus += 0.05;
    return std::format("both in {}", wanted);
  }
  verdict.bonus += 0.02;
  return std::format("{} converts to {}", unit, wanted);
}

Matcher::Verdict Matcher::judge(const OfferedValue& value, const PropertySpec& property) {
  Verdict verdict{.bonus = 0.15};
  const ValueType from = value.type, to = property.contract.type;
  if (model::is_numeric(from) && model::is_numeric(to)) {
    if (from == ValueType::kF64 && to != ValueType::kF64) verdict.bonus -= 0.1;
    verdict.reason = judge_unit(value, property, verdict);
    return verdict;
  }
  if (from == to) {
    verdict.bonus += 0.05;
    return verdict;
  }
  const bool is_whole = from == ValueType::kI64 || from == ValueType::kU64;
  if (is_whole && to == ValueType::kBool) {
    verdict.bonus -= 0.05;
    verdict.is_truth = true;
    verdict.reason = "0 and 1 become false and true";
    return verdict;
  }
  verdict.is_possible = false;
  verdict.reason =
      std::format("the source is {}, {} is {}", model::text(from), property.name, model::text(to));
  return verdict;
}

/// What a person has decided stands, as far as it is possible.
void Matcher::decide(std::span<const OfferedValue> offered, const ThingModel& model,
                     const Decisions& decided, std::vector<ValueMatch>& matches) {
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const auto found = decided.find(offered[i].address);
    if (found == decided.end()) continue;
    ValueMatch& match = matches[i];
    if (!found->second) {
      match.reason = "left out";
      continue;
    }
    const PropertySpec* property = model.property(*found->second);
    if (!property) {
      match.reason = std::format("{} has no property '{}'", text(model.ref), *found->second);
      continue;
    }
    const Verdict verdict = judge(offered[i], *property);
    if (!verdict.is_possible) {
      match.reason = std::format("it cannot feed {}: {}", property->name, verdict.reason);
      continue;
    }
    match = {property->name, 1, "as decided", verdict.unit, verdict.is_truth};
    if (!verdict.reason.empty()) match.reason += "; " + verdict.reason;
  }
}

/// Every possible pair of a value that nobody has decided and a property; `why_not` gets the reason
/// of the likest one that is impossible.
std::vector<Matcher::Pair> Matcher::pairs(std::span<const OfferedValue> offered,
                                          const ThingModel& model, const Decisions& decided,
                                          std::vector<ValueMatch>& why_not) {
  const std::vector<Names> theirs = names_of(offered);
  const std::vector<Names> ours = names_of(model);
  std::vector<Pair> pairs;
  for (std::size_t v = 0; v < offered.size(); ++v) {
    if (decided.contains(offered[v].address)) continue;
    double likest = 0;
    for (std::size_t p = 0; p < ours.size(); ++p) {
      const PropertySpec& property = model.properties[p];
      const double alike = likeness_of(theirs[v], ours[p]);
      if (alike < kNamesAlikeMin) continue;
      Verdict verdict = judge(offered[v], property);
      const double score = kNameShare * alike + verdict.bonus;
      std::string reason = name_reason(alike, offered[v], property);
      if (!verdict.reason.empty()) reason += "; " + verdict.reason;
      if (verdict.is_possible && score >= kScoreMin) {
        verdict.reason = std::move(reason);
        pairs.push_back({v, p, score, std::move(verdict)});
      } else if (score > likest) {
        likest = score;
        why_not[v].reason = "no match: " + reason;
      }
    }
  }
  std::ranges::stable_sort(pairs, std::greater(), &Pair::score);
  return pairs;
}

ModelMatch Matcher::match(std::span<const OfferedValue> offered, const ThingModel& model,
                          const Decisions& decided) {
  ModelMatch result;
  result.values.resize(offered.size());
  decide(offered, model, decided, result.values);
  std::map<std::string, std::string, std::less<>> fed;  // property → address
  for (std::size_t v = 0; v < offered.size(); ++v) {
    if (result.values[v].property) fed.emplace(*result.values[v].property, offered[v].address);
  }
  for (Pair& pair : pairs(offered, model, decided, result.values)) {
    ValueMatch& match = result.values[pair.value];
    if (match.property) continue;
    const std::string& name = model.properties[pair.property].name;
    const auto [by, is_free] = fed.emplace(name, offered[pair.value].address);
    if (is_free) {
      match = {name, rounded(pair.score), std::move(pair.verdict.reason),
               std::move(pair.verdict.unit), pair.verdict.is_truth};
    } else {
      match.reason = std::format("like {}, which {} feeds", name, by->second);
    }
  }
  for (ValueMatch& match : result.values) {
    if (match.reason.empty()) {
      match.reason = std::format("nothing in {} is called like it", text(model.ref));
    }
  }
  const auto left_out = std::ranges::count_if(offered, [&](const OfferedValue& value) {
    const auto found = decided.find(value.address);
    return found != decided.end() && !found->second;
  });
  const std::size_t wanted = offered.size() - static_cast<std::size_t>(left_out);
  result.score = model_score(result.values, wanted, model.properties.size());
  return result;
}

}  // namespace millrace::twin
