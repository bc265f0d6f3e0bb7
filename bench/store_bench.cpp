// How fast the series store commits and answers, beside the bare engine in the same run.
//
//   store_bench FOLDER [rows per commit] [commits]
//
// Prints rows/s of the store's commits and of DuckDB's data-chunk appender with the same rows, then
// the time of a seal and the median time of a few queries, hot and sealed.

#include <duckdb.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <print>
#include <string>

#include "base/random.h"
#include "store/duckdb/duckdb_store.h"

namespace {

using namespace millrace;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kSeries = 1000;

struct Shape {
  std::size_t rows;
  int commits;
};

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double median_ms(const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < 15; ++i) times.push_back(seconds_of(work) * 1000);
  std::ranges::sort(times);
  return times[times.size() / 2];
}

/// A walk in steps of 0.01 for each series, 10 values a second.
store::Columns<double> block_of(const Shape& shape, int commit, base::Time start) {
  store::Columns<double> columns;
  columns.reserve(shape.rows);
  for (std::size_t i = 0; i < shape.rows; ++i) {
    const std::size_t n = static_cast<std::size_t>(commit) * shape.rows + i;
    const base::Time time = start + static_cast<std::int64_t>(n / kSeries) * 100ms;
    columns.push(model::SeriesId(static_cast<int>(n % kSeries) + 1), time,
                 std::round(std::sin(double(n)) * 1000) / 100, true, {}, time);
  }
  return columns;
}

double bare_rows_per_second(const fs::path& folder, const Shape& shape, base::Time start) {
  duckdb_database database;
  duckdb_connection connection;
  duckdb_open((folder / "bare.duckdb").c_str(), &database);
  duckdb_connect(database, &connection);
  duckdb_query(connection, "SET threads=2; SET memory_limit='192MB'", nullptr);
  duckdb_query(connection,
               "CREATE TABLE t(series INTEGER, time BIGINT, value DOUBLE, quality UINTEGER, "
               "received BIGINT, commit BIGINT)",
               nullptr);
  double spent = 0;
  for (int commit = 0; commit < shape.commits; ++commit) {
    const auto columns = block_of(shape, commit, start);
    spent += seconds_of([&] {
      duckdb_logical_type types[6];
      const duckdb_type ids[6] = {DUCKDB_TYPE_INTEGER,  DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE,
                                  DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT};
      for (int i = 0; i < 6; ++i) types[i] = duckdb_create_logical_type(ids[i]);
      duckdb_data_chunk chunk = duckdb_create_data_chunk(types, 6);
      duckdb_appender appender;
      duckdb_query(connection, "BEGIN", nullptr);
      duckdb_appender_create(connection, nullptr, "t", &appender);
      for (std::size_t from = 0; from < shape.rows; from += 2048) {
        const std::size_t count = std::min<std::size_t>(2048, shape.rows - from);
        duckdb_data_chunk_reset(chunk);
        const auto copy = [&](int column, const void* data, std::size_t bytes) {
          std::memcpy(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)),
                      static_cast<const char*>(data) + from * bytes, count * bytes);
        };
        copy(0, columns.series.data(), 4);
        copy(1, columns.time.data(), 8);
        copy(2, columns.value.data(), 8);
        copy(3, columns.quality.data(), 4);
        copy(4, columns.received.data(), 8);
        copy(5, columns.time.data(), 8);
        duckdb_data_chunk_set_size(chunk, count);
        duckdb_append_data_chunk(appender, chunk);
      }
      duckdb_appender_destroy(&appender);
      duckdb_query(connection, "COMMIT", nullptr);
      duckdb_destroy_data_chunk(&chunk);
    });
  }
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return static_cast<double>(shape.rows) * shape.commits / spent;
}

void print_queries(const store::SeriesStore& store, const char* when, base::Time start,
                   base::Time end) {
  using enum store::Aggregate;
  const auto chart = [&](std::vector<model::SeriesId> ids, base::Duration step) {
    const base::Time from = std::chrono::floor<std::chrono::hours>(start);
    return median_ms([&] {
      const auto rows = store.buckets({ids, from, end, step, {kAvg, kMin, kMax}});
      if (!rows || rows->empty()) std::println("  a chart failed");
    });
  };
  std::vector<model::SeriesId> twenty;
  for (int i = 0; i < 20; ++i) twenty.push_back(model::SeriesId(1 + i * 47));
  std::println("  {}: 1 series 1 min buckets {:.2f} ms, 20 series {:.2f} ms, 1 series 7 s buckets "
               "{:.2f} ms",
               when, chart({model::SeriesId(500)}, 60s), chart(twenty, 60s),
               chart({model::SeriesId(500)}, 7s));
  std::println("  {}: raw of 1 series, last minute {:.2f} ms; newest of {} series {:.3f} ms", when,
               median_ms([&] {
                 (void)store.raw({.series = model::SeriesId(500), .start = end - 60s, .end = end});
               }),
               kSeries, median_ms([&] { (void)store.last_values(); }));
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 64;
  const fs::path folder = arguments[1];
  const Shape shape{count > 2 ? std::stoul(arguments[2]) : 100'000,
                    count > 3 ? std::stoi(arguments[3]) : 20};
  fs::remove_all(folder);
  fs::create_directories(folder);
  const base::SystemClock clock;
  const base::Time start = clock.now() - 24h;
  const double bare = bare_rows_per_second(folder, shape, start);

  store::duckdb::DuckDbStore store({.folder = folder / "store"}, clock, base::Random(1));
  if (!store.start()) return 1;
  store::Commit series;
  for (int i = 1; i <= kSeries; ++i) {
    series.series.push_back(
        {.id = model::SeriesId(i), .thing = "t", .property = std::to_string(i)});
  }
  if (!store.commit(series)) return 1;
  double spent = 0, worst = 0;
  for (int commit = 0; commit < shape.commits; ++commit) {
    store::Commit block;
    block.samples.f64 = block_of(shape, commit, start);
    const double one = seconds_of([&] {
      if (!store.commit(block)) std::println("a commit failed");
    });
    spent += one;
    worst = std::max(worst, one);
  }
  const double rate = static_cast<double>(shape.rows) * shape.commits / spent;
  std::println("{} commits of {} rows: store {:.2f} M rows/s, bare appender {:.2f} M rows/s, ratio "
               "{:.2f}; worst commit {:.0f} ms",
               shape.commits, shape.rows, rate / 1e6, bare / 1e6, rate / bare, worst * 1000);
  const auto rows = static_cast<std::int64_t>(shape.rows) * shape.commits;
  const base::Time end = start + (rows / kSeries) * 100ms;
  print_queries(store, "hot", start, end);
  std::println("  seal {:.2f} s", seconds_of([&] {
                 if (const auto done = store.seal(); !done) std::println("{}", done.error().what);
               }));
  const auto stats = store.stats();
  std::println("  {} rows sealed in {} partitions, {} hot; {:.2f} bytes a row", stats->sealed_rows,
               stats->partitions.size(), stats->hot_rows,
               static_cast<double>(stats->bytes_on_disk) / double(rows));
  print_queries(store, "sealed", start, end);
  return store.stop() ? 0 : 1;
}
