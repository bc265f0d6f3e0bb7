#include "pipeline/robust.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace millrace::pipeline {
namespace {

constexpr double kOfNormalNoise = 1.4826;

double median_of(std::span<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(values.begin(), middle), *middle);
}

}  // namespace

Robust robust(std::span<double> values) {
  const double median = median_of(values);
  for (double& value : values) value = std::abs(value - median);
  return {median, kOfNormalNoise * median_of(values)};
}

void RecentValues::push(double value) {
  if (!is_full()) {
    values_.push_back(value);
    return;
  }
  values_[next_] = value;
  next_ = (next_ + 1) % most_;
}

Robust RecentValues::robust() const {
  constexpr std::size_t kOnStack = 128;
  std::array<double, kOnStack> copy{};
  const std::size_t size = std::min(values_.size(), kOnStack);
  std::copy_n(values_.begin(), size, copy.begin());
  return pipeline::robust(std::span(copy).first(size));
}

}  // namespace millrace::pipeline
