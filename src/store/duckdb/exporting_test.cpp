// Exported files read back by the engine's own readers, and queries that are stopped half way.

#include "store/duckdb/exporting.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "store/duckdb/duckdb_store.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Quality;
using model::Reason;
using model::SeriesId;
using model::ValueType;

const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;
constexpr int kManyRows = 400'000;

/// Values of each type as CSV has them.
const std::vector<std::pair<model::Value, std::string>> kValues = {
    {0.1, "0.1"},
    {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
    {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
    {true, "true"},
    {std::string("a;\"b\"\n流"), "a;\"b\"\n流"},
    {model::Bytes{std::string("\x00\xFF", 2)}, "AP8="}};

class ExportTest : public testing::Test {
 protected:
  ExportTest() : root_(fs::temp_directory_path() / std::format("export-{}", ::getpid())) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    store_ = std::make_unique<DuckDbStore>(DuckDbOptions{.folder = root_ / "store"}, clock_,
                                           base::Random(1));
    EXPECT_TRUE(store_->start());
  }
  ~ExportTest() override {
    store_.reset();
    fs::remove_all(root_);
  }

  /// A series of each type with one sample, and a bad one without a value in the first.
  void fill() {
    Commit commit;
    for (int i = 1; i <= 6; ++i) {
      commit.series.push_back({.id = SeriesId(i),
                               .thing = "pump-1",
                               .property = std::format("p{}", i),
                               .type = ValueType(i),
                               .unit = i == 1 ? "m³/h" : ""});
      commit.samples.push(SeriesId(i), ValueType(i),
                          {kNow - 1h, kValues[static_cast<std::size_t>(i) - 1].first, {}}, kNow);
    }
    const Quality bad = Quality().marked(Reason::kNotReadable).marked(Reason::kLate);
    commit.samples.push(SeriesId(1), ValueType::kF64, {kNow - 30min, {}, bad}, kNow);
    bad_code_ = bad.bits();
    ASSERT_TRUE(store_->commit(commit));
  }
  fs::path write(ExportFormat format, std::vector<SeriesId> series) {
    const fs::path path = root_ / (format == ExportFormat::kCsv ? "out.csv" : "out.parquet");
    const auto rows = store_->export_to({std::move(series), kNow - 2h, kNow}, format, path);
    EXPECT_TRUE(rows) << base::describe(rows.error());
    return path;
  }
  /// Rows of a query as text, columns separated by '|'.
  std::vector<std::string> read(const std::string& sql) {
    auto database = Database::open(root_ / "reader.duckdb", {}).value();
    auto connection = Connection::open(database).value();
    auto rows = connection.query("SELECT concat_ws('|', *COLUMNS(*)) FROM (" + sql + ")");
    std::vector<std::string> found;
    if (!rows) return {base::describe(rows.error())};
    while (rows->next().value_or(false)) {
      for (std::size_t i = 0; i < rows->size(); ++i) found.emplace_back(rows->text(0, i));
    }
    return found;
  }
  std::string columns_of(const std::string& reader) {
    const auto found = read(
        "SELECT string_agg(column_name || ' ' || column_type, ', ') FROM "
        "(DESCRIBE SELECT * FROM " +
        reader + ")");
    return found.front();
  }

  base::ManualClock clock_{kNow};
  fs::path root_;
  std::unique_ptr<DuckDbStore> store_;
  std::uint32_t bad_code_ = 0;
};

TEST_F(ExportTest, a_csv_file_gives_back_values_of_all_types_with_series_code_and_reasons) {
  ASSERT_NO_FATAL_FAILURE(fill());
  const fs::path path = write(ExportFormat::kCsv, {SeriesId(1), SeriesId(2), SeriesId(3),
                                                   SeriesId(4), SeriesId(5), SeriesId(6)});
  const std::string reader =
      std::format("read_csv('{}', header = true, all_varchar = true)", path.native());
  EXPECT_EQ(columns_of(reader),
            "thing VARCHAR, property VARCHAR, series VARCHAR, time VARCHAR, value VARCHAR, "
            "unit VARCHAR, quality VARCHAR, quality_code VARCHAR, reasons VARCHAR");
  const auto rows = read(
      "SELECT series, property, time, coalesce(value, '-'), coalesce(unit, '-'), "
      "quality, quality_code, coalesce(reasons, '-') FROM " +
      reader);
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_EQ(rows[0], "1|p1|2026-05-20T11:00:00.000000Z|0.1|m³/h|good|0|-");
  EXPECT_EQ(rows[1], std::format("1|p1|2026-05-20T11:30:00.000000Z|-|m³/h|bad|{}|not_readable;late",
                                 bad_code_));
  for (std::size_t i = 2; i <= 6; ++i) {
    EXPECT_EQ(rows[i], std::format("{0}|p{0}|2026-05-20T11:00:00.000000Z|{1}|-|good|0|-", i,
                                   kValues[i - 1].second));
  }
}

TEST_F(ExportTest, a_parquet_file_of_one_type_has_its_values_in_their_type) {
  ASSERT_NO_FATAL_FAILURE(fill());
  const fs::path path = write(ExportFormat::kParquet, {SeriesId(1)});
  const std::string reader = std::format("read_parquet('{}')", path.native());
  EXPECT_EQ(columns_of(reader),
            "thing VARCHAR, property VARCHAR, series INTEGER, time TIMESTAMP, value DOUBLE, "
            "unit VARCHAR, quality VARCHAR, quality_code UINTEGER, reasons VARCHAR");
  EXPECT_EQ(read("SELECT series, epoch_us(time), coalesce(value::VARCHAR, '-'), unit, quality, "
                 "quality_code, reasons FROM " +
                 reader),
            (std::vector<std::string>{
                std::format("1|{}|0.1|m³/h|good|0|", (kNow - 1h).time_since_epoch().count()),
                std::format("1|{}|-|m³/h|bad|{}|not_readable;late",
                            (kNow - 30min).time_since_epoch().count(), bad_code_)}));
}

TEST_F(ExportTest, a_parquet_file_says_which_data_version_it_holds) {
  ASSERT_NO_FATAL_FAILURE(fill());
  const fs::path path = write(ExportFormat::kParquet, {SeriesId(1)});
  EXPECT_EQ(read(std::format("SELECT decode(value) FROM parquet_kv_metadata('{}') "
                             "WHERE decode(key) = 'millrace_commit'",
                             path.native())),
            std::vector{std::to_string(number(store_->newest_commit()))});
}

TEST_F(ExportTest, a_parquet_file_of_several_types_has_a_column_for_each) {
  ASSERT_NO_FATAL_FAILURE(fill());
  const fs::path path = write(ExportFormat::kParquet, {SeriesId(3), SeriesId(5), SeriesId(6)});
  const std::string reader = std::format("read_parquet('{}')", path.native());
  EXPECT_EQ(columns_of(reader),
            "thing VARCHAR, property VARCHAR, series INTEGER, time TIMESTAMP, value_u64 UBIGINT, "
            "value_text VARCHAR, value_bytes BLOB, unit VARCHAR, quality VARCHAR, "
            "quality_code UINTEGER, reasons VARCHAR");
  EXPECT_EQ(read("SELECT series, coalesce(value_u64::VARCHAR, '-'), coalesce(value_text, '-'), "
                 "coalesce(to_base64(value_bytes), '-') FROM " +
                 reader),
            (std::vector<std::string>{"3|18446744073709551615|-|-",
                                      "5|-|" + kValues[4].second + "|-", "6|-|-|AP8="}));
}

TEST_F(ExportTest, a_long_query_is_interrupted_soon_after_its_deadline_and_the_next_one_runs) {
  const base::SystemClock clock;
  auto store = std::make_unique<DuckDbStore>(DuckDbOptions{.folder = root_ / "timed"}, clock,
                                             base::Random(1));
  ASSERT_TRUE(store->start());
  Commit commit{.series = {{.id = SeriesId(1), .thing = "pump-1", .property = "p1"}}};
  const base::Time from = clock.now() - 24h;
  for (int i = 0; i < kManyRows; ++i) {
    commit.samples.push(SeriesId(1), ValueType::kF64, {from + i * 1ms, i * 0.1, {}}, from);
  }
  ASSERT_TRUE(store->commit(commit));
  const fs::path path = root_ / "many.csv";
  ExportQuery query{{SeriesId(1)}, from, from + 1h, clock.monotonic() + 20ms};
  const auto began = clock.monotonic();
  const auto stopped = store->export_to(query, ExportFormat::kCsv, path);
  const auto taken = clock.monotonic() - began;
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, base::ErrorCode::kTimeout) << base::describe(stopped.error());
  EXPECT_FALSE(stopped.error().hint.empty());
  EXPECT_FALSE(fs::exists(path) || fs::exists(path.native() + ".part"));
  query.deadline.reset();
  std::stop_source asker;
  query.stop = asker.get_token();
  std::jthread leaver([&] {
    std::this_thread::sleep_for(20ms);
    asker.request_stop();
  });
  const auto left = store->export_to(query, ExportFormat::kCsv, path);
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().code, base::ErrorCode::kCancelled) << base::describe(left.error());
  EXPECT_FALSE(fs::exists(path) || fs::exists(path.native() + ".part"));
  query.stop = {};
  const auto whole = store->export_to(query, ExportFormat::kCsv, path);
  ASSERT_TRUE(whole) << base::describe(whole.error());
  EXPECT_EQ(whole->rows, std::uint64_t{kManyRows});
  EXPECT_LT(taken, clock.monotonic() - began - taken) << "it took as long as the whole";
}

}  // namespace
}  // namespace millrace::store::duckdb
