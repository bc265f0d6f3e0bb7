// The keys of a mapping file: the one table from which parser, canonical JSON and reference page
// come.
#include "connector/file/mapping_table.h"

namespace millrace::connector::file {
namespace {

const std::vector<std::string_view> kLayouts = {"wide", "long"};
const std::vector<std::string_view> kEmptyCells = {"skip", "missing"};
const std::vector<std::string_view> kTypes = {"f64", "i64", "u64", "bool", "text"};

template <class Enum>
void choose(FieldVisitor& fields, const Field& field, const std::vector<std::string_view>& words,
            Enum& value) {
  auto place = static_cast<std::size_t>(value);
  fields.choice(field, words, place);
  value = static_cast<Enum>(place);
}

void visit_format(FieldVisitor& fields, TextFormat& format) {
  fields.character({"delimiter", ",", "Between two fields; space is any run of blanks."},
                   format.delimiter);
  fields.character({"quote", "\"", "Around fields that hold a delimiter."}, format.quote);
  fields.flag({"header", "true", "Whether a line with the names of the columns comes first."},
              format.has_header);
  fields.texts({"columns", "[]", "Names of the columns, where there is no header."},
               format.columns);
  fields.number({"skip_lines", "0", "Lines before the header or the first row."},
                format.skip_lines);
  fields.character({"decimal", ".", "Between whole and fraction: . or ,"}, format.decimal);
  fields.texts({"null_texts", "['', NA, N/A, NaN, nan, 'NULL', 'null']",
                "Cells with such a text are empty."},
               format.null_texts);
}

void visit_time(FieldVisitor& fields, TimeRule& time) {
  fields.texts({"column", "[]", "The column with the time, or several that are joined by a blank."},
               time.columns);
  fields.text(
      {"format", "iso", "iso, epoch_s, epoch_ms, epoch_us, or a pattern such as %d.%m.%Y %H:%M."},
      time.format);
  fields.text(
      {"zone", "UTC", "Of times without an offset: an IANA name such as Europe/Berlin, or +01:00."},
      time.zone);
  fields.time({"start", "", "Where there is no time: when the synthetic clock starts."},
              time.start);
  fields.duration({"step", "", "How far the synthetic clock moves from row to row of a thing."},
                  time.step);
  fields.text({"counter", "", "A column that counts the steps, such as a cycle number."},
              time.counter);
  fields.number({"counter_start", "0", "What the counter says at `start`."}, time.counter_start);
}

void visit_property(FieldVisitor& fields, PropertyRule& rule) {
  fields.text({"column", "",
               "The column; in a long table the text in the property column; * for all others."},
              rule.column);
  fields.holes({"name", "", "Of the property; the nearest valid name of the column by default."},
               rule.name);
  auto type = static_cast<std::size_t>(rule.type) - 1;
  fields.choice({"type", "f64", "Of its values."}, kTypes, type);
  rule.type = static_cast<model::ValueType>(type + 1);
  fields.text({"unit", "", "Of its values, as written in the unit's standard."}, rule.unit);
  fields.text({"title", "", "For people; the column's name by default."}, rule.title);
  fields.holes({"thing", "", "Another thing than the file's, for this property."}, rule.thing);
  fields.flag({"required", "true", "Whether a file without this column is refused."},
              rule.is_required);
}

void visit_long(FieldVisitor& fields, LongRule& rule) {
  fields.text({"property", "", "The column that names the property."}, rule.property);
  fields.text({"value", "", "The column with the value."}, rule.value);
  fields.text({"unit", "", "The column with the unit, if there is one."}, rule.unit);
}

}  // namespace

void visit(FieldVisitor& fields, Mapping& mapping) {
  fields.section({"format", "", "How the text is laid out."},
                 [&](FieldVisitor& inner) { visit_format(inner, mapping.format); });
  choose(fields, {"layout", "wide", "wide: a column a property; long: a row a sample."}, kLayouts,
         mapping.layout);
  fields.section({"long", "", "The columns of a long table."},
                 [&](FieldVisitor& inner) { visit_long(inner, mapping.long_table); });
  fields.holes(
      {"thing", "",
       "What the rows are about: a name, or a template such as engine-{unit} with columns, "
       "{file} and {folder}."},
      mapping.thing);
  fields.holes({"thing_title", "", "The thing's name for people, also a template."},
               mapping.thing_title);
  fields.holes({"site", "", "Where the thing is, also a template."}, mapping.site);
  fields.holes({"area", "", "Part of the site, also a template."}, mapping.area);
  fields.holes({"line", "", "Part of the area, also a template."}, mapping.line);
  fields.section({"time", "", "Where the time of a row comes from."},
                 [&](FieldVisitor& inner) { visit_time(inner, mapping.time); });
  const bool is_wide = mapping.layout == Layout::kWide;
  choose(fields,
         {"empty_cells", is_wide ? "skip" : "missing",
          "skip: an empty cell is no sample; missing: a bad sample without a value."},
         kEmptyCells, mapping.empty_cells);
  fields.list({"properties", "", "What the columns mean."}, mapping.properties.size(),
              [&](FieldVisitor& inner, std::size_t i, int line) {
                if (i >= mapping.properties.size()) mapping.properties.resize(i + 1);
                mapping.properties[i].line = line;
                visit_property(inner, mapping.properties[i]);
              });
  fields.texts({"skip", "[]", "Columns that are left out on purpose."}, mapping.skip);
}

}  // namespace millrace::connector::file
