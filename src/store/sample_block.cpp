#include "store/sample_block.h"

#include <type_traits>
#include <utility>

namespace millrace::store {
namespace {

/// A sample of another type as its series can hold it: in the series' type where that is exact,
/// else without a value and marked wrong_type.
model::Sample fitted(const model::Sample& sample, model::ValueType type) {
  if (const auto exact = model::convert_exactly(sample.value, type)) {
    return {sample.time, *exact, sample.quality};
  }
  return {sample.time, {}, sample.quality.marked(model::Reason::kWrongType)};
}

template <class Held, class T>
void push_as(Columns<T>& columns, model::SeriesId id, const model::Sample& sample,
             base::Time received) {
  const Held* value = std::get_if<Held>(&sample.value);
  T kept{};
  if constexpr (std::is_same_v<Held, model::Bytes>) {
    if (value) kept = value->data;
  } else {
    if (value) kept = *value;
  }
  columns.push(id, sample.time, std::move(kept), value != nullptr, sample.quality, received);
}

}  // namespace

std::size_t SampleBlock::size() const {
  return f64.size() + i64.size() + u64.size() + boolean.size() + text.size() + bytes.size();
}

void SampleBlock::clear() {
  f64.clear();
  i64.clear();
  u64.clear();
  boolean.clear();
  text.clear();
  bytes.clear();
}

void SampleBlock::push(model::SeriesId id, model::ValueType type, const model::Sample& sample,
                       base::Time received) {
  const auto its_type = model::type_of(sample.value);
  if (its_type && *its_type != type) return push(id, type, fitted(sample, type), received);
  switch (type) {
    case model::ValueType::kF64:
      return push_as<double>(f64, id, sample, received);
    case model::ValueType::kI64:
      return push_as<std::int64_t>(i64, id, sample, received);
    case model::ValueType::kU64:
      return push_as<std::uint64_t>(u64, id, sample, received);
    case model::ValueType::kBool:
      return push_as<bool>(boolean, id, sample, received);
    case model::ValueType::kText:
      return push_as<std::string>(text, id, sample, received);
    case model::ValueType::kBytes:
      return push_as<model::Bytes>(bytes, id, sample, received);
  }
}

}  // namespace millrace::store
