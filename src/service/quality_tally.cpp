#include <algorithm>
#include <array>
#include <span>

#include "service/data_quality.h"

namespace millrace::service {
namespace {

using model::Reason;

constexpr std::array kNotWhole = {Reason::kMissingValue, Reason::kNotReadable, Reason::kStale,
                                  Reason::kDuplicate};
constexpr std::array kNotTimely = {Reason::kLate, Reason::kStale, Reason::kSourceStale};
constexpr std::array kNotConsistent = {
    Reason::kFlatLine,  Reason::kOutlier,      Reason::kSiblingOutlier, Reason::kUnitJump,
    Reason::kDuplicate, Reason::kRateOfChange, Reason::kOutOfOrder,     Reason::kClock};

bool has_any(model::Quality quality, std::span<const Reason> reasons) {
  return std::ranges::any_of(reasons, [&](Reason reason) { return quality.has(reason); });
}

std::optional<double> share(double part, double all) {
  if (all <= 0) return std::nullopt;
  return std::min(1.0, part / all);
}

}  // namespace

bool is_whole(model::Quality quality) { return !has_any(quality, kNotWhole); }

void QualityTally::add(model::Quality quality, std::uint64_t count) {
  samples += count;
  whole += is_whole(quality) ? count : 0;
  valid += quality.is_bad() ? 0 : count;
  timely += has_any(quality, kNotTimely) ? 0 : count;
  consistent += has_any(quality, kNotConsistent) ? 0 : count;
}

void QualityTally::add(const QualityTally& other) {
  samples += other.samples;
  whole += other.whole;
  valid += other.valid;
  timely += other.timely;
  consistent += other.consistent;
  expected += other.expected;
  whole_capped += other.whole_capped;
}

std::optional<double> QualityTally::completeness() const { return share(whole_capped, expected); }
std::optional<double> QualityTally::validity() const {
  return share(double(valid), double(samples));
}
std::optional<double> QualityTally::timeliness() const {
  return share(double(timely), double(samples));
}
std::optional<double> QualityTally::consistency() const {
  return share(double(consistent), double(samples));
}

std::optional<double> QualityTally::score() const {
  std::optional<double> least;
  for (const auto& one : {completeness(), validity(), timeliness(), consistency()}) {
    if (one && (!least || *one < *least)) least = one;
  }
  return least;
}

}  // namespace millrace::service
