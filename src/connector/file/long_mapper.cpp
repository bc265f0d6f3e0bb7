#include <algorithm>
#include <optional>
#include <set>

#include "connector/file/target_maker.h"

namespace millrace::connector::file {
namespace {

/// A series of a long table: a property text of a thing.
struct LongTarget {
  std::uint32_t target = 0;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
};

class LongMapper final : public RowMapper {
 public:
  LongMapper(RowClock clock, const MapperInput& input)
      : RowMapper(std::move(clock), input), input_(input) {}

  base::Result<void> bind() {
    const LongRule& rule = input_.mapping.long_table;
    MILLRACE_LET(property_, input_.columns.find(rule.property));
    MILLRACE_LET(value_, input_.columns.find(rule.value));
    if (!rule.unit.empty()) {
      MILLRACE_LET(unit_, input_.columns.find(rule.unit));
    }
    MILLRACE_LET(RowTemplate thing, bind_rows_thing(input_));
    things_.emplace(std::move(thing));
    for (const PropertyRule& one : input_.mapping.properties) {
      MILLRACE_TRY(TargetMaker::bind(input_, one, one.column));  // its templates fit this file
    }
    return {};
  }

  bool map(std::span<const std::string_view> fields, MappedRow& row) override {
    const std::string_view text = trimmed(fields[property_]);
    const std::string_view unit = unit_ ? trimmed(fields[*unit_]) : std::string_view();
    column_ = input_.columns.name(property_);
    key_.assign(text);
    (key_ += '\n') += std::to_string(things_->slot(fields));
    auto known = targets_by_key_.find(key_);
    if (known == targets_by_key_.end()) {
      const PropertyRule* rule = rule_of(text);
      if (!rule) return leave_out(text, row);
      const auto made = make(fields, *rule, text, unit);
      if (!made) return refuse(row, "bad_name", made.error());
      known = targets_by_key_.emplace(key_, *made).first;
    }
    const LongTarget& to = known->second;
    row.key = to.target;
    column_ = input_.columns.name(value_);
    MappedCell cell{.target = to.target};
    if (unit_ && unit != to.unit) mark_unit(unit, to, cell, row);
    take(fields[value_], cell, to.type, row);
    return read_time(fields, row);
  }

 private:
  /// The rule for a property text; null when the mapping leaves it out.
  const PropertyRule* rule_of(std::string_view text) const {
    static const PropertyRule kAny{.column = std::string(kEveryOther)};
    const auto& rules = input_.mapping.properties;
    if (rules.empty()) return &kAny;
    for (const std::string_view wanted : {text, kEveryOther}) {
      const auto it = std::ranges::find(rules, wanted, &PropertyRule::column);
      if (it != rules.end() && !std::ranges::contains(input_.mapping.skip, text)) return &*it;
    }
    return nullptr;
  }

  base::Result<LongTarget> make(std::span<const std::string_view> fields, const PropertyRule& rule,
                                std::string_view text, std::string_view unit) {
    MILLRACE_LET(TargetMaker maker, TargetMaker::bind(input_, rule, text));
    if (rule.unit.empty()) maker.set_unit(unit);
    MILLRACE_LET(const std::uint32_t target, maker.make(fields, targets_));
    return LongTarget{target, rule.type, std::string(unit)};
  }

  /// A row whose property the mapping does not want: no sample, and said once for each text.
  bool leave_out(std::string_view text, MappedRow& row) {
    if (!std::ranges::contains(input_.mapping.skip, text) && left_out_.emplace(text).second) {
      problems_({Weight::kNote, "unused_property", row.line, std::string(column_),
                 std::format("'{}' is not in the mapping and is not imported", text),
                 "List it under properties, or under skip to say that this is meant."});
    }
    return true;
  }

  void mark_unit(std::string_view unit, const LongTarget& to, MappedCell& cell, MappedRow& row) {
    cell.quality = cell.quality.marked(model::Reason::kWrongUnit);
    problems_({Weight::kWarning, "wrong_unit", row.line, input_.mapping.long_table.unit,
               std::format("the unit is '{}', and '{}' before; stored as bad", unit, to.unit),
               "Convert the values to one unit, or name two properties."});
  }

  const MapperInput input_;
  std::size_t property_ = 0, value_ = 0;
  std::optional<std::size_t> unit_;
  std::optional<ThingSlots> things_;
  std::unordered_map<std::string, LongTarget> targets_by_key_;
  std::set<std::string, std::less<>> left_out_;
  std::string key_;
};

}  // namespace

base::Result<std::unique_ptr<RowMapper>> make_long_mapper(const MapperInput& input) {
  MILLRACE_LET(RowClock clock, RowClock::bind(input.mapping.time, input.columns, input.known));
  auto mapper = std::make_unique<LongMapper>(std::move(clock), input);
  MILLRACE_TRY(mapper->bind());
  return mapper;
}

}  // namespace millrace::connector::file
