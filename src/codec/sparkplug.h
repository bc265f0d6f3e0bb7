#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/sparkplug_value.h"

/// Sparkplug B 3.0 payloads (chapter 6): bytes ↔ structs, by protobuf field number. Pure; any
/// thread. Everything decoded is a view into the message, which must outlive it.
///
/// Limits: a message above kMessageBytesMax or with more than kMetricsMax metrics is refused as
/// too_large; torn protobuf is malformed; a metric name that is too long or not UTF-8 is a fault of
/// that metric alone; NaN, infinities and wrong types are data. Unknown fields, and known ones with
/// an unexpected wire type, are skipped: a later edition of the standard stays readable.
namespace millrace::codec::sparkplug {

inline constexpr std::size_t kMessageBytesMax = 16U << 20;
inline constexpr std::size_t kMetricsMax = 100'000;
inline constexpr std::size_t kMetricNameBytesMax = 1024;

/// What is wrong with a metric's name; its value is still decoded.
enum class NameFault : std::uint8_t { kNone, kTooLong, kNotUtf8 };

/// One metric. To encode, `properties` is written as it is where it is not empty, else a
/// PropertySet is made of `quality`, `unit` and `title`; decoding fills all four.
struct Metric {
  std::string_view name;
  std::optional<std::uint64_t> alias;
  std::optional<std::uint64_t> timestamp_ms;
  std::optional<DataType> datatype;     // may be a number the standard does not know
  std::optional<std::int32_t> quality;  // property "Quality": 192 good, 500 stale, 0 bad
  std::string_view unit;                // property "engUnit"
  std::string_view title;               // property "title": what people call the metric
  WireValue value;
  std::string_view properties;  // the whole PropertySet, for decode_properties()
  std::string_view metadata;    // the MetaData message as it came
  NameFault name_fault = NameFault::kNone;
  bool is_historical = false;
  bool is_transient = false;
  bool is_null = false;
  bool operator==(const Metric&) const = default;
};

struct Payload {
  std::optional<std::uint64_t> timestamp_ms;
  std::optional<std::uint64_t> seq;
  std::string_view uuid;
  std::optional<std::string_view> body;
  std::vector<Metric> metrics;

  void clear();
  bool operator==(const Payload&) const = default;
};

/// Decodes a message into `payload`, which may be reused: its vector keeps its memory.
/// Errors: too_large, malformed; `payload` then holds what was read so far.
base::Result<void> decode(std::string_view message, Payload& payload);

/// Appends the encoded payload to `out`.
void encode(const Payload& payload, std::string& out);

/// One entry of a PropertySet. A nested set is left as its bytes (WireKind::kPropertySet, …List).
struct Property {
  std::string_view key;
  DataType type = DataType::kUnknown;
  bool is_null = false;
  WireValue value;
  bool operator==(const Property&) const = default;
};

/// The entries of a PropertySet; keys without a value and values without a key are left out.
/// Errors: malformed, too_large.
base::Result<std::vector<Property>> decode_properties(std::string_view property_set);
std::string encode_properties(const std::vector<Property>& properties);

/// A Metric alone, as it stands in a payload or in a Template. Errors: malformed.
base::Result<Metric> decode_metric(std::string_view message);
void encode_metric(const Metric& metric, std::string& out);

/// The uuid that marks a payload whose body holds another payload, compressed (a convention of
/// Tahu and of sparkplug-client, outside the standard).
inline constexpr std::string_view kCompressedUuid = "SPBV1.0_COMPRESSED";

}  // namespace millrace::codec::sparkplug
