#pragma once

#include <string>
#include <unordered_map>

#include "connector/file/row_mapper.h"

namespace millrace::connector::file {

/// Makes targets of one property rule from a row's fields.
class TargetMaker {
 public:
  /// `column`: the column, or the text in a long table's property column.
  static base::Result<TargetMaker> bind(const MapperInput& input, const PropertyRule& rule,
                                        std::string_view column);

  base::Result<std::uint32_t> make(std::span<const std::string_view> fields,
                                   TargetTable& targets) const;
  const RowTemplate& thing() const { return thing_; }
  model::ValueType type() const { return base_.type; }
  void set_unit(std::string_view unit) { base_.unit = unit; }
  std::vector<std::size_t> columns() const;

 private:
  RowTemplate thing_, thing_title_, site_, area_, line_;
  std::string property_;
  model::ImportTarget base_;
};

/// The mapping's own thing, for the columns of a file.
base::Result<RowTemplate> bind_rows_thing(const MapperInput& input);

/// Numbers the things that a template makes of a file's rows: equal texts get equal slots.
class ThingSlots {
 public:
  explicit ThingSlots(RowTemplate thing) : thing_(std::move(thing)) {}

  std::uint32_t slot(std::span<const std::string_view> fields);

 private:
  RowTemplate thing_;
  std::unordered_map<std::string, std::uint32_t> slots_;
  std::string text_, last_;
  std::uint32_t last_slot_ = 0;
};

}  // namespace millrace::connector::file
