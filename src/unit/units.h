#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::unit {

/// value in `to` = value in `from` * factor + offset.
struct Conversion {
  double factor = 1;
  double offset = 0;
};

/// Units of measure as plants write them: UDUNITS-2 behind a table of aliases (kWh, Nm, Nm3/h, °C,
/// %, rpm, currencies as dimensionless names of their own). The door of udunits2.
///
/// Any thread. Costs: the unit database is read once at create().
class Units {
 public:
  /// Errors: unavailable (the database of UDUNITS-2 is missing).
  static base::Result<Units> create();
  Units(Units&&) noexcept;
  Units& operator=(Units&&) noexcept;
  ~Units();

  /// Whether a text is a unit. Errors: invalid; the hint names the nearest valid one.
  base::Result<void> check(std::string_view text) const;
  /// The canonical spelling for display ("m3/h", "°C"). Errors: as check().
  base::Result<std::string> canonical(std::string_view text) const;
  /// The canonical spellings of all that another system may mean by a text, whose letters need not
  /// be right: as canonical(), else what a text that is not clear stands for ("C": °C, coulomb),
  /// else in small letters ("M3/H"), else the units that differ in letters only ("KPA"; "mw": MW,
  /// mW). Empty where that is no unit.
  std::vector<std::string> readings(std::string_view text) const;
  /// The only one of readings(); empty where there are none or several.
  std::string understood(std::string_view text) const;
  /// Errors: invalid (one is no unit; the two do not measure the same, with what each measures).
  base::Result<Conversion> convert(std::string_view from, std::string_view to) const;
  /// The unit behind a UNECE Rec. 20 common code or the OPC UA unitId made from it; empty when
  /// there is none.
  std::string from_unece(std::string_view code) const;
  std::string from_opcua(std::int32_t unit_id) const;

 private:
  struct State;
  explicit Units(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace millrace::unit
