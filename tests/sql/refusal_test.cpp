// What a statement may not do, and what it may not use up.
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "sql/hostile.h"
#include "sql/sql_fixture.h"

namespace millrace::store::duckdb {
namespace {

class SqlRefusal : public SqlStoreTest {
 protected:
  SqlRefusal() {
    const auto id = define("pump-1", "flow");
    Commit commit;
    for (int i = 0; i < 500; ++i) {
      commit.samples.push(id, ValueType::kF64, {kNow - i * 1s, double(i), {}}, kNow);
    }
    EXPECT_TRUE(store_->commit(commit));
    std::ofstream(root_ / "file.csv") << "k8e1\n42\n";
  }
};

TEST_F(SqlRefusal, every_statement_that_is_more_than_a_question_is_refused_with_a_sentence) {
  const std::string file = (root_ / "file.csv").native();
  for (const Hostile& one : kHostile) {
    std::string sql = one.sql;
    for (std::size_t at = sql.find("{}"); at != std::string::npos; at = sql.find("{}")) {
      sql.replace(at, 2, file);
    }
    const auto found = ask(sql);
    ASSERT_FALSE(found) << sql;
    EXPECT_EQ(found.error().code, ErrorCode::kInvalid) << sql << base::describe(found.error());
    EXPECT_TRUE(found.error().what.contains(one.said)) << sql << ": " << found.error().what;
    EXPECT_FALSE(found.error().what.contains("k8e1")) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/millrace-out.csv"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/millrace-out"));
  EXPECT_EQ(store_->stats()->hot_rows, 500U);
}

TEST_F(SqlRefusal, a_statement_that_never_ends_is_stopped_at_its_deadline) {
  const base::SystemClock clock;
  for (const std::string sql :
       {"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t "
        "WHERE n < 0",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b "
        "WHERE (a.range * b.range) % 7 = 3",
        "SELECT count(*) FROM samples a, samples b, samples c, samples d WHERE a.value + b.value "
        "+ c.value + d.value = -1"}) {
    const auto began = clock.monotonic();
    const auto found = ask(sql, 10, 1s);
    const auto took = clock.monotonic() - began;
    ASSERT_FALSE(found) << sql;
    EXPECT_EQ(found.error().code, ErrorCode::kTimeout) << sql << base::describe(found.error());
    EXPECT_FALSE(found.error().hint.empty());
    EXPECT_LT(took, 2s) << sql;
  }
}

TEST_F(SqlRefusal, a_statement_that_nobody_waits_for_any_more_is_ended_at_once) {
  const base::SystemClock clock;
  std::stop_source asker;
  base::MonotonicTime left{};
  std::jthread leaver([&] {
    std::this_thread::sleep_for(300ms);
    left = clock.monotonic();
    asker.request_stop();
  });
  const auto found =
      store_->sql({.sql = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE "
                          "(a.range * b.range) % 7 = 3",
                   .deadline = clock.monotonic() + 30s,
                   .given = {},
                   .stop = asker.get_token()});
  leaver.join();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCancelled) << base::describe(found.error());
  EXPECT_LT(clock.monotonic() - left, 500ms);
}

TEST_F(SqlRefusal, a_statement_that_eats_memory_is_told_so_and_the_hub_does_not_grow) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "SKIP: a sanitizer's memory cannot be limited";
#endif
  const auto grown_mb = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
  };
  const auto before = grown_mb();
  for (const std::string sql :
       {"SELECT length(repeat(repeat('x', 1000000), 2000))", "SELECT length(range(1000000000))",
        "SELECT list(range) FROM range(1000000000)",
        "SELECT string_agg(repeat('x', 1000)) FROM range(10000000)",
        "SELECT count(*) FROM (SELECT range, hash(range) FROM range(100000000) GROUP BY ALL)",
        "SELECT * FROM range(1000000000) ORDER BY hash(range) LIMIT 5 OFFSET 100000000"}) {
    const auto found = ask(sql);
    ASSERT_FALSE(found) << sql;
    EXPECT_EQ(found.error().code, ErrorCode::kTooLarge) << sql << base::describe(found.error());
    EXPECT_TRUE(found.error().what.contains("MB")) << found.error().what;
  }
  EXPECT_LT(grown_mb() - before, 100);
}

TEST_F(SqlRefusal, a_statement_beyond_all_size_is_refused_before_it_hurts) {
  std::string nested = "SELECT 1";
  for (int i = 0; i < 12; ++i) {
    nested = "WITH a AS MATERIALIZED (" + nested + ") SELECT * FROM a";
  }
  EXPECT_EQ(ask(nested).error().code, ErrorCode::kInvalid);
  std::string doubled = "WITH a0 AS NOT MATERIALIZED (SELECT 1 x)";
  for (int i = 1; i < 30; ++i) {
    doubled += std::format(", a{} AS (SELECT p.x FROM a{} p, a{} q)", i, i - 1, i - 1);
  }
  const auto doubling = ask(doubled + " SELECT count(*) FROM a29", 10, 5s);
  EXPECT_TRUE(doubling || doubling.error().code == ErrorCode::kTooLarge ||
              doubling.error().code == ErrorCode::kTimeout)
      << base::describe(doubling.error());
  std::string tables = "SELECT 1 FROM samples";
  for (int i = 0; i < 100; ++i) tables += ", samples s" + std::to_string(i);
  EXPECT_EQ(ask(tables).error().code, ErrorCode::kTooLarge);
  std::string parts = "SELECT 1";
  for (int i = 0; i < 25'000; ++i) parts += ",1";
  EXPECT_EQ(ask(parts).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(ask(std::string(200'000, ' ')).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(ask("SELECT " + std::string(20'000, '(') + "1").error().code, ErrorCode::kInvalid);
}

TEST_F(SqlRefusal, an_answer_ends_at_its_limit_and_says_so) {
  const auto cut = answer("SELECT * FROM range(1000000)", 5);
  EXPECT_EQ(cut.rows(), 5U);
  EXPECT_TRUE(cut.is_truncated);
  EXPECT_FALSE(answer("SELECT * FROM range(5)", 5).is_truncated);
  EXPECT_EQ(answer("SELECT 1 WHERE false").rows(), 0U);
  const auto found = ask("SELECT repeat('x', 1000) FROM range(100000)", 100'000);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kTooLarge);
}

TEST_F(SqlRefusal, ingest_and_sealing_go_on_beside_a_heavy_statement) {
  const auto id = define("pump-2", "flow");
  std::atomic<bool> has_ended = false;
  std::thread heavy([&] {
    const auto found =
        ask("SELECT count(*) FROM samples a, range(1000000) b, range(1000000) c "
            "WHERE (a.value + b.range * c.range) % 7 = 3.5",
            10, 3s);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kTimeout);
    has_ended = true;
  });
  const base::SystemClock clock;
  base::Duration slowest{};
  int commits = 0;
  while (!has_ended) {
    Commit commit;
    const base::Time time = kNow - 1h + commits * 1s;
    commit.samples.push(id, ValueType::kF64, {time, double(commits), {}}, kNow);
    const auto began = clock.monotonic();
    ASSERT_TRUE(store_->commit(commit));
    slowest = std::max(slowest, clock.monotonic() - began);
    if (++commits % 100 == 0) {
      ASSERT_TRUE(store_->seal());
    }
    std::this_thread::sleep_for(2ms);
  }
  heavy.join();
  EXPECT_GT(commits, 50);
  EXPECT_LT(slowest, 1500ms);
  EXPECT_EQ(answer("SELECT count(*) FROM samples WHERE thing = 'pump-2'").cells[0],
            SqlCell(std::int64_t{commits}));
}

TEST_F(SqlRefusal, a_program_without_a_worker_says_that_it_runs_no_sql) {
  DuckDbStore other({.folder = root_ / "other"}, clock_, base::Random(2));
  ASSERT_TRUE(other.start());
  EXPECT_EQ(other.sql({.sql = "SELECT 1"}).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace millrace::store::duckdb
