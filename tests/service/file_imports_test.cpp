// Files that are sent to the hub: parts, checks, imports, limits, and that nothing stays.

#include <fstream>

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using Kind = FileOrder::Kind;
using State = FileWork::State;

constexpr std::string_view kRows =
    "time,flow,note\n2026-03-01 06:00:00,41.5,a\n2026-03-01 06:00:01,41.75,b\n"
    "2026-03-01 06:00:02,42,c\n";
constexpr std::string_view kMapping =
    "thing: pump-1\ntime: {column: time}\nskip: [note]\nproperties:\n"
    "  - {column: flow, unit: m3/h}\n";

class FileImportsTest : public ServiceTest {
 protected:
  FileImportsTest() { files().start(); }

  FileImports& files() { return services_->file_imports; }
  Upload send(std::string_view text = kRows, const std::string& name = "pump.csv") {
    auto sent = files().create(engineer_, name, text);
    EXPECT_TRUE(sent) << base::describe(sent.error());
    return sent.value_or(Upload{});
  }
  FileWork work(const Upload& upload, FileOrder order) {
    auto done = files().work(engineer_, upload.id, std::move(order), {.time = 20s});
    EXPECT_TRUE(done) << base::describe(done.error());
    if (!done || !done->work || !done->work->report) {
      ADD_FAILURE() << "no report";
      return {.report = std::make_shared<connector::file::Report>()};
    }
    return *done->work;
  }
  FileWork check(std::string_view text, std::string_view mapping = kMapping) {
    return work(send(text), {.mapping = std::string(mapping)});
  }
  FileWork import(const Upload& upload, std::string_view mapping = kMapping) {
    return work(upload, {.kind = Kind::kImport, .mapping = std::string(mapping)});
  }
  std::vector<model::Sample> flow() {
    const auto id = index_.find("pump-1", "flow", model::ValueType::kF64);
    if (!id) return {};
    const base::Time day = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    return series_->raw({.series = *id, .start = day, .end = day + 24h})->samples;
  }
  std::size_t files_kept() const {
    std::error_code error;
    const std::filesystem::directory_iterator all(folder_ / "uploads", error);
    return error ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  const identity::Caller engineer_ = as(Role::kOtEngineer);
};

TEST_F(FileImportsTest, a_check_says_what_would_be_stored_and_stores_nothing) {
  const FileWork done = check(kRows);
  EXPECT_EQ(done.state, State::kDone);
  EXPECT_EQ(done.done, 1);
  const auto& report = *done.report;
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.totals->rows, 3U);
  ASSERT_EQ(report.rows->size(), 3U);
  EXPECT_EQ(report.rows->at(0).value, model::Value(41.5));
  EXPECT_EQ(report.rows->at(0).unit, "m3/h");
  EXPECT_EQ(report.things, std::vector<std::string>{"pump-1"});
  EXPECT_TRUE(flow().empty());
  EXPECT_TRUE(services_->imports.list({.limit = 10})->items.empty());
}

TEST_F(FileImportsTest, an_import_stores_once_and_keeps_no_file) {
  const Upload sent = send();
  EXPECT_EQ(files_kept(), 1U);
  const FileWork done = import(sent);
  ASSERT_EQ(done.state, State::kDone) << base::describe(*done.report->error);
  EXPECT_TRUE(done.report->import->is_complete);
  EXPECT_EQ(flow().size(), 3U);
  EXPECT_EQ(files_kept(), 0U);
  EXPECT_EQ(files().work(engineer_, sent.id, {}, {}).error().code, ErrorCode::kConflict);

  const FileWork again = import(send(kRows, "other-name.csv"));
  EXPECT_EQ(again.report->import->id, done.report->import->id);
  EXPECT_EQ(again.report->import->samples, 3U);
  EXPECT_EQ(flow().size(), 3U);
  const auto known = services_->imports.list({.limit = 10})->items;
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].record.file_name, "pump.csv");
}

TEST_F(FileImportsTest, bad_rows_are_refused_unless_they_are_to_be_skipped) {
  const std::string text = std::string(kRows) + "yesterday,43,d\n";
  const Upload sent = send(text);
  const FileWork checked = work(sent, {.mapping = std::string(kMapping)});
  EXPECT_EQ(checked.state, State::kDone);
  EXPECT_EQ(checked.report->totals->refused_rows, 1U);
  ASSERT_FALSE(checked.report->problems.empty());
  EXPECT_EQ(checked.report->problems.back().line, 5U);
  const FileWork refused = import(sent);
  EXPECT_EQ(refused.state, State::kFailed);
  EXPECT_EQ(refused.report->error->code, ErrorCode::kInvalid);
  EXPECT_TRUE(flow().empty());
  const FileWork done = work(sent, {.kind = Kind::kImport,
                                    .mapping = std::string(kMapping),
                                    .bad_rows = connector::file::BadRows::kSkip});
  EXPECT_EQ(done.state, State::kDone);
  EXPECT_EQ(flow().size(), 3U);
}

TEST_F(FileImportsTest, what_is_wrong_with_the_mapping_or_the_series_is_reported) {
  const FileWork wrong = check(kRows, "thing: pump-1\ntime: {colum: time}\n");
  EXPECT_EQ(wrong.state, State::kFailed);
  EXPECT_EQ(wrong.report->problems.at(0).line, 2U);
  EXPECT_EQ(wrong.report->problems.at(0).hint, "Did you mean 'column'?");
  EXPECT_EQ(check(kRows, "thing: '{folder}'\ntime: {column: time}\nproperties: [{column: flow}]\n")
                .report->error->code,
            ErrorCode::kInvalid);
  define("pump-1", "flow");  // without a unit
  const FileWork conflict = check(kRows);
  EXPECT_EQ(conflict.report->error->code, ErrorCode::kConflict);
  EXPECT_EQ(conflict.report->rows->size(), 3U) << "it is shown all the same";
}

TEST_F(FileImportsTest, problems_are_capped_and_counted) {
  std::string text = "time,flow\n";
  for (int i = 0; i < 500; ++i) text += "yesterday,1\n";
  const FileWork done =
      check(text, "thing: pump-1\ntime: {column: time}\nproperties: [{column: flow}]\n");
  EXPECT_EQ(done.report->problems.size(), FileImports::kProblemsMax / 2);
  EXPECT_EQ(done.report->problems_left_out, 500 - FileImports::kProblemsMax / 2);
  EXPECT_EQ(done.report->totals->refused_rows, 500U);
}

TEST_F(FileImportsTest, parts_come_in_order_and_may_come_again) {
  const Upload sent = send(kRows.substr(0, 20));
  EXPECT_EQ(files().append(engineer_, sent.id, 21, "x").error().code, ErrorCode::kConflict);
  EXPECT_EQ(files().append(engineer_, sent.id, 20, kRows.substr(20))->bytes, kRows.size());
  EXPECT_EQ(files().append(engineer_, sent.id, 20, kRows.substr(20, 5))->bytes, kRows.size());
  EXPECT_EQ(import(sent).state, State::kDone);
  EXPECT_EQ(flow().size(), 3U);
}

TEST_F(FileImportsTest, limits_are_kept_and_name_the_way_without_them) {
  const Upload sent = send();
  const auto refused = files().append(engineer_, sent.id, FileImports::kFileBytesMax, "x");
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(refused.error().hint.find("millrace import"), std::string::npos);
  for (std::size_t i = 1; i < FileImports::kUploadsOfOneMax; ++i) send();
  EXPECT_EQ(files().create(engineer_, "x.csv", "").error().code, ErrorCode::kLimited);
  EXPECT_TRUE(files().remove(engineer_, sent.id));
  EXPECT_TRUE(files().create(engineer_, "x.csv", ""));
}

TEST_F(FileImportsTest, a_name_is_never_a_path) {
  for (const char* name : {"", "..", "../x.csv", "/etc/passwd", "a\\b", "a\nb"}) {
    EXPECT_EQ(files().create(engineer_, name, "x").error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_EQ(files_kept(), 0U);
}

TEST_F(FileImportsTest, files_belong_to_who_sent_them_and_need_the_role) {
  const Upload sent = send();
  const auto other = as(Role::kOtEngineer);
  EXPECT_EQ(files().get(other, sent.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files().remove(other, sent.id).error().code, ErrorCode::kNotFound);
  const auto viewer = as(Role::kViewer);
  EXPECT_EQ(files().create(viewer, "x.csv", "x").error().code, ErrorCode::kForbidden);
  EXPECT_EQ(files().propose(viewer, {}).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(files().get(viewer, sent.id).error().code, ErrorCode::kForbidden);
}

TEST_F(FileImportsTest, files_go_after_an_hour_and_when_the_hub_starts) {
  const Upload sent = send();
  clock_.advance(61min);
  send();
  EXPECT_EQ(files_kept(), 1U);
  EXPECT_EQ(files().get(engineer_, sent.id).error().code, ErrorCode::kNotFound);
  std::ofstream(folder_ / "uploads" / "left") << "by a kill";
  make_services();
  EXPECT_EQ(files_kept(), 0U);
}

TEST_F(FileImportsTest, a_refusal_of_the_store_is_tried_again) {
  writes_to_fail_ = 2;
  EXPECT_EQ(import(send()).state, State::kDone);
  EXPECT_EQ(flow().size(), 3U);
}

}  // namespace
}  // namespace millrace::service
