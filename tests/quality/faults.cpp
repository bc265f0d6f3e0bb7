#include "faults.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "pipeline/unit_jump.h"

namespace millrace::quality {
namespace {

using Samples = std::vector<model::Sample>;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);  // series of what never arrives

/// One series on its way: what arrives, by which a fault may change anything.
struct Line {
  const Series& series;
  double spread = 0;  // between the first and the last hundredth of its values
  base::Duration interval{};
  std::vector<Arrival> arrivals;
};

double& number(Line& line, std::size_t i) {
  return std::get<double>(line.arrivals[i].sample.value);
}

/// Injects one fault that begins at place i; gives the place after its last sample.
using Inject = std::size_t (*)(Line&, std::size_t i, base::Random&);

std::size_t spike(Line& line, std::size_t i, base::Random& random) {
  const double sign = random.below(2) == 0 ? -1 : 1;
  number(line, i) += sign * line.spread * (0.5 + 0.5 * random.uniform());
  return i + 1;
}

constexpr std::size_t kFlat = 60;
std::size_t flat_line(Line& line, std::size_t i, base::Random&) {
  for (std::size_t k = i + 1; k < i + kFlat; ++k) number(line, k) = number(line, i);
  return i + kFlat;
}

constexpr std::size_t kLost = 12;
std::size_t gap(Line& line, std::size_t i, base::Random&) {
  for (std::size_t k = i; k < i + kLost; ++k) line.arrivals[k].series = kNone;
  return i + kLost + 1;
}

std::size_t unit(Line& line, std::size_t i, base::Random& random) {
  const auto mistakes = pipeline::unit_mistakes(line.series.unit);
  const auto& mistake = mistakes[random.below(mistakes.size())];
  for (std::size_t k = i; k < i + kFlat; ++k) {
    number(line, k) = number(line, k) * mistake.factor + mistake.offset;
  }
  return i + kFlat;
}

constexpr std::size_t kLong = 150;
std::size_t offset(Line& line, std::size_t i, base::Random&) {
  for (std::size_t k = i; k < i + kLong; ++k) number(line, k) += 0.3 * line.spread;
  return i + kLong;
}

std::size_t drift(Line& line, std::size_t i, base::Random&) {
  for (std::size_t k = i; k < i + kLong; ++k) {
    number(line, k) += 0.3 * line.spread * double(k - i) / double(kLong);
  }
  return i + kLong;
}

constexpr std::size_t kShifted = 20;
std::size_t shift(Line& line, std::size_t i, base::Duration by) {
  for (std::size_t k = i; k < i + kShifted; ++k) line.arrivals[k].sample.time += by;
  return i + kShifted;
}

base::Duration clock_error(const Line& line) {
  return std::max<base::Duration>(std::chrono::hours(1), 30 * line.interval);
}
std::size_t clock_ahead(Line& line, std::size_t i, base::Random&) {
  return shift(line, i, clock_error(line));
}
std::size_t clock_behind(Line& line, std::size_t i, base::Random&) {
  return shift(line, i, -clock_error(line));
}

/// As of a battery or a person: too little to be late by.
constexpr base::Duration kSkew = std::chrono::minutes(2);
std::size_t skew_ahead(Line& line, std::size_t i, base::Random&) { return shift(line, i, kSkew); }
std::size_t skew_behind(Line& line, std::size_t i, base::Random&) { return shift(line, i, -kSkew); }

std::size_t duplicate(Line& line, std::size_t i, base::Random& random) {
  const std::size_t after = 1 + random.below(5);
  Arrival again = line.arrivals[i];
  again.arrived = line.arrivals[i + after].arrived + base::Duration(1);
  line.arrivals.push_back(again);
  return i + after + 1;
}

std::size_t out_of_order(Line& line, std::size_t i, base::Random& random) {
  const std::size_t after = 1 + random.below(5);
  line.arrivals[i].arrived = line.arrivals[i + after].arrived + base::Duration(1);
  return i + after + 1;
}

std::size_t late(Line& line, std::size_t i, base::Random&) {
  const base::Duration by = std::max<base::Duration>(std::chrono::minutes(10), 2 * line.interval);
  for (std::size_t k = i; k < i + kShifted; ++k) line.arrivals[k].arrived += by;
  return i + kShifted;
}

constexpr std::array<std::pair<std::string_view, Inject>, 13> kKinds = {
    {{"spike", spike},
     {"flat_line", flat_line},
     {"gap", gap},
     {"unit", unit},
     {"offset", offset},
     {"drift", drift},
     {"clock_ahead", clock_ahead},
     {"clock_behind", clock_behind},
     {"skew_ahead", skew_ahead},
     {"skew_behind", skew_behind},
     {"duplicate", duplicate},
     {"out_of_order", out_of_order},
     {"late", late}}};

constexpr auto kNames = [] {
  std::array<std::string_view, kKinds.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kKinds[i].first;
  return names;
}();

Line line_of(const DataSet& data, std::size_t place) {
  Line line{.series = data.series[place], .interval = data.interval, .arrivals = {}};
  std::vector<double> values;
  for (const model::Sample& sample : line.series.samples) {
    line.arrivals.push_back({place, sample.time, sample.time, sample});
    if (const auto* value = std::get_if<double>(&sample.value)) values.push_back(*value);
  }
  std::ranges::sort(values);
  if (!values.empty()) {
    line.spread = values[values.size() * 99 / 100] - values[values.size() / 100];
  }
  return line;
}

void finish(Stream& stream) {
  std::erase_if(stream.arrivals, [](const Arrival& one) { return one.series == kNone; });
  std::ranges::stable_sort(stream.arrivals, {}, &Arrival::arrived);
}

}  // namespace

std::span<const std::string_view> fault_kinds() { return kNames; }

Stream untouched(const DataSet& data) {
  Stream stream;
  for (std::size_t place = 0; place < data.series.size(); ++place) {
    std::ranges::move(line_of(data, place).arrivals, std::back_inserter(stream.arrivals));
  }
  finish(stream);
  return stream;
}

Stream injected(const DataSet& data, std::string_view kind, std::size_t each,
                base::Random& random) {
  const Inject inject =
      std::ranges::find(kKinds, kind, &decltype(kKinds)::value_type::first)->second;
  Stream stream;
  for (std::size_t place = 0; place < data.series.size(); ++place) {
    Line line = line_of(data, place);
    const std::size_t size = line.arrivals.size(), first = data.begin_of_rest(line.series);
    const std::size_t part = (size - first) / each;  // one fault in each, of at most half of it
    for (std::size_t event = 0; event < each && part > 2 * kLong; ++event) {
      const std::size_t begin = first + event * part + random.below(part - 2 * kLong);
      const std::size_t end = inject(line, begin, random);
      const Samples& was = line.series.samples;
      stream.labels.push_back({std::string(kind), place, was[begin].time, was[end].time});
    }
    std::ranges::move(line.arrivals, std::back_inserter(stream.arrivals));
  }
  finish(stream);
  return stream;
}

}  // namespace millrace::quality
