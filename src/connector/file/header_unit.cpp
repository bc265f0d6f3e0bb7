#include "connector/file/header_unit.h"

#include <algorithm>
#include <array>

#include "connector/file/cell.h"
#include "twin/tag_words.h"

namespace millrace::connector::file {
namespace {

/// Units as they stand in names, where / and ° cannot: what else is a unit may be a word here.
struct Ending {
  std::string_view text;  // in small letters
  std::string_view unit;
  std::string_view measures;  // a meaning of tag_words() that the name must have
};
constexpr std::array kEndings = {
    Ending{"degc", "°C", ""},         Ending{"celsius", "°C", ""},
    Ending{"degf", "degF", ""},       Ending{"kelvin", "K", ""},
    Ending{"bar", "bar", ""},         Ending{"mbar", "mbar", ""},
    Ending{"pa", "Pa", ""},           Ending{"hpa", "hPa", ""},
    Ending{"kpa", "kPa", ""},         Ending{"psi", "psi", ""},
    Ending{"rpm", "rpm", ""},         Ending{"hz", "Hz", ""},
    Ending{"khz", "kHz", ""},         Ending{"kw", "kW", ""},
    Ending{"kwh", "kWh", ""},         Ending{"mwh", "MWh", ""},
    Ending{"kv", "kV", ""},           Ending{"kva", "kVA", ""},
    Ending{"m3h", "m3/h", ""},        Ending{"m3_h", "m3/h", ""},
    Ending{"lmin", "l/min", ""},      Ending{"l_min", "l/min", ""},
    Ending{"lpm", "l/min", ""},       Ending{"lph", "l/h", ""},
    Ending{"l_h", "l/h", ""},         Ending{"l_s", "l/s", ""},
    Ending{"kgh", "kg/h", ""},        Ending{"kg_h", "kg/h", ""},
    Ending{"kg_s", "kg/s", ""},       Ending{"kg", "kg", ""},
    Ending{"m3", "m3", ""},           Ending{"mm", "mm", ""},
    Ending{"mm_s", "mm/s", ""},       Ending{"mms", "mm/s", ""},
    Ending{"m_s", "m/s", ""},         Ending{"pct", "%", ""},
    Ending{"percent", "%", ""},       Ending{"ppm", "ppm", ""},
    Ending{"c", "°C", "temperature"}, Ending{"f", "degF", "temperature"},
    Ending{"k", "K", "temperature"},  Ending{"a", "A", "current"},
    Ending{"v", "V", "voltage"},      Ending{"w", "W", "power"},
};

std::string small(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

bool measures(std::string_view name, std::string_view meaning) {
  return std::ranges::contains(twin::tag_words(name), meaning, &twin::TagWord::meaning);
}

/// What stands in brackets at the end: the name and the unit's text.
std::pair<std::string_view, std::string_view> in_brackets(std::string_view column) {
  if (column.size() < 3) return {column, {}};
  const char close = column.back();
  const char open = close == ']' ? '[' : close == ')' ? '(' : '\0';
  const std::size_t at = open == '\0' ? column.npos : column.rfind(open);
  if (at == column.npos || at == 0) return {column, {}};
  return {trimmed(column.substr(0, at)), trimmed(column.substr(at + 1, column.size() - at - 2))};
}

const Ending* ending_of(std::string_view text) {
  const auto found = std::ranges::find(kEndings, small(text), &Ending::text);
  return found == kEndings.end() ? nullptr : &*found;
}

}  // namespace

HeaderUnit header_unit(std::string_view column, const unit::Units& units) {
  const std::string_view whole = trimmed(column);
  const auto [name, bracketed] = in_brackets(whole);
  if (!bracketed.empty()) {
    std::string unit = units.understood(bracketed);
    const Ending* ending = ending_of(bracketed);
    if (unit.empty() && ending) unit = units.understood(ending->unit);
    if (!unit.empty()) return {std::string(name), std::move(unit)};
  }
  for (std::size_t at = 1; at + 1 < whole.size(); ++at) {  // the longest ending first
    if (whole[at] != '_' && whole[at] != ' ') continue;
    const Ending* ending = ending_of(whole.substr(at + 1));
    const std::string_view rest = whole.substr(0, at);
    if (!ending || (!ending->measures.empty() && !measures(rest, ending->measures))) continue;
    if (auto unit = units.canonical(ending->unit)) return {std::string(rest), *std::move(unit)};
  }
  return {std::string(whole), {}};
}

}  // namespace millrace::connector::file
