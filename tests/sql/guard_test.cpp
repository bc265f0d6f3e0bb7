// The pure parts: the guard and the bounds over syntax trees.
#include <gtest/gtest.h>

#include <filesystem>

#include "store/duckdb/sql_bounds.h"
#include "store/duckdb/sql_functions.h"
#include "store/duckdb/sql_guard.h"
#include "store/duckdb/sql_sandbox.h"

namespace millrace::store::duckdb {
namespace {

/// Trees from the engine's own parser.
class SqlGuard : public testing::Test {
 protected:
  SqlGuard()
      : pipe_(base::FileDescriptor(), [] { return false; }),
        tables_(pipe_, {}),
        sandbox_(Sandbox::open(tables_).value()) {}

  nlohmann::json tree(const std::string& sql) {
    const auto texts =
        sandbox_.texts("SELECT json_serialize_sql(" + sql_literal(sql) + ")").value();
    return read_sql_tree(texts.at(0)).value();
  }
  SqlBounds bounds(const std::string& sql) {
    asked_.clear();
    const SqlEvaluation evaluate = {
        .time = [](const nlohmann::json& one) -> std::optional<std::int64_t> {
          return one["value"]["value"].get<std::int64_t>();
        },
        .series = [&](const std::string& alias,
                      const auto& conditions) -> std::optional<std::vector<std::int32_t>> {
          asked_.emplace_back(alias, conditions.size());
          return std::vector<std::int32_t>{7};
        }};
    return find_sql_bounds(tree(sql), "samples", evaluate);
  }

  SqlPipe pipe_;
  SandboxTables tables_;
  Sandbox sandbox_;
  std::vector<std::pair<std::string, std::size_t>> asked_;
};

TEST_F(SqlGuard, questions_of_every_form_pass_with_the_tables_they_name) {
  const SqlNames offered = {"samples", "things", "series"};
  for (const std::string sql :
       {"SELECT * FROM samples", "FROM Samples", "TABLE samples",
        "SELECT 1 FROM samples s, range(3)",
        "WITH a AS (SELECT * FROM samples) SELECT * FROM a JOIN a b USING (time)",
        "SELECT time_bucket(INTERVAL 5 MINUTE, time), avg(value) FILTER (quality = 'good') FROM "
        "samples GROUP BY ALL HAVING count(*) > 1 ORDER BY 1 LIMIT 5",
        "SELECT lag(value) OVER w FROM samples WINDOW w AS (PARTITION BY series ORDER BY time)",
        "SELECT * FROM samples QUALIFY row_number() OVER (PARTITION BY thing) = 1",
        "SELECT CASE WHEN value > 1 THEN 'a' ELSE 'b' END, value::INT, [x + 1 for x in [1, 2]], "
        "{'a': value}, list_transform([1], lambda x: x) FROM samples",
        "SELECT (SELECT max(value) FROM samples), EXISTS (FROM samples) ",
        "SELECT * FROM samples UNION ALL SELECT * FROM samples EXCEPT SELECT * FROM samples",
        "SELECT * EXCLUDE (time) FROM samples, LATERAL (SELECT value + 1)",
        "SELECT COLUMNS('val.*') FROM samples TABLESAMPLE 10%", "DESCRIBE samples",
        "SUMMARIZE samples",
        "SELECT extract(hour FROM time AT TIME ZONE 'Europe/Berlin') FROM samples",
        "UNPIVOT (SELECT 1 AS a, value FROM samples) ON a",
        "SELECT * FROM (SELECT 1) a(x) ASOF JOIN samples s ON x >= s.value"}) {
    const auto found = check_sql_tree(tree(sql), offered);
    ASSERT_TRUE(found) << sql << ": " << base::describe(found.error());
    EXPECT_EQ(*found, SqlNames{"samples"}) << sql;
  }
  EXPECT_EQ(check_sql_tree(tree("VALUES (1), (2)"), offered), SqlNames());
}

TEST_F(SqlGuard, what_a_release_of_the_engine_adds_is_refused_until_somebody_looks_at_it) {
  auto changed = tree("SELECT abs(1) FROM samples");
  auto& node = changed["statements"][0]["node"];
  node["select_list"][0]["class"] = "NEW_KIND";
  EXPECT_FALSE(check_sql_tree(changed, {"samples"}));
  changed = tree("SELECT abs(1) FROM samples");
  changed["statements"][0]["node"]["from_table"]["type"] = "NEW_TABLE";
  EXPECT_FALSE(check_sql_tree(changed, {"samples"}));
  EXPECT_FALSE(is_sql_function("read_csv"));
  EXPECT_FALSE(is_sql_table_function("read_csv"));
  EXPECT_FALSE(is_stable_sql_function("random"));
}

TEST_F(SqlGuard, without_the_guard_the_engine_itself_reaches_for_nothing) {
  ASSERT_TRUE(sandbox_.lock());
  for (const std::string sql :
       {"SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM '/etc/passwd.csv'", "SELECT * FROM glob('/etc/*')",
        "COPY (SELECT 1) TO '/tmp/millrace-sandbox.csv'", "ATTACH '/tmp/millrace-sandbox.db'",
        "EXPORT DATABASE '/tmp/millrace-sandbox'", "INSTALL httpfs", "LOAD httpfs",
        "SET memory_limit = '8GB'", "SET threads = 8", "SET enable_external_access = true",
        "SET lock_configuration = false", "SET temp_directory = '/tmp'", "SELECT getenv('HOME')"}) {
    EXPECT_FALSE(sandbox_.connection().run(sql)) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/millrace-sandbox.csv"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/millrace-sandbox.db"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/millrace-sandbox"));
}

TEST_F(SqlGuard, bounds_come_from_what_is_certain_alone) {
  const auto found = bounds(
      "SELECT * FROM samples s WHERE s.time >= 10 AND time < 20 AND thing = 'a' "
      "AND s.site LIKE 'b%' AND value > 3");
  EXPECT_EQ(found.from, 10);
  EXPECT_EQ(found.to, 21);
  EXPECT_EQ(found.series, std::vector<std::int32_t>{7});
  EXPECT_EQ(asked_, (std::vector<std::pair<std::string, std::size_t>>{{"s", 2}}));
  const SqlBounds everything;
  for (const std::string sql :
       {"SELECT * FROM samples", "SELECT * FROM samples WHERE time >= 10 OR thing = 'a'",
        "SELECT * FROM samples WHERE time >= value",
        "SELECT * FROM samples WHERE thing = random()::TEXT",
        "SELECT * FROM samples WHERE time >= 10 UNION ALL SELECT * FROM samples",
        "SELECT (SELECT count(*) FROM samples) FROM samples WHERE time >= 10",
        "SELECT * FROM things t LEFT JOIN samples s ON true WHERE s.thing = 'a' AND s.time >= 10",
        "SELECT * FROM things t ASOF JOIN samples s ON t.at >= s.time WHERE s.time < 10",
        "SELECT * FROM things t FULL JOIN samples s ON true WHERE s.time < 10",
        "SELECT * FROM things ANTI JOIN samples USING (thing) WHERE thing = 'a'",
        "SELECT * FROM samples AS s(thing) WHERE s.thing = 'a'",
        "SELECT * FROM samples TABLESAMPLE 5 ROWS WHERE thing = 'a'",
        "WITH samples AS (SELECT 1 AS time) SELECT * FROM samples WHERE time >= 10",
        "SELECT * FROM samples WHERE list_contains(list_filter(['a'], lambda thing: thing = 'a'), "
        "thing)"}) {
    const auto none = bounds(sql);
    EXPECT_EQ(std::pair(none.from, none.to), std::pair(everything.from, everything.to)) << sql;
    EXPECT_FALSE(none.series) << sql;
  }
  const auto both = bounds(
      "SELECT * FROM samples a, samples b WHERE a.time >= 10 AND a.time <= 20 AND "
      "b.time BETWEEN 15 AND 30");
  EXPECT_EQ(both.from, 10);
  EXPECT_EQ(both.to, 31);
}

}  // namespace
}  // namespace millrace::store::duckdb
