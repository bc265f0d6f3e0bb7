#include "service/data_quality.h"

#include <algorithm>
#include <tuple>

#include "service/series_place.h"

namespace millrace::service {
namespace {

/// What an edge last said of a property that another edge feeds now.
bool is_of_another_edge(const twin::Catalog& catalog, const FilterReport& report) {
  const twin::Binding* binding = catalog.feeding(report.thing, report.property).first;
  const auto* source = binding ? std::get_if<twin::ConnectionSource>(&binding->source) : nullptr;
  if (!source) return false;
  const auto connection = catalog.connections().find(source->connection);
  return connection != catalog.connections().end() && connection->second.edge != report.edge;
}

}  // namespace

using base::Result;

/// By id, as the store orders its answers; series of imports, too: their history has a quality.
Result<std::vector<model::Series>> DataQuality::choose(const std::optional<std::string>& site,
                                                       std::string_view thing) const {
  auto chosen = thing.empty() ? deps_.index.all() : deps_.index.of_thing(thing);
  if (!thing.empty() && !twins_.is_known(thing)) {
    return std::unexpected(twins_.unknown_thing(thing));
  }
  const auto catalog = deps_.catalogs.now();
  std::erase_if(chosen, [&](const model::Series& one) {
    return site && place_of(*catalog, one).site != *site;
  });
  std::ranges::sort(chosen, {}, &model::Series::id);
  return chosen;
}

Result<VersionedPage<FilterReport>> DataQuality::filters(std::string_view edge,
                                                         const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t from, number_of(page));
  auto all = deps_.filter_reports ? deps_.filter_reports() : std::vector<FilterReport>();
  const auto catalog = deps_.catalogs.now();
  std::erase_if(all, [&](const FilterReport& one) {
    return (!edge.empty() && one.edge != edge) || is_of_another_edge(*catalog, one);
  });
  std::ranges::sort(all, [](const FilterReport& left, const FilterReport& right) {
    return std::tuple(-left.bytes_saved, left.edge, left.thing, left.property) <
           std::tuple(-right.bytes_saved, right.edge, right.thing, right.property);
  });
  return VersionedPage<FilterReport>{cut(std::move(all), from, page.limit),
                                     deps_.series.newest_commit()};
}

}  // namespace millrace::service
