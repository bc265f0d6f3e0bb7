// The marks of a history do not hang on how its file is cut into requests.

#include <cmath>

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using model::Reason;

class ImportRulesTest : public ServiceTest {
 protected:
  ImportRulesTest() {
    std::string files = R"(kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow:
      type: number
      unit: m3/h
      mr:interval_ms: 1000
      mr:quality:
        stale_s: 30
        flat_line_s: 600
        rate_max_per_s: 2
        outlier_z: 6
        outlier_tolerance: 0.5
    level: {type: number, unit: m3/h, mr:quality: {unit_jump: true, outlier_z: 6}}
)";
    for (int i = 0; i < 10; ++i) {
      files += std::format("---\nkind: Thing\nname: pump-{}\nspec: {{model: pump@1}}\n", i);
    }
    const auto applied = services_->resources.apply(admin(), {.files = {{"all.yaml", files}}});
    EXPECT_TRUE(applied) << base::describe(applied.error());
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
  }

  static constexpr std::uint64_t kRows = 5'000;

  /// A second for each row; a minute is missing before row 3,000, and one row comes late.
  base::Time time_of(std::uint64_t row) const {
    const std::uint64_t place = row == 3'500 ? 3'490 : row;
    return start_ + place * 1s + (row >= 3'000 ? 60s : 0s) + (row == 3'500 ? 500ms : 0ms);
  }
  /// Stuck for 800 rows, and two that jump: one of them at the beginning of a chunk.
  static double flow_of(std::uint64_t row) {
    if (row == 1'000 || row == 4'321) return 9;
    return 5 + 0.1 * std::sin(static_cast<double>(row >= 1'700 && row < 2'500 ? 1'700 : row));
  }
  model::ImportChunk chunk(std::uint64_t first, std::uint64_t count) const {
    model::ImportChunk made{.first_row = first, .row_count = count, .blocks = {{}}};
    model::ImportBlock& block = made.blocks[0];
    block.columns = {{.target = 0}, {.target = 1}};
    for (std::uint64_t row = first; row < first + count; ++row) {
      block.rows.push_back(row);
      block.times.push_back(time_of(row));
      block.columns[0].values.emplace_back(flow_of(row));
      block.columns[1].values.emplace_back(flow_of(row) * (row > 4'000 ? 10 : 1));
      for (model::ImportColumn& column : block.columns) column.qualities.emplace_back();
    }
    return made;
  }
  std::string announce(int pump) {
    const std::string thing = std::format("pump-{}", pump);
    const auto made = services_->imports.create(
        engineer_, {.file_name = "plant.csv",
                    .file_hash = std::string(64, static_cast<char>('0' + pump)),
                    .file_bytes = 100,
                    .rows_total = kRows,
                    .mapping = R"({"time":"t"})",
                    .targets = {{.thing = thing, .property = "flow", .unit = "m3/h"},
                                {.thing = thing, .property = "level", .unit = "m3/h"}}});
    EXPECT_TRUE(made) << base::describe(made.error());
    return made ? made->first.record.id : "";
  }
  void send(const std::string& id, std::uint64_t first, std::uint64_t count) {
    const auto sent = services_->imports.put_rows(engineer_, id, chunk(first, count));
    ASSERT_TRUE(sent) << base::describe(sent.error());
  }
  void send_in_parts(const std::string& id, std::uint64_t from, std::uint64_t to,
                     std::uint64_t size) {
    for (std::uint64_t row = from; row < to; row += size) {
      send(id, row, std::min(size, to - row));
    }
  }
  using Marks = std::vector<std::pair<base::Time, std::string>>;
  Marks marks(int pump) {
    Marks all;
    for (const char* property : {"flow", "level"}) {
      const auto id = index_.find(std::format("pump-{}", pump), property, model::ValueType::kF64);
      const auto found = series_->raw({.series = *id, .start = start_ - 1h, .end = start_ + 4h});
      for (const model::Sample& one : found->samples) {
        std::string text(property);
        for (const Reason reason : one.quality.reasons()) {
          text += std::format(" {}", model::text(reason));
        }
        if (text != property) all.emplace_back(one.time, text);
      }
    }
    return all;
  }
  static std::size_t count(const Marks& marks, std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(marks, [&](const auto& one) { return one.second.contains(text); }));
  }
  void expect_same(const Marks& some, const Marks& whole) {
    EXPECT_EQ(some.size(), whole.size());
    for (std::size_t i = 0; i < std::min(some.size(), whole.size()); ++i) {
      ASSERT_EQ(some[i].first, whole[i].first) << some[i].second << " and " << whole[i].second;
      ASSERT_EQ(some[i].second, whole[i].second) << (whole[i].first - start_).count();
    }
  }

  const base::Time start_ = clock_.now() - 24h;
  const identity::Caller engineer_ = as(Role::kOtEngineer);
};

TEST_F(ImportRulesTest, a_file_has_the_same_marks_however_it_is_cut_and_whatever_restarts) {
  send(announce(0), 0, kRows);
  const Marks whole = marks(0);
  EXPECT_EQ(count(whole, "flow flat_line"), 200U) << "from 600 s on";
  EXPECT_EQ(count(whole, "flow rate_of_change"), 2U);
  EXPECT_EQ(count(whole, "flow stale"), 1U);
  EXPECT_EQ(count(whole, "flow gap"), 1U);
  EXPECT_EQ(count(whole, "level out_of_order"), 1U);
  EXPECT_GT(count(whole, "level unit_jump"), 900U);
  int pump = 0;
  for (const std::uint64_t size : {10U, 1'000U}) {
    send_in_parts(announce(++pump), 0, kRows, size);
    expect_same(marks(pump), whole);
  }
  const std::string id = announce(++pump);
  send_in_parts(id, 0, 2'000, 500);
  make_services();  // in the flat line
  send_in_parts(id, 2'000, 4'200, 500);
  make_services();  // in the other unit
  send_in_parts(id, 4'200, kRows, 500);
  expect_same(marks(pump), whole);
}

TEST_F(ImportRulesTest,
       rows_that_were_not_stored_were_not_seen_and_come_again_with_the_same_marks) {
  send(announce(0), 0, kRows);
  const std::string id = announce(1);
  send(id, 0, 2'000);
  writes_to_fail_ = 1;
  EXPECT_FALSE(services_->imports.put_rows(engineer_, id, chunk(2'000, 1'000)));
  send(id, 2'000, 1'000);
  send(id, 2'500, 1'500);  // half of it is known
  send(id, 4'000, 1'000);
  expect_same(marks(1), marks(0));
}

TEST_F(ImportRulesTest, many_imports_at_once_have_the_marks_of_each_alone) {
  std::vector<std::string> ids;
  for (int pump = 0; pump < 10; ++pump) ids.push_back(announce(pump));
  send(ids[0], 0, kRows);
  for (std::uint64_t row = 0; row < kRows; row += 1'250) {
    for (int pump = 1; pump < 10; ++pump) send(ids[static_cast<std::size_t>(pump)], row, 1'250);
  }
  for (int pump = 1; pump < 10; ++pump) expect_same(marks(pump), marks(0));
}

/// A file that holds only what others missed.
class ImportOfOutagesTest : public ImportRulesTest {
 protected:
  static double value_of(int second) { return 5 + 0.1 * std::sin(second); }
  /// What came in time: seconds [0, 100), [200, end) and [3'100, 3'200).
  void come_live(int end) {
    model::Series series{.id = series_->next_series_id(),
                         .thing = "pump-0",
                         .property = "flow",
                         .type = model::ValueType::kF64,
                         .unit = "m3/h",
                         .source = "edge-1"};
    ASSERT_TRUE(series_->commit({.series = {series}}));
    index_.put(series);
    store::Commit commit;
    for (int second = 0; second < 3'200; ++second) {
      const bool is_missing = (second >= 100 && second < 200) || (second >= end && second < 3'100);
      if (is_missing) continue;
      commit.samples.push(series.id, series.type, {start_ + second * 1s, value_of(second), {}},
                          clock_.now());
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  /// The seconds [100, 200) and [3'000, 3'100), the newest first where `falls`.
  void fill_outages(std::size_t in_one_go, bool falls = false) {
    std::vector<int> seconds;
    for (int i = 0; i < 200; ++i) seconds.push_back(i < 100 ? 100 + i : 2'900 + i);
    if (falls) std::ranges::reverse(seconds);
    const auto made = services_->imports.create(
        engineer_, {.file_name = "historian.csv",
                    .file_hash = std::string(64, 'a'),
                    .file_bytes = 100,
                    .rows_total = seconds.size(),
                    .mapping = R"({"time":"t"})",
                    .targets = {{.thing = "pump-0", .property = "flow", .unit = "m3/h"}}});
    ASSERT_TRUE(made) << base::describe(made.error());
    for (std::size_t first = 0; first < seconds.size(); first += in_one_go) {
      const std::size_t count = std::min(in_one_go, seconds.size() - first);
      model::ImportChunk some{.first_row = first, .row_count = count, .blocks = {{}}};
      model::ImportBlock& block = some.blocks[0];
      block.columns = {{.target = 0}};
      for (std::size_t row = first; row < first + count; ++row) {
        block.rows.push_back(row);
        block.times.push_back(start_ + seconds[row] * 1s);
        block.columns[0].values.emplace_back(value_of(seconds[row]));
        block.columns[0].qualities.emplace_back();
      }
      const auto sent = services_->imports.put_rows(engineer_, made->first.record.id, some);
      ASSERT_TRUE(sent) << base::describe(sent.error());
    }
  }
  std::vector<std::pair<int, std::string>> marked() {
    std::vector<std::pair<int, std::string>> found;
    const auto id = index_.find("pump-0", "flow", model::ValueType::kF64);
    const auto rows = series_->raw({.series = *id, .start = start_ - 1h, .end = start_ + 4h});
    for (const model::Sample& one : rows->samples) {
      for (const Reason reason : one.quality.reasons()) {
        found.emplace_back((one.time - start_) / 1s, model::text(reason));
      }
    }
    return found;
  }
  using Marked = std::vector<std::pair<int, std::string>>;
};

TEST_F(ImportOfOutagesTest, what_came_live_between_its_rows_is_no_silence_and_no_gap) {
  come_live(3'000);
  fill_outages(200);
  EXPECT_EQ(marked(), Marked{});
}

TEST_F(ImportOfOutagesTest, nor_is_it_where_the_file_comes_in_parts) {
  come_live(3'000);
  fill_outages(70);
  EXPECT_EQ(marked(), Marked{});
}

TEST_F(ImportOfOutagesTest, nor_where_its_times_fall) {
  come_live(3'000);
  fill_outages(200, true);
  EXPECT_EQ(marked(), Marked{});
}

TEST_F(ImportOfOutagesTest, what_neither_has_is_a_silence_from_the_last_that_came_live) {
  come_live(2'960);
  fill_outages(200);
  EXPECT_EQ(marked(), (Marked{{2'989, "stale"}, {3'000, "gap"}}));
}

TEST_F(ImportOfOutagesTest, a_silence_that_stands_there_is_not_said_again) {
  come_live(2'960);
  const auto id = *index_.find("pump-0", "flow", model::ValueType::kF64);
  put(id,
      {start_ + 2'989s, {}, model::Quality().marked(Reason::kStale, model::Severity::kUncertain)});
  fill_outages(200);
  EXPECT_EQ(marked(), (Marked{{2'989, "stale"}, {3'000, "gap"}}));
}

}  // namespace
}  // namespace millrace::service
