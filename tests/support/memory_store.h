#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/series_store.h"

namespace millrace::test {

/// A series store in memory for tests of its writers: takes commits whole, checks series ids, keeps
/// import marks. Answers no queries over time.
class MemoryStore final : public store::SeriesStore {
 public:
  base::Result<void> start() override { return {}; }
  base::Result<void> stop() override { return {}; }

  base::Result<model::CommitId> commit(const store::Commit& commit) override {
    if (std::exchange(fails_next_, false)) {
      return base::fail_for_now(base::ErrorCode::kNoSpace, "told to fail");
    }
    for (const model::Series& one : commit.series) {
      MILLRACE_CHECK(one.id == next_series_id());
      series_.push_back(one);
    }
    append(commit.samples.f64, f64_);
    append(commit.samples.boolean, boolean_);
    for (const store::ImportMark& one : commit.imports) marks_[one.file_hash] = one;
    for (const store::Event& one : commit.events) event_kinds_.push_back(one.kind);
    return model::CommitId(++commits_);
  }

  model::SeriesId next_series_id() const override {
    return model::SeriesId(static_cast<std::int32_t>(series_.size()) + 1);
  }
  base::Result<std::vector<model::Series>> series() const override { return series_; }
  base::Result<std::vector<store::DeliveryState>> deliveries() const override { return {}; }
  base::Result<std::vector<store::LossInterval>> losses(std::string_view,
                                                        std::size_t) const override {
    return {};
  }
  base::Result<std::vector<store::Event>> events(std::int64_t, std::size_t) const override {
    return {};
  }
  base::Result<std::optional<store::ImportMark>> import_mark(
      std::string_view file_hash) const override {
    const auto it = marks_.find(std::string(file_hash));
    if (it == marks_.end()) return std::nullopt;
    return it->second;
  }
  std::optional<store::LastValue> last_value(model::SeriesId) const override { return {}; }
  std::vector<store::LastValue> last_values() const override { return {}; }
  base::Result<store::RawResult> raw(const store::RawQuery&) const override { return none(); }
  base::Result<std::vector<store::BucketRow>> buckets(const store::BucketQuery&) const override {
    return none();
  }
  base::Result<std::uint64_t> export_to(const store::ExportQuery&, store::ExportFormat,
                                        const std::filesystem::path&) const override {
    return none();
  }
  base::Result<store::StoreStats> stats() const override { return store::StoreStats{}; }
  base::Result<void> seal() override { return {}; }
  bool is_seal_due() const override { return false; }
  base::Result<void> backup(const std::filesystem::path&) override { return none(); }

  int commits() const { return commits_; }
  const store::Columns<double>& f64() const { return f64_; }
  const store::Columns<std::uint8_t>& boolean() const { return boolean_; }
  const std::vector<std::string>& event_kinds() const { return event_kinds_; }
  void fail_next_commit() { fails_next_ = true; }

 private:
  static std::unexpected<base::Error> none() {
    return base::fail(base::ErrorCode::kUnsupported, "a memory store answers no such query");
  }
  template <class T>
  static void append(const store::Columns<T>& from, store::Columns<T>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      to.push(from.series[i], from.time[i], from.value[i], from.present[i] != 0, from.quality[i],
              from.received[i]);
    }
  }

  std::vector<model::Series> series_;
  store::Columns<double> f64_;
  store::Columns<std::uint8_t> boolean_;
  std::map<std::string, store::ImportMark> marks_;
  std::vector<std::string> event_kinds_;
  int commits_ = 0;
  bool fails_next_ = false;
};

}  // namespace millrace::test
