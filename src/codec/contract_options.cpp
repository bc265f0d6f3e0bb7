#include "codec/contract_options.h"

namespace millrace::codec {
namespace {

using config::TableOf;
using model::FilterPolicy;
using model::PropertyContract;
using model::ValueType;

constexpr double kAnyNumber = 1e300;

std::optional<TableOf<PropertyContract>::Complaint> check_range(const PropertyContract& contract) {
  if (!contract.range_min || !contract.range_max || *contract.range_min <= *contract.range_max) {
    return std::nullopt;
  }
  return TableOf<PropertyContract>::Complaint{
      "min", std::format("min {} is above max {}", *contract.range_min, *contract.range_max),
      "Exchange them."};
}

TableOf<PropertyContract> make_contract_table() {
  using O = PropertyContract;
  TableOf<O> table("Contract", "What a property promises; what breaks it is kept and marked.");
  table.text({.key = "title", .sentence = "Name for people."}, &O::title, {0, 200})
      .choice({.key = "type", .sentence = "Physical type of the values."}, &O::type,
              {{"f64", ValueType::kF64},
               {"i64", ValueType::kI64},
               {"u64", ValueType::kU64},
               {"bool", ValueType::kBool},
               {"text", ValueType::kText}})
      .text({.key = "unit", .sentence = "Unit of the values as the source gives them."}, &O::unit,
            {0, 40})
      .number({.key = "min", .sentence = "Smallest plausible value, in the unit."}, &O::range_min,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "max", .sentence = "Largest plausible value, in the unit."}, &O::range_max,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "rate_max_per_s", .sentence = "Fastest plausible change, in the unit."},
              &O::rate_max_per_s, {0, kAnyNumber})
      .duration({.key = "flat_line_s",
                 .sentence = "After this long without any change the value is suspicious."},
                &O::flat_line, {1, 31536000})
      .duration({.key = "interval_ms", .sentence = "Expected time between samples."}, &O::interval,
                {1, 86400000})
      .check(check_range);
  return table;
}

TableOf<FilterPolicy> make_filter_table() {
  using O = FilterPolicy;
  TableOf<O> table("Filter", "Which samples are worth sending.");
  table
      .number({.key = "deadband", .sentence = "Smaller changes are held back, in the unit."},
              &O::deadband_absolute, {0, kAnyNumber})
      .number({.key = "deadband_percent",
               .sentence = "Smaller changes are held back, in percent of the last value sent."},
              &O::deadband_percent, {0, 100})
      .duration({.key = "heartbeat_s", .sentence = "An unchanged value is sent this often."},
                &O::heartbeat, {1, 86400});
  return table;
}

}  // namespace

const TableOf<PropertyContract>& contract_table() {
  static const auto kTable = make_contract_table();
  return kTable;
}

const TableOf<FilterPolicy>& filter_table() {
  static const auto kTable = make_filter_table();
  return kTable;
}

}  // namespace millrace::codec
