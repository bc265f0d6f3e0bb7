#include "power/store_change.h"

#include "store/duckdb/duckdb_store.h"

namespace millrace::power {
namespace {

using namespace std::chrono_literals;

base::Time day(unsigned month) {
  return std::chrono::sys_days(std::chrono::year(2026) / std::chrono::month(month) / 10);
}

}  // namespace

const store::RetentionPolicy kRetention{.raw = 24h};

base::Time change_time() { return day(5) + 10 * 24h + 12h; }

std::unique_ptr<store::SeriesStore> make_changing_store(const std::filesystem::path& folder,
                                                        const base::Clock& clock) {
  store::duckdb::DuckDbOptions options{.folder = folder, .checkpoint_threshold_mb = 1};
  options.seal = {.rows_min = 500, .late_rows_min = 1};
  return std::make_unique<store::duckdb::DuckDbStore>(options, clock, base::Random(1));
}

store::Correction golden_correction() {
  return {.series = model::SeriesId(1),
          .range = {day(3) + 8h, day(3) + 9h},
          .action = store::CorrectionAction::kReplace,
          .value = 3.5,
          .why = "test",
          .time = change_time()};
}

store::Commit two_months() {
  store::Commit commit;
  for (int id = 1; id <= 2; ++id) {
    commit.series.push_back(
        {.id = model::SeriesId(id), .thing = "pump-1", .property = std::format("p{}", id)});
  }
  for (const unsigned month : {1U, 3U}) {
    for (int i = 0; i < 4'000; ++i) {
      commit.samples.push(model::SeriesId(1 + i % 2), model::ValueType::kF64,
                          {day(month) + i * 2s, i % 50 * 0.5, {}}, change_time());
    }
  }
  store::Correction one = golden_correction();
  one.range = {day(1) + 10min, day(1) + 30min};
  commit.corrections = {one};
  return commit;
}

base::Result<std::vector<store::BucketRow>> hours_of(const store::SeriesStore& store) {
  MILLRACE_LET(auto found,
               store.buckets({.series = {model::SeriesId(1), model::SeriesId(2)},
                              .start = day(1),
                              .end = day(4),
                              .step = 1h,
                              .aggregates = {store::Aggregate::kCount, store::Aggregate::kSum,
                                             store::Aggregate::kMin, store::Aggregate::kMax}}));
  return std::move(found.rows);
}

}  // namespace millrace::power
