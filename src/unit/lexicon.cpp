#include "unit/internal/lexicon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>
#include <ranges>
#include <set>

#include "config/problem.h"

namespace millrace::unit {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

struct Prefix {
  std::string_view symbol, name;
  double factor;
};
constexpr std::array<Prefix, 16> kDecimalPrefixes = {{{"da", "deca", 1e1},
                                                      {"f", "femto", 1e-15},
                                                      {"p", "pico", 1e-12},
                                                      {"n", "nano", 1e-9},
                                                      {"µ", "micro", 1e-6},
                                                      {"u", "micro", 1e-6},
                                                      {"m", "milli", 1e-3},
                                                      {"c", "centi", 1e-2},
                                                      {"d", "deci", 1e-1},
                                                      {"h", "hecto", 1e2},
                                                      {"k", "kilo", 1e3},
                                                      {"M", "mega", 1e6},
                                                      {"G", "giga", 1e9},
                                                      {"T", "tera", 1e12},
                                                      {"P", "peta", 1e15},
                                                      {"E", "exa", 1e18}}};

/// 'u' is how keyboards write µ.
std::string_view shown(const Prefix& prefix) { return prefix.symbol == "u" ? "µ" : prefix.symbol; }

bool allows(std::string_view prefixes, const Prefix& prefix) {
  return prefixes.contains(shown(prefix)) && (prefix.symbol != "da" || prefixes.contains("da"));
}

Meaning scaled(const Prefix& prefix, const Meaning& meaning) {
  Meaning result{std::string(shown(prefix)) + meaning.canonical, meaning.measure};
  result.measure.scale *= prefix.factor;
  return result;
}

/// Small ASCII letters, the rest as it is.
std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// A spelling that may stand in a product and comes back as itself.
bool is_run(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return std::string_view(" ./()-[]").contains(c); }) &&
         !text.contains("·");
}

/// As many factors in the one as in the other, as far as signs tell.
bool is_built_alike(std::string_view left, std::string_view right) {
  const auto signs = [](std::string_view text) {
    return std::ranges::count_if(
        text, [](char c) { return std::string_view(" /.\xB7").contains(c); });  // … and of "·"
  };
  return !left.empty() && signs(left) == signs(right);
}

bool is_refused(std::string_view spelling) {
  return std::ranges::contains(refused_rows(), spelling, &RefusedRow::spelling);
}

void multiply(Measure& product, const Measure& factor, int power) {
  for (const auto& [base, exponent] : factor.powers) {
    const int sum = product.powers[base] += exponent * power;
    if (sum == 0) product.powers.erase(base);
  }
  product.scale *= std::pow(factor.scale, power);
}

}  // namespace

Result<std::unique_ptr<Lexicon>> Lexicon::create() {
  MILLRACE_LET(auto database, Database::open());
  std::unique_ptr<Lexicon> lexicon(new Lexicon(std::move(database)));
  MILLRACE_TRY(lexicon->add_rows());
  return lexicon;
}

Result<void> Lexicon::add_rows() {
  for (const PrefixRow& row : prefix_rows()) prefixes_[std::string(row.symbol)] = row.prefixes;
  for (const OwnRow& row : own_rows()) {
    Meaning meaning{std::string(row.canonical), {}};
    meaning.measure.powers[meaning.canonical] = 1;
    add(row.spellings, row.prefixes, meaning);
    quantities_.emplace_back(meaning.measure, row.measures);
  }
  for (const AliasRow& row : alias_rows()) MILLRACE_TRY(add_alias(row));
  for (const QuantityRow& row : quantity_rows()) {
    MILLRACE_LET(const Meaning meaning, compose(row.unit));
    quantities_.emplace_back(meaning.measure, row.measures);
  }
  list_known();
  return {};
}

Result<void> Lexicon::add_alias(const AliasRow& row) {
  Meaning meaning;
  if (row.of.starts_with('=')) {
    const std::string name(row.of.substr(1));
    const auto by_name = database_->by_name(name);
    const auto by_symbol = by_name ? std::nullopt : database_->by_symbol(name);
    if (!by_name && !by_symbol) {
      return fail(ErrorCode::kInternal, std::format("UDUNITS-2 has no {}", name),
                  "Use the unit database that comes with UDUNITS-2 2.2.28 or later.");
    }
    meaning.measure = by_name ? by_name->measure : *by_symbol;
  } else if (!row.of.empty()) {
    MILLRACE_LET(meaning, compose(row.of));
  }
  meaning.canonical = row.canonical;
  meaning.measure.scale *= row.scale;
  add(row.spellings, row.prefixes, meaning);
  return {};
}

void Lexicon::add(std::string_view spellings, std::string_view prefixes, const Meaning& meaning) {
  entries_.insert_or_assign(meaning.canonical, Entry{meaning, prefixes});
  for (const auto part : std::views::split(spellings, '|')) {
    if (!part.empty())
      entries_.insert_or_assign(std::string(part.begin(), part.end()), Entry{meaning, prefixes});
  }
}

/// Every spelling that somebody may have missed, with the unit it means.
void Lexicon::list_known() {
  std::set<std::pair<std::string, std::string>> known;
  const auto list = [&](const std::string& spelling, const std::string& unit) {
    if (compose(unit)) known.emplace(folded(spelling), unit);
  };
  const auto list_prefixed = [&](const std::string& unit, std::string_view prefixes) {
    list(unit, unit);
    for (const Prefix& prefix : kDecimalPrefixes) {
      if (prefix.symbol == "u" || !allows(prefixes, prefix)) continue;
      list(std::string(prefix.symbol) + unit, std::string(prefix.symbol) + unit);
    }
  };
  for (const OwnRow& row : own_rows()) list_prefixed(std::string(row.canonical), row.prefixes);
  for (const AliasRow& row : alias_rows()) list_prefixed(std::string(row.canonical), row.prefixes);
  for (const PrefixRow& row : prefix_rows()) list_prefixed(std::string(row.symbol), row.prefixes);
  for (const UneceRow& row : unece_rows()) list(std::string(row.unit), std::string(row.unit));
  for (const auto& [spelling, entry] : entries_) list(spelling, entry.meaning.canonical);
  for (const auto& [spelling, unit] : known) {
    spellings_.push_back(spelling);
    meant_.push_back(unit);
  }
}

bool Lexicon::is_name(std::string_view run) const { return entries_.contains(std::string(run)); }

Result<Meaning> Lexicon::find(std::string_view text) const {
  constexpr std::size_t kTextMax = 100;
  if (text.size() > kTextMax || text.contains('\0')) {
    return fail(ErrorCode::kInvalid, "a unit has at most 100 characters, all of them printable",
                "Units look like m3/h, kWh, J/(kg·K).");
  }
  return compose(tidy_spelling(text));
}

std::string Lexicon::understood(std::string_view text) const {
  if (auto meaning = find(text)) return std::move(meaning->canonical);
  const std::string tidy = tidy_spelling(text), small = folded(tidy);
  if (is_refused(tidy)) return {};  // another case would decide between its readings
  if (auto meaning = find(small)) return std::move(meaning->canonical);
  const auto [first, last] = std::ranges::equal_range(spellings_, small);
  std::set<std::string> units;
  for (auto at = first; at != last; ++at) {
    auto meaning = find(meant_[static_cast<std::size_t>(at - spellings_.begin())]);
    if (meaning) units.insert(std::move(meaning->canonical));
  }
  return units.size() == 1 ? *units.begin() : std::string();
}

Result<Meaning> Lexicon::compose(std::string_view text) const {
  if (const auto known = entries_.find(std::string(text)); known != entries_.end()) {
    return known->second.meaning;
  }
  if (is_refused(text)) return atom(std::string(text));
  auto factors = parse_expression(text, *this);
  if (!factors) {
    Near better = near(text);
    const bool is_better = better.is_same || factors.error().hint.empty();
    if (is_better && !better.spelling.empty()) factors.error().hint = std::move(better.hint);
    return std::unexpected(std::move(factors).error());
  }
  Meaning result;
  for (std::size_t i = 0; i < factors->size(); ++i) {
    Factor& factor = (*factors)[i];
    auto meaning = atom(factor.name);
    if (!meaning) {
      Near whole = near(text);
      if (!is_built_alike(whole.spelling, text)) whole.hint = hint_beside(*factors, i);
      if (factors->size() > 1 && !whole.hint.empty()) meaning.error().hint = std::move(whole.hint);
      return std::unexpected(std::move(meaning).error());
    }
    multiply(result.measure, meaning->measure, factor.power);
    if (factors->size() == 1 && factor.power == 1) result.measure.origin = meaning->measure.origin;
    factor.name = meaning->canonical;
  }
  result.canonical = show_expression(*factors);
  return result;
}

Result<Meaning> Lexicon::atom(const std::string& name) const {
  const auto refused = std::ranges::find(refused_rows(), name, &RefusedRow::spelling);
  if (refused != refused_rows().end()) {
    return fail(ErrorCode::kInvalid, std::format("'{}' is not clear: {}", name, refused->why),
                std::format("Write {}.", refused->hint));
  }
  const auto known = entries_.find(name);
  if (known != entries_.end() && is_run(known->second.meaning.canonical)) {
    return known->second.meaning;
  }
  if (known != entries_.end()) {
    return fail(ErrorCode::kInvalid, std::format("'{}' stands alone, not in a product", name),
                std::format("Write {}.", known->second.meaning.canonical));
  }
  if (const auto measure = database_->by_symbol(name)) return Meaning{name, *measure};
  if (auto meaning = prefixed(name)) return std::move(*meaning);
  if (auto meaning = named(name)) return std::move(*meaning);
  return fail(ErrorCode::kInvalid, std::format("'{}' is not a unit", name), near(name).hint);
}

std::optional<Meaning> Lexicon::prefixed(std::string_view name) const {
  for (const Prefix& prefix : kDecimalPrefixes) {
    if (!name.starts_with(prefix.symbol)) continue;
    const std::string rest(name.substr(prefix.symbol.size()));
    if (const auto known = entries_.find(rest);
        known != entries_.end() && allows(known->second.prefixes, prefix)) {
      return scaled(prefix, known->second.meaning);
    }
    const auto symbol = prefixes_.find(rest);
    if (symbol == prefixes_.end() || !allows(symbol->second, prefix)) continue;
    if (const auto measure = database_->by_symbol(rest)) {
      return scaled(prefix, Meaning{rest, *measure});
    }
  }
  return std::nullopt;
}

std::optional<Meaning> Lexicon::named(const std::string& name) const {
  constexpr std::size_t kNameMin = 3;  // shorter ones are symbols in the wrong case
  const std::string small = folded(name);
  if (name.size() < kNameMin || is_refused(small)) return std::nullopt;
  const auto found = database_->by_name(small);
  if (found && !database_->by_symbol(small)) {
    const auto known = entries_.find(found->symbol);
    if (known != entries_.end()) return known->second.meaning;
    const bool is_clear = !found->symbol.empty() && !is_refused(found->symbol) &&
                          static_cast<unsigned char>(found->symbol[0]) < 0x80;  // not ′ and ″
    return Meaning{is_clear ? found->symbol : small, found->measure};
  }
  for (const Prefix& prefix : kDecimalPrefixes) {
    if (!small.starts_with(prefix.name)) continue;
    const auto rest = named(small.substr(prefix.name.size()));
    if (!rest) continue;
    if (auto whole = prefixed(std::string(shown(prefix)) + rest->canonical)) return whole;
  }
  return std::nullopt;
}

Lexicon::Near Lexicon::near(std::string_view text) const {
  const std::string small = folded(text);
  Near found{.spelling = small, .is_same = std::ranges::binary_search(spellings_, small)};
  if (!found.is_same) found.spelling = config::nearest(small, spellings_);
  if (found.spelling.empty()) return found;
  const auto [first, last] = std::ranges::equal_range(spellings_, found.spelling);
  std::set<std::string_view> units;
  for (auto at = first; at != last; ++at) {
    units.insert(meant_[static_cast<std::size_t>(at - spellings_.begin())]);
  }
  for (const std::string_view unit : units) {
    found.hint += std::format("{}'{}'", found.hint.empty() ? "Did you mean " : " or ", unit);
  }
  found.hint += "?";
  return found;
}

/// The unit nearest to a name that may stand in a product; empty when none is near.
std::string_view Lexicon::nearest_run(std::string_view name) const {
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < spellings_.size(); ++i) {
    if (is_run(meant_[i])) runs.push_back(spellings_[i]);
  }
  const std::string nearest = config::nearest(folded(name), runs);
  if (nearest.empty()) return {};
  auto at = std::ranges::lower_bound(spellings_, nearest) - spellings_.begin();
  while (!is_run(meant_[static_cast<std::size_t>(at)])) ++at;  // of the same spelling
  return meant_[static_cast<std::size_t>(at)];
}

/// The whole product with the wrong factor replaced by what is nearest; empty when another one is
/// wrong, too, or when this one is known and refused.
std::string Lexicon::hint_beside(std::vector<Factor> factors, std::size_t wrong) const {
  if (is_refused(factors[wrong].name) || is_name(factors[wrong].name)) return "";
  const std::string_view nearest = nearest_run(factors[wrong].name);
  if (nearest.empty()) return "";
  factors[wrong].name = nearest;
  for (Factor& factor : factors) {
    const auto meaning = atom(factor.name);
    if (!meaning) return "";
    factor.name = meaning->canonical;
  }
  return std::format("Did you mean '{}'?", show_expression(factors));
}

std::string Lexicon::describe(const Meaning& meaning) const {
  const auto quantity = std::ranges::find_if(
      quantities_, [&](const auto& known) { return known.first.powers == meaning.measure.powers; });
  if (quantity == quantities_.end()) return std::format("'{}'", meaning.canonical);
  return std::format("{} ('{}')", quantity->second, meaning.canonical);
}

}  // namespace millrace::unit
