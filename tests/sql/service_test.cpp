// SQL as a service: who may, what is noted, what the tables of twins hold, and the guide's
// examples.
#include <barrier>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/files.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

constexpr std::string_view kModel = R"(
kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 100, readOnly: true}
    speed: {type: integer, unit: 1/min, readOnly: true}
---
kind: Site
name: riverside
spec: {title: Riverside}
---
kind: Thing
name: pump-9
spec:
  {title: Booster pump, model: pump@1, place: {site: riverside, area: a1},
   tags: {criticality: high}}
)";

class SqlService : public ServiceTest {
 protected:
  SqlService() {
    services_.reset();
    series_.reset();
    series_ = std::make_unique<store::duckdb::DuckDbStore>(
        store::duckdb::DuckDbOptions{.folder = folder_ / "series",
                                     .sql_worker = {"/proc/self/exe", "sql-worker"}},
        clock_, base::Random(1));
    EXPECT_TRUE(series_->start());
    make_services();
  }

  store::SqlAnswer ask(const std::string& sql) {
    const auto answer = services_->sql.run(as(Role::kDataScientist), {.sql = sql});
    EXPECT_TRUE(answer) << sql << "\n" << base::describe(answer.error());
    return answer ? answer->table : store::SqlAnswer{};
  }
};

TEST_F(SqlService, who_may_ask_and_what_is_noted_of_it) {
  EXPECT_EQ(services_->sql.run(as(Role::kViewer), {.sql = "SELECT 1"}).error().code,
            ErrorCode::kForbidden);
  EXPECT_EQ(services_->sql.tables(as(Role::kViewer)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(count_audit("sql.queried") + count_audit("sql.refused"), 0U);
  const auto asked = services_->sql.run(as(Role::kOtEngineer), {.sql = "SELECT 42 AS answer"});
  ASSERT_TRUE(asked) << base::describe(asked.error());
  EXPECT_EQ(asked->table.cells, std::vector<store::SqlCell>{std::int64_t{42}});
  EXPECT_EQ(count_audit("sql.queried"), 1U);
  const auto entry = audit().front();
  EXPECT_EQ(entry.actor_role, "ot_engineer");
  const auto body = nlohmann::json::parse(entry.body);
  EXPECT_EQ(body["sql"], "SELECT 42 AS answer");
  EXPECT_EQ(body["rows"], 1);
  EXPECT_FALSE(services_->sql.run(as(Role::kAdministrator), {.sql = "DROP TABLE series"}));
  EXPECT_EQ(nlohmann::json::parse(audit().front().body)["error"], "invalid");
  EXPECT_EQ(count_audit("sql.refused"), 1U);
  for (const SqlRequest& wrong :
       {SqlRequest{.sql = "SELECT 1", .limit = 0}, SqlRequest{.sql = "SELECT 1", .limit = 100'001},
        SqlRequest{.sql = "SELECT '\xFF'"}}) {
    EXPECT_EQ(services_->sql.run(as(Role::kAdministrator), wrong).error().code,
              ErrorCode::kInvalid);
  }
}

/// Processes that this one has started and not waited for: each statement that runs is one.
int running_statements() {
  int count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc/self/task", error), end; !error && it != end;
       it.increment(error)) {
    std::ifstream children(it->path() / "children");
    for (int id = 0; children >> id;) ++count;
  }
  return count;
}

TEST_F(SqlService, no_more_than_two_run_at_a_time) {
  constexpr int kAskers = 5;
  const auto caller = as(Role::kDataScientist);
  std::atomic<int> limited = 0, ran = 0, ended = 0;
  std::barrier all_ask(kAskers);
  std::vector<std::thread> askers;
  for (int i = 0; i < kAskers; ++i) {
    askers.emplace_back([&] {
      all_ask.arrive_and_wait();
      const auto answer = services_->sql.run(
          caller, {.sql = "SELECT count(*) FROM range(200000000) WHERE range % 7 = 3"});
      if (answer) ++ran;
      if (!answer && answer.error().code == ErrorCode::kLimited) ++limited;
      ++ended;
    });
  }
  int peak = 0;
  while (ended < kAskers) {
    peak = std::max(peak, running_statements());
    std::this_thread::sleep_for(1ms);
  }
  for (std::thread& one : askers) one.join();
  EXPECT_EQ(peak, kSqlAtOnce);
  EXPECT_GE(limited, 1);
  EXPECT_EQ(ran + limited, kAskers);
  EXPECT_TRUE(services_->sql.run(caller, {.sql = "SELECT 1"})) << "places are given back";
}

TEST_F(SqlService, things_and_properties_hold_what_is_configured_and_what_only_has_data) {
  const auto id = define("fan-1", "speed", model::ValueType::kI64);
  put(id, {clock_.now(), std::int64_t{1450}, {}});
  const auto applied = services_->resources.apply(
      admin(), {.files = {{"plant.yaml", std::string(kModel)}}, .reason = "test"});
  ASSERT_TRUE(applied) << base::describe(applied.error());
  ASSERT_TRUE(applied->problems.empty())
      << config::to_text(applied->problems.front().file, applied->problems.front().problem);
  const auto things =
      ask("SELECT thing, title, site, area, model, tags->>'criticality', properties FROM things "
          "ORDER BY thing");
  EXPECT_EQ(things.cells, (std::vector<store::SqlCell>{"fan-1",
                                                       "fan-1",
                                                       "plant",
                                                       {},
                                                       {},
                                                       {},
                                                       std::int64_t{1},
                                                       "pump-9",
                                                       "Booster pump",
                                                       "riverside",
                                                       "a1",
                                                       "pump@1",
                                                       "high",
                                                       std::int64_t{2}}));
  const auto properties =
      ask("SELECT thing, property, type, unit, range_max, model, series FROM properties "
          "ORDER BY ALL");
  EXPECT_EQ(properties.cells,
            (std::vector<store::SqlCell>{
                "fan-1",  "speed", "i64", {},      {},    {},       std::int64_t{1},
                "pump-9", "flow",  "f64", "m3/h",  100.0, "pump@1", {},
                "pump-9", "speed", "i64", "1/min", {},    "pump@1", {}}));
  const auto joined = ask("SELECT value_i64 FROM samples JOIN things USING (thing)");
  EXPECT_EQ(joined.cells, std::vector<store::SqlCell>{std::int64_t{1450}});
  const auto tables = services_->sql.tables(as(Role::kDataScientist));
  ASSERT_TRUE(tables);
  std::vector<std::string> names;
  for (const store::SqlTable& table : *tables) names.push_back(table.name);
  EXPECT_EQ(names, (std::vector<std::string>{"corrections", "events", "hours", "losses", "minutes",
                                             "properties", "samples", "series", "things"}));
}

/// The blocks of ```sql in a page.
std::vector<std::string> examples(std::string_view page) {
  constexpr std::string_view kBegin = "```sql\n", kEnd = "```";
  std::vector<std::string> all;
  for (std::size_t at = page.find(kBegin); at != std::string_view::npos;
       at = page.find(kBegin, at)) {
    at += kBegin.size();
    const std::size_t end = page.find(kEnd, at);
    all.emplace_back(page.substr(at, end - at));
    at = end;
  }
  return all;
}

TEST_F(SqlService, every_example_of_the_guide_answers) {
  // now() of a statement is the machine's.
  clock_.set_wall(base::SystemClock().now());
  const base::Time now = clock_.now();
  const auto flow = define("pump-1", "flow"), pressure = define("pump-1", "pressure");
  define("pump-2", "flow");
  store::Commit commit;
  for (int i = 1; i < 60; ++i) {
    commit.samples.push(flow, model::ValueType::kF64, {now - i * 5min, 10.0 + i, {}}, now);
    commit.samples.push(pressure, model::ValueType::kF64, {now - i * 5min - 1min, 2.0, {}}, now);
  }
  commit.events = {{.time = now, .kind = "edge.connected", .subject = "edge-1", .body = "{}"}};
  commit.losses = {{.origin = "edge-1", .samples = 5, .reason = "evicted", .recorded = now}};
  commit.corrections = {{.series = flow,
                         .range = {now - 1h, now},
                         .action = store::CorrectionAction::kInvalidate,
                         .by = "maria",
                         .role = "ot_engineer",
                         .why = "sensor was cleaned",
                         .time = now}};
  ASSERT_TRUE(series_->commit(commit));
  const auto page = base::read_file(MILLRACE_GUIDE);
  ASSERT_TRUE(page);
  const auto all = examples(*page);
  ASSERT_GE(all.size(), 7U);
  for (const std::string& sql : all) EXPECT_GT(ask(sql).rows(), 0U) << sql;
}

}  // namespace
}  // namespace millrace::service
