#include "twin/catalog.h"

#include <algorithm>
#include <format>
#include <set>

#include "base/time_text.h"
#include "twin/binding_reader.h"
#include "twin/model_reader.h"
#include "twin/siblings.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

/// Builds one catalog, kind by kind: what is referred to comes first.
class CatalogBuilder {
 public:
  CatalogBuilder(std::vector<Resource> resources, const unit::Units& units,
                 const ConnectionChecks& checks)
      : catalog_(std::make_shared<Catalog>()),
        checks_(checks),
        conversions_(units),
        resolver_(problems_),
        models_(resolver_, units, problems_) {
    std::ranges::stable_sort(resources, {}, &Resource::key);
    catalog_->resources_ = std::move(resources);
  }

  std::expected<std::shared_ptr<const Catalog>, ResourceProblems> build() {
    refuse_twice();
    each(Kind::kSite, [&](const Report& report) { add_site(report); });
    add_models();
    each(Kind::kThing, [&](const Report& report) { add_thing(report); });
    each(Kind::kThing, [&](const Report& report) { check_siblings(report); });
    each(Kind::kConnection, [&](const Report& report) { add_connection(report); });
    BindingReader reader(catalog_->things_, catalog_->connections_, checks_, conversions_);
    for (const std::string& name : broken_) reader.forgive(name);
    each(Kind::kBinding, [&](const Report& report) { add_binding(report, reader); });
    each(Kind::kRetention, [&](const Report& report) { add_retention(report); });
    if (problems_.empty()) return std::shared_ptr<const Catalog>(std::move(catalog_));
    std::ranges::stable_sort(problems_, {}, [](const ResourceProblem& p) {
      return std::tuple(p.file, p.problem.place.line, p.problem.place.column);
    });
    return std::unexpected(std::move(problems_));
  }

 private:
  template <class Visit>
  void each(Kind kind, const Visit& visit) {
    const auto range = std::ranges::equal_range(catalog_->resources_, kind, {},
                                                [](const Resource& r) { return r.key.kind; });
    for (const Resource& resource : range) {
      const std::size_t before = problems_.size();
      visit(Report(resource, problems_));
      if (problems_.size() != before) broken_.insert(text(resource.key));
    }
  }

  void refuse_twice() {
    const auto& all = catalog_->resources_;
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].key != all[i - 1].key) continue;
      Report(all[i], problems_)
          .add("twice", all[i].place,
               std::format("{} stands here and in {}:{}", text(all[i].key),
                           all[i - 1].file.empty() ? "the hub" : all[i - 1].file,
                           all[i - 1].place.line),
               "Keep one of the two, or give one another name.");
    }
  }

  template <class Spec>
  bool read(const Report& report, const config::TableOf<Spec>& table, const Node& node,
            Spec& spec) {
    config::Problems problems;
    table.read(node, &spec, problems);
    const bool is_good = problems.empty();
    report.add_all("option", std::move(problems));
    return is_good;
  }

  static config::Place at(const Report& report, std::string_view key) {
    const Node::Entry* entry = report.resource().spec.find(key);
    return entry ? entry->place : report.resource().place;
  }

  void add_site(const Report& report) {
    SiteSpec spec;
    if (!read(report, site_table(), report.resource().spec, spec)) return;
    const std::string& name = report.resource().key.name;
    const auto zones = base::time_zone_names();
    const bool is_unknown = !spec.time_zone.empty() && !zones.empty() &&
                            !std::ranges::binary_search(zones, spec.time_zone);
    if (is_unknown) {
      report.add("unknown_reference", at(report, "time_zone"),
                 std::format("there is no time zone '{}'", spec.time_zone),
                 did_you_mean(spec.time_zone, zones, "Write an IANA name such as Europe/Berlin."));
    }
    catalog_->sites_[name] = {name, spec.title, spec.enterprise, spec.time_zone};
  }

  void add_models() {
    each(Kind::kThingModel, [&](const Report& report) { resolver_.add(report.resource()); });
    each(Kind::kThingModel, [&](const Report& report) {
      const ModelRef ref{report.resource().key.name, report.resource().key.version};
      if (auto model = models_.model(ref)) catalog_->models_[ref] = std::move(model);
    });
  }

  void add_thing(const Report& report) {
    ThingSpec spec;
    const Node& node = report.resource().spec;
    if (!read(report, thing_table(), node, spec)) return;
    Thing thing{report.resource().key.name, spec.title, {}, {}, {}, {}};
    thing.tags.insert(spec.tags.begin(), spec.tags.end());
    thing.place = place_of(report, spec.place);
    const auto ref = parse_model_ref(spec.model);
    if (!ref || !resolver_.models().contains(*ref)) {
      resolver_.report_unknown(report, at(report, "model"), spec.model);
      return;
    }
    thing.model_ref = *ref;
    thing.model = models_.variant(*ref, node, report);
    if (!thing.model) {
      broken_.insert(text(report.resource().key));
      return;
    }
    catalog_->things_.emplace(thing.name, std::move(thing));
  }

  /// Every sibling that a property of the thing is compared with exists, in its model or elsewhere.
  void check_siblings(const Report& report) {
    const Thing* thing = catalog_->thing(report.resource().key.name);
    if (!thing) return;
    for (const PropertySpec& property : thing->model->properties) {
      for (const std::string& sibling : property.contract.siblings) {
        const auto [of, name] = sibling_of(thing->name, sibling);
        if (broken_.contains("Thing " + of) || has_property(catalog_->thing(of), name)) continue;
        report.add(
            "unknown_reference", at(report, "model"),
            std::format("property '{}' of {} is compared with '{}', which is not there",
                        property.name, text(thing->model_ref), sibling),
            "Correct siblings in the model: a property of the same thing, or thing/property.");
      }
    }
  }

  /// What a model leaves to the choice of its things counts as there.
  bool has_property(const Thing* thing, std::string_view name) const {
    if (!thing) return false;
    const auto whole = catalog_->models_.find(thing->model_ref);
    return thing->model->property(name) ||
           (whole != catalog_->models_.end() && whole->second->property(name));
  }

  Place place_of(const Report& report, const PlaceSpec& spec) {
    Place place{"", spec.site, spec.area, spec.line, spec.cell};
    const auto site = catalog_->sites_.find(spec.site);
    if (site != catalog_->sites_.end()) place.enterprise = site->second.enterprise;
    const bool is_known = spec.site.empty() || site != catalog_->sites_.end() ||
                          broken_.contains("Site " + spec.site);
    if (is_known) return place;
    std::vector<std::string> names;
    for (const auto& [name, known] : catalog_->sites_) names.push_back(name);
    report.add("unknown_reference", at(report, "place"),
               std::format("there is no site '{}'", spec.site),
               did_you_mean(spec.site, names, "Add a Site with this name."));
    return place;
  }

  std::string connector_words(std::string_view before) const {
    std::string words(before);
    for (const std::string& type : checks_.types) words += " " + type;
    return words;
  }

  /// The entries of a connection that name a connector; others but the edge are refused.
  std::vector<const Node::Entry*> connectors_of(const Report& report) {
    std::vector<const Node::Entry*> found;
    for (const Node::Entry& entry : report.resource().spec.entries) {
      if (entry.key == "edge") continue;
      if (std::ranges::contains(checks_.types, entry.key)) {
        found.push_back(&entry);
        continue;
      }
      std::vector<std::string> known = checks_.types;
      known.emplace_back("edge");
      report.add("unknown_key", entry.place,
                 std::format("there is no connector '{}'", entry.key.substr(0, 80)),
                 did_you_mean(entry.key, known, connector_words("A connection has one of:") + "."));
    }
    if (found.size() > 1) {
      report.add("contradiction", found[1]->place,
                 std::format("the connection is both {} and {}", found[0]->key, found[1]->key),
                 "Make two connections of it.");
    }
    if (found.empty() && report.resource().spec.entries.size() <= 1) {
      report.add("missing", report.resource().spec.place,
                 "the connection does not say how to connect",
                 connector_words("Write one of these with its options:") + ".");
    }
    return found;
  }

  void add_connection(const Report& report) {
    const std::size_t before = report.count();
    const auto connectors = connectors_of(report);
    Node envelope = report.resource().spec;
    std::erase_if(envelope.entries, [](const Node::Entry& e) { return e.key != "edge"; });
    ConnectionSpec spec;
    read(report, connection_table(), envelope, spec);
    if (report.count() != before) return;
    const Node::Entry& options = *connectors.front();
    if (checks_.options) report.add_all("option", checks_.options(options.key, options.value));
    const std::string& name = report.resource().key.name;
    catalog_->connections_.emplace(name, Connection{name, spec.edge, options.key, options.value});
  }

  void add_binding(const Report& report, const BindingReader& reader) {
    Binding read = reader.read(report);
    for (const PropertyBinding& row : read.properties) {
      claim(report, "property", read.thing, row.property);
    }
    for (const ActionBinding& row : read.actions) claim(report, "action", read.thing, row.action);
    const auto [at, is_new] = catalog_->bindings_.emplace(read.name, std::move(read));
    if (is_new) catalog_->bindings_of_.emplace(at->second.thing, &at->second);
  }

  /// Refuses a second binding of one property or action.
  void claim(const Report& report, std::string_view what, const std::string& thing,
             const std::string& target) {
    const auto [owner, is_first] =
        claims_.emplace(std::format("{} {} {}", what, thing, target), &report.resource());
    if (is_first || owner->second == &report.resource()) return;
    const Resource& other = *owner->second;
    const std::string where =
        other.file.empty() ? "" : std::format(" ({}:{})", other.file, other.place.line);
    const std::string section = what == "property" ? "properties" : "actions";
    config::Place place = report.resource().place;
    if (const Node* list = value_of(report.resource().spec, section)) {
      for (const Node& row : list->items) {
        if (text_of(row, what) == target) place = row.place;
      }
    }
    report.add("binding_twice", place,
               std::format("{} '{}' of {} is bound by {} and by {}{}", what, target, thing,
                           text(report.resource().key), text(other.key), where),
               "Remove it from one of the two: a property has one source.");
  }

  void add_retention(const Report& report) {
    Retention retention;
    retention.name = report.resource().key.name;
    if (!read(report, retention_table(), report.resource().spec, retention)) return;
    if (catalog_->retention_) {
      report.add("twice", report.resource().place,
                 std::format("there is another Retention, {}", catalog_->retention_->name),
                 "Keep one of them: it is the hub's.");
    }
    catalog_->retention_ = std::move(retention);
  }

  std::shared_ptr<Catalog> catalog_;
  const ConnectionChecks& checks_;
  ResourceProblems problems_;
  Conversions conversions_;
  ModelResolver resolver_;
  ModelReader models_;
  std::set<std::string> broken_;  // keys of resources with problems
  std::map<std::string, const Resource*> claims_;
};

std::expected<std::shared_ptr<const Catalog>, ResourceProblems> Catalog::build(
    std::vector<Resource> resources, const unit::Units& units, const ConnectionChecks& checks) {
  return CatalogBuilder(std::move(resources), units, checks).build();
}

const Thing* Catalog::thing(std::string_view name) const {
  const auto found = things_.find(name);
  return found == things_.end() ? nullptr : &found->second;
}

std::pair<const Binding*, const PropertyBinding*> Catalog::feeding(
    std::string_view thing, std::string_view property) const {
  const auto [first, last] = bindings_of_.equal_range(thing);
  for (auto it = first; it != last; ++it) {
    const auto& rows = it->second->properties;
    const auto row = std::ranges::find(rows, property, &PropertyBinding::property);
    if (row != rows.end()) return {it->second, &*row};
  }
  return {nullptr, nullptr};
}

std::vector<const Binding*> Catalog::bindings_of(std::string_view thing) const {
  std::vector<const Binding*> found;
  const auto [first, last] = bindings_of_.equal_range(thing);
  for (auto at = first; at != last; ++at) found.push_back(at->second);
  return found;
}

std::pair<const Binding*, const ActionBinding*> Catalog::acting(std::string_view thing,
                                                                std::string_view action) const {
  const auto [first, last] = bindings_of_.equal_range(thing);
  for (auto it = first; it != last; ++it) {
    const auto& rows = it->second->actions;
    const auto row = std::ranges::find(rows, action, &ActionBinding::action);
    if (row != rows.end()) return {it->second, &*row};
  }
  return {nullptr, nullptr};
}

std::optional<model::PropertyContract> Catalog::contract(std::string_view thing,
                                                         std::string_view property) const {
  const Thing* known = this->thing(thing);
  const PropertySpec* spec = known ? known->model->property(property) : nullptr;
  if (!spec) return std::nullopt;
  model::PropertyContract contract = spec->contract;
  contract.thing = thing;
  return contract;
}

}  // namespace millrace::twin
