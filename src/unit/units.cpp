#include "unit/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <format>
#include <limits>
#include <numbers>

#include "unit/internal/lexicon.h"

namespace millrace::unit {
namespace {

using base::ErrorCode;
using base::Result;

/// The round number next to one that arithmetic has worn: 0.06 for 0.060000000000000005.
/// `magnitude` is that of the numbers it was made from.
double rounded(double value, double magnitude) {
  const std::string text = std::format("{:.12g}", value);
  double round = value;
  std::from_chars(text.data(), text.data() + text.size(), round);
  const double worn = 8 * std::numeric_limits<double>::epsilon() * magnitude;
  return std::abs(round - value) <= worn ? round : value;
}

/// A frequency as an angular speed and the reverse: one cycle is a turn of 2π.
double turns(const Measure& from, const Measure& to) {
  const std::map<std::string, int> frequency{{"s", -1}}, angular{{"rad", 1}, {"s", -1}};
  if (from.powers == frequency && to.powers == angular) return 2 * std::numbers::pi;
  if (from.powers == angular && to.powers == frequency) return 1 / (2 * std::numbers::pi);
  return from.powers == to.powers ? 1 : 0;
}

std::string refusal_hint(const Measure& from, const Measure& to) {
  const auto has = [&](const char* base) {
    return from.powers.contains(base) || to.powers.contains(base);
  };
  if (has("Pag"))
    return "Gauge and absolute pressure differ by the air pressure; name one of them.";
  if (has("Nm3") || has("Sm3") || has("scf") || has("sl")) {
    return "Volumes of gas at different conditions do not convert by a factor; name one of them.";
  }
  return "Correct the unit of the binding or that of the thing model.";
}

}  // namespace

struct Units::State {
  std::unique_ptr<Lexicon> lexicon;
};

Units::Units(std::unique_ptr<State> state) : state_(std::move(state)) {}
Units::Units(Units&&) noexcept = default;
Units& Units::operator=(Units&&) noexcept = default;
Units::~Units() = default;

Result<Units> Units::create() {
  MILLRACE_LET(auto lexicon, Lexicon::create());
  return Units(std::make_unique<State>(State{std::move(lexicon)}));
}

Result<void> Units::check(std::string_view text) const {
  MILLRACE_TRY(state_->lexicon->find(text));
  return {};
}

Result<std::string> Units::canonical(std::string_view text) const {
  MILLRACE_LET(Meaning meaning, state_->lexicon->find(text));
  return std::move(meaning.canonical);
}

std::vector<std::string> Units::readings(std::string_view text) const {
  return state_->lexicon->readings(text);
}

std::string Units::understood(std::string_view text) const {
  std::vector<std::string> all = readings(text);
  return all.size() == 1 ? std::move(all.front()) : std::string();
}

Result<Conversion> Units::convert(std::string_view from, std::string_view to) const {
  MILLRACE_LET(const Meaning source, state_->lexicon->find(from));
  MILLRACE_LET(const Meaning target, state_->lexicon->find(to));
  const double turn = turns(source.measure, target.measure);
  if (turn == 0) {
    return base::fail(ErrorCode::kInvalid,
                      std::format("{} cannot become {}", state_->lexicon->describe(source),
                                  state_->lexicon->describe(target)),
                      refusal_hint(source.measure, target.measure));
  }
  const Measure &a = source.measure, &b = target.measure;
  const double factor = a.scale / b.scale * turn;
  const double offset = (a.origin - b.origin) / b.scale;
  const double origins = std::max(std::abs(a.origin), std::abs(b.origin)) / std::abs(b.scale);
  return Conversion{rounded(factor, std::abs(factor)), rounded(offset, origins)};
}

std::string Units::from_unece(std::string_view code) const {
  const auto row = std::ranges::lower_bound(unece_rows(), code, {}, &UneceRow::code);
  return row != unece_rows().end() && row->code == code ? std::string(row->unit) : "";
}

std::string Units::from_opcua(std::int32_t unit_id) const {
  std::string code;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto byte = static_cast<char>(static_cast<std::uint32_t>(unit_id) >> shift & 0xFFU);
    if (byte != 0 || !code.empty()) code += byte;
  }
  return from_unece(code);
}

}  // namespace millrace::unit
