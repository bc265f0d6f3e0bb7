#pragma once

#include <span>
#include <string_view>

namespace millrace::unit {

// The tables behind Units: what plants write, and what it means. Spellings are separated by '|' and
// stand in the form of tidy_spelling().

/// Something that is measured in its own way and converts into nothing else: a currency, pieces.
struct OwnRow {
  std::string_view canonical;
  std::string_view measures;
  std::string_view spellings;
  std::string_view prefixes = "";  // SI prefixes it is written with
};

/// A unit made from others. `of` is a unit of these tables, or a name of UDUNITS when it begins
/// with
/// '='.
struct AliasRow {
  std::string_view canonical;
  double scale;
  std::string_view of;
  std::string_view spellings;
  std::string_view prefixes = "";
};

/// What UDUNITS would read as something a plant does not mean. `readings` are all units that plants
/// mean by it, with '|' between them; none where nobody can say.
struct RefusedRow {
  std::string_view spelling;
  std::string_view why;
  std::string_view hint;
  std::string_view readings = "";
};

/// A symbol of UDUNITS that takes these SI prefixes.
struct PrefixRow {
  std::string_view symbol;
  std::string_view prefixes;
};

/// What is measured, by a unit of it: for sentences.
struct QuantityRow {
  std::string_view unit;
  std::string_view measures;
};

struct UneceRow {
  std::string_view code;
  std::string_view unit;
};

std::span<const OwnRow> own_rows();
std::span<const AliasRow> alias_rows();
std::span<const RefusedRow> refused_rows();
std::span<const PrefixRow> prefix_rows();
std::span<const QuantityRow> quantity_rows();
/// Common codes of UNECE Recommendation 20, by code.
std::span<const UneceRow> unece_rows();

}  // namespace millrace::unit
