#include "connector/file/mapping.h"

#include <algorithm>

#include "codec/csv.h"
#include "connector/file/field_text.h"
#include "connector/file/field_yaml.h"
#include "connector/file/mapping_table.h"
#include "connector/file/zone.h"
#include "model/name.h"

namespace millrace::connector::file {
namespace {

/// What no single row of the table can check. Reports with the line of the key that is meant.
class Checker {
 public:
  Checker(const Mapping& mapping, const config::YamlNode& tree, const ProblemSink& problems)
      : mapping_(mapping), tree_(tree), problems_(problems) {}

  void check() const {
    check_format();
    check_time();
    check_names();
    check_layout();
    check_properties();
  }

 private:
  void report(std::string_view key, std::string what, std::string hint) const {
    const config::YamlNode* node = tree_.find(key);
    report_at(node ? node->line : 0, std::move(what), std::move(hint));
  }
  void report_at(int line, std::string what, std::string hint) const {
    problems_({Weight::kError, "mapping", static_cast<std::uint64_t>(line), "", std::move(what),
               std::move(hint)});
  }

  void check_format() const {
    const TextFormat& format = mapping_.format;
    if (!format.has_header && format.columns.empty()) {
      report("format", "without a header the columns have no names", "List them under columns.");
    }
    if (format.decimal != '.' && format.decimal != ',') {
      report("format", "decimal must be . or ,", "");
    }
    if (format.decimal == format.delimiter || format.delimiter == format.quote ||
        format.delimiter == 0) {
      report("format", "delimiter, quote and decimal must differ", "");
    }
    if (format.skip_lines < 0) report("format", "skip_lines must not be negative", "");
  }

  void check_time() const {
    const TimeRule& time = mapping_.time;
    if (time.columns.empty() == !time.start) {
      report("time", "time needs either a column or a start with a step",
             "time: {column: NAME}, or {start: 2000-01-01T00:00:00Z, step: 1h}.");
    }
    if (time.start && time.step.count() <= 0) {
      report("time", "a synthetic clock needs a step", "Write how far it moves, such as 1h.");
    }
    if (const auto format = TimeFormat::create(time.format); !format) {
      report("time", format.error().what, format.error().hint);
    }
    if (const auto zone = Zone::create(time.zone); !zone) {
      report("time", zone.error().what, zone.error().hint);
    }
  }

  void check_name(std::string_view key, int line, const NameTemplate& name) const {
    if (name.is_empty() || !name.holes().empty() || model::is_name(name.text())) return;
    report_at(line, std::format("{}: '{}' is not a name", key, name.text()),
              std::format("Write {}.", model::nearest_name(name.text())));
  }

  void check_names() const {
    const std::pair<std::string_view, const NameTemplate*> names[] = {{"thing", &mapping_.thing},
                                                                      {"site", &mapping_.site},
                                                                      {"area", &mapping_.area},
                                                                      {"line", &mapping_.line}};
    for (const auto& [key, name] : names) {
      const config::YamlNode* node = tree_.find(key);
      check_name(key, node ? node->line : 0, *name);
    }
  }

  void check_layout() const {
    const LongRule& rule = mapping_.long_table;
    if (mapping_.layout == Layout::kLong && (rule.property.empty() || rule.value.empty())) {
      report("long", "a long table needs its property and value columns",
             "long: {property: COLUMN, value: COLUMN}.");
    }
    if (mapping_.layout == Layout::kWide && !rule.property.empty()) {
      report("long", "long columns are named, and the layout is wide", "Write layout: long.");
    }
  }

  void check_properties() const {
    if (mapping_.layout == Layout::kWide && mapping_.properties.empty()) {
      report("properties", "no column becomes a property",
             "List them, or write - column: '*' for all.");
    }
    for (const PropertyRule& rule : mapping_.properties) check_property(rule);
  }

  void check_property(const PropertyRule& rule) const {
    if (rule.column.empty()) report_at(rule.line, "a property needs its column", "");
    check_name("name", rule.line, rule.name);
    check_name("thing", rule.line, rule.thing);
    for (const std::string_view hole : rule.name.holes()) {
      if (hole != "column" && hole != "file" && hole != "folder") {
        report_at(rule.line, std::format("the name of a property has no {{{}}}", hole),
                  "Known there are {column}, {file} and {folder}.");
      }
    }
    if (rule.thing.is_empty() && mapping_.thing.is_empty()) {
      report_at(rule.line, "it is not said what the rows are about",
                "Write thing: NAME, or a template such as engine-{unit}.");
    }
    const auto same = [&](const PropertyRule& other) { return other.column == rule.column; };
    if (&*std::ranges::find_if(mapping_.properties, same) != &rule) {
      report_at(rule.line, std::format("column '{}' stands here twice", rule.column), "");
    }
  }

  const Mapping& mapping_;
  const config::YamlNode& tree_;
  const ProblemSink& problems_;
};

}  // namespace

base::Result<Mapping> parse_mapping(std::string_view yaml, const ProblemSink& problems) {
  std::optional<Problem> first;
  const ProblemSink collect = [&](const Problem& problem) {
    if (!first) first = problem;
    problems(problem);
  };
  const auto tree = config::parse_yaml(yaml);
  if (!tree) {
    collect({Weight::kError, "mapping", 0, "", tree.error().what, tree.error().hint});
    return std::unexpected(tree.error());
  }
  Mapping mapping;
  YamlFields fields(*tree, collect);
  visit(fields, mapping);
  fields.report_unknown();
  if (!first) Checker(mapping, *tree, collect).check();
  if (!first) return mapping;
  return base::fail(base::ErrorCode::kInvalid,
                    std::format("mapping, line {}: {}", first->line, first->what), first->hint);
}

std::string canonical_json(const Mapping& mapping) {
  nlohmann::json object = nlohmann::json::object();
  JsonFields fields(object);
  Mapping copy = mapping;  // visitors may change what they go over; this one does not
  visit(fields, copy);
  return object.dump();
}

std::string mapping_reference() {
  std::string page = "| key | takes | default | meaning |\n| --- | --- | --- | --- |\n";
  ReferenceFields fields(page);
  Mapping defaults;
  visit(fields, defaults);
  return page;
}

}  // namespace millrace::connector::file
