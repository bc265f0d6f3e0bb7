// What the table `samples` shows is what raw() gives, whatever lies hot, sealed, late, twice or
// corrected; and what narrows a scan leaves out nothing.
#include <algorithm>
#include <cmath>

#include "sql/sql_fixture.h"

namespace millrace::store::duckdb {
namespace {

constexpr std::string_view kColumns =
    "time, value, value_i64, value_u64, value_bool, value_text, value_bytes, quality, reasons, "
    "quality_code, correction IS NOT NULL";

class SqlSamples : public SqlStoreTest {
 protected:
  /// Some things with a property of each type.
  void make_plant() {
    for (const char* thing : {"pump-1", "pump-2"}) {
      for (int type = 1; type <= 6; ++type) {
        series_.push_back(
            {define(thing, std::format("p{}", type), ValueType(type)), ValueType(type)});
      }
    }
  }

  model::Value value_of(ValueType type) {
    const auto whole = static_cast<std::int64_t>(random_.below(100));
    if (random_.below(15) == 0) return {};
    switch (type) {
      case ValueType::kF64:
        return whole == 0 ? NAN : whole == 1 ? INFINITY : static_cast<double>(whole) / 8;
      case ValueType::kI64:
        return whole == 0 ? std::numeric_limits<std::int64_t>::min() : whole - 50;
      case ValueType::kU64:
        return whole == 0 ? std::numeric_limits<std::uint64_t>::max()
                          : static_cast<std::uint64_t>(whole);
      case ValueType::kBool:
        return whole % 2 == 0;
      case ValueType::kText:
        return std::format("流 {}", whole);
      case ValueType::kBytes:
        return model::Bytes{std::string(static_cast<std::size_t>(whole % 5), '\xFE')};
    }
    return {};
  }

  model::Quality quality() {
    switch (random_.below(4)) {
      case 0:
        return model::Quality().marked(model::Reason::kOutOfRange);
      case 1:
        return model::Quality().marked(model::Reason::kLate).marked(model::Reason::kClock);
      default:
        return {};
    }
  }

  base::Time any_time() { return kNow - 2h + static_cast<std::int64_t>(random_.below(1500)) * 1s; }

  /// New samples in order, late ones anywhere, and many times twice.
  void commit_samples(int rows, bool has_late) {
    Commit commit;
    for (int i = 0; i < rows; ++i) {
      const auto& [id, type] = series_[random_.below(series_.size())];
      next_ += 50ms;
      const base::Time time = has_late && random_.below(3) == 0 ? any_time() : next_;
      commit.samples.push(id, type, {time, value_of(type), quality()}, kNow);
      if (random_.below(10) == 0) {
        commit.samples.push(id, type, {time, value_of(type), quality()}, kNow);
      }
    }
    ASSERT_TRUE(store_->commit(commit));
  }

  void commit_correction() {
    const auto& [id, type] = series_[random_.below(series_.size())];
    const base::Time from = any_time();
    const auto width = static_cast<std::int64_t>(1 + random_.below(300)) * 1s;
    Correction one{.series = id,
                   .range = {from, from + width},
                   .action = static_cast<CorrectionAction>(random_.below(4)),
                   .by = "maria",
                   .role = "ot_engineer",
                   .why = "wrong",
                   .time = kNow};
    const bool has_value =
        one.action == CorrectionAction::kReplace || one.action == CorrectionAction::kFill;
    while (has_value && !check_correction(one, type)) {
      one.value = value_of(type);
      if (one.action != CorrectionAction::kFill) continue;
      one.method = FillMethod::kConstant;
      one.interval = 7s;
    }
    ASSERT_TRUE(store_->commit({.corrections = {one}}));
  }

  /// A row as the statement must show it; numbers as texts where NaN would not compare.
  static std::vector<std::string> row_of(const model::Sample& sample) {
    const auto shown = [](const model::Value& value) -> std::string {
      if (const auto* f64 = std::get_if<double>(&value)) return std::format("{}", *f64);
      if (const auto* i64 = std::get_if<std::int64_t>(&value)) return std::to_string(*i64);
      if (const auto* u64 = std::get_if<std::uint64_t>(&value)) return std::to_string(*u64);
      if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
      if (const auto* text = std::get_if<std::string>(&value)) return *text;
      if (const auto* bytes = std::get_if<model::Bytes>(&value)) return "bytes " + bytes->data;
      return "";
    };
    const auto number = [](const model::Value& value) -> std::string {
      if (const auto* f64 = std::get_if<double>(&value)) return std::format("{}", *f64);
      if (const auto* i64 = std::get_if<std::int64_t>(&value)) {
        return std::format("{}", static_cast<double>(*i64));
      }
      if (const auto* u64 = std::get_if<std::uint64_t>(&value)) {
        return std::format("{}", static_cast<double>(*u64));
      }
      if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
      return "";
    };
    std::vector<std::string> row = {std::to_string(sample.time.time_since_epoch().count()),
                                    number(sample.value)};
    for (const auto type : {ValueType::kI64, ValueType::kU64, ValueType::kBool, ValueType::kText,
                            ValueType::kBytes}) {
      row.push_back(model::type_of(sample.value) == type ? shown(sample.value) : "");
    }
    row.emplace_back(model::text(sample.quality.severity()));
    std::string reasons;
    for (const auto reason : sample.quality.reasons()) {
      reasons += (reasons.empty() ? "" : ";") + std::string(model::text(reason));
    }
    row.push_back(reasons);
    row.push_back(std::to_string(sample.quality.bits()));
    return row;
  }

  static std::string cell_text(const SqlCell& cell) {
    if (const auto* f64 = std::get_if<double>(&cell)) return std::format("{}", *f64);
    if (const auto* i64 = std::get_if<std::int64_t>(&cell)) return std::to_string(*i64);
    if (const auto* u64 = std::get_if<std::uint64_t>(&cell)) return std::to_string(*u64);
    if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? "true" : "false";
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* bytes = std::get_if<model::Bytes>(&cell)) return "bytes " + bytes->data;
    if (const auto* time = std::get_if<base::Time>(&cell)) {
      return std::to_string(time->time_since_epoch().count());
    }
    return "";
  }

  static std::vector<std::vector<std::string>> rows_of(const SqlAnswer& answer,
                                                       std::size_t columns) {
    std::vector<std::vector<std::string>> rows(answer.rows());
    for (std::size_t i = 0; i < answer.cells.size(); ++i) {
      const std::size_t place = i % answer.columns.size();
      if (place < columns) {
        rows[i / answer.columns.size()].push_back(cell_text(answer.cells[i]));
      }
    }
    std::ranges::sort(rows);
    return rows;
  }

  void expect_as_raw(const std::string& when) {
    for (const auto& [id, type] : series_) {
      const base::Time from = any_time(), to = from + 20min;
      for (const auto& [start, end, where] :
           {std::tuple(base::Time::min(), base::Time::max(), std::string()),
            std::tuple(
                from, to,
                std::format(" AND time >= make_timestamptz({}) AND time < "
                            "make_timestamptz({})",
                            from.time_since_epoch().count(), to.time_since_epoch().count()))}) {
        const auto raw = store_->raw({.series = id, .start = start, .end = end});
        ASSERT_TRUE(raw);
        std::vector<std::vector<std::string>> expected;
        for (const model::Sample& sample : raw->samples) expected.push_back(row_of(sample));
        std::ranges::sort(expected);
        const auto found = answer(
            std::format("SELECT {} FROM samples WHERE series = {}{}", kColumns, number(id), where),
            100'000);
        EXPECT_EQ(found.commit, raw->commit);
        ASSERT_EQ(rows_of(found, 10), expected) << when << ", series " << number(id) << where;
      }
    }
    const auto counts = answer("SELECT series, count(*) FROM samples GROUP BY 1");
    for (std::size_t i = 0; i < counts.rows(); ++i) {
      const auto id =
          SeriesId(static_cast<std::int32_t>(std::get<std::int64_t>(counts.cells[2 * i])));
      const auto raw =
          store_->raw({.series = id, .start = base::Time::min(), .end = base::Time::max()});
      EXPECT_EQ(counts.cells[2 * i + 1], SqlCell(static_cast<std::int64_t>(raw->samples.size())))
          << when;
    }
  }

  base::Random random_{11};
  std::vector<std::pair<SeriesId, ValueType>> series_;
  base::Time next_ = kNow - 90min;
};

TEST_F(SqlSamples, any_samples_and_corrections_are_shown_as_history_shows_them) {
  make_plant();
  commit_samples(300, false);
  ASSERT_NO_FATAL_FAILURE(expect_as_raw("hot"));
  commit_samples(300, true);
  ASSERT_NO_FATAL_FAILURE(expect_as_raw("hot and late"));
  for (int i = 0; i < 12; ++i) commit_correction();
  ASSERT_NO_FATAL_FAILURE(expect_as_raw("corrected"));
  ASSERT_TRUE(store_->seal());
  ASSERT_NO_FATAL_FAILURE(expect_as_raw("sealed"));
  commit_samples(300, true);
  for (int i = 0; i < 6; ++i) commit_correction();
  ASSERT_NO_FATAL_FAILURE(expect_as_raw("sealed and hot and late"));
}

TEST_F(SqlSamples, conditions_that_spare_reading_change_no_answer) {
  make_plant();
  commit_samples(400, true);
  ASSERT_TRUE(store_->seal());
  commit_samples(200, true);
  // Each pair says the same; the second in a way that gives the scan nothing to go by.
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"thing = 'pump-1'", "(SELECT thing) = 'pump-1'"},
      {"thing IN ('pump-1', 'x') AND type <> 'text'",
       "(SELECT thing) IN ('pump-1', 'x') AND (SELECT type) <> 'text'"},
      {"property LIKE 'p_' AND series % 2 = 0",
       "(SELECT property || series) SIMILAR TO 'p.*[02468]'"},
      {"time > TIMESTAMPTZ '2026-05-20 10:40:00Z'",
       "(SELECT time) > TIMESTAMPTZ '2026-05-20 10:40:00Z'"},
      {"TIMESTAMPTZ '2026-05-20 10:40:00Z' > time AND time >= '2026-05-20 10:10:00Z'",
       "(SELECT time) < TIMESTAMPTZ '2026-05-20 10:40:00Z' AND (SELECT time) >= "
       "TIMESTAMPTZ '2026-05-20 10:10:00Z'"},
      {"time BETWEEN TIMESTAMP '2026-05-20 10:20:00' AND DATE '2026-05-20' + INTERVAL 11 HOUR",
       "(SELECT time) BETWEEN TIMESTAMPTZ '2026-05-20 10:20:00Z' AND TIMESTAMPTZ "
       "'2026-05-20 11:00:00Z'"},
      {"time = (SELECT max(time) FROM samples)", "(SELECT time) = (SELECT max(time) FROM samples)"},
      {"thing = 'pump-1' OR time > TIMESTAMPTZ '2026-05-20 10:40:00Z'",
       "(SELECT thing) = 'pump-1' OR (SELECT time) > TIMESTAMPTZ '2026-05-20 10:40:00Z'"},
      {"time < now()", "true"},
      {"thing IS NULL", "false"},
      {"thing = NULL", "false"}};
  for (const auto& [narrow, plain] : pairs) {
    const std::string select = "SELECT count(*), sum(quality_code), min(time) FROM samples WHERE ";
    EXPECT_EQ(answer(select + narrow).cells, answer(select + plain).cells) << narrow;
  }
}

TEST_F(SqlSamples, joins_and_subqueries_see_all_that_each_place_needs) {
  make_plant();
  commit_samples(400, true);
  const auto value = [&](const std::string& sql) { return answer(sql).cells.at(0); };
  const auto all = value("SELECT count(*) FROM samples");
  const auto mine = value("SELECT count(*) FROM samples WHERE thing = 'pump-1'");
  EXPECT_EQ(
      value("SELECT (SELECT count(*) FROM samples) FROM samples WHERE thing = 'pump-1' LIMIT 1"),
      all);
  EXPECT_EQ(value("WITH a AS (SELECT * FROM samples WHERE thing = 'pump-1') "
                  "SELECT (SELECT count(*) FROM a)"),
            mine);
  EXPECT_EQ(value("WITH samples AS (SELECT 1 AS one) SELECT count(*) FROM samples"),
            SqlCell(std::int64_t{1}));
  EXPECT_EQ(value("SELECT count(*) FROM (SELECT DISTINCT thing FROM series) t LEFT JOIN samples s "
                  "ON s.thing = t.thing WHERE s.thing IS NULL"),
            SqlCell(std::int64_t{0}));
  EXPECT_EQ(value("SELECT count(*) FROM samples a JOIN samples b USING (series, time) "
                  "WHERE a.thing = 'pump-1' AND b.thing = 'pump-2'"),
            SqlCell(std::int64_t{0}));
  EXPECT_EQ(value("SELECT count(*) FROM samples AS s(a) WHERE s.thing = 'pump-1'"), mine);
  EXPECT_EQ(value("FROM samples SELECT count(*) WHERE thing = 'pump-1'"), mine);
}

TEST_F(SqlSamples, hours_are_the_buckets_of_the_chart) {
  make_plant();
  commit_samples(500, true);
  ASSERT_TRUE(store_->seal());
  for (int i = 0; i < 8; ++i) commit_correction();
  commit_samples(200, true);
  for (const auto& [id, type] : series_) {
    if (type == ValueType::kText || type == ValueType::kBytes) continue;
    for (const auto& [table, step] :
         {std::pair("hours", base::Duration(1h)), std::pair("minutes", base::Duration(1min))}) {
      const auto found =
          answer(std::format("SELECT time, samples, bad, avg, min, max, first, last, sum, "
                             "time_weighted_avg FROM {} WHERE series = {} ORDER BY time",
                             table, number(id)));
      const auto chart = store_->buckets(
          {.series = {id},
           .start = kNow - 24h,
           .end = kNow + 24h,
           .step = step,
           .aggregates = {Aggregate::kCount, Aggregate::kBadCount, Aggregate::kAvg, Aggregate::kMin,
                          Aggregate::kMax, Aggregate::kFirst, Aggregate::kLast, Aggregate::kSum,
                          Aggregate::kTimeWeightedAvg}});
      ASSERT_TRUE(chart);
      ASSERT_EQ(found.rows(), chart->rows.size()) << table << number(id);
      for (std::size_t row = 0; row < chart->rows.size(); ++row) {
        EXPECT_EQ(found.cells[row * 10], SqlCell(chart->rows[row].time));
        for (std::size_t i = 0; i < 9; ++i) {
          const double value = chart->rows[row].values[i];
          const SqlCell& cell = found.cells[row * 10 + 1 + i];
          if (i < 2) {
            EXPECT_EQ(cell, SqlCell(static_cast<std::int64_t>(value)));
          } else {
            EXPECT_EQ(cell, std::isnan(value) ? SqlCell() : SqlCell(value)) << table << row << i;
          }
        }
      }
    }
  }
}

TEST_F(SqlSamples, the_other_tables_hold_what_the_store_holds) {
  make_plant();
  commit_correction();
  ASSERT_TRUE(store_->commit(
      {.losses = {{.origin = "edge-1", .samples = 7, .reason = "evicted", .recorded = kNow}},
       .events = {{.time = kNow, .kind = "edge.connected", .subject = "edge-1", .body = "{}"}}}));
  EXPECT_EQ(answer("SELECT count(*) FROM series WHERE site = 'riverside'").cells[0],
            SqlCell(std::int64_t{12}));
  EXPECT_EQ(answer("SELECT kind, subject, time FROM events").cells,
            (std::vector<SqlCell>{"edge.connected", "edge-1", kNow}));
  EXPECT_EQ(answer("SELECT edge, samples, reason FROM losses").cells,
            (std::vector<SqlCell>{"edge-1", std::uint64_t{7}, "evicted"}));
  EXPECT_EQ(answer("SELECT made_by, c.reason FROM corrections c JOIN series USING (series)").cells,
            (std::vector<SqlCell>{"maria", "wrong"}));
  for (const SqlTable& table : store_->sql_tables()) {
    const auto found = answer(std::format("SELECT * FROM {}", table.name), 10);
    ASSERT_EQ(found.columns.size(), table.columns.size()) << table.name;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      EXPECT_EQ(found.columns[i], (SqlColumn{table.columns[i].name, table.columns[i].type}))
          << table.name;
      EXPECT_FALSE(table.columns[i].comment.empty());
    }
  }
}

TEST_F(SqlSamples, values_of_the_engines_own_types_become_what_json_can_say) {
  const auto found = answer(
      "SELECT 1.25::DECIMAL(6,2), DATE '2026-05-20', INTERVAL 90 MINUTE, [1, NULL, 3], "
      "{'a': 1, 'b': 'x'}, map {'k': 2.5}, 170141183460469231731687303715884105727::HUGEINT, "
      "5::HUGEINT, TIMESTAMP '2026-05-20 10:00:00', 'x'::BLOB, "
      "TIMESTAMPTZ '2026-05-20 10:00:00+02:00', '{\"j\": 1}'::JSON, NULL, 'a'::ENUM('a', 'b'), "
      "'NaN'::DOUBLE, -7::TINYINT, true, 'infinity'::TIMESTAMPTZ, "
      "'5e8fa1b0-0000-4000-8000-000000000001'::UUID");
  const std::vector<SqlCell> expected = {
      SqlJson{"1.25"},
      "2026-05-20",
      "01:30:00",
      SqlJson{"[1,null,3]"},
      SqlJson{R"({"a":1,"b":"x"})"},
      SqlJson{R"({"k":2.5})"},
      "170141183460469231731687303715884105727",
      std::int64_t{5},
      "2026-05-20 10:00:00",
      model::Bytes{"x"},
      base::Time(std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 8h),
      SqlJson{R"({"j": 1})"},
      {},
      "a",
      std::numeric_limits<double>::quiet_NaN(),
      std::int64_t{-7},
      true,
      "infinity",
      "5e8fa1b0-0000-4000-8000-000000000001"};
  ASSERT_EQ(found.cells.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (i == 14) continue;
    EXPECT_EQ(found.cells[i], expected[i]) << i << " " << found.columns[i].type;
  }
  EXPECT_TRUE(std::isnan(std::get<double>(found.cells[14])));
  EXPECT_EQ(found.columns[0].type, "DECIMAL(6,2)");
  EXPECT_EQ(found.columns[3].type, "i64[]");
  EXPECT_EQ(found.columns[10].type, "timestamp");
}

}  // namespace
}  // namespace millrace::store::duckdb
