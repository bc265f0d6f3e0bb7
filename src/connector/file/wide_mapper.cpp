#include <algorithm>

#include "connector/file/target_maker.h"

namespace millrace::connector::file {
namespace {

constexpr std::uint32_t kNoTarget = ~0U;

/// A column that becomes a property.
struct WideColumn {
  std::size_t index = 0;
  std::string name;
  TargetMaker maker;
  std::size_t slots = 0;               // which ThingSlots number its things
  std::vector<std::uint32_t> targets;  // by slot
};

class WideMapper final : public RowMapper {
 public:
  WideMapper(RowClock clock, const MapperInput& input) : RowMapper(std::move(clock), input) {}

  base::Result<void> bind(const MapperInput& input) {
    MILLRACE_LET(RowTemplate rows_thing, bind_rows_thing(input));
    rows_thing_columns_ = rows_thing.columns();
    slots_.emplace_back(std::move(rows_thing));
    slot_texts_.emplace_back();
    for (const PropertyRule& rule : input.mapping.properties) {
      if (rule.column != kEveryOther) MILLRACE_TRY(bind_named(input, rule));
    }
    for (const PropertyRule& rule : input.mapping.properties) {
      if (rule.column == kEveryOther) MILLRACE_TRY(bind_others(input, rule));
    }
    report_unused(input);
    if (!columns_.empty()) return {};
    return base::fail(base::ErrorCode::kNotFound, "no column of the file is in the mapping",
                      "Compare the names under properties with the file's header.");
  }

  bool map(std::span<const std::string_view> fields, MappedRow& row) override {
    row.key = slots_.front().slot(fields);
    for (WideColumn& column : columns_) {
      column_ = column.name;
      const std::size_t slot = column.slots == 0 ? row.key : slots_[column.slots].slot(fields);
      // A slot is a thing; the target of this column for it is made when it first occurs.
      if (slot >= column.targets.size()) column.targets.resize(slot + 1, kNoTarget);
      std::uint32_t& target = column.targets[slot];
      if (target == kNoTarget) {
        const auto made = column.maker.make(fields, targets_);
        if (!made) return refuse(row, "bad_name", made.error());
        target = *made;
      }
      take(fields[column.index], {.target = target}, column.maker.type(), row);
    }
    return read_time(fields, row);
  }

 private:
  base::Result<void> bind_named(const MapperInput& input, const PropertyRule& rule) {
    auto index = input.columns.find(rule.column);
    if (index) return add(input, rule, *index);
    if (!rule.is_required && index.error().code == base::ErrorCode::kNotFound) return {};
    return std::unexpected(index.error());
  }

  base::Result<void> bind_others(const MapperInput& input, const PropertyRule& rule) {
    const std::vector<bool> used = used_columns(input);
    for (std::size_t i = 0; i < input.columns.size(); ++i) {
      if (used[i] || std::ranges::contains(input.mapping.skip, input.columns.name(i))) continue;
      MILLRACE_TRY(add(input, rule, i));
    }
    return {};
  }

  base::Result<void> add(const MapperInput& input, const PropertyRule& rule, std::size_t index) {
    const std::string& name = input.columns.name(index);
    MILLRACE_LET(TargetMaker maker, TargetMaker::bind(input, rule, name));
    const std::string text = maker.thing().is_static() ? "static" : rule.thing;
    auto known = std::ranges::find(slot_texts_, text);
    if (known == slot_texts_.end()) {
      slot_texts_.push_back(text);
      slots_.emplace_back(maker.thing());
      known = slot_texts_.end() - 1;
    }
    columns_.push_back(
        {index, name, std::move(maker), static_cast<std::size_t>(known - slot_texts_.begin()), {}});
    return {};
  }

  std::vector<bool> used_columns(const MapperInput& input) const {
    std::vector<bool> used(input.columns.size());
    for (const std::size_t i : clock_.columns()) used[i] = true;
    for (const WideColumn& column : columns_) {
      used[column.index] = true;
      for (const std::size_t i : column.maker.columns()) used[i] = true;
    }
    for (const std::size_t i : rows_thing_columns_) used[i] = true;
    return used;
  }

  void report_unused(const MapperInput& input) const {
    const std::vector<bool> used = used_columns(input);
    for (std::size_t i = 0; i < used.size(); ++i) {
      const std::string& name = input.columns.name(i);
      if (used[i] || std::ranges::contains(input.mapping.skip, name)) continue;
      input.problems({Weight::kNote, "unused_column", 0, name,
                      std::format("column '{}' is not imported", name),
                      "List it under properties or, to say that this is meant, under skip."});
    }
  }

  std::vector<WideColumn> columns_;
  std::vector<std::size_t> rows_thing_columns_;
  std::vector<ThingSlots> slots_;
  std::vector<std::string> slot_texts_;
};

}  // namespace

base::Result<std::unique_ptr<RowMapper>> make_wide_mapper(const MapperInput& input) {
  MILLRACE_LET(RowClock clock, RowClock::bind(input.mapping.time, input.columns, input.known));
  auto mapper = std::make_unique<WideMapper>(std::move(clock), input);
  MILLRACE_TRY(mapper->bind(input));
  return mapper;
}

}  // namespace millrace::connector::file
