#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/ids.h"
#include "model/value.h"

namespace millrace::model {

/// What a series is: (thing, property, type) is its key and never changes; the rest are tags that
/// may. A property whose type changes gets another series.
struct Series {
  SeriesId id{};
  std::string thing;
  std::string property;
  ValueType type = ValueType::kF64;
  std::string unit;  // UCUM-like text as the source wrote it; empty for none
  std::string site;  // ISA-95 place; empty where unknown
  std::string area;
  std::string line;
  std::string source;              // the edge, third-party node or import that feeds it
  std::int32_t model_version = 0;  // of the thing model; 0 for none
  std::string title;
  bool operator==(const Series&) const = default;
};

}  // namespace millrace::model
