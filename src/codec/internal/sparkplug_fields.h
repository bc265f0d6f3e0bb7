#pragma once

#include <cstdint>
#include <string_view>

/// Field numbers: Sparkplug B 3.0, §6.4.1 (protobuf schema), and the properties Millrace reads.
namespace millrace::codec::sparkplug {

namespace payload_field {
enum : std::uint32_t { kTimestamp = 1, kMetrics = 2, kSeq = 3, kUuid = 4, kBody = 5 };
}
namespace metric_field {
enum : std::uint32_t {
  kName = 1,
  kAlias = 2,
  kTimestamp = 3,
  kDatatype = 4,
  kIsHistorical = 5,
  kIsTransient = 6,
  kIsNull = 7,
  kMetadata = 8,
  kProperties = 9,
  kInt = 10,
  kLong = 11,
  kFloat = 12,
  kDouble = 13,
  kBoolean = 14,
  kString = 15,
  kBytes = 16,
  kDataSet = 17,
  kTemplate = 18,
};
}
namespace property_field {
enum : std::uint32_t {
  kType = 1,
  kIsNull = 2,
  kInt = 3,
  kLong = 4,
  kFloat = 5,
  kDouble = 6,
  kBoolean = 7,
  kString = 8,
  kPropertySet = 9,
  kPropertySetList = 10,
};
enum : std::uint32_t { kKeys = 1, kValues = 2 };
}  // namespace property_field

inline constexpr std::string_view kQualityKey = "Quality";
inline constexpr std::string_view kUnitKey = "engUnit";
inline constexpr std::string_view kTitleKey = "title";

}  // namespace millrace::codec::sparkplug
