#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/import_command.h"
#include "cli/pages.h"
#include "cli/text_table.h"
#include "support/memory_import.h"
#include "support/tiny_http_server.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

/// A folder of its own and a context whose streams are files in it.
class Cli : public testing::Test {
 protected:
  Cli()
      : folder_(std::filesystem::temp_directory_path() /
                std::format("millrace-cli-{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
    context_.out = std::fopen((folder_ / "out").c_str(), "w+");
    context_.err = std::fopen((folder_ / "err").c_str(), "w+");
  }
  ~Cli() override {
    std::fclose(context_.out);
    std::fclose(context_.err);
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::string printed() const { return content(context_.out, "out"); }
  std::string said() const { return content(context_.err, "err"); }

  std::filesystem::path folder_;
  Context context_;

 private:
  std::string content(std::FILE* file, const char* name) const {
    std::fflush(file);
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

class ImportCommand : public Cli {
 protected:
  ExitCode run(ImportOptions options) {
    options.mapping = write("map.yaml",
                            "thing: pump-1\ntime: {column: t, zone: Europe/Berlin}\n"
                            "properties: [{column: flow, unit: m3/h}]\n");
    return run_import_command(options, context_,
                              [this]() -> base::Result<std::unique_ptr<pipeline::ImportSink>> {
                                ++sinks_;
                                return std::make_unique<test::MemoryImport>();
                              });
  }
  int sinks_ = 0;
};

TEST_F(ImportCommand, ShowsInADryRunWhatWouldBeStoredAndEveryProblem) {
  const auto file = write("a.csv", "t,flow,x\n2020-01-01,1.5,\nnever,2,\n2020-01-03,abc,\n");
  EXPECT_EQ(run({.files = {file}, .is_dry_run = true}), ExitCode::kData);
  EXPECT_EQ(sinks_, 0);
  EXPECT_NE(printed().find("   2  pump-1  flow      2019-12-31T23:00:00Z    1.5  m3/h  good\n"),
            std::string::npos)
      << printed();
  EXPECT_NE(printed().find("a.csv: 3 rows, 2 samples, 1 thing, 1 series"), std::string::npos);
  EXPECT_NE(said().find("a.csv:3: error: 'never' is not a time"), std::string::npos) << said();
  EXPECT_NE(said().find("a.csv:4: warning: flow: 'abc'"), std::string::npos) << said();
  EXPECT_NE(said().find("a.csv: note: x: column 'x' is not imported"), std::string::npos) << said();
}

TEST_F(ImportCommand, AnswersOneJsonDocument) {
  context_.style = Style::kJson;
  const auto file = write("a.csv", "t,flow\n2020-01-01,1.5\n2020-01-03,abc\n");
  EXPECT_EQ(run({.files = {file}}), ExitCode::kDone);
  const json answer = json::parse(printed());
  const json& one = answer["files"][0];
  EXPECT_EQ(one["totals"]["samples_bad"], 1);
  EXPECT_EQ(one["problems"][0]["line"], 3);
  EXPECT_EQ(one["problems"][0]["code"], "bad_value");
  EXPECT_EQ(one["import"]["state"], "complete");
  EXPECT_EQ(said(), "");
}

TEST_F(ImportCommand, NeedsNoHubToRefuseAFileWithRowsThatCannotBeStored) {
  const auto file = write("a.csv", "t,flow\nnever,1.5\n");
  EXPECT_EQ(run({.files = {file}}), ExitCode::kData);
  EXPECT_EQ(sinks_, 0);
  EXPECT_EQ(run({.files = {file}, .bad_rows = connector::file::BadRows::kSkip}), ExitCode::kDone);
  EXPECT_EQ(sinks_, 1);
}

TEST_F(ImportCommand, PrintsAMappingThatItReadsItself) {
  ImportOptions options{.files = {write("pump.csv", "t,flow [m3/h]\n2020-01-01,1.5\n")}};
  EXPECT_EQ(run_import_proposal(options, context_), ExitCode::kDone);
  const std::string yaml = printed();
  EXPECT_NE(yaml.find("thing: pump\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("# The times have no offset"), std::string::npos) << yaml;
  options.mapping = write("proposed.yaml", yaml);
  options.is_dry_run = true;
  const MakeSink none = []() -> base::Result<std::unique_ptr<pipeline::ImportSink>> {
    return base::fail(base::ErrorCode::kInternal, "a dry run needs no hub");
  };
  EXPECT_EQ(run_import_command(options, context_, none), ExitCode::kDone);
  EXPECT_NE(printed().find("1.5  m3/h  good"), std::string::npos) << printed();
  EXPECT_EQ(run_import_proposal({.files = {folder_ / "none.csv"}}, context_), ExitCode::kNotFound);
}

TEST_F(ImportCommand, EndsWithTheCodeOfWhatIsWrong) {
  EXPECT_EQ(run({.files = {folder_ / "none.csv"}}), ExitCode::kNotFound);
  const auto cut = write("cut.csv.gz", "\x1f\x8b\x08garbage");
  EXPECT_EQ(run({.files = {cut}}), ExitCode::kData);
}

TEST_F(Cli, KeepsTokensOfSeveralHubsInAPrivateFile) {
  const TokenPlaces places{.saved_file = folder_ / "deep" / "credentials.json"};
  ASSERT_TRUE(save_token(places.saved_file, "http://a", "one"));
  ASSERT_TRUE(save_token(places.saved_file, "http://b", "two"));
  struct stat status{};
  ASSERT_EQ(::stat(places.saved_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(find_login(places, "http://a")->token, "one");
  EXPECT_EQ(find_login(places, "http://b")->token, "two");
  EXPECT_EQ(find_login(places, "http://c")->token, "");
  EXPECT_EQ(find_login(places, "")->hub, kDefaultHub);
  ::chmod(places.saved_file.c_str(), 0644);
  EXPECT_EQ(find_login(places, "http://a").error().code, base::ErrorCode::kForbidden);
}

TEST_F(Cli, TakesTheTokenOfTheEnvironmentThenOfTheDataDirectory) {
  TokenPlaces places{.data_directory = folder_};
  ASSERT_TRUE(write_local_token(folder_, {"http://127.0.0.1:9", "local"}));
  EXPECT_EQ(find_login(places, "")->hub, "http://127.0.0.1:9");
  EXPECT_EQ(find_login(places, "")->token, "local");
  places.from_environment = "env";
  EXPECT_EQ(find_login(places, "")->token, "env");
}

TEST_F(Cli, GivesTheLocalTokenToNoOtherHub) {
  const TokenPlaces places{.data_directory = folder_};
  ASSERT_TRUE(write_local_token(folder_, {"http://127.0.0.1:9", "local"}));
  EXPECT_EQ(find_login(places, "http://127.0.0.1:9")->token, "local");
  EXPECT_EQ(find_login(places, "http://elsewhere:9")->token, "");
  remove_local_token(folder_);
  EXPECT_EQ(find_login(places, "")->hub, kDefaultHub);
  EXPECT_EQ(find_login(places, "")->token, "");
}

TEST_F(Cli, WritesTheLocalTokenForItsOwnerAloneAndThroughNoLink) {
  const auto other = write("other", "untouched");
  const auto file = folder_ / "local-token";
  for (const char* name : {"local-token", "local-token.part"}) {
    std::filesystem::create_symlink(other, folder_ / name);
  }
  const TokenPlaces places{.data_directory = folder_};
  EXPECT_FALSE(find_login(places, "")) << "a link was followed";
  ASSERT_TRUE(write_local_token(folder_, {"http://127.0.0.1:9", "local"}));
  struct stat status{};
  ASSERT_EQ(::lstat(file.c_str(), &status), 0);
  EXPECT_TRUE(S_ISREG(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(*base::read_file(other), "untouched");
  ::chmod(file.c_str(), 0640);
  EXPECT_EQ(find_login(places, "").error().code, base::ErrorCode::kForbidden);
  ::chmod(write("local-token", "no second line").c_str(), 0600);
  EXPECT_EQ(find_login(places, "").error().code, base::ErrorCode::kMalformed);
}

TEST_F(Cli, FollowsEveryPageOfAList) {
  test::TinyHttpServer server([](const auto& request) -> test::TinyHttpServer::Answer {
    if (request.path == "/list?limit=2") return {200, R"({"items":[1,2],"next":"a b"})"};
    if (request.path == "/list?limit=2&cursor=a%20b") return {200, R"({"items":[3],"next":null})"};
    return {404, "{}"};
  });
  HttpClient http({.url = server.url()});
  EXPECT_EQ(get_items(http, "/list?limit=2", 100).value(), json({1, 2, 3}));
  EXPECT_EQ(get_items(http, "/list?limit=2", 1).value(), json({1}));
  EXPECT_EQ(get_items(http, "/other", 1).error().code, base::ErrorCode::kNotFound);
}

TEST_F(Cli, StreamsABodyAndKeepsThatOfAnError) {
  test::TinyHttpServer server([](const auto& request) -> test::TinyHttpServer::Answer {
    if (request.path == "/big") return {200, std::string(300'000, 'x')};
    return {409, R"({"code":"conflict","what":"w","hint":"h","retry":"never"})"};
  });
  HttpClient http({.url = server.url()});
  std::size_t bytes = 0;
  const auto count = [&](std::string_view part) { return (bytes += part.size()) > 0; };
  EXPECT_TRUE(http.send({.path = "/big", .on_body = count}));
  EXPECT_EQ(bytes, 300'000U);
  const auto refused = http.send({.path = "/bad", .on_body = count});
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(refused.error().hint, "h");
  EXPECT_EQ(bytes, 300'000U);
}

TEST_F(Cli, AStatementIsAnsweredAsTableAsCsvAndAsJson) {
  std::string asked;
  test::TinyHttpServer server([&](const auto& request) -> test::TinyHttpServer::Answer {
    asked = request.method + " " + request.path + " " + request.body;
    return {200,
            R"({"columns":[{"name":"thing","type":"text"},{"name":"n","type":"i64"}],)"
            R"("rows":[["a \"b\", c",5],[null,12]],"truncated":true,"elapsed_ms":1,"commit":2})"};
  });
  context_.hub = server.url();
  context_.tokens.from_environment = "t";
  const auto run = [&](std::vector<std::string> arguments) {
    CLI::App app;
    RunCommand command = add_query(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    return command();
  };
  EXPECT_EQ(run({"sql", "SELECT 1", "--limit", "2"}), ExitCode::kDone);
  EXPECT_EQ(asked, R"(POST /api/v1/query/sql {"limit":2,"sql":"SELECT 1"})");
  EXPECT_EQ(printed(), "thing      n\na \"b\", c   5\n          12\n");
  EXPECT_TRUE(said().contains("more than 2 rows"));
  EXPECT_EQ(run({"sql", "SELECT 1", "--csv"}), ExitCode::kDone);
  EXPECT_TRUE(printed().ends_with("thing,n\n\"a \"\"b\"\", c\",5\n,12\n")) << printed();
  context_.style = Style::kJson;
  EXPECT_EQ(run({"sql", "SELECT 1"}), ExitCode::kDone);
  EXPECT_TRUE(printed().contains(R"("commit":2)"));
  context_.style = Style::kPeople;
  EXPECT_EQ(run({"sql"}), ExitCode::kUsage);
  EXPECT_EQ(run({"pump-1"}), ExitCode::kUsage);
}

TEST_F(Cli, AnExportSaysWhichDataVersionItHolds) {
  test::TinyHttpServer server([](const auto&) -> test::TinyHttpServer::Answer {
    return {200, "thing,property\n", "X-Millrace-Commit: 4711\r\n"};
  });
  context_.hub = server.url();
  context_.tokens.from_environment = "t";
  const auto run = [&](std::vector<std::string> arguments) {
    CLI::App app;
    RunCommand command = add_export(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    return command();
  };
  const std::string file = folder_ / "out.csv";
  EXPECT_EQ(run({"--site", "works", "-o", file}), ExitCode::kDone);
  EXPECT_TRUE(said().ends_with("15 bytes, data version 4711\n")) << said();
  EXPECT_EQ(run({"--site", "works"}), ExitCode::kDone);
  EXPECT_EQ(printed(), "thing,property\n") << "the data alone";
  context_.style = Style::kJson;
  EXPECT_EQ(run({"--site", "works", "-o", file}), ExitCode::kDone);
  EXPECT_EQ(json::parse(printed().substr(15)),
            json({{"file", file}, {"bytes", 15}, {"commit", 4711}}));
}

TEST_F(Cli, APlanShowsWhatIsDeletedAndWhatWasNotReplayed) {
  std::string asked;
  test::TinyHttpServer server([&](const auto& request) -> test::TinyHttpServer::Answer {
    asked = request.path + " " + request.body;
    if (request.path.ends_with("/apply")) return {200, R"({"revision":2,"changes":[]})"};
    return {
        200,
        R"({"revision":1,"problems":[],"changes":[],"effects":[],"unchanged":0,"deletes":[)"
        R"({"policy":"raw_d","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z",)"
        R"("samples":1000}],"replay":{"days":30,"properties":3,"properties_done":1,"samples":7,)"
        R"("complete":false,"since":"2026-02-26T00:00:00Z","properties_cut":[)"
        R"({"thing":"q","property":"flow","since":"2026-02-28T00:00:00Z","until":null,)"
        R"("days_seen":0},{"thing":"p","property":"level","since":"2026-02-26T00:00:00Z",)"
        R"("until":null,"days_seen":2.3148}],"models":[)"
        R"({"model":"pump@2","instead_of":"pump@1","through":[],"things":4},)"
        R"({"model":"base@3","instead_of":"base@1","through":["fan@1","pump@1"],"things":9},)"
        R"({"model":"valve@2","instead_of":null,"through":[],"things":0}],)"
        R"("not_replayed":[{"thing":"p","property":"flow","why":"it is in l"}]}})"};
  });
  context_.hub = server.url();
  context_.tokens.from_environment = "t";
  const auto file = write("a.yaml", "kind: Site\nname: a\nspec: {}\n");
  const auto run = [&](auto add, std::vector<std::string> arguments) {
    CLI::App app;
    RunCommand command = add(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    return command();
  };
  EXPECT_EQ(run(add_plan, {file}), ExitCode::kDone);
  EXPECT_TRUE(printed().contains("DELETED FOR GOOD")) << printed();
  EXPECT_TRUE(printed().contains("raw_d")) << printed();
  EXPECT_TRUE(printed().contains("pump@2 yet; it was tried on the things of pump@1: 4.\n"));
  EXPECT_TRUE(printed().contains(
      "base@3 yet; it was tried in place of base@1 through fan@1, pump@1; things: 9.\n"));
  EXPECT_TRUE(printed().contains("to valve@2 or a version before it: nothing is known of"));
  EXPECT_TRUE(printed().contains("p/flow: it is in l.\n"));
  EXPECT_TRUE(printed().contains("Of 3 properties 1 were looked at as a whole (7 samples)"));
  EXPECT_TRUE(printed().contains("q/flow: nothing of 30 days was looked at.\n")) << printed();
  EXPECT_TRUE(printed().contains(
      "p/level: the last 2.3 of 30 days were looked at, since 2026-02-26T00:00:00Z.\n"))
      << printed();
  EXPECT_EQ(run(add_apply, {file}), ExitCode::kDone);
  EXPECT_FALSE(asked.contains("confirm_deletion"));
  EXPECT_EQ(run(add_apply, {file, "--confirm-deletion"}), ExitCode::kDone);
  EXPECT_TRUE(asked.contains(R"("confirm_deletion":true)")) << asked;
}

TEST(TextTable, AlignsNumbersRightAndTextsLeft) {
  TextTable table({"thing", "n"});
  table.add({"a", "5"});
  table.add({"büro", "1,000"});
  EXPECT_EQ(table.text(), "thing      n\na          5\nbüro   1,000\n");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(12), "12");
}

TEST(ExitCode, IsGivenForEveryErrorCode) {
  for (int i = 0; i <= static_cast<int>(base::ErrorCode::kNoSpace); ++i) {
    EXPECT_NE(exit_code(static_cast<base::ErrorCode>(i)), ExitCode::kDone);
  }
}

}  // namespace
}  // namespace millrace::cli
