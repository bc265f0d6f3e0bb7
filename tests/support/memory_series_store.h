#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>

#include "store/series_store.h"

namespace millrace::tests {

/// A SeriesStore in memory that keeps every contract a service relies on and nothing more: no
/// disk, no seal, all aggregates by a plain loop.
class MemorySeriesStore final : public store::SeriesStore {
 public:
  using Millis = std::chrono::milliseconds;

  base::Result<void> start() override { return {}; }
  base::Result<void> stop() override { return {}; }

  base::Result<model::CommitId> commit(const store::Commit& commit) override {
    const std::lock_guard lock(mutex_);
    if (refuses_) return base::fail_for_now(base::ErrorCode::kNoSpace, "the disk is full");
    for (const model::Series& one : commit.series) {
      const auto place = static_cast<std::size_t>(number(one.id)) - 1;
      if (place == series_.size()) series_.push_back(one);
      series_.at(place) = one;
    }
    take(commit.samples.f64, [](double v) { return model::Value(v); });
    take(commit.samples.i64, [](std::int64_t v) { return model::Value(v); });
    take(commit.samples.u64, [](std::uint64_t v) { return model::Value(v); });
    take(commit.samples.boolean, [](std::uint8_t v) { return model::Value(v != 0); });
    take(commit.samples.text, [](const std::string& v) { return model::Value(v); });
    take(commit.samples.bytes, [](const std::string& v) { return model::Value(model::Bytes{v}); });
    for (store::Event event : commit.events) {
      event.id = static_cast<std::int64_t>(events_.size()) + 1;
      events_.push_back(event);
    }
    losses_.insert(losses_.end(), commit.losses.begin(), commit.losses.end());
    for (const store::ImportMark& mark : commit.imports) marks_[mark.file_hash] = mark;
    return model::CommitId(++commits_);
  }

  model::SeriesId next_series_id() const override {
    const std::lock_guard lock(mutex_);
    return model::SeriesId(static_cast<std::int32_t>(series_.size()) + 1);
  }
  base::Result<std::vector<model::Series>> series() const override { return series_; }
  base::Result<std::vector<store::DeliveryState>> deliveries() const override {
    return std::vector<store::DeliveryState>();
  }
  base::Result<std::vector<store::LossInterval>> losses(std::string_view origin,
                                                        std::size_t limit) const override {
    std::vector<store::LossInterval> found;
    for (const auto& loss : losses_) {
      if (loss.origin == origin && found.size() < limit) found.push_back(loss);
    }
    return found;
  }
  base::Result<std::vector<store::Event>> events(std::int64_t before,
                                                 std::size_t limit) const override {
    std::vector<store::Event> found;
    for (auto it = events_.rbegin(); it != events_.rend() && found.size() < limit; ++it) {
      if (before == 0 || it->id < before) found.push_back(*it);
    }
    return found;
  }
  base::Result<std::optional<store::ImportMark>> import_mark(
      std::string_view file_hash) const override {
    const std::lock_guard lock(mutex_);
    const auto found = marks_.find(std::string(file_hash));
    if (found == marks_.end()) return std::optional<store::ImportMark>();
    return std::optional(found->second);
  }

  std::optional<store::LastValue> last_value(model::SeriesId series) const override {
    const std::lock_guard lock(mutex_);
    const auto found = last_.find(number(series));
    if (found == last_.end()) return std::nullopt;
    return found->second;
  }
  std::vector<store::LastValue> last_values() const override {
    std::vector<store::LastValue> all;
    for (const auto& [id, last] : last_) all.push_back(last);
    return all;
  }

  base::Result<store::RawResult> raw(const store::RawQuery& query) const override {
    const std::lock_guard lock(mutex_);
    store::RawResult result;
    std::size_t skip = query.after ? query.after->second : 0;
    const base::Time start = query.after ? query.after->first : query.start;
    for (const model::Sample& sample : sorted(query.series)) {
      if (sample.time < start || sample.time >= query.end) continue;
      if (query.after && sample.time == start && skip > 0) {
        --skip;
        continue;
      }
      if (result.samples.size() == query.limit) {
        result.next = place_after(result.samples, query);
        break;
      }
      result.samples.push_back(sample);
    }
    return result;
  }

  base::Result<std::vector<store::BucketRow>> buckets(
      const store::BucketQuery& query) const override {
    const std::lock_guard lock(mutex_);
    std::vector<store::BucketRow> rows;
    for (const model::SeriesId id : query.series) {
      std::map<std::int64_t, std::vector<model::Sample>> groups;
      for (const model::Sample& sample : sorted(id)) {
        if (sample.time < query.start || sample.time >= query.end) continue;
        groups[(sample.time - query.start) / query.step].push_back(sample);
      }
      for (const auto& [k, samples] : groups) {
        store::BucketRow row{id, query.start + k * query.step, {}};
        for (const store::Aggregate one : query.aggregates) {
          row.values.push_back(aggregate(one, samples));
        }
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  base::Result<std::uint64_t> export_to(const store::ExportQuery& query, store::ExportFormat,
                                        const std::filesystem::path& path) const override {
    return write_export(query, path);
  }
  base::Result<store::StoreStats> stats() const override {
    const std::lock_guard lock(mutex_);
    store::StoreStats stats{.commit = model::CommitId(commits_)};
    for (const auto& [id, samples] : samples_) stats.hot_rows += samples.size();
    return stats;
  }
  base::Result<void> seal() override { return {}; }
  bool is_seal_due() const override { return false; }
  base::Result<void> backup(const std::filesystem::path& directory) override;

  void refuse(bool refuses) {
    const std::lock_guard lock(mutex_);
    refuses_ = refuses;
  }

 private:
  base::Result<std::uint64_t> write_export(const store::ExportQuery& query,
                                           const std::filesystem::path& path) const;

  template <class T, class Wrap>
  void take(const store::Columns<T>& columns, Wrap wrap) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      model::Sample sample{columns.time[i], {}, columns.quality[i]};
      if (columns.present[i] != 0) sample.value = wrap(columns.value[i]);
      const auto id = number(columns.series[i]);
      samples_[id].push_back(sample);
      const auto last = last_.find(id);
      if (last != last_.end() && last->second.sample.time > sample.time) continue;
      last_[id] = {columns.series[i], sample, columns.received[i]};
    }
  }

  std::vector<model::Sample> sorted(model::SeriesId id) const {
    const auto found = samples_.find(number(id));
    auto samples = found == samples_.end() ? std::vector<model::Sample>() : found->second;
    std::ranges::stable_sort(samples, {}, &model::Sample::time);
    return samples;
  }

  static std::pair<base::Time, std::size_t> place_after(const std::vector<model::Sample>& given,
                                                        const store::RawQuery& query) {
    const base::Time last = given.back().time;
    auto same = static_cast<std::size_t>(std::ranges::count(given, last, &model::Sample::time));
    if (query.after && query.after->first == last) same += query.after->second;
    return {last, same};
  }

  static double as_double(const model::Value& value) {
    const auto number = model::convert_exactly(value, model::ValueType::kF64);
    return number ? std::get<double>(*number) : 0;
  }

  static double aggregate(store::Aggregate one, const std::vector<model::Sample>& samples) {
    std::vector<double> usable;
    for (const model::Sample& sample : samples) {
      if (!sample.quality.is_bad() && !sample.quality.has(model::Reason::kDuplicate)) {
        usable.push_back(as_double(sample.value));
      }
    }
    if (one == store::Aggregate::kCount) return static_cast<double>(usable.size());
    if (one == store::Aggregate::kBadCount) {
      return static_cast<double>(samples.size() - usable.size());
    }
    if (usable.empty()) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (const double v : usable) sum += v;
    switch (one) {
      case store::Aggregate::kMin: return std::ranges::min(usable);
      case store::Aggregate::kMax: return std::ranges::max(usable);
      case store::Aggregate::kFirst: return usable.front();
      case store::Aggregate::kLast: return usable.back();
      case store::Aggregate::kSum: return sum;
      default: return sum / static_cast<double>(usable.size());
    }
  }

  mutable std::mutex mutex_;
  bool refuses_ = false;
  std::int64_t commits_ = 0;
  std::vector<model::Series> series_;
  std::map<std::int32_t, std::vector<model::Sample>> samples_;
  std::map<std::int32_t, store::LastValue> last_;
  std::vector<store::Event> events_;
  std::vector<store::LossInterval> losses_;
  std::map<std::string, store::ImportMark> marks_;
};

inline base::Result<void> MemorySeriesStore::backup(const std::filesystem::path& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return base::fail(base::ErrorCode::kUnavailable, "no folder for the backup");
  return {};
}

inline base::Result<std::uint64_t> MemorySeriesStore::write_export(
    const store::ExportQuery& query, const std::filesystem::path& path) const {
  std::string text = "series,time_us\n";
  std::uint64_t rows = 0;
  for (const model::SeriesId id : query.series) {
    for (const model::Sample& sample : sorted(id)) {
      if (sample.time < query.start || sample.time >= query.end) continue;
      text += std::format("{},{}\n", number(id), sample.time.time_since_epoch().count());
      ++rows;
    }
  }
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) return base::fail(base::ErrorCode::kUnavailable, "no file for the export");
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  return rows;
}

}  // namespace millrace::tests
