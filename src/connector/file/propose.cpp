#include "connector/file/propose.h"

#include <algorithm>
#include <set>

#include "connector/file/cell.h"
#include "connector/file/header_unit.h"
#include "connector/file/sniff.h"
#include "model/name.h"
#include "twin/matching.h"

namespace millrace::connector::file {
namespace {

using model::ValueType;

constexpr std::size_t kNamesInNote = 12;

/// A column that becomes a property.
struct Candidate {
  std::size_t column = 0;
  HeaderUnit header;
  ValueType type = ValueType::kF64;
};

/// The columns of a table with a row for each sample, by their names.
struct LongColumns {
  std::size_t property = 0;
  std::size_t value = 0;
  std::optional<std::size_t> unit;
};

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

std::optional<std::size_t> column_called(const Sniffed& file, std::set<std::string_view> words) {
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    if (words.contains(lowered(file.columns[i]))) return i;
  }
  return std::nullopt;
}

std::optional<LongColumns> long_columns(const Sniffed& file) {
  const auto property = column_called(
      file, {"property", "tag", "tagname", "tag_name", "variable", "signal", "point", "sensor",
             "channel", "parameter", "metric", "name", "messstelle", "kanal", "变量", "测点"});
  const auto value = column_called(file, {"value", "val", "reading", "wert", "messwert", "值"});
  if (!property || !value || sniff_type(file, *property) != ValueType::kText) return std::nullopt;
  return LongColumns{*property, *value,
                     column_called(file, {"unit", "units", "uom", "einheit", "单位"})};
}

std::optional<std::size_t> thing_column(const Sniffed& file) {
  return column_called(
      file, {"thing", "asset", "machine", "device", "equipment", "anlage", "maschine", "设备"});
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesInNote); ++i) {
    text += std::format("{}{}", i > 0 ? ", " : "", names[i]);
  }
  if (names.size() > kNamesInNote) text += std::format(" and {} more", names.size() - kNamesInNote);
  return text;
}

/// Whether most cells are values of a type, or empty.
bool most_fit(const Sniffed& file, std::size_t column, ValueType type) {
  const CellFormat cells{file.format.decimal[0], file.format.null_texts};
  const auto fitting = std::ranges::count_if(file.rows, [&](const auto& row) {
    return read_cell(row[column], type, cells).fault != CellFault::kWrongType;
  });
  return are_most(static_cast<std::size_t>(fitting), file.rows.size());
}

/// Builds one proposal.
class Proposer {
 public:
  Proposer(const ProposalInput& input, const unit::Units& units, Sniffed file)
      : input_(input), units_(units), file_(std::move(file)), notes_(std::move(file_.notes)) {}

  MappingProposal make() {
    mapping_.format = file_.format;
    take_time();
    take_thing();
    if (const auto found = long_columns(file_)) {
      take_long(*found);
    } else {
      take_columns();
    }
    const std::string yaml = to_yaml(mapping_);
    check(yaml);
    MappingProposal proposal{.notes = std::move(notes_), .is_complete = is_complete_};
    for (const std::string& one : proposal.notes) proposal.yaml += "# " + one + "\n";
    proposal.yaml += yaml;
    return proposal;
  }

 private:
  /// One line, whatever columns are called.
  void note(std::string text) {
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    notes_.push_back(std::move(text));
  }

  /// Names that are no mapping's, too many columns: whatever it is, the person hears it.
  void check(const std::string& yaml) {
    if (!is_complete_) return;
    const auto read = parse_mapping(yaml, [](const Problem&) {});
    if (read) return;
    is_complete_ = false;
    note(std::format("{}. {}", read.error().what, read.error().hint));
  }

  void take_time() {
    const auto time = sniff_time(file_);
    if (!time) {
      is_complete_ = false;
      return note(
          "No column is a time in every row. Name it under time: {column: NAME, format: PATTERN}, "
          "or say when the first row was measured and how far rows are apart: time: {start: "
          "\"2026-01-01T00:00:00Z\", step: 1s}.");
    }
    mapping_.time.column = file_.columns[time->column];
    mapping_.time.format = time->format;
    used_.insert(time->column);
    if (time->second_column) {
      mapping_.time.second_column = file_.columns[*time->second_column];
      used_.insert(*time->second_column);
    }
    if (time->is_ambiguous) {
      note(std::format("Day and month cannot be told apart; times are read as {}.", time->format));
    }
    if (time->has_offset) return;
    note(
        "The times have no offset and are taken as UTC. For another zone write it under time: "
        "zone: Europe/Berlin.");
  }

  void take_thing() {
    mapping_.thing = input_.thing;
    if (!input_.thing.empty()) return;
    const auto column = thing_column(file_);
    if (column && file_.columns[*column].find_first_of("{}") == std::string::npos) {
      used_.insert(*column);
      mapping_.thing = std::format("{{{}}}", file_.columns[*column]);
      return note(
          std::format("Each text of the column {} becomes a thing.", file_.columns[*column]));
    }
    mapping_.thing = model::nearest_name(input_.file_name.substr(0, input_.file_name.find('.')));
    note(std::format("The thing is named after the file: {}. Give it the name that it has here.",
                     mapping_.thing));
  }

  void take_long(const LongColumns& found) {
    mapping_.layout = Layout::kLong;
    mapping_.long_table = {file_.columns[found.property], file_.columns[found.value],
                           found.unit ? file_.columns[*found.unit] : ""};
    const ValueType type = sniff_type(file_, found.value);
    if (type != ValueType::kF64) {
      mapping_.properties = {{.column = std::string(kEveryOther), .type = type}};
    }
    if (!found.unit) note("No column says units; give them under properties where they matter.");
  }

  void take_columns() {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < file_.columns.size(); ++i) {
      if (used_.contains(i)) continue;
      candidates.push_back({i, header_unit(file_.columns[i], units_), sniff_type(file_, i)});
    }
    if (candidates.empty()) {
      is_complete_ = false;
      return note("No column is left that becomes a property; check format.delimiter.");
    }
    const auto matches = match(candidates);
    std::vector<std::string> without_unit;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      mapping_.properties.push_back(rule_of(candidates[i], matches[i]));
      const PropertyRule& rule = mapping_.properties.back();
      if (rule.unit.empty() && rule.type == ValueType::kF64) without_unit.push_back(rule.column);
    }
    if (without_unit.empty()) return;
    note(
        std::format("No unit is known of {}. Add unit: where there is one.", listed(without_unit)));
  }

  std::vector<std::optional<std::string>> match(const std::vector<Candidate>& candidates) const {
    std::vector<std::optional<std::string>> found(candidates.size());
    if (!input_.model) return found;
    std::vector<twin::OfferedValue> offered;
    for (const Candidate& one : candidates) {
      twin::OfferedValue& value = offered.emplace_back();
      value.address = file_.columns[one.column];
      value.name = one.header.name;
      value.unit = one.header.unit;
      const bool is_whole = one.type == ValueType::kF64 && !file_.rows.empty() &&
                            most_fit(file_, one.column, ValueType::kI64);
      value.type = is_whole ? ValueType::kI64 : one.type;
    }
    const auto matched = twin::Matcher(units_).match(offered, *input_.model);
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = matched.values[i].property;
    return found;
  }

  /// As the model's property where type and unit are its own; else as a property of its own.
  PropertyRule rule_of(const Candidate& one, const std::optional<std::string>& matched) {
    const std::string& column = file_.columns[one.column];
    const twin::PropertySpec* spec = matched ? input_.model->property(*matched) : nullptr;
    if (spec && can_feed(one, *spec)) {
      names_.insert(spec->name);
      return {.column = column,
              .name = spec->name,
              .type = spec->contract.type,
              .unit = spec->contract.unit};
    }
    PropertyRule rule{.column = column, .type = one.type, .unit = one.header.unit};
    std::string name = model::nearest_name(one.header.name);
    if (!spec && input_.model && input_.model->property(name)) {
      note(
          std::format("{} does not fit {} of {} by its type or unit: it becomes a property of its "
                      "own.",
                      column, name, input_.thing));
    }
    if (!is_free(name) && !one.header.unit.empty()) {
      name = model::nearest_name(name + "-" + one.header.unit);
    }
    for (int i = 2; !is_free(name); ++i) name = std::format("{}-{}", name, i);
    names_.insert(name);
    if (name != model::nearest_name(column)) rule.name = name;
    if (one.header.name != column) rule.title = one.header.name;
    return rule;
  }

  bool is_free(const std::string& name) const {
    return !names_.contains(name) && !(input_.model && input_.model->property(name));
  }

  bool can_feed(const Candidate& one, const twin::PropertySpec& spec) {
    const std::string& column = file_.columns[one.column];
    if (!most_fit(file_, one.column, spec.contract.type)) {
      note(
          std::format("{} holds values that are no {}, as {} of {} has them: it becomes a "
                      "property of its own.",
                      column, model::text(spec.contract.type), spec.name, input_.thing));
      return false;
    }
    if (one.header.unit.empty() || spec.contract.unit.empty()) {
      if (one.header.unit.empty() && !spec.contract.unit.empty()) {
        note(std::format("{} says no unit and is taken as {}, the unit of {}.", column,
                         spec.contract.unit, spec.name));
      }
      return true;
    }
    const auto conversion = units_.convert(one.header.unit, spec.contract.unit);
    if (conversion && conversion->factor == 1 && conversion->offset == 0) return true;
    note(std::format(
        "{} is in {}, {} of {} in {}: an import does not convert, so it becomes a "
        "property of its own. Convert the file to feed {}.",
        column, one.header.unit, spec.name, input_.thing, spec.contract.unit, spec.name));
    return false;
  }

  const ProposalInput& input_;
  const unit::Units& units_;
  Sniffed file_;
  std::vector<std::string> notes_;
  Mapping mapping_;
  std::set<std::size_t> used_;   // columns that are no property
  std::set<std::string> names_;  // of properties
  bool is_complete_ = true;
};

}  // namespace

base::Result<MappingProposal> propose_mapping(const ProposalInput& input,
                                              const unit::Units& units) {
  MILLRACE_LET(Sniffed file, sniff(input.beginning, input.is_whole));
  return Proposer(input, units, std::move(file)).make();
}

}  // namespace millrace::connector::file
