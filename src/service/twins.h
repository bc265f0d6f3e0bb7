#pragma once

#include <map>

#include "service/freshness.h"
#include "service/page.h"
#include "service/titles.h"

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

struct Property {
  model::Series series;
  Source source;
  CurrentValue current;
};

/// A digital twin, seen from outside.
struct Thing {
  std::string id;
  std::string title;
  std::string site;
  std::string area;
  std::string line;
  std::optional<std::string> edge;
  SourceKind source = SourceKind::kMillrace;
  std::size_t property_count = 0;
  model::Severity quality = model::Severity::kGood;  // the worst
  bool is_stale = false;                             // at least one property
  std::optional<base::Time> last_sample;
};

struct ThingDetail {
  Thing thing;
  std::vector<Property> properties;  // by name
};

/// What narrows a list; empty fields do not.
struct TwinFilter {
  std::string words;
  std::optional<std::string> site;
  std::string area;
  std::string line;
  std::string edge;
  std::optional<model::Severity> quality;
  std::vector<std::string> things;
};

struct PlaceCounts {
  std::string name;
  std::string title;
  std::size_t things = 0;
  std::size_t stale_things = 0;
  std::size_t bad_things = 0;
};

struct Area {
  PlaceCounts counts;
  std::vector<PlaceCounts> lines;
};

struct Site {
  PlaceCounts counts;
  std::size_t series = 0;
  std::vector<std::string> edges;
  std::vector<Area> areas;
};

/// Things, their properties and current values, sites and series. Any thread.
class Twins {
 public:
  struct Views {
    const Freshness& freshness;
    const Titles& titles;
  };

  Twins(const Deps& deps, Views views) : deps_(deps), views_(views) {}

  base::Result<Page<Thing>> things(const TwinFilter& filter, const PageRequest& page) const;
  /// Errors: not_found, with the nearest name.
  base::Result<ThingDetail> thing(std::string_view id) const;
  base::Result<Property> property(std::string_view thing, std::string_view name) const;
  /// Rows by thing and property.
  base::Result<Page<Property>> values(const TwinFilter& filter, const PageRequest& page) const;
  /// By series id.
  base::Result<Page<Property>> series(const TwinFilter& filter, const PageRequest& page) const;
  base::Result<Page<Site>> sites(const PageRequest& page) const;

  CurrentValue current(model::SeriesId id) const;
  /// The newest series of each property of a thing, by name; empty for an unknown thing.
  std::vector<model::Series> properties_of(std::string_view thing) const;
  base::Error unknown_thing(std::string_view id) const;

 private:
  using OriginKinds = std::map<std::string, pipeline::OriginKind, std::less<>>;

  OriginKinds origin_kinds() const;
  Source source_of(const model::Series& series, const OriginKinds& kinds) const;
  Property look_at(const model::Series& series, const OriginKinds& kinds) const;
  ThingDetail build(std::string_view id, const OriginKinds& kinds) const;
  void count(const ThingDetail& detail, std::map<std::string, Site>& sites) const;

  const Deps& deps_;
  const Views views_;
};

}  // namespace millrace::service
