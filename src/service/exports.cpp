#include "service/exports.h"

#include <algorithm>

#include "base/files.h"
#include "service/disk_room.h"
#include "service/series_place.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;

std::string_view extension(store::ExportFormat format) {
  return format == store::ExportFormat::kCsv ? "csv" : "parquet";
}

bool fits(const ExportRequest& request, const model::Series& series, const twin::Catalog& catalog) {
  if (!request.series.empty() && !std::ranges::contains(request.series, series.id)) return false;
  if (!request.things.empty() && !std::ranges::contains(request.things, series.thing)) return false;
  if (request.site && *request.site != place_of(catalog, series).site) return false;
  return request.properties.empty() || std::ranges::contains(request.properties, series.property);
}

}  // namespace

Exports::Exports(const Deps& deps, const Twins& twins)
    : deps_(deps), twins_(twins), folder_(deps.facts.data_dir / "export") {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);  // what a killed hub left
}

Result<std::vector<model::SeriesId>> Exports::choose(const ExportRequest& request) const {
  if (request.series.empty() && request.things.empty() && !request.site) {
    return base::fail(ErrorCode::kInvalid, "an export needs series, things or a site",
                      "Name what to export.");
  }
  for (const model::SeriesId id : request.series) {
    if (deps_.index.get(id)) continue;
    return base::fail(ErrorCode::kNotFound, std::format("series {} is unknown", number(id)));
  }
  for (const std::string& thing : request.things) {
    if (!twins_.is_known(thing)) return std::unexpected(twins_.unknown_thing(thing));
  }
  const auto catalog = deps_.catalogs.now();
  std::vector<model::SeriesId> chosen;
  for (const model::Series& series : deps_.index.all()) {
    if (fits(request, series, *catalog)) chosen.push_back(series.id);
  }
  if (chosen.empty()) {
    return base::fail(ErrorCode::kNotFound, "no series fits the choice", "Choose less narrowly.");
  }
  if (chosen.size() <= kExportSeriesMax) return chosen;
  return base::fail(
      ErrorCode::kTooLarge,
      std::format("{} series chosen, {} is the limit", chosen.size(), kExportSeriesMax),
      "Export one site or some things at a time.");
}

Result<ExportedFile> Exports::write(const ExportRequest& request) {
  if (request.range.start >= request.range.end) {
    return base::fail(ErrorCode::kInvalid, "the time range is empty: start is not before end",
                      "Give a start before the end.");
  }
  MILLRACE_LET(auto series, choose(request));
  MILLRACE_TRY(check_free(deps_.facts, 0, "an export"));
  if (!slots_.try_acquire()) {
    return base::fail_for_now(ErrorCode::kLimited,
                              std::format("{} other exports are being written", kExportsMax),
                              "Try again when one of them has ended.");
  }
  auto file = write_file(request, std::move(series));
  slots_.release();
  return file;
}

Result<ExportedFile> Exports::write_file(const ExportRequest& request,
                                         std::vector<model::SeriesId> series) {
  MILLRACE_TRY(base::make_directories(folder_));
  ExportedFile file;
  file.path = folder_ / std::format("{}.{}", next_++, extension(request.format));
  const auto written =
      deps_.series.export_to({.series = std::move(series),
                              .start = request.range.start,
                              .end = request.range.end,
                              .deadline = deps_.clock.monotonic() + deps_.limits.exported_file,
                              .with_originals = request.with_originals,
                              .stop = request.stop},
                             request.format, file.path);
  if (!written) {
    std::error_code ignored;
    std::filesystem::remove(file.path, ignored);
    return std::unexpected(written.error());
  }
  file.rows = written->rows;
  file.commit = written->commit;
  file.name = std::format("millrace-{}.{}", number(file.commit), extension(request.format));
  return file;
}

}  // namespace millrace::service
