#include "pipeline/unit_jump.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace millrace::pipeline {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kPast = 30;
constexpr std::size_t kPastLeast = 10;
constexpr std::uint32_t kLearnEvery = 4;
constexpr double kNoiseShare = 4;     // values lie within so many deviations of their level …
constexpr double kLevelShare = 0.05;  // … or within this share of it: the process moves on
constexpr double kApart = 8;          // levels that many deviations apart are two levels
constexpr std::uint32_t kEpoch = 50'000;
constexpr double kHold = 3;  // once confirmed, a shift may wander so much further

/// A mistake each way.
constexpr UnitMistake times(double factor) { return {factor, 0}; }
constexpr UnitMistake per(double factor) { return {1 / factor, 0}; }

constexpr std::array kPrefixes = {times(10),   per(10),   times(100), per(100),
                                  times(1000), per(1000), times(1e6), per(1e6)};
constexpr std::array kTimes = {times(10), per(10),   times(100), per(100),    times(1000),
                               per(1000), times(60), per(60),    times(3600), per(3600)};
/// psi = 0.0689476 bar = 6.89476 kPa = 0.00689476 MPa; mmHg and inH2O are left out.
constexpr std::array kPressures = {times(10),      per(10),      times(100),     per(100),
                                   times(1000),    per(1000),    times(1e5),     per(1e5),
                                   times(14.5038), per(14.5038), times(6.89476), per(6.89476),
                                   times(145.038), per(145.038)};
/// °C to °F and K, °F to °C, K to °C; tenths, as registers have them.
constexpr std::array kTemperatures = {UnitMistake{1.8, 32},
                                      UnitMistake{1 / 1.8, -32 / 1.8},
                                      UnitMistake{1, 273.15},
                                      UnitMistake{1, -273.15},
                                      times(10),
                                      per(10)};
/// m3/h, l/s, l/min, US gallons a minute (1 m3/h = 4.40287 gpm).
constexpr std::array kFlows = {
    times(3.6),   per(3.6),       times(60),    per(60),   times(3600), per(3600),   times(16.6667),
    per(16.6667), times(4.40287), per(4.40287), times(10), per(10),     times(1000), per(1000)};
/// W, kW, MW; J and Wh.
constexpr std::array kEnergies = {times(3.6),  per(3.6),  times(3600), per(3600),
                                  times(10),   per(10),   times(100),  per(100),
                                  times(1000), per(1000), times(1e6),  per(1e6)};
/// 1/min, 1/s, rad/s.
constexpr std::array kTurns = {times(60), per(60), times(9.5493), per(9.5493), times(10), per(10)};
/// m/s, km/h; mm/s and inches.
constexpr std::array kSpeeds = {times(3.6), per(3.6),  times(10), per(10),     times(1000),
                                per(1000),  times(60), per(60),   times(25.4), per(25.4)};
/// m, mm, inch, foot; kg and pound.
constexpr std::array kSizes = {times(10),      per(10),      times(100),     per(100),
                               times(1000),    per(1000),    times(25.4),    per(25.4),
                               times(3.28084), per(3.28084), times(2.20462), per(2.20462)};
constexpr std::array kShares = {times(10), per(10), times(100), per(100)};

struct Family {
  std::string_view units;  // each between spaces
  std::span<const UnitMistake> mistakes;
};
constexpr std::array<Family, 8> kFamilies = {{
    {" °C degC Cel C celsius °F degF F K kelvin "sv, kTemperatures},
    {" bar mbar Pa hPa kPa MPa psi atm "sv, kPressures},
    {" m3/h m³/h m3/s m3/min l/s l/min l/h L/s L/min L/h gpm Nm3/h kg/h kg/s t/h "sv, kFlows},
    {" W kW MW GW J kJ MJ GJ Wh kWh MWh kcal "sv, kEnergies},
    {" 1/min rpm min-1 1/s s-1 Hz rad/s "sv, kTurns},
    {" m/s km/h mm/s m/min in/s ft/min "sv, kSpeeds},
    {" m mm cm km um µm in ft kg g t lb "sv, kSizes},
    {" % 1 "sv, kShares},
}};

}  // namespace

std::span<const UnitMistake> unit_mistakes(std::string_view unit) {
  if (unit.empty()) return kPrefixes;
  const std::string wanted = " " + std::string(unit) + " ";
  for (const Family& family : kFamilies) {
    if (family.units.contains(wanted)) return family.mistakes;
  }
  return kTimes;
}

UnitJumpWatch::UnitJumpWatch(std::string_view unit, std::uint32_t confirmations)
    : mistakes_(unit_mistakes(unit)), confirmations_(confirmations), past_(kPast) {
  known_.fill({INFINITY, -INFINITY});
}

bool UnitJumpWatch::is_known(double value) const {
  return std::ranges::any_of(
      known_, [&](const Span& span) { return span.min <= value && value <= span.max; });
}

/// Whether a value lies where a mistake puts the level, and not where the level itself lies.
bool UnitJumpWatch::fits(double value, const UnitMistake& mistake, double share) const {
  const double expected = level_.median * mistake.factor + mistake.offset;
  const double noise = level_.deviation * std::abs(mistake.factor);
  const double near =
      share * std::max(kNoiseShare * noise, kLevelShare * std::abs(expected - mistake.offset));
  const double apart = std::abs(expected - level_.median);
  return std::abs(value - expected) <= near && apart > kApart * (noise + level_.deviation) &&
         apart > 2 * near;
}

/// The mistake that explains a value best.
const UnitMistake* UnitJumpWatch::find(double value) const {
  const UnitMistake* best = nullptr;
  double least = 0;
  for (const UnitMistake& mistake : mistakes_) {
    if (!fits(value, mistake, 1)) continue;
    const double expected = level_.median * mistake.factor + mistake.offset;
    const double off = std::abs(value - expected) / std::abs(mistake.factor);
    if (best == nullptr || off < least) best = &mistake, least = off;
  }
  return best;
}

bool UnitJumpWatch::is_shifted(double value) {
  if (past_.size() < kPastLeast) {
    learn(value);
    return false;
  }
  if (is_confirmed_) return take_shifted(value);
  const UnitMistake* mistake = is_known(value)                                        ? nullptr
                               : suspected_ != nullptr && fits(value, *suspected_, 1) ? suspected_
                                                                                      : find(value);
  if (mistake == nullptr) {
    suspected_ = nullptr;
    learn(value);
    return false;
  }
  seen_ = mistake == suspected_ ? seen_ + 1 : 1;
  suspected_ = mistake;
  is_confirmed_ = seen_ >= confirmations_;
  misfits_ = 0;
  return is_confirmed_;
}

/// The level before is followed in its own unit, so that a process that moves on does not end it.
bool UnitJumpWatch::take_shifted(double value) {
  if (fits(value, *suspected_, kHold)) {
    misfits_ = 0;
    learn((value - suspected_->offset) / suspected_->factor);
    return true;
  }
  const double near =
      kHold * std::max(kNoiseShare * level_.deviation, kLevelShare * std::abs(level_.median));
  const bool is_back = std::abs(value - level_.median) <= near;
  if (!is_back && ++misfits_ < confirmations_) return true;
  if (!is_back) past_.clear();
  is_confirmed_ = false;
  suspected_ = nullptr;
  learn(value);
  return false;
}

void UnitJumpWatch::learn(double value) {
  past_.push(value);
  if (++epoch_values_ > kEpoch) {
    known_ = {Span{INFINITY, -INFINITY}, known_.front()};
    epoch_values_ = 1;
  }
  known_.front() = {std::min(known_.front().min, value), std::max(known_.front().max, value)};
  if (++unlearnt_ < kLearnEvery && past_.size() > kPastLeast) return;
  unlearnt_ = 0;
  level_ = past_.robust();
}

}  // namespace millrace::pipeline
