#include "service/wot_values.h"

#include "twin/property_value.h"

namespace millrace::service {
namespace {

using base::Result;

std::string json_as(const Property& property, const twin::PropertySpec* spec) {
  static const twin::PropertySpec kPlain;
  const auto& last = property.current.last;
  return twin::to_json(last ? last->sample.value : model::Value(), spec ? *spec : kPlain);
}

WotValue value_of(const Property& property, const twin::PropertySpec* spec) {
  WotValue value{.property = property.series.property, .json = json_as(property, spec)};
  if (property.current.last) value.time = property.current.last->sample.time;
  value.quality = property.current.quality().severity();
  return value;
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
  const auto catalog = deps_.catalogs.now();
  return value_of(found, spec_of(*catalog, thing, name));
}

Result<std::vector<WotValue>> WotValues::all(std::string_view thing) const {
  MILLRACE_LET(const ThingDetail detail, twins_.thing(thing));
  std::vector<WotValue> values;
  for (std::size_t i = 0; i < detail.properties.size(); ++i) {
    const twin::PropertySpec* spec = detail.twins[i].spec;
    if (detail.thing.resource && !spec) continue;
    values.push_back(value_of(detail.properties[i], spec));
  }
  return values;
}

std::string WotValues::json_of(const Property& property) const {
  const auto catalog = deps_.catalogs.now();
  return json_as(property, spec_of(*catalog, property.series.thing, property.series.property));
}

}  // namespace millrace::service
