#include "connector/sim/fault.h"

#include <array>
#include <format>

#include "base/time_text.h"

namespace millrace::sim {
namespace {

struct Row {
  std::string_view text;
  std::string_view symptom;
};

constexpr std::array<Row, 9> kRows = {{{"bearing_wear", "vibration"},
                                       {"cavitation", "suction_pressure"},
                                       {"blocked_valve", "flow"},
                                       {"hvac_failure", "zone_temperature"},
                                       {"flat_line", ""},
                                       {"jump", ""},
                                       {"noise_burst", ""},
                                       {"not_a_number", ""},
                                       {"dropout", ""}}};

const Row& row(FaultKind kind) { return kRows.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view text(FaultKind kind) { return row(kind).text; }
bool is_sensor_fault(FaultKind kind) { return row(kind).symptom.empty(); }
std::string_view main_symptom(FaultKind kind) { return row(kind).symptom; }

std::string to_json_line(const Fault& fault) {
  // Names match [a-z0-9._-] (Plant checks), so nothing needs escaping.
  return std::format(
      R"({{"start":"{}","end":"{}","thing":"{}","property":"{}","kind":"{}","severity":{:.2f}}})",
      base::to_text(fault.start), base::to_text(fault.end), fault.thing, fault.property,
      text(fault.kind), fault.severity);
}

}  // namespace millrace::sim
