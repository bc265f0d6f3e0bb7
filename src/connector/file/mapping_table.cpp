// The options of a mapping file, and what they must not contradict.
#include "base/time_text.h"
#include "connector/file/mapping.h"
#include "connector/file/name_template.h"
#include "connector/file/zone.h"
#include "model/name.h"

namespace millrace::connector::file {
namespace {

using config::TableOf;

template <class T>
using Complaint = std::optional<typename TableOf<T>::Complaint>;

constexpr config::Bounds kTexts = {0, 1000};
constexpr config::Bounds kAnyCount = {-9e15, 9e15};

bool is_character(std::string_view word) {
  return word == "tab" || word == "space" || word == "none" ||
         (word.size() == 1 && word[0] > ' ' && word[0] < '\x7f');
}

Complaint<TextFormat> check_characters(const TextFormat& format) {
  for (const auto& [key, word] :
       {std::pair{"delimiter", &format.delimiter}, std::pair{"quote", &format.quote},
        std::pair{"decimal", &format.decimal}}) {
    if (is_character(*word)) continue;
    return {{key, std::format("'{}' is not one character", *word),
             "Write one character in quotes, or tab, space or none."}};
  }
  if (format.decimal != "." && format.decimal != ",") {
    return {{"decimal", "it must be . or ,", ""}};
  }
  if (format.decimal == format.delimiter || format.delimiter == format.quote ||
      format.delimiter == "none") {
    return {{"delimiter", "delimiter, quote and decimal must differ", ""}};
  }
  return {};
}

Complaint<TextFormat> check_columns(const TextFormat& format) {
  if (format.has_header || !format.columns.empty()) return {};
  return {{"header", "without a header the columns have no names", "List them under columns."}};
}

const TableOf<TextFormat>& format_table() {
  static const auto kTable =
      TableOf<TextFormat>("Text format", "How the text is laid out.")
          .text({.key = "delimiter",
                 .sentence = "Between two fields: a character, tab, or space "
                             "for any run of blanks."},
                &TextFormat::delimiter)
          .text({.key = "quote", .sentence = "Around fields that hold a delimiter; none for none."},
                &TextFormat::quote)
          .flag({.key = "header",
                 .sentence = "Whether a line with the names of the columns comes first."},
                &TextFormat::has_header)
          .texts({.key = "columns", .sentence = "Names of the columns, where there is no header."},
                 &TextFormat::columns, kTexts)
          .integer({.key = "skip_lines", .sentence = "Lines before the header or the first row."},
                   &TextFormat::skip_lines, {0, 1e9})
          .text({.key = "decimal", .sentence = "Between whole and fraction: . or ,"},
                &TextFormat::decimal)
          .texts({.key = "null_texts", .sentence = "A cell with such a text is empty."},
                 &TextFormat::null_texts, kTexts)
          .check(check_characters)
          .check(check_columns);
  return kTable;
}

Complaint<TimeRule> check_written(const TimeRule& time) {
  if (time.column.empty() == time.start.empty()) {
    return {{"column", "time needs either a column or a start with a step",
             "time: {column: NAME}, or {start: 2000-01-01T00:00:00Z, step: 1h}."}};
  }
  if (const auto format = TimeFormat::create(time.format); !format) {
    return {{"format", format.error().what, format.error().hint}};
  }
  if (const auto zone = Zone::create(time.zone); !zone) {
    return {{"zone", zone.error().what, zone.error().hint}};
  }
  return {};
}

Complaint<TimeRule> check_counted(const TimeRule& time) {
  if (time.start.empty()) return {};
  if (const auto start = base::parse_time(time.start); !start) {
    return {{"start", start.error().what, start.error().hint}};
  }
  if (const auto step = base::parse_duration(time.step); !step) {
    return {{"step", "a synthetic clock needs a step", step.error().hint}};
  }
  return {};
}

const TableOf<TimeRule>& time_table() {
  static const auto kTable =
      TableOf<TimeRule>("Time", "Where the time of a row comes from.")
          .text({.key = "column", .sentence = "The column with the time."}, &TimeRule::column)
          .text(
              {.key = "second_column",
               .sentence = "Where date and time of day stand apart: the second one. The format is "
                           "that of both, with a blank between."},
              &TimeRule::second_column)
          .text({.key = "format",
                 .sentence = "iso, epoch_s, epoch_ms, epoch_us, or a pattern such "
                             "as %d.%m.%Y %H:%M."},
                &TimeRule::format)
          .text({.key = "zone",
                 .sentence = "Of times without an offset: an IANA name such as "
                             "Europe/Berlin, or +01:00."},
                &TimeRule::zone)
          .text({.key = "start",
                 .sentence = "Where there is no time: when the synthetic clock starts."},
                &TimeRule::start)
          .text({.key = "step",
                 .sentence = "How far the synthetic clock moves from row to row of a thing: 1h, "
                             "250ms."},
                &TimeRule::step)
          .text({.key = "counter",
                 .sentence = "A column that counts the steps, such as a cycle number."},
                &TimeRule::counter)
          .integer({.key = "counter_start", .sentence = "What the counter says at the start."},
                   &TimeRule::counter_start, kAnyCount)
          .check(check_written)
          .check(check_counted);
  return kTable;
}

/// Why a text is neither a name nor a template; empty when it is.
std::optional<std::pair<std::string, std::string>> wrong_name(const std::string& text) {
  const auto parsed = NameTemplate::parse(text);
  if (!parsed) return {{parsed.error().what, parsed.error().hint}};
  if (text.empty() || !parsed->holes().empty() || model::is_name(text)) return {};
  return {{std::format("'{}' is not a name", text),
           std::format("Write {}.", model::nearest_name(text))}};
}

Complaint<PropertyRule> check_property(const PropertyRule& rule) {
  for (const auto& [key, text] : {std::pair{"name", &rule.name}, std::pair{"thing", &rule.thing}}) {
    if (auto wrong = wrong_name(*text)) return {{key, wrong->first, wrong->second}};
  }
  const auto name = NameTemplate::parse(rule.name);
  for (const std::string_view hole : name->holes()) {
    if (hole == "column" || hole == "file" || hole == "folder") continue;
    return {{"name", std::format("the name of a property has no {{{}}}", hole),
             "Known there are {column}, {file} and {folder}."}};
  }
  return {};
}

const TableOf<LongRule>& long_table() {
  static const auto kTable =
      TableOf<LongRule>("Long table", "The columns of a table with a row for each sample.")
          .text({.key = "property", .sentence = "The column that names the property."},
                &LongRule::property)
          .text({.key = "value", .sentence = "The column with the value."}, &LongRule::value)
          .text({.key = "unit", .sentence = "The column with the unit, if there is one."},
                &LongRule::unit);
  return kTable;
}

Complaint<Mapping> check_layout(const Mapping& mapping) {
  const LongRule& rule = mapping.long_table;
  if (mapping.layout == Layout::kLong) {
    if (!rule.property.empty() && !rule.value.empty()) return {};
    return {{"long", "a long table needs its property and value columns",
             "long: {property: COLUMN, value: COLUMN}."}};
  }
  if (!rule.property.empty()) {
    return {{"long", "long columns are named, and the layout is wide", "Write layout: long."}};
  }
  if (!mapping.properties.empty()) return {};
  return {
      {"properties", "no column becomes a property", "List them, or write - column: '*' for all."}};
}

Complaint<Mapping> check_names(const Mapping& mapping) {
  for (const auto& [key, text] :
       {std::pair{"thing", &mapping.thing}, std::pair{"site", &mapping.site},
        std::pair{"area", &mapping.area}, std::pair{"line", &mapping.line}}) {
    if (auto wrong = wrong_name(*text)) return {{key, wrong->first, wrong->second}};
  }
  if (const auto title = NameTemplate::parse(mapping.thing_title); !title) {
    return {{"thing_title", title.error().what, title.error().hint}};
  }
  return {};
}

Complaint<Mapping> check_properties(const Mapping& mapping) {
  for (std::size_t i = 0; i < mapping.properties.size(); ++i) {
    const PropertyRule& rule = mapping.properties[i];
    for (std::size_t j = 0; j < i; ++j) {
      if (mapping.properties[j].column != rule.column) continue;
      return {{"properties", std::format("column '{}' stands here twice", rule.column), ""}};
    }
    if (!rule.thing.empty() || !mapping.thing.empty()) continue;
    return {{"properties", std::format("it is not said what column '{}' is about", rule.column),
             "Write thing: NAME, or a template such as engine-{unit}."}};
  }
  if (mapping.layout == Layout::kLong && mapping.properties.empty() && mapping.thing.empty()) {
    return {{"thing", "it is not said what the rows are about",
             "Write thing: NAME, or a template such as {asset}."}};
  }
  return {};
}

}  // namespace

const TableOf<PropertyRule>& property_table() {
  using model::ValueType;
  static const auto kTable =
      TableOf<PropertyRule>("Property", "What a column means.")
          .text({.key = "column",
                 .sentence = "The column; in a long table the text in the property column; * for "
                             "all others.",
                 .need = config::Need::kRequired},
                &PropertyRule::column, {1, 1000})
          .text({.key = "name",
                 .sentence = "Of the property; the nearest valid name of the column where empty."},
                &PropertyRule::name)
          .choice({.key = "type", .sentence = "Of its values."}, &PropertyRule::type,
                  {{"f64", ValueType::kF64},
                   {"i64", ValueType::kI64},
                   {"u64", ValueType::kU64},
                   {"bool", ValueType::kBool},
                   {"text", ValueType::kText}})
          .text({.key = "unit", .sentence = "Of its values."}, &PropertyRule::unit, {0, 63})
          .text({.key = "title", .sentence = "For people; the column's name where empty."},
                &PropertyRule::title, {0, 200})
          .text({.key = "thing", .sentence = "Another thing than the file's, for this property."},
                &PropertyRule::thing)
          .flag({.key = "required", .sentence = "Whether a file without this column is refused."},
                &PropertyRule::is_required)
          .check(check_property);
  return kTable;
}

const TableOf<Mapping>& mapping_table() {
  static const auto kTable =
      TableOf<Mapping>("Mapping", "How a file becomes things, properties and samples.")
          .section({.key = "format", .sentence = "How the text is laid out."}, &Mapping::format,
                   format_table())
          .choice({.key = "layout", .sentence = "wide: a column a property; long: a row a sample."},
                  &Mapping::layout, {{"wide", Layout::kWide}, {"long", Layout::kLong}})
          .section({.key = "long", .sentence = "The columns of a long table."},
                   &Mapping::long_table, long_table())
          .text({.key = "thing",
                 .sentence = "What the rows are about: a name, or a template such "
                             "as engine-{unit} with columns, {file} and {folder}."},
                &Mapping::thing)
          .text({.key = "thing_title", .sentence = "The thing's name for people, a template."},
                &Mapping::thing_title)
          .text({.key = "site", .sentence = "Where the thing is, a template."}, &Mapping::site)
          .text({.key = "area", .sentence = "Part of the site, a template."}, &Mapping::area)
          .text({.key = "line", .sentence = "Part of the area, a template."}, &Mapping::line)
          .section({.key = "time",
                    .sentence = "Where the time of a row comes from.",
                    .need = config::Need::kRequired},
                   &Mapping::time, time_table())
          .choice({.key = "empty_cells",
                   .sentence = "skip: an empty cell is no sample; missing: a bad sample without a "
                               "value; by_layout: skip when wide, missing when long."},
                  &Mapping::empty_cells,
                  {{"by_layout", EmptyCell::kByLayout},
                   {"skip", EmptyCell::kSkip},
                   {"missing", EmptyCell::kMissing}})
          .sections({.key = "properties", .sentence = "What the columns mean."},
                    &Mapping::properties, property_table(), {0, 10000})
          .texts({.key = "skip", .sentence = "Columns that are left out on purpose."},
                 &Mapping::skip)
          .check(check_layout)
          .check(check_names)
          .check(check_properties);
  return kTable;
}

}  // namespace millrace::connector::file
