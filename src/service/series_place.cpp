#include "service/series_place.h"

namespace millrace::service {

SeriesPlace place_of(const twin::Catalog& catalog, const model::Series& series) {
  const twin::Thing* thing = catalog.thing(series.thing);
  if (!thing) return {series.site, series.area, series.line};
  return {thing->place.site, thing->place.area, thing->place.line};
}

}  // namespace millrace::service
