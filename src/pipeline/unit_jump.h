#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/robust.h"

namespace millrace::pipeline {

/// What a value becomes when its unit is taken for another: value × factor + offset.
struct UnitMistake {
  double factor = 1;
  double offset = 0;
};

/// The mistakes that values in a unit are prone to, both ways: powers of ten of its prefixes, and
/// other units of the same kind (psi for bar, °F for °C, l/s for m3/h …). A unit that is not known
/// has those of prefixes and of time.
std::span<const UnitMistake> unit_mistakes(std::string_view unit);

/// Watches one property for a shift of its level to what another unit would show: each of the last
/// `confirmations` values lies where one and the same mistake puts the level before. It speaks
/// only where the level before is known and steady enough for the factor to be told from its noise,
/// and only of a level where the property has not been for the last 50,000 values at least: a pump
/// that stops has no unit mistaken.
///
/// From the confirmation on every value is marked until the level is back, or until the values fit
/// neither level for as many samples. Not thread safe.
class UnitJumpWatch {
 public:
  UnitJumpWatch(std::string_view unit, std::uint32_t confirmations);

  /// True when the value stands in a confirmed shift. Values in the order of their times.
  bool is_shifted(double value);

 private:
  const UnitMistake* find(double value) const;
  bool fits(double value, const UnitMistake& mistake, double share) const;
  bool take_shifted(double value);
  void learn(double value);
  bool is_known(double value) const;

  std::span<const UnitMistake> mistakes_;
  std::uint32_t confirmations_;
  RecentValues past_;  // of the level that is taken for right, in its unit
  Robust level_;
  std::uint32_t unlearnt_ = 0;  // values since level_ was taken from past_
  struct Span {
    double min, max;
  };
  std::array<Span, 2> known_;  // where values were, in this and the last epoch
  std::uint32_t epoch_values_ = 0;
  const UnitMistake* suspected_ = nullptr;
  std::uint32_t seen_ = 0;     // values in a row that fit the suspicion
  std::uint32_t misfits_ = 0;  // values in a row that fit neither level
  bool is_confirmed_ = false;
};

}  // namespace millrace::pipeline
