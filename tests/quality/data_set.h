#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/property_contract.h"
#include "model/sample.h"

namespace millrace::quality {

/// One measured series, in the order of its times.
struct Series {
  std::string name;
  std::string unit;
  model::ValueType type = model::ValueType::kF64;
  std::vector<model::Sample> samples;
};

/// What a fault is and when: [start, end) on one series.
struct Label {
  std::string kind;
  std::size_t series = 0;
  base::Time start;
  base::Time end;
};

/// Series of one plant that are measured together. `is_redundant`: they measure the same.
struct DataSet {
  std::string name;
  base::Duration interval{};
  bool is_redundant = false;
  double learnt = 1.0 / 3;  // share of each series from which settings are learnt
  std::vector<Series> series;
  double days() const;
  std::size_t samples() const;
  /// Where in a series the part begins that settings were not learnt from.
  std::size_t begin_of_rest(const Series& one) const {
    return static_cast<std::size_t>(learnt * static_cast<double>(one.samples.size()));
  }
};

/// Columns of delimited text with a "YYYY-MM-DD hh:mm:ss" first; rows without a value are left out.
/// `columns`: by place, from 1, with the unit. Empty when the file is not there.
std::optional<DataSet> read_columns(const std::filesystem::path& file, char separator,
                                    std::string name,
                                    std::vector<std::pair<std::size_t, std::string>> columns);
/// Appends the series of another set.
void append(DataSet& to, DataSet from);

/// Three sensors of one quantity, made of a real series: each with noise of its own, a hundredth of
/// the series' spread, and one with a constant offset of as much.
DataSet redundant(const Series& of, std::string name, base::Duration interval, std::uint64_t seed);

/// The simulated plant, a reading a second.
struct Simulated {
  DataSet data;
  DataSet without_faults;     // the same plant with sound sensors; faults of machines stay
  std::vector<Label> faults;  // of sensors
};
Simulated simulate(std::uint64_t seed, base::Duration length, double faults_per_day);

}  // namespace millrace::quality
