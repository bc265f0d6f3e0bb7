#pragma once

#include <map>

#include "service/freshness.h"
#include "service/page.h"
#include "service/rosters.h"

namespace millrace::service {

enum class SourceKind { kMillrace, kThirdParty, kImport };
std::string_view text(SourceKind kind);

/// What feeds a series: an edge, a third-party node or an import.
struct Source {
  SourceKind kind = SourceKind::kMillrace;
  std::string name;
};

/// The newest sample by source time and what can be said of it now.
struct CurrentValue {
  std::optional<store::LastValue> last;
  Staleness staleness;

  /// Uncertain before the first sample.
  model::Quality quality() const;
};

/// A property of a thing model that has no samples yet has a series without number (id 0).
struct Property {
  model::Series series;
  Source source;
  CurrentValue current;
};
inline bool has_series(const Property& property) { return number(property.series.id) > 0; }

/// What the catalog says of a property; pointers live as long as the catalog, null where it does
/// not.
struct PropertyTwin {
  const twin::PropertySpec* spec = nullptr;
  const twin::Binding* binding = nullptr;
  const twin::PropertyBinding* row = nullptr;
  bool is_writable = false;  // model and binding let it be written
};

/// A digital twin, seen from outside.
struct Thing {
  std::string id;
  std::string title;
  twin::Place place;
  const twin::Thing* resource = nullptr;  // lives as long as the answer's catalog
  std::optional<std::string> edge;
  SourceKind source = SourceKind::kMillrace;
  std::size_t property_count = 0;
  model::Severity quality = model::Severity::kGood;  // the worst
  bool is_stale = false;                             // at least one property
  std::optional<base::Time> last_sample;
};

/// A part of a list of things, and the catalog that their pointers lead into.
struct ThingPage : Page<Thing> {
  std::shared_ptr<const twin::Catalog> catalog;
};

struct ThingDetail {
  Thing thing;
  std::vector<Property> properties;  // by name
  std::vector<PropertyTwin> twins;   // of each property
  std::shared_ptr<const twin::Catalog> catalog;
};

/// What narrows a list; empty fields do not. An empty name of a place means what has none.
struct TwinFilter {
  std::string words;
  std::optional<std::string> site;
  std::optional<std::string> area;
  std::optional<std::string> line;
  std::optional<std::string> cell;
  std::string edge;
  std::optional<model::Severity> quality;
  bool needs_attention = false;  // only with a stale value or one that is not good
  std::vector<std::string> things;
  std::vector<std::pair<std::string, std::string>> tags;  // see tags_of(); all must fit
  std::string model;                                      // "name@version", or a name alone
};

struct PlaceCounts {
  std::string name;
  std::string title;
  std::size_t things = 0;
  std::size_t stale_things = 0;
  std::size_t bad_things = 0;
};

struct Line {
  PlaceCounts counts;
  std::vector<PlaceCounts> cells;
};

struct Area {
  PlaceCounts counts;
  std::vector<Line> lines;
};

struct Site {
  PlaceCounts counts;
  std::string enterprise;
  std::size_t series = 0;
  std::vector<std::string> edges;
  std::vector<Area> areas;
};

/// A tag (tags_of()) and how many things carry it.
struct TagCount {
  std::string key;
  std::string value;
  std::size_t things = 0;
};

/// Things, their properties and current values, sites and series. Any thread.
class Twins {
 public:
  struct Views {
    const Freshness& freshness;
    const Titles& titles;
  };

  Twins(const Deps& deps, Views views) : deps_(deps), views_(views), rosters_(deps, views.titles) {}

  base::Result<ThingPage> things(const TwinFilter& filter, const PageRequest& page) const;
  /// Errors: not_found, with the nearest name.
  base::Result<ThingDetail> thing(std::string_view id) const;
  base::Result<Property> property(std::string_view thing, std::string_view name) const;
  /// Rows by thing and property.
  base::Result<VersionedPage<Property>> values(const TwinFilter& filter,
                                               const PageRequest& page) const;
  /// By series id.
  base::Result<Page<Property>> series(const TwinFilter& filter, const PageRequest& page) const;
  base::Result<Page<Site>> sites(const PageRequest& page) const;
  /// By key and value; of one site where it is given.
  base::Result<Page<TagCount>> tags(const std::optional<std::string>& site,
                                    const PageRequest& page) const;

  CurrentValue current(model::SeriesId id) const;
  /// Whether it is configured or has samples.
  bool is_known(std::string_view thing) const;
  /// The series with the present values of each property of a thing, by name; empty for one
  /// without samples.
  std::vector<model::Series> properties_of(std::string_view thing) const;
  /// Whether a series has the present values of its property.
  bool is_present(const model::Series& series) const;
  base::Error unknown_thing(std::string_view id) const;
  /// All things of now.
  std::shared_ptr<const Roster> roster() const { return rosters_.now(); }

 private:
  using OriginKinds = std::map<std::string, pipeline::OriginKind, std::less<>>;

  OriginKinds origin_kinds() const;
  Source source_of(const std::string& source, const OriginKinds& kinds) const;
  Property look_at(const model::Series& series, const OriginKinds& kinds) const;
  Thing look_at(const RosterThing& thing, const OriginKinds& kinds) const;
  void count(const RosterThing& entry, const Thing& thing, const OriginKinds& kinds,
             std::map<std::string, Site>& sites) const;

  const Deps& deps_;
  const Views views_;
  const Rosters rosters_;
};

}  // namespace millrace::service
