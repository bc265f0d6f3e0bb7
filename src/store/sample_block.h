#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/quality.h"
#include "model/sample.h"

namespace millrace::store {

/// Samples of one physical type as columns: the shape in which a store takes them, so that a
/// commit is a handful of memcpy calls. All vectors have one length. A row without a value
/// (`present` 0) stores NULL. bool values are one byte each.
template <class T>
struct Columns {
  std::vector<model::SeriesId> series;
  std::vector<base::Time> time;
  std::vector<T> value;
  std::vector<std::uint8_t> present;
  std::vector<model::Quality> quality;
  std::vector<base::Time> received;

  std::size_t size() const { return series.size(); }
  void clear();
  void reserve(std::size_t rows);
  void push(model::SeriesId id, base::Time at, T v, bool has_value, model::Quality q,
            base::Time arrived);
};

/// The samples of one commit, by physical type.
struct SampleBlock {
  Columns<double> f64;
  Columns<std::int64_t> i64;
  Columns<std::uint64_t> u64;
  Columns<std::uint8_t> boolean;
  Columns<std::string> text;
  Columns<std::string> bytes;

  std::size_t size() const;
  bool is_empty() const { return size() == 0; }
  void clear();
  /// Appends one sample to the columns of `type`; monostate is a row without a value. A value of
  /// another type is converted where that is exact, else the row has none and is marked wrong_type.
  void push(model::SeriesId id, model::ValueType type, const model::Sample& sample,
            base::Time received);
};

template <class T>
void Columns<T>::clear() {
  series.clear();
  time.clear();
  value.clear();
  present.clear();
  quality.clear();
  received.clear();
}

template <class T>
void Columns<T>::reserve(std::size_t rows) {
  series.reserve(rows);
  time.reserve(rows);
  value.reserve(rows);
  present.reserve(rows);
  quality.reserve(rows);
  received.reserve(rows);
}

template <class T>
void Columns<T>::push(model::SeriesId id, base::Time at, T v, bool has_value, model::Quality q,
                      base::Time arrived) {
  series.push_back(id);
  time.push_back(at);
  value.push_back(std::move(v));
  present.push_back(has_value ? 1 : 0);
  quality.push_back(q);
  received.push_back(arrived);
}

}  // namespace millrace::store
