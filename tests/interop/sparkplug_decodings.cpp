// Each line of the input is a Sparkplug payload in hex; for each a JSON line says what our codec
// and what libprotobuf reads: {"ours":{…},"libprotobuf":{…}}. Numbers of the wire stand as they are
// there (integers unsigned, floating point as bits), bytes in hex.
#include <bit>
#include <iostream>
#include <nlohmann/json.hpp>
#include <print>
#include <string>

#include "codec/sparkplug.h"
#include "codec/sparkplug_complex.h"
#include "sparkplug_peer.pb.h"

namespace {

namespace ours = millrace::codec::sparkplug;
namespace peer = millrace::peer;
using nlohmann::json;
using ours::WireKind;

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += std::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

json read(const ours::Metric& metric);
json read(const peer::Metric& metric);

json value(std::string_view kind, json value) { return {{"kind", kind}, {"value", value}}; }

json read(const ours::DataSet& set) {
  json all = json::array({set.columns, set.types});
  for (const ours::WireValue& cell : set.cells) all.push_back({cell.bits, cell.bytes});
  return all;
}

json read(const peer::DataSet& set) {
  json all = json::array({set.columns(), set.types()});
  for (const auto& row : set.rows()) {
    for (const auto& cell : row.elements()) {
      std::uint64_t bits = cell.int_value() | cell.long_value() | (cell.boolean_value() ? 1U : 0U);
      if (cell.has_double_value()) bits = std::bit_cast<std::uint64_t>(cell.double_value());
      if (cell.has_float_value()) bits = std::bit_cast<std::uint32_t>(cell.float_value());
      all.push_back({bits, cell.string_value()});
    }
  }
  return all;
}

json read(const ours::Template& one) {
  json all = {{"version", one.version}, {"reference", one.reference}};
  for (const ours::Metric& metric : one.metrics) all["metrics"].push_back(read(metric));
  for (const auto& parameter : one.parameters) {
    all["parameters"].push_back({parameter.name, parameter.type, parameter.value.bytes});
  }
  return all;
}

json read(const peer::Template& one) {
  json all = {{"version", one.version()}, {"reference", one.template_ref()}};
  for (const peer::Metric& metric : one.metrics()) all["metrics"].push_back(read(metric));
  for (const auto& parameter : one.parameters()) {
    all["parameters"].push_back({parameter.name(), parameter.type(), parameter.string_value()});
  }
  return all;
}

json read(const ours::WireValue& wire) {
  switch (wire.kind) {
    case WireKind::kNone:
      return nullptr;
    case WireKind::kInt:
      return value("int", wire.bits);
    case WireKind::kLong:
      return value("long", wire.bits);
    case WireKind::kFloat:
      return value("float", wire.bits);
    case WireKind::kDouble:
      return value("double", wire.bits);
    case WireKind::kBoolean:
      return value("boolean", wire.bits == 1);
    case WireKind::kString:
      return value("string", wire.bytes);
    case WireKind::kBytes:
      return value("bytes", hex(wire.bytes));
    case WireKind::kDataSet:
      return value("dataset", read(ours::decode_data_set(wire.bytes).value()));
    case WireKind::kTemplate:
      return value("template", read(ours::decode_template(wire.bytes).value()));
    default:
      return "neither";
  }
}

json read_value(const peer::Metric& metric) {
  switch (metric.value_case()) {
    case peer::Metric::VALUE_NOT_SET:
      return nullptr;
    case peer::Metric::kIntValue:
      return value("int", metric.int_value());
    case peer::Metric::kLongValue:
      return value("long", metric.long_value());
    case peer::Metric::kFloatValue:
      return value("float", std::bit_cast<std::uint32_t>(metric.float_value()));
    case peer::Metric::kDoubleValue:
      return value("double", std::bit_cast<std::uint64_t>(metric.double_value()));
    case peer::Metric::kBooleanValue:
      return value("boolean", metric.boolean_value());
    case peer::Metric::kStringValue:
      return value("string", metric.string_value());
    case peer::Metric::kBytesValue:
      return value("bytes", hex(metric.bytes_value()));
    case peer::Metric::kDatasetValue:
      return value("dataset", read(metric.dataset_value()));
    case peer::Metric::kTemplateValue:
      return value("template", read(metric.template_value()));
  }
  return "another";
}

json optional(const auto& value) { return value ? json(*value) : json(); }

json read(const ours::Metric& metric) {
  return {{"name", metric.name},
          {"alias", optional(metric.alias)},
          {"timestamp", optional(metric.timestamp_ms)},
          {"datatype", optional(metric.datatype)},
          {"is_historical", metric.is_historical},
          {"is_transient", metric.is_transient},
          {"is_null", metric.is_null},
          {"quality", optional(metric.quality)},
          {"unit", metric.unit},
          {"value", read(metric.value)}};
}

json read(const peer::Metric& metric) {
  json quality;
  std::string unit;
  for (int i = 0; i < metric.properties().keys_size(); ++i) {
    const auto& one = metric.properties().values(i);
    if (metric.properties().keys(i) == "Quality") quality = one.int_value();
    if (metric.properties().keys(i) == "engUnit") unit = one.string_value();
  }
  const auto given = [](bool has, std::uint64_t number) { return has ? json(number) : json(); };
  return {{"name", metric.name()},
          {"alias", given(metric.has_alias(), metric.alias())},
          {"timestamp", given(metric.has_timestamp(), metric.timestamp())},
          {"datatype", given(metric.has_datatype(), metric.datatype())},
          {"is_historical", metric.is_historical()},
          {"is_transient", metric.is_transient()},
          {"is_null", metric.is_null()},
          {"quality", quality},
          {"unit", unit},
          {"value", read_value(metric)}};
}

json read_ours(const std::string& bytes) {
  ours::Payload payload;
  if (!ours::decode(bytes, payload)) return "refused";
  json all = {{"timestamp", optional(payload.timestamp_ms)},
              {"seq", optional(payload.seq)},
              {"uuid", payload.uuid},
              {"body", hex(payload.body.value_or(""))},
              {"metrics", json::array()}};
  for (const ours::Metric& metric : payload.metrics) all["metrics"].push_back(read(metric));
  return all;
}

json read_theirs(const std::string& bytes) {
  peer::Payload payload;
  if (!payload.ParseFromString(bytes)) return "refused";
  json all = {{"timestamp", payload.has_timestamp() ? json(payload.timestamp()) : json()},
              {"seq", payload.has_seq() ? json(payload.seq()) : json()},
              {"uuid", payload.uuid()},
              {"body", hex(payload.body())},
              {"metrics", json::array()}};
  for (const peer::Metric& metric : payload.metrics()) all["metrics"].push_back(read(metric));
  return all;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::string bytes = from_hex(line);
    std::println("{}",
                 json{{"ours", read_ours(bytes)}, {"libprotobuf", read_theirs(bytes)}}.dump());
  }
}
