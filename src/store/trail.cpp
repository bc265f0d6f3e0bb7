// A sample is a tag, the change of its distance in time to the one before (left out where the
// distance stays), and its value: the change of value · 10^scale where that is a whole number, the
// eight bytes of the double where it is none, nothing where it is unusable. Numbers are zigzag
// varints. (The idea: Pelkonen et al., Gorilla, VLDB 2015, §4.1; decimals instead of XOR, since
// plants report decimals.)
//
//   tag   bits 0-1 kind   bits 2-4 scale   bit 5 the distance stays

#include "store/trail.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

namespace millrace::store {
namespace {

enum Kind : std::uint8_t { kScaled = 0, kRaw = 1, kUnusable = 2, kBad = 3 };

constexpr std::uint32_t kBlockRows = 128;
constexpr std::uint8_t kScaleMax = 6;
constexpr std::uint8_t kRawFromHere = 7;  // as a scale: the rest of the block is written raw
constexpr std::uint8_t kSameStep = 1U << 5;
constexpr std::array<double, kScaleMax + 1> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
constexpr double kScaledMax = 4503599627370496.0;  // 2^52: whole numbers are exact

std::optional<std::int64_t> scaled(double value, std::uint8_t scale) {
  const double whole = std::nearbyint(value * kPowers.at(scale));
  if (!(std::abs(whole) <= kScaledMax) || whole / kPowers.at(scale) != value) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63);
}

std::int64_t take_number(const char*& at) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(*at++);
    bits |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) break;
  }
  return static_cast<std::int64_t>(bits >> 1U) ^ -static_cast<std::int64_t>(bits & 1U);
}

std::int64_t micros_of(base::Time time) { return time.time_since_epoch().count(); }

}  // namespace

void Trail::put_number(std::int64_t number) {
  std::uint64_t bits = zigzag(number);
  while (bits >= 0x80) {
    bytes_.push_back(static_cast<char>(bits | 0x80U));
    bits >>= 7U;
  }
  bytes_.push_back(static_cast<char>(bits));
}

void Trail::add(base::Time time, const Reading& one) {
  if (marks_.empty() || block_rows_ == kBlockRows) {
    marks_.push_back({time, bytes_.size()});
    last_ = {.time = micros_of(time)};
    block_rows_ = 0;
  }
  ++block_rows_;
  const std::int64_t step = micros_of(time) - last_.time;
  const std::size_t tag = bytes_.size();
  bytes_.push_back(static_cast<char>(one.is_bad ? kBad : one.is_usable ? kScaled : kUnusable));
  if (step == last_.step) {
    bytes_[tag] = static_cast<char>(bytes_[tag] | kSameStep);
  } else {
    put_number(step - last_.step);
  }
  last_.time += step;
  last_.step = step;
  if (one.is_usable) put_value(one.value, tag);
}

void Trail::put_value(double value, std::size_t tag) {
  const std::uint8_t before = last_.scale;
  std::optional<std::int64_t> whole;
  if (before != kRawFromHere) whole = scaled(value, before);
  for (std::uint8_t scale = 0; !whole && before != kRawFromHere && scale <= kScaleMax; ++scale) {
    whole = scaled(value, scale);
    last_.scale = scale;
  }
  if (!whole) {
    last_.scale = kRawFromHere;
    bytes_[tag] = static_cast<char>(bytes_[tag] | kRaw);
    const auto bits = std::bit_cast<std::array<char, 8>>(value);
    bytes_.append(bits.data(), bits.size());
    return;
  }
  if (last_.scale != before) last_.scaled = 0;
  bytes_[tag] = static_cast<char>(bytes_[tag] | last_.scale << 2U);
  put_number(*whole - last_.scaled);
  last_.scaled = *whole;
}

Reading Trail::take_value(const char*& at, std::uint8_t tag, State& state) const {
  switch (tag & 3U) {
    case kUnusable:
      return {};
    case kBad:
      return {.is_bad = true};
    case kRaw: {
      double value = 0;
      std::memcpy(&value, at, sizeof value);
      at += sizeof value;
      return {value, true, false};
    }
    default: {
      const auto scale = static_cast<std::uint8_t>(tag >> 2U & 7U);
      if (scale != state.scale) state.scaled = 0;
      state.scale = scale;
      state.scaled += take_number(at);
      return {static_cast<double>(state.scaled) / kPowers.at(scale), true, false};
    }
  }
}

void Trail::for_each(const TimeRange& range,
                     const std::function<void(base::Time, const Reading&)>& take) const {
  for (std::size_t block = 0; block < marks_.size(); ++block) {
    const bool is_last = block + 1 == marks_.size();
    if (marks_[block].first >= range.to) return;
    if (!is_last && marks_[block + 1].first <= range.from) continue;
    const char* at = bytes_.data() + marks_[block].offset;
    const char* end = bytes_.data() + (is_last ? bytes_.size() : marks_[block + 1].offset);
    State state{.time = micros_of(marks_[block].first)};
    while (at < end) {
      const auto tag = static_cast<std::uint8_t>(*at++);
      if ((tag & kSameStep) == 0) state.step += take_number(at);
      state.time += state.step;
      const Reading one = take_value(at, tag, state);
      const base::Time time{base::Duration(state.time)};
      if (range.holds(time)) take(time, one);
    }
  }
}

Trail Trail::part(const TimeRange& range) const {
  const auto behind = std::ranges::lower_bound(marks_, range.to, {}, &Mark::first);
  auto from = std::ranges::upper_bound(marks_, range.from, {}, &Mark::first);
  if (from != marks_.begin()) --from;
  Trail copy;
  if (from >= behind) return copy;
  const std::size_t begin = from->offset;
  const std::size_t end = behind == marks_.end() ? bytes_.size() : behind->offset;
  copy.bytes_ = bytes_.substr(begin, end - begin);
  for (auto mark = from; mark != behind; ++mark) {
    copy.marks_.push_back({mark->first, mark->offset - begin});
  }
  return copy;
}

}  // namespace millrace::store
