#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::unit {

/// One unit of a product, as written ("kWh", "m"), and its power.
struct Factor {
  std::string name;
  int power = 1;
};

/// The text with one spelling for each sign: superscripts and m^3 as m3, one micro, ohm and degree
/// sign, '·' for every sign of multiplication, single blanks.
std::string tidy_spelling(std::string_view text);

/// Whether a run of letters and digits is one name ("Nm3", "mmH2O") rather than a power ("m3").
class KnownNames {
 public:
  virtual ~KnownNames() = default;
  virtual bool is_name(std::string_view run) const = 0;
};

/// Reads a tidied text:
///   unit    = ("1" "/" group) | product { "/" group }
///   product = power { ("·" | " " | ".") power }
///   group   = power | "(" product ")"
///   power   = name [ ["-"] digit ]
/// Numbers other than the leading 1 are refused (a factor belongs into a binding's scale), and so
/// is a product after "/" without parentheses (W/m2 K is read both ways). Errors: invalid.
base::Result<std::vector<Factor>> parse_expression(std::string_view text, const KnownNames& names);

/// The one spelling of a product: "kWh/m2", "J/(kg·K)", "1/h".
std::string show_expression(const std::vector<Factor>& factors);

}  // namespace millrace::unit
