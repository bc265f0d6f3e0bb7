#pragma once

#include <string_view>

#include "model/series.h"
#include "twin/catalog.h"

namespace millrace::service {

/// Views into the catalog and the series.
struct SeriesPlace {
  std::string_view site;
  std::string_view area;
  std::string_view line;
};

/// Where a series belongs now: to the place of its thing, as lists of things have it. One whose
/// thing nobody has configured keeps the place that came with its first sample.
SeriesPlace place_of(const twin::Catalog& catalog, const model::Series& series);

}  // namespace millrace::service
