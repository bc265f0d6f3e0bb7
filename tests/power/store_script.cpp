#include "power/store_script.h"

#include <algorithm>
#include <format>
#include <map>

#include "store/duckdb/duckdb_store.h"

namespace millrace::power {
namespace {

using namespace std::chrono_literals;
using model::ValueType;

constexpr int kSeriesMax = 12;
constexpr int kSeriesEvery = 5;
constexpr int kLargeEvery = 40;
constexpr int kLargeRows = 130'000;

ValueType type_of(int series) { return static_cast<ValueType>((series - 1) % 6 + 1); }

int series_after(int commits) { return std::min(kSeriesMax, (commits - 1) / kSeriesEvery + 1); }

model::Value value(ValueType type, int number) {
  switch (type) {
    case ValueType::kF64:
      return number * 0.25;
    case ValueType::kI64:
      return std::int64_t{number} - 500;
    case ValueType::kU64:
      return ~static_cast<std::uint64_t>(number);
    case ValueType::kBool:
      return number % 2 == 0;
    case ValueType::kText:
      return std::string(static_cast<std::size_t>(number % 50), 't') + std::to_string(number);
    case ValueType::kBytes:
      return model::Bytes{std::string(static_cast<std::size_t>(number % 300), '\xFE')};
  }
  return {};
}

struct ScriptedRow {
  int series;
  model::Sample sample;
};

std::vector<ScriptedRow> rows_of(int number) {
  std::vector<ScriptedRow> rows;
  const base::Time start = StoreScript::now() - 3h + number * 20s;
  for (int series = 1; series <= series_after(number); ++series) {
    const int count = 3 + number * series % 29;
    for (int i = 0; i < count; ++i) {
      base::Time time = start + i * 500ms;
      if ((number + i) % 37 == 0) time -= 5min + 123ms;  // late
      if ((number + i) % 41 == 0) time = start;          // again
      rows.push_back({series, {time, value(type_of(series), number * 31 + i), {}}});
    }
  }
  if (number % kLargeEvery == kLargeEvery / 2) {
    for (int i = 0; i < kLargeRows; ++i) {
      rows.push_back({1, {start + 10s + i * 10us, value(type_of(1), i), {}}});
    }
  }
  return rows;
}

base::Uuid epoch() { return *base::parse_uuid("01234567-89ab-4def-8123-456789abcdef"); }

model::SequenceSet committed_after(int commits) {
  model::SequenceSet set;
  for (int i = 1; i <= commits; ++i) {
    const auto one = static_cast<std::uint64_t>(i % 10 == 3 ? i + 5 : i);
    set.add({model::Sequence(one), model::Sequence(one)});
  }
  return set;
}

std::string difference_of_series(const store::SeriesStore& store, int id,
                                 std::vector<model::Sample> expected) {
  std::ranges::stable_sort(expected, {}, &model::Sample::time);
  for (std::size_t i = 1; i < expected.size(); ++i) {
    if (expected[i].time != expected[i - 1].time) continue;
    expected[i].quality = expected[i].quality.marked(model::Reason::kDuplicate);
  }
  const auto found = store.raw({.series = model::SeriesId(id),
                                .start = base::Time::min(),
                                .end = base::Time::max(),
                                .limit = 1'000'000});
  if (!found) return std::format("series {}: {}", id, base::describe(found.error()));
  if (found->samples.size() != expected.size()) {
    return std::format("series {} has {} samples instead of {}", id, found->samples.size(),
                       expected.size());
  }
  const auto [left, right] = std::ranges::mismatch(found->samples, expected);
  if (left != found->samples.end()) {
    return std::format("series {} differs at sample {}", id, left - found->samples.begin());
  }
  const auto last = store.last_value(model::SeriesId(id));
  if (!last || last->sample.time != expected.back().time) {
    return std::format("the newest sample of series {} is not known", id);
  }
  return {};
}

std::string difference_of_notes(const store::SeriesStore& store, int commits) {
  const auto series = store.series();
  if (!series) return base::describe(series.error());
  const auto defined = static_cast<std::size_t>(commits == 0 ? 0 : series_after(commits));
  if (series->size() != defined) return std::format("{} series", series->size());
  const auto events = store.events(0, 1'000'000);
  if (!events || events->size() != static_cast<std::size_t>(commits)) return "events differ";
  const auto deliveries = store.deliveries();
  if (!deliveries) return base::describe(deliveries.error());
  if (commits == 0) return deliveries->empty() ? "" : "a watermark before its commit";
  if (deliveries->size() != 1 || deliveries->front().committed != committed_after(commits)) {
    return "the watermark differs";
  }
  const auto losses = store.losses("edge-1", 1'000'000);
  if (!losses || losses->size() != static_cast<std::size_t>(commits / 8)) return "losses differ";
  const auto mark = store.import_mark("file");
  if (!mark || !*mark || (*mark)->rows_done != static_cast<std::uint64_t>(commits)) {
    return "the import mark differs";
  }
  return {};
}

}  // namespace

base::Time StoreScript::now() {
  return std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;
}

store::Commit StoreScript::commit(int number) {
  store::Commit commit;
  const int before = number == 1 ? 0 : series_after(number - 1);
  for (int id = before + 1; id <= series_after(number); ++id) {
    commit.series.push_back({.id = model::SeriesId(id),
                             .thing = "thing",
                             .property = std::format("p{}", id),
                             .type = type_of(id)});
  }
  for (const ScriptedRow& row : rows_of(number)) {
    commit.samples.push(model::SeriesId(row.series), type_of(row.series), row.sample, now());
  }
  commit.deliveries = {{"edge-1", epoch(), committed_after(number), now()}};
  commit.events = {
      {.time = now(), .kind = "test", .subject = std::to_string(number), .body = "{}"}};
  commit.imports = {{.file_hash = "file",
                     .name = "file.csv",
                     .rows_done = static_cast<std::uint64_t>(number),
                     .updated = now()}};
  if (number % 8 == 0) {
    const auto one = static_cast<model::Sequence>(number);
    commit.losses = {{"edge-1", epoch(), {one, one}, 5, now(), now(), "evicted", now()}};
  }
  return commit;
}

std::unique_ptr<store::SeriesStore> StoreScript::make_store(const std::filesystem::path& folder,
                                                            const base::Clock& clock) {
  store::duckdb::DuckDbOptions options{.folder = folder, .checkpoint_threshold_mb = 1};
  options.seal = {.rows_min = 300, .rows_target = 2000, .hot_rows_max = 3000, .late_rows_min = 1};
  return std::make_unique<store::duckdb::DuckDbStore>(options, clock, base::Random(1));
}

std::string StoreScript::difference(const store::SeriesStore& store, int commits) {
  std::map<int, std::vector<model::Sample>> expected;
  for (int number = 1; number <= commits; ++number) {
    for (ScriptedRow& row : rows_of(number)) expected[row.series].push_back(std::move(row.sample));
  }
  if (const auto notes = difference_of_notes(store, commits); !notes.empty()) return notes;
  for (auto& [id, samples] : expected) {
    const auto one = difference_of_series(store, id, std::move(samples));
    if (!one.empty()) return one;
  }
  const auto stats = store.stats();
  if (!stats) return base::describe(stats.error());
  std::uint64_t rows = 0;
  for (int number = 1; number <= commits; ++number) rows += rows_of(number).size();
  if (stats->hot_rows + stats->sealed_rows != rows) return "the store counts other rows";
  return {};
}

}  // namespace millrace::power
