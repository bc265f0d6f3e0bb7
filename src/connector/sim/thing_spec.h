#pragma once

#include <string>
#include <vector>

#include "model/value.h"

namespace millrace::sim {

/// A simulated measurement: what it is called, what it is measured in, and how good the sensor is.
struct PropertySpec {
  std::string name;  // a Name, unique in its thing
  std::string title;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;  // empty for none
  double low = 0.0;  // plausible range in `unit`
  double high = 0.0;
  double noise = 0.0;       // standard deviation of the sensor, in `unit`
  double resolution = 0.0;  // smallest step the sensor shows; 0 for none
};

/// A simulated machine: a thing and its properties, in the order of its readings.
struct ThingSpec {
  std::string name;
  std::string title;
  std::string model;  // the class of equipment
  std::vector<PropertySpec> properties;
};

/// The place of a property in its thing; kNone when there is no such property.
inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);
inline std::size_t find_property(const ThingSpec& thing, std::string_view name) {
  for (std::size_t i = 0; i < thing.properties.size(); ++i) {
    if (thing.properties[i].name == name) return i;
  }
  return kNone;
}

}  // namespace millrace::sim
