#include "pipeline/filter_meter.h"

#include <bit>

namespace millrace::pipeline {
namespace {

// Tag and length of the metric; alias of three bytes; tag and six bytes of milliseconds.
constexpr std::size_t kMetricBytes = 2 + 3 + 7;
// In the body: microseconds below the millisecond.
constexpr std::size_t kRemainderBytes = 2;
// The metric's property Quality, and the pair of index and bits in the body.
constexpr std::size_t kQualityBytes = 20 + 6;

std::size_t varint_bytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

std::size_t text_bytes(std::size_t length) { return 1 + varint_bytes(length) + length; }

struct ValueBytes {
  std::size_t operator()(std::monostate) const { return 2; }
  std::size_t operator()(double) const { return 9; }
  std::size_t operator()(std::int64_t value) const {
    return 1 + varint_bytes(static_cast<std::uint64_t>(value));
  }
  std::size_t operator()(std::uint64_t value) const { return 1 + varint_bytes(value); }
  std::size_t operator()(bool) const { return 2; }
  std::size_t operator()(const std::string& text) const { return text_bytes(text.size()); }
  std::size_t operator()(const model::Bytes& bytes) const { return text_bytes(bytes.data.size()); }
};

}  // namespace

std::size_t wire_bytes(const model::Sample& sample) {
  const bool has_remainder = sample.time.time_since_epoch().count() % 1000 != 0;
  return kMetricBytes + std::visit(ValueBytes{}, sample.value) +
         (has_remainder ? kRemainderBytes : 0) + (sample.quality.bits() != 0 ? kQualityBytes : 0);
}

}  // namespace millrace::pipeline
