#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <format>

#include "store/duckdb/duckdb_store.h"

namespace millrace::store::duckdb {

using namespace std::chrono_literals;
using base::ErrorCode;
using model::SeriesId;
using model::ValueType;

inline const std::vector<std::string> kWorker = {"/proc/self/exe", "sql-worker"};
inline const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;

/// A store in a folder of its own that seals ranges of about 200 rows.
class SqlStoreTest : public testing::Test {
 protected:
  SqlStoreTest() {
    static std::atomic<int> count = 0;
    root_ = std::filesystem::temp_directory_path() /
            std::format("millrace-sql-{}-{}", ::getpid(), ++count);
    std::filesystem::remove_all(root_);
    DuckDbOptions options{.folder = root_ / "store", .sql_worker = kWorker};
    options.seal = {.rows_min = 200, .rows_target = 400, .hot_rows_max = 1000, .late_rows_min = 1};
    store_ = std::make_unique<DuckDbStore>(options, clock_, base::Random(1));
    EXPECT_TRUE(store_->start());
  }
  ~SqlStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(root_);
  }

  SeriesId define(const std::string& thing, const std::string& property,
                  ValueType type = ValueType::kF64) {
    const model::Series series{.id = store_->next_series_id(),
                               .thing = thing,
                               .property = property,
                               .type = type,
                               .unit = "m3/h",
                               .site = "riverside"};
    EXPECT_TRUE(store_->commit({.series = {series}}));
    return series.id;
  }
  base::Result<SqlAnswer> ask(const std::string& sql, std::size_t limit = 10'000,
                              base::Duration within = 30s) {
    return store_->sql(
        {.sql = sql, .limit = limit, .deadline = clock_.monotonic() + within, .given = given_});
  }
  SqlAnswer answer(const std::string& sql, std::size_t limit = 10'000) {
    auto found = ask(sql, limit);
    EXPECT_TRUE(found) << sql << ": " << base::describe(found.error());
    return found ? std::move(*found) : SqlAnswer{};
  }

  /// The machine's, since deadlines are waited for; the wall clock is the samples' own.
  class Clock final : public base::Clock {
   public:
    base::Time now() const override { return kNow; }
    base::MonotonicTime monotonic() const override { return system_.monotonic(); }

   private:
    base::SystemClock system_;
  };

  Clock clock_;
  std::filesystem::path root_;
  std::unique_ptr<DuckDbStore> store_;
  std::vector<SqlGivenTable> given_;
};

}  // namespace millrace::store::duckdb
