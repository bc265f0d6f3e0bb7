#pragma once

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string_view>

#include "base/error.h"

namespace millrace::codec::pbf {

/// Tag and wire type as one number to switch over, so that a field with an unexpected wire type is
/// an unknown field and is skipped, never read as something it is not.
constexpr std::uint32_t varint(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
constexpr std::uint32_t fixed32(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}
constexpr std::uint32_t fixed64(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64);
}
constexpr std::uint32_t bytes(std::uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}

inline std::string_view view(protozero::pbf_reader& reader) {
  const protozero::data_view data = reader.get_view();
  return {data.data(), data.size()};
}
/// What follows the field last read.
inline std::string_view rest(const protozero::pbf_reader& reader) {
  const protozero::data_view data = reader.data();
  return {data.data(), data.size()};
}
inline protozero::pbf_reader reader(std::string_view message) {
  return protozero::pbf_reader(message.data(), message.size());
}

/// Runs a decoder; what protozero throws on torn bytes becomes an Error. The one place that
/// catches.
template <class Decoder>
auto guarded(std::string_view subject, Decoder decode) -> decltype(decode()) {
  try {
    return decode();
  } catch (const protozero::exception& error) {
    return base::fail(base::ErrorCode::kMalformed,
                      std::format("{}: not protobuf: {}", subject, error.what()));
  }
}

}  // namespace millrace::codec::pbf
