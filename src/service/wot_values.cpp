#include "service/wot_values.h"

#include <format>

#include "twin/property_value.h"

namespace millrace::service {
namespace {

using base::Result;

std::optional<std::string> json_as(const Property& property, const twin::PropertySpec* spec) {
  static const twin::PropertySpec kPlain;
  const auto& last = property.current.last;
  return last ? twin::to_json(last->sample.value, spec ? *spec : kPlain) : std::nullopt;
}

std::optional<WotValue> value_of(const Property& property, const twin::PropertySpec* spec) {
  auto json = json_as(property, spec);
  if (!json) return std::nullopt;
  return WotValue{.property = property.series.property,
                  .json = std::move(*json),
                  .time = property.current.last->sample.time,
                  .quality = property.current.quality().severity()};
}

/// Why a property has no value now.
std::string_view why_none(const Property& property) {
  const auto reasons = property.current.quality().reasons();
  if (!property.current.last) return "Nothing has come yet.";
  return model::sentence(reasons.empty() ? model::Reason::kMissingValue : reasons.front());
}

/// What the catalog has of a property; lives as long as the catalog.
const twin::PropertySpec* spec_of(const twin::Catalog& catalog, std::string_view thing,
                                  std::string_view property) {
  const twin::Thing* resource = catalog.thing(thing);
  return resource && resource->model ? resource->model->property(property) : nullptr;
}

}  // namespace

Result<WotValue> WotValues::property(std::string_view thing, std::string_view name) const {
  MILLRACE_LET(const Property found, twins_.property(thing, name));
  MILLRACE_TRY(allow_reading(thing, name));
  const auto catalog = deps_.catalogs.now();
  auto value = value_of(found, spec_of(*catalog, thing, name));
  if (value) return std::move(*value);
  return base::fail_for_now(
      base::ErrorCode::kUnavailable,
      std::format("property '{}' of {} has no value now: {}", name, thing, why_none(found)),
      "Look at the thing's source, then read it again.");
}

Result<std::vector<WotValue>> WotValues::all(std::string_view thing) const {
  MILLRACE_LET(const ThingDetail detail, twins_.thing(thing));
  std::vector<WotValue> values;
  for (std::size_t i = 0; i < detail.properties.size(); ++i) {
    const twin::PropertySpec* spec = detail.twins[i].spec;
    if (detail.thing.resource && !spec) continue;
    if (spec && !spec->is_readable) continue;
    if (auto value = value_of(detail.properties[i], spec)) values.push_back(std::move(*value));
  }
  return values;
}

Result<void> WotValues::allow_reading(std::string_view thing, std::string_view name) const {
  const auto catalog = deps_.catalogs.now();
  const twin::PropertySpec* spec = spec_of(*catalog, thing, name);
  if (!spec || spec->is_readable) return {};
  return base::fail(base::ErrorCode::kUnsupported,
                    std::format("property '{}' of {} can only be written", name, thing),
                    "Its thing model says writeOnly.");
}

std::optional<std::string> WotValues::json_of(const Property& property) const {
  const auto catalog = deps_.catalogs.now();
  return json_as(property, spec_of(*catalog, property.series.thing, property.series.property));
}

}  // namespace millrace::service
