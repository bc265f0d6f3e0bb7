#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "store/series_store.h"
#include "store/time_ranges.h"

namespace millrace::store::contract {

/// The simplest store that can be right: a list of samples and one of corrections in order of
/// commit. What it answers is computed sample by sample from the sentences of series_store.h and
/// overlay.h, with nothing shared with a store.
class SampleOracle {
 public:
  struct Row {
    model::SeriesId series;
    model::Sample sample;
    std::size_t place;  // in order of commit
    std::int64_t commit = 0;
  };

  void put(model::SeriesId series, const model::Sample& sample, std::int64_t commit = 0) {
    rows_.push_back({series, sample, rows_.size(), commit});
  }
  /// With its commit; its id is its number among all.
  void correct(Correction correction) {
    correction.id = static_cast<std::int64_t>(corrections_.size()) + 1;
    corrections_.push_back(std::move(correction));
  }
  std::size_t size() const { return rows_.size(); }

  /// What is asked of raw().
  struct View {
    Corrections corrections = Corrections::kApplied;
    std::int64_t as_of = std::numeric_limits<std::int64_t>::max();
  };

  /// In order of (time, commit), duplicates marked.
  std::vector<model::Sample> raw(model::SeriesId series, base::Time from, base::Time to) const {
    return raw(series, from, to, View{});
  }
  std::vector<model::Sample> raw(model::SeriesId series, base::Time from, base::Time to,
                                 const View& view) const {
    std::vector<model::Sample> all = stored(series, view);
    if (view.corrections == Corrections::kApplied) all = corrected(series, all, view);
    std::erase_if(all, [&](const auto& one) { return one.time < from || one.time >= to; });
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (all[i].time != all[i - 1].time) continue;
      all[i].quality = all[i].quality.marked(model::Reason::kDuplicate);
    }
    return all;
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

  /// Of series in order of their ids.
  std::vector<std::pair<model::SeriesId, base::Time>> first_times(
      const std::vector<model::SeriesId>& series) const {
    std::vector<std::pair<model::SeriesId, base::Time>> firsts;
    for (const model::SeriesId id : series) {
      const auto all = raw(id, base::Time::min(), base::Time::max());
      if (!all.empty()) firsts.emplace_back(id, all.front().time);
    }
    return firsts;
  }

  std::vector<QualityCount> quality_counts(const QualityQuery& query) const {
    std::map<std::tuple<model::SeriesId, base::Time, std::uint32_t>, QualityCount> counts;
    for (const model::SeriesId series : query.series) {
      View view{query.corrections};
      if (query.as_of) view.as_of = model::number(*query.as_of);
      for (const model::Sample& sample : raw(series, query.start, query.end, view)) {
        const base::Time bucket =
            query.start + (sample.time - query.start) / query.step * query.step;
        const std::uint32_t bits = sample.quality.bits() & kCountedQualityBits;
        const QualityCount one{series, bucket,      model::Quality::from_bits(bits),
                               0,      sample.time, sample.time};
        QualityCount& count = counts.try_emplace({series, bucket, bits}, one).first->second;
        ++count.samples;
        count.last = sample.time;
      }
    }
    std::vector<QualityCount> rows;
    for (const auto& [key, count] : counts) rows.push_back(count);
    return rows;
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

  std::vector<model::Sample> stored(model::SeriesId series, const View& view) const {
    std::vector<Row> found;
    for (const Row& row : rows_) {
      if (row.series == series && row.commit <= view.as_of) found.push_back(row);
    }
    std::ranges::sort(found, {},
                      [](const Row& row) { return std::pair(row.sample.time, row.place); });
    std::vector<model::Sample> samples;
    for (const Row& row : found) samples.push_back(row.sample);
    return samples;
  }

  /// The highest that holds a time, of those that `counts` says; null for none.
  template <class Counts>
  const Correction* highest(model::SeriesId series, base::Time time, const View& view,
                            Counts counts) const {
    const Correction* best = nullptr;
    for (const Correction& one : corrections_) {
      const bool is_meant = one.series == series && one.range.holds(time) &&
                            model::number(one.commit) <= view.as_of && counts(one.action);
      if (is_meant) best = &one;  // they stand in order of (commit, id)
    }
    return best;
  }

  static void apply(const Correction& one, model::Sample& sample) {
    const auto corrected = [](model::Severity severity) {
      return model::Quality().marked(model::Reason::kCorrected, severity);
    };
    if (one.action == CorrectionAction::kReplace) {
      sample.value = value_at(one, sample.time);
      sample.quality = corrected(model::Severity::kGood);
    } else if (one.action == CorrectionAction::kInvalidate) {
      const auto own = sample.quality.reasons();
      sample.quality = corrected(model::Severity::kBad);
      if (!own.empty()) sample.quality = sample.quality.marked(own[0], model::Severity::kGood);
    }
  }

  std::vector<model::Sample> corrected(model::SeriesId series, std::vector<model::Sample> all,
                                       const View& view) const {
    const auto decides = [](CorrectionAction one) { return one != CorrectionAction::kFill; };
    std::vector<model::Sample> filled;
    for (const Correction& one : corrections_) {
      const bool is_meant = one.series == series && one.action == CorrectionAction::kFill &&
                            model::number(one.commit) <= view.as_of;
      if (!is_meant) continue;
      for (base::Time time = one.range.from; time < one.range.to; time += one.interval) {
        const base::Time end = std::min(time + one.interval, one.range.to);
        const bool is_best =
            highest(series, time, view, [](CorrectionAction action) {
              return action == CorrectionAction::kFill || action == CorrectionAction::kRestore;
            }) == &one;
        if (!is_best || !between(all, time, end).empty()) continue;
        model::Sample sample{
            time, value_at(one, time),
            model::Quality().marked(model::Reason::kCorrected, model::Severity::kGood)};
        const Correction* over = highest(series, time, view, decides);
        if (over && over > &one) apply(*over, sample);
        filled.push_back(sample);
      }
    }
    for (model::Sample& sample : all) {
      if (const Correction* over = highest(series, sample.time, view, decides)) {
        apply(*over, sample);
      }
    }
    all.insert(all.end(), filled.begin(), filled.end());
    std::ranges::stable_sort(all, {}, &model::Sample::time);
    return all;
  }

  static model::Value value_at(const Correction& fill, base::Time time) {
    if (fill.method != FillMethod::kLinear) return fill.value;
    const double from = *number({time, fill.value, {}});
    const auto part = static_cast<double>((time - fill.range.from).count()) /
                      static_cast<double>((fill.range.to - fill.range.from).count());
    const double value = from + (*fill.value_to - from) * part;
    if (std::holds_alternative<double>(fill.value)) return value;
    const double whole = std::nearbyint(value);
    if (std::holds_alternative<std::int64_t>(fill.value)) return static_cast<std::int64_t>(whole);
    return static_cast<std::uint64_t>(whole);
  }

  std::vector<Row> rows_;
  std::vector<Correction> corrections_;
};

}  // namespace millrace::store::contract
