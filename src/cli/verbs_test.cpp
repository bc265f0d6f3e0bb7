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
          return answer_;
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
