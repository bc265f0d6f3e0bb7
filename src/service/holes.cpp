#include "service/holes.h"

#include <algorithm>
#include <optional>

#include "store/rollup.h"

namespace millrace::service {
namespace {

using model::Sample;
using model::Value;

/// A sample as a point of a line.
struct Point {
  base::Time time;
  double value = 0;
};

std::optional<Point> point_of(const Sample* sample) {
  if (!sample) return std::nullopt;
  const store::Reading reading = store::reading(*sample);
  if (!reading.is_usable) return std::nullopt;
  return Point{sample->time, reading.value};
}

double value_at(const Point& from, const Point& to, base::Time time) {
  const auto whole = static_cast<double>((to.time - from.time).count());
  return from.value +
         (to.value - from.value) * static_cast<double>((time - from.time).count()) / whole;
}

/// The value of the same type as that of a sample; whole where that is.
Value like(const Value& value, double number) {
  const auto exact = [&](double whole) {
    return model::convert_exactly(whole, *model::type_of(value)).value_or(value);
  };
  return std::holds_alternative<double>(value) ? Value(number) : exact(std::nearbyint(number));
}

const Sample* first_usable(const std::vector<Sample>& samples, base::Time from) {
  for (const Sample& one : samples) {
    if (one.time >= from && is_usable(one)) return &one;
  }
  return nullptr;
}

}  // namespace

bool is_usable(const Sample& sample) {
  return !sample.quality.is_bad() && model::type_of(sample.value).has_value();
}

std::optional<store::Correction> valued(store::Correction range, const Sample* before,
                                        const Sample* behind) {
  if (!before) return std::nullopt;
  range.value = before->value;
  if (range.method != store::FillMethod::kLinear) return range;
  const auto from = point_of(before), to = point_of(behind);
  if (!from || !to) return std::nullopt;
  range.value = like(before->value, value_at(*from, *to, range.range.from));
  range.value_to = value_at(*from, *to, range.range.to);
  return range;
}

std::vector<store::Correction> fill_holes(const store::Correction& whole,
                                          const std::vector<Sample>& samples) {
  std::vector<store::Correction> holes;
  const Sample* usable = nullptr;
  base::Time from = whole.range.from;
  const auto close = [&](base::Time next) {
    store::Correction hole = whole;
    hole.range = {
        std::max(from, whole.range.from),
        std::min(next == base::Time::max() ? next : next - whole.interval / 2, whole.range.to)};
    if (hole.range.is_empty()) return;
    if (auto one = valued(std::move(hole), usable, first_usable(samples, next))) {
      holes.push_back(std::move(*one));
    }
  };
  for (const Sample& one : samples) {
    if (from < whole.range.to) close(one.time);
    from = one.time + whole.interval;
    if (is_usable(one)) usable = &one;
  }
  if (from < whole.range.to) close(base::Time::max());
  return holes;
}

}  // namespace millrace::service
