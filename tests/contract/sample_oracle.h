#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "store/series_store.h"
#include "store/time_ranges.h"

namespace millrace::store::contract {

/// The simplest store that can be right: a list of samples in order of commit. What it answers is
/// computed sample by sample from the sentences of series_store.h, with nothing shared with a
/// store.
class SampleOracle {
 public:
  struct Row {
    model::SeriesId series;
    model::Sample sample;
    std::size_t place;  // in order of commit
  };

  void put(model::SeriesId series, const model::Sample& sample) {
    rows_.push_back({series, sample, rows_.size()});
  }
  std::size_t size() const { return rows_.size(); }

  /// In order of (time, commit), duplicates marked.
  std::vector<model::Sample> raw(model::SeriesId series, base::Time from, base::Time to) const {
    std::vector<Row> found;
    for (const Row& row : rows_) {
      const bool is_inside = row.sample.time >= from && row.sample.time < to;
      if (row.series == series && is_inside) found.push_back(row);
    }
    std::ranges::sort(found, {},
                      [](const Row& row) { return std::pair(row.sample.time, row.place); });
    std::vector<model::Sample> samples;
    for (const Row& row : found) {
      model::Sample sample = row.sample;
      const bool is_duplicate = !samples.empty() && samples.back().time == sample.time;
      if (is_duplicate) sample.quality = sample.quality.marked(model::Reason::kDuplicate);
      samples.push_back(sample);
    }
    return samples;
  }

  std::vector<BucketRow> buckets(const BucketQuery& query) const {
    std::vector<BucketRow> answer;
    for (const model::SeriesId series : query.series) {
      const auto all = raw(series, base::Time::min(), query.end);
      for (base::Time from = query.start; from < query.end; from += query.step) {
        const base::Time to = std::min(from + query.step, query.end);
        const auto inside = between(all, from, to);
        if (inside.empty()) continue;
        // With the samples that have the time of the newest one before: one of them holds.
        const auto before = between(all, base::Time::min(), from);
        const auto held = before.empty() ? inside : between(all, before.back().time, to);
        answer.push_back({series, from, values(inside, held, {from, to}, query.aggregates)});
      }
    }
    return answer;
  }

 private:
  static bool is_usable(const model::Sample& sample) {
    return !sample.quality.is_bad() && number(sample) && std::isfinite(*number(sample));
  }
  static std::optional<double> number(const model::Sample& sample) {
    if (const auto* v = std::get_if<double>(&sample.value)) return *v;
    if (const auto* v = std::get_if<std::int64_t>(&sample.value)) return static_cast<double>(*v);
    if (const auto* v = std::get_if<std::uint64_t>(&sample.value)) return static_cast<double>(*v);
    if (const auto* v = std::get_if<bool>(&sample.value)) return *v ? 1 : 0;
    return std::nullopt;
  }

  using Samples = std::span<const model::Sample>;

  static Samples between(Samples all, base::Time from, base::Time to) {
    const auto first = std::ranges::lower_bound(all, from, {}, &model::Sample::time);
    const auto last = std::ranges::lower_bound(all, to, {}, &model::Sample::time);
    return {first, last};
  }

  static std::vector<double> values(Samples inside, Samples held, const TimeRange& bucket,
                                    const std::vector<Aggregate>& aggregates) {
    std::vector<double> usable;
    double bad = 0;
    std::optional<base::Time> previous;
    for (const model::Sample& sample : inside) {
      const bool is_duplicate = previous == sample.time;
      previous = sample.time;
      if (sample.quality.is_bad()) ++bad;
      if (!is_duplicate && is_usable(sample)) usable.push_back(*number(sample));
    }
    std::vector<double> answer;
    for (const Aggregate aggregate : aggregates) {
      if (aggregate == Aggregate::kBadCount) {
        answer.push_back(bad);
      } else if (aggregate == Aggregate::kTimeWeightedAvg) {
        answer.push_back(usable.empty() ? NAN : stepped_average(held, bucket));
      } else {
        answer.push_back(plain(usable, aggregate));
      }
    }
    return answer;
  }

  static double plain(const std::vector<double>& usable, Aggregate aggregate) {
    if (aggregate == Aggregate::kCount) return static_cast<double>(usable.size());
    if (usable.empty()) return NAN;
    double sum = 0;
    for (const double value : usable) sum += value;
    switch (aggregate) {
      case Aggregate::kAvg:
        return sum / static_cast<double>(usable.size());
      case Aggregate::kSum:
        return sum;
      case Aggregate::kMin:
        return *std::ranges::min_element(usable);
      case Aggregate::kMax:
        return *std::ranges::max_element(usable);
      case Aggregate::kFirst:
        return usable.front();
      default:
        return usable.back();
    }
  }

  /// Each value holds until the next sample of its series that is no duplicate; OPC UA Part 13.
  static double stepped_average(Samples held, const TimeRange& bucket) {
    double integral = 0, covered = 0;
    std::vector<model::Sample> distinct;
    for (const model::Sample& sample : held) {
      if (distinct.empty() || distinct.back().time != sample.time) distinct.push_back(sample);
    }
    for (std::size_t i = 0; i < distinct.size(); ++i) {
      if (!is_usable(distinct[i])) continue;
      const base::Time begin = std::max(distinct[i].time, bucket.from);
      const bool is_last = i + 1 == distinct.size();
      const base::Time end = is_last ? bucket.to : std::min(distinct[i + 1].time, bucket.to);
      if (end <= begin) continue;
      const auto length = static_cast<double>((end - begin).count());
      integral += *number(distinct[i]) * length;
      covered += length;
    }
    return covered > 0 ? integral / covered : NAN;
  }

  std::vector<Row> rows_;
};

}  // namespace millrace::store::contract
