// Each verb of the command line, by the call that it makes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/files.h"
#include "cli/command.h"
#include "support/tiny_http_server.h"

namespace millrace::cli {
namespace {

class Verbs : public testing::Test {
 protected:
  Verbs()
      : folder_(std::filesystem::temp_directory_path() /
                std::format("millrace-verbs-{}", ::getpid())),
        server_([this](const auto& request) -> test::TinyHttpServer::Answer {
          asked_ = request.method + " " + request.path;
          if (!request.body.empty()) asked_ += " " + request.body;
          heads_ += request.head;
          return answer_of_ ? answer_of_(request.path) : answer_;
        }) {
    std::filesystem::create_directories(folder_);
    context_.out = context_.err = std::fopen((folder_ / "out").c_str(), "w+");
    context_.hub = server_.url();
    context_.tokens.from_environment = "t";
  }
  ~Verbs() override {
    std::fclose(context_.out);
    std::filesystem::remove_all(folder_);
  }
  /// What was printed by the last run is in `printed_`.
  ExitCode run(RunCommand (*add)(CLI::App&, Context&), std::vector<std::string> arguments) {
    CLI::App app;
    const RunCommand command = add(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    std::rewind(context_.out);
    EXPECT_EQ(::ftruncate(::fileno(context_.out), 0), 0);
    const ExitCode code = command();
    std::fflush(context_.out);
    printed_ = base::read_file(folder_ / "out").value_or("");
    return code;
  }

  std::filesystem::path folder_;
  std::string asked_;
  std::string printed_;
  std::string heads_;  // of all requests
  std::function<test::TinyHttpServer::Answer(const std::string& path)> answer_of_;
  test::TinyHttpServer::Answer answer_{200, R"({"items":[],"next":null})"};
  test::TinyHttpServer server_;
  Context context_;
};

TEST_F(Verbs, AskTheHubForWhatTheySay) {
  struct Case {
    RunCommand (*add)(CLI::App&, Context&);
    const char* line;
    std::string asked;
  };
  const std::string range =
      R"("end":"now","property":"flow","reason":"why","start":"now-1h","thing":"p")";
  for (const Case& one : std::vector<Case>{
           {add_system, "", "GET /api/v1/system"},
           {add_system, "seal", "POST /api/v1/system/seal"},
           {add_backup, "create", "POST /api/v1/system/backup"},
           {add_tokens, "list", "GET /api/v1/tokens?limit=1000"},
           {add_tokens, "create grafana --role viewer",
            R"(POST /api/v1/tokens {"name":"grafana","role":"viewer"})"},
           {add_tokens, "revoke tok-4", "DELETE /api/v1/tokens/tok-4"},
           {add_access, "schema", "GET /api/v1/access/schema"},
           {add_access, "export", "GET /api/v1/access/export"},
           {add_delete, "ThingModel pump --version 2",
            "DELETE /api/v1/resources/ThingModel/pump?version=2"},
           {add_corrections, "list --thing p --limit 5", "GET /api/v1/corrections?thing=p&limit=5"},
           {add_corrections, "create invalidate p flow --start now-1h --end now --reason why",
            R"(POST /api/v1/corrections {"action":"invalidate",)" + range + "}"},
           {add_corrections,
            "create replace p flow --start now-1h --end now --reason why --value -1.5",
            R"(POST /api/v1/corrections {"action":"replace",)" + range + R"(,"value":-1.5})"},
           {add_corrections,
            "create fill p flow --start now-1h --end now --reason why --method linear "
            "--interval-ms 500",
            R"(POST /api/v1/corrections {"action":"fill","end":"now","interval_ms":500,)"
            R"("method":"linear","property":"flow","reason":"why","start":"now-1h","thing":"p"})"},
           {add_corrections, "export --thing p --end now",
            "GET /api/v1/corrections/file?thing=p&end=now"},
           {add_corrections,
            "create fill p flow --start now-1h --end now --reason why --method linear --value 1 "
            "--value-to 2.5 --interval-ms 0.5",
            R"(POST /api/v1/corrections {"action":"fill","end":"now","interval_ms":0.5,)"
            R"("method":"linear","property":"flow","reason":"why","start":"now-1h","thing":"p",)"
            R"("value":1,"value_to":2.5})"},
           {add_descriptions, "show urn:a:b", "GET /api/v1/wot/things/urn%3Aa%3Ab"},
           {add_descriptions, "delete urn:a:b", "DELETE /api/v1/wot/things/urn%3Aa%3Ab"},
           {add_property, "write p speed -5", "PUT /api/v1/wot/t/p/properties/speed -5"},
           {add_property, "write p mode auto", "PUT /api/v1/wot/t/p/properties/mode \"auto\""},
           {add_action, "invoke p stop", "POST /api/v1/wot/t/p/actions/stop"},
           {add_action, "invoke p move {\"x\":1}", R"(POST /api/v1/wot/t/p/actions/move {"x":1})"},
           {add_onboarding, "list --q gw7", "GET /api/v1/onboarding?q=gw7&limit=1000"},
           {add_onboarding, "browse line --address s=a --limit 10",
            R"(POST /api/v1/onboarding/browse {"address":"s=a","connection":"line","limit":10})"},
       }) {
    std::istringstream words(one.line);
    EXPECT_EQ(run(one.add, {std::istream_iterator<std::string>(words), {}}), ExitCode::kDone)
        << one.line << ": " << printed_;
    EXPECT_EQ(asked_, one.asked) << one.line;
  }
}

TEST_F(Verbs, AnAnswerWithoutABodyIsSaidAndIsOneJsonDocument) {
  answer_ = {204, ""};
  EXPECT_EQ(run(add_property, {"write", "p", "speed", "5"}), ExitCode::kDone);
  EXPECT_EQ(printed_, "p/speed is written\n");
  context_.style = Style::kJson;
  EXPECT_EQ(run(add_tokens, {"revoke", "tok-4"}), ExitCode::kDone);
  EXPECT_EQ(nlohmann::json::parse(printed_)["done"], "token tok-4 is revoked");
}

TEST_F(Verbs, EndWithTheCodeOfWhatTheHubRefuses) {
  answer_ = {501, R"({"code":"unsupported","what":"bound to no device","hint":"h"})"};
  EXPECT_EQ(run(add_action, {"invoke", "p", "stop"}), ExitCode::kFailed);
  EXPECT_TRUE(printed_.contains("bound to no device"));
  answer_ = {409, R"({"code":"conflict","what":"used by b","hint":"h"})"};
  EXPECT_EQ(run(add_delete, {"Thing", "p"}), ExitCode::kConflict);
  answer_ = {200, R"({"valid":false,"problems":["meta.db has changed"]})"};
  EXPECT_EQ(run(add_backup, {"verify", "2026-03-01T060000Z"}), ExitCode::kData);
  EXPECT_EQ(asked_, R"(POST /api/v1/system/backup/verify {"name":"2026-03-01T060000Z"})");
  answer_ = {200, R"({"valid":true,"problems":[]})"};
  EXPECT_EQ(run(add_backup, {"verify", "2026-03-01T060000Z"}), ExitCode::kDone);
  EXPECT_THROW(run(add_backup, {}), CLI::ParseError) << "a noun needs its verb";
}

TEST_F(Verbs, ACorrectionsFileIsSentAndWhatBecomesOfItIsSaid) {
  const std::string yaml = "- thing: p\n";
  const auto file = (folder_ / "c.yaml").native();
  ASSERT_TRUE(base::write_file_durably(file, yaml));
  const auto entry = [](const char* state, const char* over) {
    return std::format(R"({{"line":1,"thing":"p","property":"f","start":"s","end":"e",)"
                       R"("action":"replace","state":"{}","made":1,"covered_by":{}}})",
                       state, over);
  };
  const auto answer = [&](const char* commit, const std::string& entries, const char* problems) {
    return test::TinyHttpServer::Answer{
        200, std::format(R"({{"commit":{},"new":1,"there":2,"made":1,"problems":[{}],)"
                         R"("entries":[{}]}})",
                         commit, problems, entries)};
  };
  answer_ = answer("null", entry("new", "17") + "," + entry("there", "null"), "");
  EXPECT_EQ(run(add_corrections, {"apply", file, "--dry-run"}), ExitCode::kDone);
  EXPECT_EQ(asked_, "POST /api/v1/corrections/file?dry_run=true " + yaml);
  EXPECT_TRUE(printed_.contains("again, over correction 17")) << printed_;
  EXPECT_TRUE(printed_.contains("1 new, 2 there already")) << printed_;
  answer_ = answer("4712", entry("new", "null"), "");
  EXPECT_EQ(run(add_corrections, {"apply", file}), ExitCode::kDone);
  EXPECT_EQ(asked_, "POST /api/v1/corrections/file?dry_run=false " + yaml);
  EXPECT_TRUE(printed_.contains("done: 1 new, 2 there already; commit 4712")) << printed_;
  answer_ = answer("null", "", R"({"line":3,"what":"w","hint":"h"})");
  EXPECT_EQ(run(add_corrections, {"apply", file, "--dry-run"}), ExitCode::kData);
  EXPECT_TRUE(printed_.contains("c.yaml:3: w (h)")) << printed_;
  EXPECT_EQ(run(add_corrections, {"apply", (folder_ / "none.yaml").native()}), ExitCode::kNotFound);
  answer_ = {200, "- thing: p\n"};
  const auto target = folder_ / "exported.yaml";
  EXPECT_EQ(run(add_corrections, {"export", "-o", target.native()}), ExitCode::kDone);
  EXPECT_EQ(base::read_file(target).value_or(""), yaml);
  EXPECT_EQ(run(add_corrections, {"export"}), ExitCode::kDone);
  EXPECT_EQ(printed_, yaml);
}

TEST_F(Verbs, DescriptionsOfFilesArePutUnderTheirIdsOrGetOne) {
  const auto lamps = (folder_ / "lamps.json").native();
  ASSERT_TRUE(base::write_file_durably(lamps, R"([{"id":"urn:a:b"},{"title":"Lamp"}])"));
  answer_ = {201, "", "Location: /api/v1/wot/things/urn%3Auuid%3A7\r\n"};
  EXPECT_EQ(run(add_descriptions, {"put", lamps, "--new"}), ExitCode::kDone);
  EXPECT_EQ(printed_, "urn:a:b registered\nurn:uuid:7 registered\n");
  EXPECT_EQ(asked_, R"(POST /api/v1/wot/things {"title":"Lamp"})");
  EXPECT_TRUE(heads_.contains("If-None-Match: *"));
  answer_ = {204, ""};
  heads_.clear();
  const auto lamp = (folder_ / "lamp.json").native();
  ASSERT_TRUE(base::write_file_durably(lamp, R"({"id":"urn:a:b"})"));
  EXPECT_EQ(run(add_descriptions, {"put", lamp}), ExitCode::kDone);
  EXPECT_EQ(printed_, "urn:a:b replaced\n");
  EXPECT_EQ(asked_, R"(PUT /api/v1/wot/things/urn%3Aa%3Ab {"id":"urn:a:b"})");
  EXPECT_FALSE(heads_.contains("If-None-Match"));
  answer_ = {412, R"({"code":"conflict","what":"registered already","hint":"h"})"};
  EXPECT_EQ(run(add_descriptions, {"put", lamps}), ExitCode::kConflict);
  EXPECT_TRUE(printed_.contains("Lamp: registered already")) << printed_;
  ASSERT_TRUE(base::write_file_durably(lamp, "no json"));
  EXPECT_EQ(run(add_descriptions, {"put", lamp}), exit_code(base::ErrorCode::kInvalid));
}

TEST_F(Verbs, DescriptionsAreListedWithoutTheThousandsOfTheHub) {
  constexpr std::size_t kOwnFrom = 150, kOwnTo = 5'150, kAll = 5'200;
  std::size_t calls = 0;
  answer_of_ = [&](const std::string& path) -> test::TinyHttpServer::Answer {
    ++calls;
    if (path == "/api/v1/system") return {200, R"({"hub":"works"})"};
    std::size_t offset = 0, limit = 0;
    EXPECT_EQ(std::sscanf(path.c_str(), "/api/v1/wot/things?offset=%zu&limit=%zu", &offset, &limit),
              2);
    nlohmann::json page = nlohmann::json::array();
    for (std::size_t i = offset; i < std::min(offset + limit, kAll); ++i) {
      const bool is_own = i >= kOwnFrom && i < kOwnTo;
      page.push_back({{"id", std::format("{}{}", is_own ? "urn:millrace:works:" : "urn:x:", i)}});
    }
    return {200, page.dump(), offset + limit < kAll ? "Link: <x>; rel=\"next\"\r\n" : ""};
  };
  context_.style = Style::kJson;
  EXPECT_EQ(run(add_descriptions, {"list"}), ExitCode::kDone);
  EXPECT_EQ(nlohmann::json::parse(printed_)["items"].size(), 200U);
  EXPECT_LT(calls, 30U);
}

TEST_F(Verbs, AProposalBecomesFiles) {
  answer_ = {200,
             R"({"thing":"gw7-mixer","model":"mixer@1","models":[],)"
             R"("files":[{"path":"things/gw7-mixer.yaml","text":"kind: Thing\n"}],)"
             R"("matches":[{"address":"P/Out","property":"pressure","score":0.9,"reason":"r"}]})"};
  const auto target = folder_ / "proposed";
  EXPECT_EQ(run(add_onboarding, {"propose", "sparkplug:plant2/gw7/mixer", "--site", "works", "-o",
                                 target.native()}),
            ExitCode::kDone);
  EXPECT_EQ(asked_, R"(POST /api/v1/onboarding/proposal )"
                    R"({"candidate":"sparkplug:plant2/gw7/mixer","place":{"site":"works"}})");
  EXPECT_EQ(base::read_file(target / "things/gw7-mixer.yaml").value_or(""), "kind: Thing\n");
  EXPECT_TRUE(printed_.contains("pressure")) << printed_;
}

}  // namespace
}  // namespace millrace::cli
