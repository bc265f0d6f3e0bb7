#include "data_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "base/random.h"
#include "connector/sim/plant.h"

namespace millrace::quality {
namespace {

constexpr base::Time kSimulatedStart{std::chrono::seconds(1'780'000'000)};

std::optional<base::Time> parse_time(const std::string& text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%d", &y, &mo, &d, &h, &mi, &s) != 6) {
    return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year(y), std::chrono::month(unsigned(mo)),
                                        std::chrono::day(unsigned(d))};
  return base::Time(std::chrono::sys_days(day).time_since_epoch()) + std::chrono::hours(h) +
         std::chrono::minutes(mi) + std::chrono::seconds(s);
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == separator) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::optional<double> parse_number(const std::string& text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end == text.data()) return std::nullopt;
  return number;
}

/// The files repeat and skip an hour where clocks were changed: the repeated one is left out, since
/// faults are to be injected, not found.
void leave_out_repeated_times(Series& series) {
  std::ranges::stable_sort(series.samples, {}, &model::Sample::time);
  const auto rest = std::ranges::unique(series.samples, {}, &model::Sample::time);
  series.samples.erase(rest.begin(), rest.end());
}

base::Duration usual_interval(const Series& series) {
  std::vector<base::Duration> steps;
  for (std::size_t i = 1; i < series.samples.size(); ++i) {
    steps.push_back(series.samples[i].time - series.samples[i - 1].time);
  }
  if (steps.empty()) return base::Duration(1);
  std::ranges::nth_element(steps, steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2));
  return steps[steps.size() / 2];
}

double spread_of(const Series& series) {
  std::vector<double> values;
  for (const model::Sample& sample : series.samples) {
    values.push_back(std::get<double>(sample.value));
  }
  std::ranges::sort(values);
  return values[values.size() * 99 / 100] - values[values.size() / 100];
}

DataSet readings(sim::Plant& plant, base::Duration length) {
  DataSet data{.name = "simulator", .interval = std::chrono::seconds(1), .learnt = 0.5};
  std::vector<std::size_t> first;  // series of each thing
  for (const sim::ThingSpec& thing : plant.things()) {
    first.push_back(data.series.size());
    for (const sim::PropertySpec& property : thing.properties) {
      data.series.push_back({thing.name + "/" + property.name, property.unit, property.type, {}});
    }
  }
  plant.step(length, [&](base::Time, std::span<const sim::SimReading> all) {
    for (const sim::SimReading& one : all) {
      data.series[first[one.thing] + one.property].samples.push_back(one.sample);
    }
  });
  return data;
}

}  // namespace

double DataSet::days() const {
  double days = 0;
  for (const Series& one : series) {
    const auto length = one.samples.back().time - one.samples.front().time;
    days += std::chrono::duration<double>(length).count() / 86400;
  }
  return days;
}

std::size_t DataSet::samples() const {
  std::size_t samples = 0;
  for (const Series& one : series) samples += one.samples.size();
  return samples;
}

std::optional<DataSet> read_columns(const std::filesystem::path& file, char separator,
                                    std::string name,
                                    std::vector<std::pair<std::size_t, std::string>> columns) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  DataSet set{.name = std::move(name)};
  const auto header = split(line, separator);
  for (const auto& [place, unit] : columns)
    set.series.push_back({.name = header.at(place), .unit = unit, .samples = {}});
  while (std::getline(in, line)) {
    const auto cells = split(line, separator);
    const auto time = parse_time(cells.front());
    for (std::size_t i = 0; time && i < columns.size(); ++i) {
      if (columns[i].first >= cells.size()) continue;
      const auto number = parse_number(cells[columns[i].first]);
      if (number) set.series[i].samples.push_back({*time, *number, {}});
    }
  }
  std::ranges::for_each(set.series, leave_out_repeated_times);
  set.interval = usual_interval(set.series.front());
  return set;
}

void append(DataSet& to, DataSet from) {
  std::ranges::move(from.series, std::back_inserter(to.series));
}

DataSet redundant(const Series& of, std::string name, base::Duration interval, std::uint64_t seed) {
  base::Random random(seed);
  DataSet set{.name = std::move(name), .interval = interval, .is_redundant = true};
  const double noise = spread_of(of) / 100;
  for (int sensor = 0; sensor < 3; ++sensor) {
    Series one{std::format("{}-{}", of.name, sensor + 1), of.unit, of.type, of.samples};
    for (model::Sample& sample : one.samples) {
      const double offset = sensor == 1 ? noise : 0;
      sample.value = std::get<double>(sample.value) + offset + noise * random.normal();
    }
    set.series.push_back(std::move(one));
  }
  return set;
}

Simulated simulate(std::uint64_t seed, base::Duration length, double faults_per_day) {
  const sim::PlantOptions options{
      .seed = seed, .start = kSimulatedStart, .tick = std::chrono::seconds(1)};
  auto faulty = options;
  faulty.faults_per_day = faults_per_day;
  auto plant = sim::make_pump_plant(faulty);
  Simulated made{.data = readings(*plant, length)};
  auto sound = options;
  for (const sim::Fault& fault : plant->take_truth()) {
    if (!sim::is_sensor_fault(fault.kind)) {
      sound.script.push_back(fault);
      continue;
    }
    const auto place =
        std::ranges::find(made.data.series, fault.thing + "/" + fault.property, &Series::name) -
        made.data.series.begin();
    made.faults.push_back({std::string(sim::text(fault.kind)), static_cast<std::size_t>(place),
                           fault.start, fault.end});
  }
  auto sound_plant = sim::make_pump_plant(sound);
  made.without_faults = readings(*sound_plant, length);
  return made;
}

}  // namespace millrace::quality
