#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::model {

/// OPC UA severity (IEC 62541-4 §7.39, bits 31-30 of a StatusCode), in order of badness.
enum class Severity : std::uint8_t { kGood = 0, kUncertain = 1, kBad = 2 };

/// Why a quality is what it is. The numbers are stored for years: never change or reuse one.
enum class Reason : std::uint8_t {
#define MILLRACE_REASON(enumerator, number, text, severity, sentence) enumerator = number,
#include "model/reasons.def"
#undef MILLRACE_REASON
};

/// The name of a reason as it stands in JSON and UI text keys, e.g. "out_of_range".
std::string_view text(Reason reason);
/// One sentence for a person.
std::string_view sentence(Reason reason);
/// The severity a reason carries unless a rule says otherwise.
Severity default_severity(Reason reason);
std::string_view text(Severity severity);

/// The quality of one sample in 32 bits, stored as is:
///
///   31-30  severity: 00 good, 01 uncertain, 10 bad (11 is read as bad)
///   29-28  0
///   27-16  the source's OPC UA sub code, as long as the source's severity is the worst one; else 0
///   15-8   a second reason, 0 for none
///    7-0   the first (worse) reason, 0 for none
///
/// so the upper half is always a valid OPC UA StatusCode. Marking makes a quality worse or leaves
/// its severity; nothing makes it better. The two worst reasons are kept, first come on a tie.
class Quality {
 public:
  constexpr Quality() = default;
  /// From the stored 32 bits.
  static constexpr Quality from_bits(std::uint32_t bits) { return Quality(bits); }
  /// From an OPC UA StatusCode: severity and sub code are kept, info bits dropped; a bad or
  /// uncertain one gets the reason source_status.
  static Quality from_opcua(std::uint32_t status_code);
  /// From Sparkplug B's Quality property: 192 good, 500 uncertain (source_stale), all else bad.
  static Quality from_sparkplug(std::int32_t quality);

  constexpr std::uint32_t bits() const { return bits_; }
  Severity severity() const;
  bool is_good() const { return severity() == Severity::kGood; }
  bool is_bad() const { return severity() == Severity::kBad; }
  bool has(Reason reason) const;
  /// None, one or two, the worse first.
  std::vector<Reason> reasons() const;

  /// The same with one more reason, at the reason's default severity.
  [[nodiscard]] Quality marked(Reason reason) const;
  [[nodiscard]] Quality marked(Reason reason, Severity severity) const;
  /// The worst of both with their reasons.
  [[nodiscard]] Quality merged(Quality other) const;

  std::uint32_t to_opcua() const { return bits_ & 0xFFFF0000U; }
  /// 192 good, 500 when stale or uncertain, 0 bad.
  std::int32_t to_sparkplug() const;

  constexpr bool operator==(const Quality&) const = default;

 private:
  constexpr explicit Quality(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

static_assert(sizeof(Quality) == 4);

}  // namespace millrace::model
