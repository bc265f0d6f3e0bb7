#include "model/quality.h"

#include <algorithm>
#include <array>

namespace millrace::model {
namespace {

constexpr std::uint32_t kSeverityShift = 30;
constexpr std::uint32_t kSubCodeBits = 0x0FFF0000U;
constexpr std::int32_t kSparkplugBad = 0, kSparkplugGood = 192, kSparkplugStale = 500;

struct Row {
  std::string_view text;
  Severity severity;
  std::string_view sentence;
};

constexpr auto kRows = [] {
  std::array<Row, 256> rows{};
  rows.fill({"unknown", Severity::kUncertain, "A reason of a newer version of Millrace."});
#define MILLRACE_REASON(enumerator, number, text, severity, sentence) \
  rows[number] = {text, Severity::severity, sentence};
#include "model/reasons.def"
#undef MILLRACE_REASON
  return rows;
}();

const Row& row(Reason reason) { return kRows[static_cast<std::uint8_t>(reason)]; }

constexpr std::uint32_t first_reason(std::uint32_t bits) { return bits & 0xFFU; }
constexpr std::uint32_t second_reason(std::uint32_t bits) { return (bits >> 8) & 0xFFU; }

bool is_worse(std::uint32_t left, std::uint32_t right) {
  return row(static_cast<Reason>(left)).severity > row(static_cast<Reason>(right)).severity;
}

/// The reason bits with one more reason: worse ones first, first come on a tie, two kept.
std::uint32_t with_reason(std::uint32_t bits, std::uint32_t reason) {
  const std::uint32_t first = first_reason(bits), second = second_reason(bits);
  if (reason == 0 || reason == first || reason == second) return bits & 0xFFFFU;
  if (first == 0) return reason;
  if (is_worse(reason, first)) return (first << 8) | reason;
  if (second == 0 || is_worse(reason, second)) return (reason << 8) | first;
  return bits & 0xFFFFU;
}

}  // namespace

std::string_view text(Reason reason) { return row(reason).text; }
std::string_view sentence(Reason reason) { return row(reason).sentence; }
Severity default_severity(Reason reason) { return row(reason).severity; }

std::string_view text(Severity severity) {
  switch (severity) {
    case Severity::kGood:
      return "good";
    case Severity::kUncertain:
      return "uncertain";
    case Severity::kBad:
      return "bad";
  }
  return "bad";
}

Quality Quality::from_opcua(std::uint32_t status_code) {
  const Quality kept((status_code & (3U << kSeverityShift)) | (status_code & kSubCodeBits));
  return kept.is_good() ? kept : kept.marked(Reason::kSourceStatus, kept.severity());
}

Quality Quality::from_sparkplug(std::int32_t quality) {
  if (quality == kSparkplugGood) return {};
  if (quality == kSparkplugStale) return Quality().marked(Reason::kSourceStale);
  return Quality().marked(Reason::kSourceStatus);
}

Severity Quality::severity() const {
  return static_cast<Severity>(std::min<std::uint32_t>(bits_ >> kSeverityShift, 2));
}

bool Quality::has(Reason reason) const {
  const auto number = static_cast<std::uint32_t>(reason);
  return first_reason(bits_) == number || second_reason(bits_) == number;
}

std::vector<Reason> Quality::reasons() const {
  std::vector<Reason> found;
  for (const std::uint32_t number : {first_reason(bits_), second_reason(bits_)}) {
    if (number != 0) found.push_back(static_cast<Reason>(number));
  }
  return found;
}

Quality Quality::marked(Reason reason) const { return marked(reason, default_severity(reason)); }

Quality Quality::marked(Reason reason, Severity severity) const {
  const std::uint32_t reasons = with_reason(bits_, static_cast<std::uint32_t>(reason));
  if (severity <= this->severity()) return Quality((bits_ & 0xFFFF0000U) | reasons);
  return Quality((static_cast<std::uint32_t>(severity) << kSeverityShift) | reasons);
}

Quality Quality::merged(Quality other) const {
  const Quality worse = other.severity() > severity() ? other : *this;
  const Quality better = other.severity() > severity() ? *this : other;
  std::uint32_t reasons = worse.bits_ & 0xFFFFU;
  reasons = with_reason(reasons, first_reason(better.bits_));
  reasons = with_reason(reasons, second_reason(better.bits_));
  return Quality((worse.bits_ & 0xFFFF0000U) | reasons);
}

std::int32_t Quality::to_sparkplug() const {
  if (is_good()) return kSparkplugGood;
  return is_bad() ? kSparkplugBad : kSparkplugStale;
}

}  // namespace millrace::model
