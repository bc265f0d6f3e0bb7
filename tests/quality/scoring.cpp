#include "scoring.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace millrace::quality {
namespace {

using model::PropertyContract;

constexpr double kRangeMargin = 0.2;
constexpr double kRateMargin = 1.5;
constexpr double kToleranceShare = 0.05;
constexpr double kNoiseMargin = 6;
constexpr int kFlatMargin = 3;
constexpr int kFlatLeast = 10;
constexpr int kStale = 10;

struct Learnt {
  double min = INFINITY, max = -INFINITY;
  double rate = 0;
  double noise = 0;  // robust deviation of the differences between neighbours
  base::Duration longest_flat{};
};

Learnt learn(const Series& series, std::size_t samples) {
  Learnt learnt;
  std::vector<double> differences;
  base::Time flat_since{};
  double before = NAN;
  base::Time time_before{};
  for (std::size_t i = 0; i < samples; ++i) {
    const model::Sample& sample = series.samples[i];
    const auto number = pipeline::as_number(sample.value);
    if (!number) continue;
    learnt.min = std::min(learnt.min, *number);
    learnt.max = std::max(learnt.max, *number);
    if (!std::isnan(before)) {
      const double seconds = std::chrono::duration<double>(sample.time - time_before).count();
      differences.push_back(*number - before);
      learnt.rate = std::max(learnt.rate, std::abs(*number - before) / seconds);
    }
    if (*number != before) flat_since = sample.time;
    learnt.longest_flat = std::max(learnt.longest_flat, sample.time - flat_since);
    before = *number;
    time_before = sample.time;
  }
  if (!differences.empty()) learnt.noise = pipeline::robust(differences).deviation;
  return learnt;
}

PropertyContract learnt_contract(const DataSet& data, const Series& series) {
  const base::Duration interval = data.interval;
  PropertyContract contract;
  contract.thing = "t";
  contract.property = series.name;
  contract.type = series.type;
  contract.unit = series.unit;
  contract.interval = interval;
  contract.stale = kStale * interval;
  contract.lateness = std::max<base::Duration>(std::chrono::minutes(5), interval);
  if (series.type != model::ValueType::kF64) return contract;
  const Learnt learnt = learn(series, data.begin_of_rest(series));
  const double span = learnt.max - learnt.min;
  contract.range_min = learnt.min - kRangeMargin * span;
  contract.range_max = learnt.max + kRangeMargin * span;
  if (learnt.rate > 0) contract.rate_max_per_s = kRateMargin * learnt.rate;
  contract.flat_line = std::max(kFlatMargin * learnt.longest_flat, kFlatLeast * interval);
  contract.outlier_z = 10;
  contract.outlier_tolerance = std::max(kToleranceShare * span, kNoiseMargin * learnt.noise);
  contract.unit_jump = true;
  return contract;
}

bool is_rule_of_quality(model::Reason reason) {
  return reason != model::Reason::kSourceStatus && reason != model::Reason::kMissingValue;
}

}  // namespace

std::vector<PropertyContract> learnt_contracts(const DataSet& data) {
  std::vector<PropertyContract> contracts;
  for (const Series& series : data.series) {
    contracts.push_back(learnt_contract(data, series));
  }
  if (!data.is_redundant) return contracts;
  for (PropertyContract& contract : contracts) {
    contract.sibling_window = 2 * data.interval;
    for (const PropertyContract& other : contracts) {
      if (&other != &contract) contract.siblings.push_back(other.property);
    }
  }
  return contracts;
}

std::vector<Mark> run_rules(const std::vector<PropertyContract>& contracts, const Stream& stream) {
  pipeline::RuleSet rules(contracts, {});
  std::vector<Mark> marks;
  std::vector<std::optional<base::Time>> last(contracts.size());
  const auto note = [&](const Mark& where, model::Quality quality) {
    for (const model::Reason reason : quality.reasons()) {
      marks.push_back({where.series, where.taken, where.arrived, reason});
    }
  };
  for (const Arrival& one : stream.arrivals) {
    auto& before = last[one.series];
    if (before) {
      const auto stale = rules.silence(one.series, one.arrived - *before, one.arrived);
      if (stale) note({one.series, stale->time, stale->time}, stale->quality);
    }
    before = one.arrived;
    note({one.series, one.taken, one.arrived},
         rules.check(one.series, one.sample, one.arrived).quality);
  }
  return marks;
}

std::vector<Mark> caused(std::vector<Mark> marks, const std::vector<Mark>& without_fault) {
  const auto key = [](const Mark& mark) {
    return std::tuple(mark.series, mark.taken, mark.reason);
  };
  std::set<decltype(key(Mark{}))> known;
  for (const Mark& mark : without_fault) known.insert(key(mark));
  std::erase_if(marks, [&](const Mark& mark) { return known.contains(key(mark)); });
  return marks;
}

Detection detection(const std::vector<Label>& labels, std::string_view kind,
                    const std::vector<Mark>& marks, const std::set<model::Reason>& rules,
                    base::Duration interval, base::Duration grace) {
  Detection found;
  std::vector<double> delays;
  for (const Label& label : labels) {
    if (label.kind != kind) continue;
    ++found.events;
    std::optional<base::Time> first;
    for (const Mark& mark : marks) {
      const bool is_of_it = mark.series == label.series && rules.contains(mark.reason) &&
                            mark.arrived >= label.start && mark.arrived < label.end + grace;
      if (is_of_it && (!first || mark.arrived < *first)) first = mark.arrived;
    }
    if (!first) continue;
    ++found.found;
    delays.push_back(std::chrono::duration<double>(*first - label.start) /
                     std::chrono::duration<double>(interval));
  }
  if (delays.empty()) return found;
  std::ranges::nth_element(delays, delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2));
  found.median_delay = delays[delays.size() / 2];
  return found;
}

std::map<model::Reason, Alarms> false_alarms(const DataSet& data, const std::vector<Mark>& marks) {
  std::map<model::Reason, Alarms> alarms;
  std::map<std::pair<std::size_t, model::Reason>, base::Time> last;
  for (const Mark& mark : marks) {
    const Series& series = data.series[mark.series];
    const base::Time rest = series.samples[data.begin_of_rest(series)].time;
    if (!is_rule_of_quality(mark.reason) || mark.arrived < rest) continue;
    Alarms& count = alarms[mark.reason];
    ++count.marks;
    const auto [place, is_new] = last.try_emplace({mark.series, mark.reason}, mark.arrived);
    if (is_new || mark.arrived - place->second > 10 * data.interval) ++count.episodes;
    place->second = mark.arrived;
  }
  return alarms;
}

}  // namespace millrace::quality
