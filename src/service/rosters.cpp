#include "service/rosters.h"

#include <algorithm>

#include "service/bound_sources.h"
#include "service/freshness.h"
#include "service/page.h"
#include "service/resources.h"
#include "service/thing_tags.h"

namespace millrace::service {
namespace {

/// Makes a roster out of both lists, which are in one order.
class RosterMaker {
 public:
  RosterMaker(std::shared_ptr<const twin::Catalog> catalog, const Titles& titles)
      : titles_(titles), bound_(*catalog) {
    roster_->catalog = std::move(catalog);
    next_ = roster_->catalog->things().begin();
  }

  void add_series(const std::string& name, const std::vector<const model::Series*>& all) {
    while (next_ != roster_->catalog->things().end() && next_->first < name) add_resource();
    const bool is_both = next_ != roster_->catalog->things().end() && next_->first == name;
    RosterThing& thing = begin(name, is_both ? &next_->second : nullptr);
    if (is_both) ++next_;
    // A property whose type changed has several series, side by side here.
    for (auto first = all.begin(); first != all.end();) {
      const auto last = std::find_if(first, all.end(), [&](const model::Series* one) {
        return one->property != (*first)->property;
      });
      take(thing, {first, last});
      first = last;
    }
    if (!thing.resource) thing.is_listed = is_listed(name, all);
    finish(thing);
  }

  std::shared_ptr<const Roster> take_all() {
    while (next_ != roster_->catalog->things().end()) add_resource();
    return std::move(roster_);
  }

 private:
  void add_resource() {
    RosterThing& thing = begin(next_->first, &next_->second);
    ++next_;
    finish(thing);
  }

  bool is_listed(const std::string& name, const std::vector<const model::Series*>& all) const {
    const auto source = automatic_source(titles_, name, all);
    if (!source) return true;
    return !source->is_topic && std::ranges::any_of(all, [&](const model::Series* one) {
      return !bound_.reads(*source, *one);
    });
  }

  RosterThing& begin(const std::string& name, const twin::Thing* resource) {
    RosterThing& thing = roster_->things.emplace_back();
    thing.id = name;
    thing.resource = resource;
    with_series_.clear();
    if (resource) {
      thing.title = title_of(resource->titles);
      thing.place = resource->place;
    }
    if (thing.title.empty()) thing.title = titles_.of("thing", name);
    return thing;
  }

  void take(RosterThing& thing, std::span<const model::Series* const> of_property) {
    const std::string& property = of_property.front()->property;
    with_series_.push_back(property);
    const auto* spec = thing.resource && thing.resource->model
                           ? thing.resource->model->property(property)
                           : nullptr;
    const auto said = std::ranges::find_if(of_property, [&](const model::Series* one) {
      return of_property.size() == 1 || (spec && one->type == spec->contract.type);
    });
    if (said != of_property.end()) {
      thing.series.push_back((*said)->id);
      return note_source(thing, **said);
    }
    auto& undecided = thing.undecided.emplace_back();
    for (const model::Series* one : of_property) {
      undecided.push_back(one->id);
      note_source(thing, *one);
    }
  }

  static void note_source(RosterThing& thing, const model::Series& series) {
    if (!thing.resource) {
      if (thing.place.site.empty()) thing.place.site = series.site;
      if (thing.place.area.empty()) thing.place.area = series.area;
      if (thing.place.line.empty()) thing.place.line = series.line;
    }
    if (!std::ranges::contains(thing.sources, series.source)) {
      thing.sources.push_back(series.source);
    }
    thing.source = series.source;
  }

  void finish(RosterThing& thing) {
    thing.property_count = thing.series.size() + thing.undecided.size();
    const twin::Thing* resource = thing.resource;
    if (resource && resource->model) {
      for (const twin::PropertySpec& property : resource->model->properties) {
        if (std::ranges::binary_search(with_series_, property.name)) continue;
        ++thing.property_count;
        const auto [binding, row] = roster_->catalog->feeding(thing.id, property.name);
        if (!binding) continue;
        thing.is_waiting = true;
        if (thing.source.empty()) thing.edge = edge_of(*binding);
      }
    }
    thing.words = lower_case(words_of(thing));
  }

  /// Names and titles of the thing, its place, its model and its tags.
  std::string words_of(const RosterThing& thing) const {
    std::string words = thing.id + "\n" + thing.title;
    const auto add = [&](std::string_view text) {
      if (!text.empty()) words.append("\n").append(text);
    };
    const twin::Place& place = thing.place;
    for (const auto& [kind, name] :
         {std::pair("site", &place.site), std::pair("area", &place.area),
          std::pair("line", &place.line), std::pair("cell", &place.cell)}) {
      add(*name);
      if (!name->empty()) add(titles_.of(kind, *name));
    }
    add(place.enterprise);
    const auto site = roster_->catalog->sites().find(place.site);
    if (site != roster_->catalog->sites().end()) add(title_of(site->second.titles));
    if (!thing.resource) return words;
    add(text(thing.resource->model_ref));
    if (thing.resource->model) add(title_of(thing.resource->model->titles));
    for (const auto& [key, value] : tags_of(*thing.resource)) {
      add(key);
      add(value);
    }
    return words;
  }

  std::string edge_of(const twin::Binding& binding) const {
    const auto* source = std::get_if<twin::ConnectionSource>(&binding.source);
    if (!source) return {};
    const auto found = roster_->catalog->connections().find(source->connection);
    return found == roster_->catalog->connections().end() ? "" : found->second.edge;
  }

  const Titles& titles_;
  const BoundSources bound_;
  std::shared_ptr<Roster> roster_ = std::make_shared<Roster>();
  std::map<std::string, twin::Thing, std::less<>>::const_iterator next_;
  std::vector<std::string_view> with_series_;  // properties of the thing at hand, in order
};

}  // namespace

std::vector<model::SeriesId> present_series(const RosterThing& thing,
                                            const store::LastTimeOf& last_time) {
  std::vector<model::SeriesId> present = thing.series;
  for (const auto& of_property : thing.undecided) {
    // Of those without samples the newest, whose id is the highest.
    present.push_back(std::ranges::max(
        of_property, {}, [&](model::SeriesId id) { return std::pair(last_time(id), number(id)); }));
  }
  return present;
}

const RosterThing* Roster::find(std::string_view id) const {
  const auto found = std::ranges::lower_bound(things, id, {}, &RosterThing::id);
  return found != things.end() && found->id == id ? &*found : nullptr;
}

std::size_t Roster::after(std::string_view id) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(things, id, {}, &RosterThing::id) -
                                  things.begin());
}

std::shared_ptr<const Roster> Rosters::now() const {
  const std::lock_guard lock(mutex_);
  // What changes while the roster is made is seen at the next call.
  const std::uint64_t series_changes = deps_.index.changes();
  const std::uint64_t title_changes = titles_.changes();
  auto catalog = deps_.catalogs.now();
  if (roster_ && roster_->catalog == catalog && series_changes == series_changes_ &&
      title_changes == title_changes_) {
    return roster_;
  }
  RosterMaker maker(std::move(catalog), titles_);
  deps_.index.each_thing(
      [&](const std::string& name, const auto& series) { maker.add_series(name, series); });
  roster_ = maker.take_all();
  series_changes_ = series_changes;
  title_changes_ = title_changes;
  return roster_;
}

}  // namespace millrace::service
