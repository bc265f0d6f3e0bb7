#include "twin/tag_files.h"

#include <algorithm>
#include <format>
#include <set>

#include "codec/node_json.h"
#include "config/codec.h"
#include "twin/model_draft.h"
#include "twin/report.h"
#include "twin/tree.h"

namespace millrace::twin {
namespace {

using config::Node;
using Rows = std::vector<std::size_t>;

/// Writes a resource with every entry of a section on one line of its own, and notes the rows.
class LinedFile {
 public:
  LinedFile(std::string path, const Rows& all) : path_(std::move(path)), all_(all) {
    rows_.push_back(all_);
  }

  void line(std::string_view text, const Rows* rows = nullptr) {
    text_ += text;
    text_ += '\n';
    rows_.push_back(rows ? *rows : all_);
  }
  void finish(TagFiles& files) {
    files.rows.emplace(path_, std::move(rows_));
    files.files.push_back({std::move(path_), std::move(text_)});
  }

 private:
  std::string path_;
  const Rows all_;
  std::string text_;
  std::vector<Rows> rows_;
};

std::string quoted(const std::string& text) { return codec::to_json(config::scalar(text, true)); }
Node number(double value) { return config::scalar(config::number_text(value)); }
Node text_node(const std::string& text) { return config::scalar(text, true); }

/// A property of a model that is made of rows.
struct MadeProperty {
  std::size_t first = 0;  // row
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  Rows rows;
};

struct MadeModel {
  std::map<std::string, MadeProperty> properties;
  Rows rows;
};

/// A thing with its rows.
struct TagThing {
  Rows rows;
  ModelRef model;
  const ThingModel* known = nullptr;  // nullptr: made of the rows
};

class TagFileMaker {
 public:
  TagFileMaker(std::vector<TagRow>& rows, const Catalog& catalog, const unit::Units& units)
      : rows_(rows), catalog_(catalog), units_(units) {}

  TagFiles make() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].thing.empty()) continue;
      const auto [at, is_new] = places_.emplace(rows_[i].thing, things_.size());
      if (is_new) things_.emplace_back(rows_[i].thing, TagThing());
      things_[at->second].second.rows.push_back(i);
    }
    for (auto& [name, thing] : things_) {
      agree(thing);
      choose_model(name, thing);
    }
    for (auto& [name, thing] : things_) {
      for (const std::size_t row : thing.rows) check_property(thing, row);
    }
    for (const auto& [ref, model] : made_) write_model(ref, model);
    for (const auto& [name, thing] : things_) write_thing(name, thing);
    for (const auto& [name, thing] : things_) write_bindings(name, thing);
    return std::move(files_);
  }

 private:
  void problem(std::size_t row, std::string what) {
    if (rows_[row].problem.empty()) rows_[row].problem = std::move(what);
  }

  /// What the table says of a thing must be the same in all of its rows.
  void agree(const TagThing& thing) {
    for (const auto& [key, member] :
         {std::pair("model", &TagRow::model), std::pair("title", &TagRow::title),
          std::pair("site", &TagRow::site), std::pair("area", &TagRow::area),
          std::pair("line", &TagRow::plant_line), std::pair("cell", &TagRow::cell)}) {
      const TagRow* first = nullptr;
      for (const std::size_t i : thing.rows) {
        if ((rows_[i].*member).empty()) continue;
        if (!first) first = &rows_[i];
        if (rows_[i].*member == first->*member) continue;
        problem(i, std::format("{} of {} is '{}' here and '{}' in line {}: make them the same", key,
                               rows_[i].thing, rows_[i].*member, first->*member, first->line));
      }
    }
  }

  /// The first that a row says.
  std::string said(const TagThing& thing, std::string TagRow::* member) const {
    for (const std::size_t i : thing.rows) {
      if (!(rows_[i].*member).empty()) return rows_[i].*member;
    }
    return {};
  }

  void choose_model(const std::string& name, TagThing& thing) {
    const Thing* present = catalog_.thing(name);
    const std::string wanted = said(thing, &TagRow::model);
    if (wanted.empty() && present) {
      thing.model = present->model_ref;
      thing.known = present->model.get();
      return;
    }
    if (wanted.empty()) {
      for (const std::size_t i : thing.rows) {
        problem(i, std::format("{} is not configured and no row names its model: write one, such "
                               "as pump@1; a new name makes a new model",
                               name));
      }
      return;
    }
    const auto ref = parse_model_ref(wanted);
    const std::string model = ref ? ref->name : wanted;
    int newest = 0;
    for (const auto& [one, known] : catalog_.models()) {
      if (one.name == model) newest = std::max(newest, one.version);
    }
    thing.model = ref.value_or(ModelRef{model, std::max(newest, 1)});
    const bool is_own = present && present->model_ref == thing.model;
    const auto found = catalog_.models().find(thing.model);
    if (found != catalog_.models().end()) {
      thing.known = is_own ? present->model.get() : found->second.get();
    } else if (newest > 0 || thing.model.version != 1) {
      std::vector<std::string> known;
      for (const auto& [one, unused] : catalog_.models()) known.push_back(text(one));
      for (const std::size_t i : thing.rows) {
        problem(i, std::format(
                       "there is no thing model {}: {}", text(thing.model),
                       did_you_mean(text(thing.model), known, "a new model has the version 1")));
      }
    } else {
      Rows& all = made_[thing.model].rows;
      all.insert(all.end(), thing.rows.begin(), thing.rows.end());
    }
  }

  void check_property(const TagThing& thing, std::size_t at) {
    const TagRow& row = rows_[at];
    if (row.property.empty() || thing.model.name.empty()) return;
    const auto made = made_.find(thing.model);
    if (made != made_.end()) return add_to_model(made->second, at);
    const PropertySpec* property = thing.known ? thing.known->property(row.property) : nullptr;
    if (!property) return;  // the plan says so, and names the nearest
    const model::PropertyContract& contract = property->contract;
    const bool is_other = (!row.type.empty() && row.type != model::text(contract.type)) ||
                          (row.min && row.min != contract.range_min) ||
                          (row.max && row.max != contract.range_max) ||
                          (!row.property_title.empty() && row.property_title != contract.title);
    if (!is_other) return;
    problem(at, std::format("{} is described by {}, and otherwise than here: leave type, min, max "
                            "and property_title empty, or make a new version of the model",
                            row.property, text(thing.model)));
  }

  void add_to_model(MadeModel& model, std::size_t at) {
    const TagRow& row = rows_[at];
    if (!row.problem.empty()) return;
    const auto type = model::parse_value_type(row.type).value_or(model::ValueType::kF64);
    const auto [found, is_new] = model.properties.emplace(row.property, MadeProperty());
    MadeProperty& property = found->second;
    property.rows.push_back(at);
    if (is_new) {
      property.first = at;
      property.type = type;
      property.unit = units_.canonical(row.unit).value_or(row.unit);
      return;
    }
    const TagRow& first = rows_[property.first];
    const bool is_other =
        (!row.type.empty() && type != property.type) ||
        (row.min && first.min && row.unit == first.unit && row.min != first.min) ||
        (row.max && first.max && row.unit == first.unit && row.max != first.max);
    if (is_other) {
      problem(at,
              std::format("type, min or max of {} are others in line {}: a model says them once",
                          row.property, first.line));
    }
  }

  void write_model(const ModelRef& ref, const MadeModel& model) {
    if (model.properties.empty()) return;
    LinedFile file(std::format("thing-models/{}@{}.yaml", ref.name, ref.version), model.rows);
    file.line("kind: ThingModel");
    file.line(std::format("name: {}", quoted(ref.name)));
    file.line(std::format("version: {}", ref.version));
    file.line("spec:");
    file.line("  \"@type\": \"tm:ThingModel\"");
    file.line(std::format("  title: {}", quoted(ref.name)));
    file.line("  properties:");
    for (const auto& [name, property] : model.properties) {
      const TagRow& row = rows_[property.first];
      OfferedValue value{.address = {}, .name = name, .title = row.property_title};
      value.type = property.type;
      value.range_min = row.min;
      value.range_max = row.max;
      file.line(std::format("    {}: {}", quoted(name),
                            codec::to_json(drafted_property(value, property.unit))),
                &property.rows);
    }
    file.finish(files_);
  }

  void write_thing(const std::string& name, const TagThing& thing) {
    if (thing.model.name.empty()) return;
    const ResourceKey key{Kind::kThing, name, 0};
    const Thing* present = catalog_.thing(name);
    Resource resource{.key = key, .spec = present ? spec_of(key) : map_node()};
    const Node before = resource.spec;
    const std::string title = said(thing, &TagRow::title);
    if (!title.empty()) put(resource.spec, "title", text_node(title));
    if (!present || present->model_ref != thing.model) {
      put(resource.spec, "model", text_node(text(thing.model)));
    }
    Node place = map_node();
    if (const Node* known = value_of(resource.spec, "place")) place = *known;
    for (const auto& [level, member] :
         {std::pair("site", &TagRow::site), std::pair("area", &TagRow::area),
          std::pair("line", &TagRow::plant_line), std::pair("cell", &TagRow::cell)}) {
      if (const std::string text = said(thing, member); !text.empty()) {
        put(place, level, text_node(text));
      }
    }
    if (!place.entries.empty()) put(resource.spec, "place", std::move(place));
    if (present && codec::differences(before, resource.spec, 1).empty()) return;
    LinedFile file(std::format("things/{}.yaml", name), thing.rows);
    file.line("kind: Thing");
    file.line(std::format("name: {}", quoted(name)));
    file.line("spec:");
    for (const Node::Entry& entry : resource.spec.entries) {
      file.line(std::format("  {}: {}", quoted(entry.key), codec::to_json(entry.value)));
    }
    file.finish(files_);
  }

  Node spec_of(const ResourceKey& key) const {
    const auto& all = catalog_.resources();
    const auto found = std::ranges::lower_bound(all, key, {}, &Resource::key);
    return found != all.end() && found->key == key ? found->spec : map_node();
  }

  /// The thing's binding of this connection; nullptr without one.
  const Binding* present_binding(const std::string& thing, const std::string& connection) const {
    for (const Binding* one : catalog_.bindings_of(thing)) {
      const auto* source = std::get_if<ConnectionSource>(&one->source);
      if (source && source->connection == connection) return one;
    }
    return nullptr;
  }

  void write_bindings(const std::string& name, const TagThing& thing) {
    std::map<std::string, Rows> by_connection;
    std::map<std::string, std::size_t> fed;  // property → row
    for (const std::size_t i : thing.rows) {
      const TagRow& row = rows_[i];
      if (!row.problem.empty()) continue;
      const auto [first, is_new] = fed.emplace(row.property, i);
      if (!is_new) {
        problem(i, std::format("{} of {} is fed by line {} already: keep one of them", row.property,
                               name, rows_[first->second].line));
        continue;
      }
      const auto [binding, fed_by] = catalog_.feeding(name, row.property);
      if (binding && binding != present_binding(name, row.connection)) {
        problem(i, std::format("{} of {} is fed by {} of binding {}: remove it there first",
                               row.property, name, fed_by->address, binding->name));
        continue;
      }
      by_connection[row.connection].push_back(i);
    }
    for (const auto& [connection, rows] : by_connection) {
      write_binding(name, connection, rows);
    }
  }

  void write_binding(const std::string& thing, const std::string& connection, const Rows& rows) {
    const Binding* present = present_binding(thing, connection);
    const ResourceKey key{Kind::kBinding, present ? present->name : new_name(thing, connection), 0};
    Node spec = present ? spec_of(key) : map_node();
    LinedFile file(std::format("bindings/{}.yaml", key.name), rows);
    file.line("kind: Binding");
    file.line(std::format("name: {}", quoted(key.name)));
    file.line("spec:");
    put(spec, "thing", text_node(thing));
    put(spec, "connection", text_node(connection));
    for (const Node::Entry& entry : spec.entries) {
      if (entry.key == "properties") continue;
      file.line(std::format("  {}: {}", quoted(entry.key), codec::to_json(entry.value)));
    }
    file.line("  \"properties\":");
    std::map<std::string_view, std::size_t> wanted;
    for (const std::size_t i : rows) wanted.emplace(rows_[i].property, i);
    const auto write = [&](const Node& node, const Rows& from) {
      file.line("    - " + codec::to_json(node), &from);
    };
    if (const Node* list = value_of(spec, "properties")) {
      for (const Node& item : list->items) {
        const auto found = wanted.find(text_of(item, "property"));
        if (found == wanted.end()) {
          write(item, {});
          continue;
        }
        write(row_node(rows_[found->second], &item), {found->second});
        wanted.erase(found);
      }
    }
    for (const std::size_t i : rows) {
      if (wanted.contains(rows_[i].property)) write(row_node(rows_[i], nullptr), {i});
    }
    file.finish(files_);
  }

  /// What the table has no column for stays as it was; an empty cell takes away what was there.
  /// Beside a unit, scale or offset that the table gives there is no table of values.
  static Node row_node(const TagRow& row, const Node* before) {
    Node node = before ? *before : map_node();
    put(node, "property", text_node(row.property));
    put(node, "address", text_node(row.address));
    const auto set = [&](const char* key, bool has_column, std::optional<Node> cell) {
      if (has_column) std::erase_if(node.entries, [&](const auto& one) { return one.key == key; });
      if (cell) put(node, key, *std::move(cell));
    };
    const auto as_number = [](const std::optional<double>& value) {
      return value ? std::optional(number(*value)) : std::nullopt;
    };
    const bool is_scaled = !row.unit.empty() || row.scale || row.offset;
    set("unit", row.columns.unit,
        row.unit.empty() ? std::nullopt : std::optional(text_node(row.unit)));
    set("scale", row.columns.scale, as_number(row.scale));
    set("offset", row.columns.offset, as_number(row.offset));
    set("values", is_scaled, std::nullopt);
    return node;
  }

  std::string new_name(const std::string& thing, const std::string& connection) {
    if (bindings_.empty()) {
      for (const auto& [name, binding] : catalog_.bindings()) bindings_.insert(name);
    }
    std::string name = free_name(thing + "-" + connection, bindings_);
    bindings_.insert(name);
    return name;
  }

  std::vector<TagRow>& rows_;
  const Catalog& catalog_;
  const unit::Units& units_;
  std::map<std::string, std::size_t> places_;  // in things_
  std::vector<std::pair<std::string, TagThing>> things_;
  std::map<ModelRef, MadeModel> made_;
  std::set<std::string, std::less<>> bindings_;
  TagFiles files_;
};

}  // namespace

const std::vector<std::size_t>& TagFiles::rows_at(std::string_view path, int line) const {
  static const std::vector<std::size_t> kNone;
  const auto found = rows.find(path);
  if (found == rows.end()) return kNone;
  const auto at = static_cast<std::size_t>(std::max(line, 0));
  return at < found->second.size() ? found->second[at] : found->second.front();
}

TagFiles tag_files(std::vector<TagRow>& rows, const Catalog& catalog, const unit::Units& units) {
  return TagFileMaker(rows, catalog, units).make();
}

}  // namespace millrace::twin
