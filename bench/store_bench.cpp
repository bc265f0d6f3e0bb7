// The series store in one process, beside the bare engine.
//
//   store_bench bare FOLDER ROWS COMMITS      DuckDB's data-chunk appender, a transaction each ROWS
//   store_bench commits FOLDER ROWS COMMITS   the same rows through the store
//   store_bench bytes FOLDER walk|noise|steps POINTS     sealed; bytes of a point
//   store_bench fill FOLDER SERIES TICKS END_US sealed|as-hub   a store for a hub to open: all of
//   it
//                                             sealed, or sealed when the hub's policy would have
//
// Prints JSON. FOLDER is made anew.

#include <duckdb.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <print>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "plant.h"
#include "store/duckdb/duckdb_store.h"

namespace {

using namespace millrace;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeries = 10'000;

struct Spent {
  double wall = 0, cpu = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
void spend(Spent& spent, Work work) {
  const double cpu = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  work();
  spent.wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  spent.cpu += cpu_seconds() - cpu;
}

/// Rows [first, first + count) of the plant in order of arrival.
store::Columns<double> rows_of(const bench::Plant& plant, std::uint64_t first,
                               std::uint64_t count) {
  store::Columns<double> columns;
  columns.reserve(count);
  for (std::uint64_t n = first; n < first + count; ++n) {
    const std::uint64_t one = n % plant.series(), tick = n / plant.series();
    const base::Time time = plant.time(one, tick);
    columns.push(model::SeriesId(static_cast<int>(one) + 1), time, plant.value(one, tick), true, {},
                 time + 50ms);
  }
  return columns;
}

/// The engine alone, with the settings and the columns of the store.
class BareTable {
 public:
  explicit BareTable(const fs::path& file) {
    MILLRACE_CHECK(duckdb_open(file.c_str(), &database_) == DuckDBSuccess);
    MILLRACE_CHECK(duckdb_connect(database_, &connection_) == DuckDBSuccess);
    run("SET threads = 2");
    run("SET memory_limit = '192MB'");
    run("SET checkpoint_threshold = '16MB'");
    run("CREATE TABLE t(series INTEGER, time BIGINT, value DOUBLE, quality UINTEGER, received "
        "BIGINT, commit BIGINT)");
    constexpr duckdb_type kTypes[] = {DUCKDB_TYPE_INTEGER,  DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE,
                                      DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT};
    std::array<duckdb_logical_type, 6> types{};
    std::ranges::transform(kTypes, types.begin(), duckdb_create_logical_type);
    chunk_ = duckdb_create_data_chunk(types.data(), types.size());
    for (duckdb_logical_type& one : types) duckdb_destroy_logical_type(&one);
  }
  BareTable(const BareTable&) = delete;
  BareTable& operator=(const BareTable&) = delete;
  ~BareTable() {
    duckdb_destroy_data_chunk(&chunk_);
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }

  void commit(const store::Columns<double>& rows, std::int64_t number) {
    const std::vector<std::int64_t> commits(rows.size(), number);
    run("BEGIN");
    duckdb_appender appender = nullptr;
    MILLRACE_CHECK(duckdb_appender_create(connection_, nullptr, "t", &appender) == DuckDBSuccess);
    for (std::size_t from = 0; from < rows.size(); from += duckdb_vector_size()) {
      const std::size_t count = std::min<std::size_t>(duckdb_vector_size(), rows.size() - from);
      duckdb_data_chunk_reset(chunk_);
      const auto copy = [&](idx_t column, const auto& values) {
        std::memcpy(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, column)),
                    values.data() + from, count * sizeof(values[0]));
      };
      copy(0, rows.series);
      copy(1, rows.time);
      copy(2, rows.value);
      copy(3, rows.quality);
      copy(4, rows.received);
      copy(5, commits);
      duckdb_data_chunk_set_size(chunk_, count);
      MILLRACE_CHECK(duckdb_append_data_chunk(appender, chunk_) == DuckDBSuccess);
    }
    MILLRACE_CHECK(duckdb_appender_close(appender) == DuckDBSuccess);
    duckdb_appender_destroy(&appender);
    run("COMMIT");
  }

 private:
  void run(const char* sql) {
    MILLRACE_CHECK(duckdb_query(connection_, sql, nullptr) == DuckDBSuccess);
  }

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
};

/// A store of the plant's series, on a clock that is set to the newest row.
class FilledStore {
 public:
  FilledStore(const fs::path& folder, const bench::Plant& plant, store::duckdb::SealPolicy policy)
      : plant_(plant),
        clock_(plant.time(0, 0)),
        store_({.folder = folder, .seal = policy}, clock_, base::Random(1)) {
    MILLRACE_CHECK(store_.start().has_value());
    store::Commit commit;
    for (std::uint64_t one = 0; one < plant.series(); ++one) {
      commit.series.push_back({.id = model::SeriesId(static_cast<int>(one) + 1),
                               .thing = bench::Plant::thing(one),
                               .property = bench::Plant::property(one),
                               .site = "bench"});
    }
    MILLRACE_CHECK(store_.commit(commit).has_value());
  }

  void commit(std::uint64_t first, std::uint64_t count, Spent& spent) {
    store::Commit commit;
    commit.samples.f64 = rows_of(plant_, first, count);
    clock_.advance(std::max(commit.samples.f64.received.back() - clock_.now(), base::Duration(0)));
    spend(spent, [&] { MILLRACE_CHECK(store_.commit(commit).has_value()); });
  }
  bool is_seal_due() const { return store_.is_seal_due(); }
  void seal() {
    const auto done = store_.seal();
    if (!done) std::println(stderr, "{}", base::describe(done.error()));
    MILLRACE_CHECK(done.has_value());
  }
  store::StoreStats stats() const { return *store_.stats(); }
  void stop() { MILLRACE_CHECK(store_.stop().has_value()); }

 private:
  const bench::Plant& plant_;
  base::ManualClock clock_;
  store::duckdb::DuckDbStore store_;
};

/// Everything becomes partitions at once.
store::duckdb::SealPolicy seal_all() { return {.rows_min = 1, .lateness = base::Duration(0)}; }

base::Time some_end() { return std::chrono::sys_days(std::chrono::year(2026) / 3 / 15); }

void print_rate(std::uint64_t rows, std::uint64_t commits, const Spent& spent) {
  const double points = double(rows * commits);
  std::println(R"({{"rows_per_commit":{},"commits":{},"points_per_second":{:.0f},)"
               R"("points_per_cpu_second":{:.0f}}})",
               rows, commits, points / spent.wall, points / spent.cpu);
}

void bare(const fs::path& folder, std::uint64_t rows, std::uint64_t commits) {
  const bench::Plant plant(kSeries, rows * commits / kSeries + 1, some_end());
  Spent spent;
  {
    BareTable table(folder / "bare.duckdb");
    for (std::uint64_t n = 0; n < commits; ++n) {
      const auto block = rows_of(plant, n * rows, rows);
      spend(spent, [&] { table.commit(block, std::int64_t(n)); });
    }
  }
  print_rate(rows, commits, spent);
}

void commits(const fs::path& folder, std::uint64_t rows, std::uint64_t commits) {
  const bench::Plant plant(kSeries, rows * commits / kSeries + 1, some_end());
  FilledStore store(folder, plant, {});
  Spent spent;
  for (std::uint64_t n = 0; n < commits; ++n) store.commit(n * rows, rows, spent);
  print_rate(rows, commits, spent);
  store.stop();
}

/// Bytes of the blocks that a closed store's file uses; the others wait for new rows.
std::uint64_t bytes_in_use(const fs::path& file) {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_result result;
  MILLRACE_CHECK(duckdb_open(file.c_str(), &database) == DuckDBSuccess);
  MILLRACE_CHECK(duckdb_connect(database, &connection) == DuckDBSuccess);
  MILLRACE_CHECK(
      duckdb_query(connection,
                   "SELECT (used_blocks * block_size)::BIGINT FROM pragma_database_size()",
                   &result) == DuckDBSuccess);
  const auto bytes = duckdb_value_uint64(&result, 0, 0);
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return bytes;
}

void bytes(const fs::path& folder, const std::string& name, std::uint64_t points) {
  const bench::Shape shape = name == "noise"   ? bench::Shape::kNoise
                             : name == "steps" ? bench::Shape::kSteps
                                               : bench::Shape::kWalk;
  constexpr std::uint64_t kSeriesOfShape = 1000;
  const bench::Plant plant(kSeriesOfShape, points / kSeriesOfShape, some_end(), shape);
  Spent spent;
  FilledStore store(folder, plant, seal_all());
  for (std::uint64_t done = 0; done < points; done += 200'000) store.commit(done, 200'000, spent);
  Spent sealing;
  spend(sealing, [&] { store.seal(); });
  store.stop();
  const double size = double(bytes_in_use(folder / "store.duckdb"));
  std::println(R"({{"shape":"{}","points":{},"bytes_per_point":{:.2f},)"
               R"("seal_cpu_ns_per_point":{:.0f}}})",
               name, points, size / double(points), sealing.cpu * 1e9 / double(points));
}

void fill(const fs::path& folder, std::uint64_t series, std::uint64_t ticks, base::Time end,
          bool is_as_hub) {
  const bench::Plant plant(series, ticks, end);
  Spent spent, sealing;
  FilledStore store(folder, plant, is_as_hub ? store::duckdb::SealPolicy{} : seal_all());
  const std::uint64_t ticks_together = std::max<std::uint64_t>(200'000 / series, 1);
  for (std::uint64_t tick = 0; tick < ticks; tick += ticks_together) {
    const std::uint64_t count = std::min(ticks_together, ticks - tick);
    store.commit(tick * series, count * series, spent);
    const bool is_last = tick + count == ticks;
    if (is_as_hub ? store.is_seal_due() : is_last) spend(sealing, [&] { store.seal(); });
  }
  const auto stats = store.stats();
  store.stop();
  std::println(R"({{"points":{},"hot":{},"partitions":{},"bytes_in_use":{},"bytes":{},)"
               R"("fill_seconds":{:.1f},"seal_cpu_ns_per_point":{:.0f}}})",
               series * ticks, stats.hot_rows, stats.partitions.size(),
               bytes_in_use(folder / "store.duckdb"), fs::file_size(folder / "store.duckdb"),
               spent.wall + sealing.wall, sealing.cpu * 1e9 / double(series * ticks));
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) return 64;
  const std::string what = arguments[1];
  const fs::path folder = arguments[2];
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto number = [&](int place) { return std::stoull(arguments[place]); };
  if (what == "bare") bare(folder, number(3), number(4));
  if (what == "commits") commits(folder, number(3), number(4));
  if (what == "bytes") bytes(folder, arguments[3], number(4));
  if (what == "fill" && count >= 7) {
    fill(folder, number(3), number(4), base::Time(base::Duration(std::stoll(arguments[5]))),
         std::string_view(arguments[6]) == "as-hub");
  }
  return 0;
}
