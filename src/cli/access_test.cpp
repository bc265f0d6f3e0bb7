// An access file from the command line: what is asked, what becomes of secrets, and how it goes on
// after an error.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/secret_folder.h"
#include "support/tiny_http_server.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr const char* kNoChanges = R"({"problems":[],"changes":[],"unchanged":3,"own_token":"ci"})";
constexpr const char* kThreeChanges = R"({"problems":[],"unchanged":1,"own_token":null,"changes":[
  {"action":"create","of":"account","name":"edge-1","about":"edge of site works",
   "account":{"kind":"edge","name":"edge-1","site":"works"},"token":null,"token_id":null},
  {"action":"replace","of":"token","name":"board","about":"viewer","account":null,
   "token":{"name":"board","role":"viewer","expires":null},"token_id":"tok-7"},
  {"action":"remove","of":"account","name":"old","about":"consumer","account":null,"token":null,
   "token_id":null}]})";

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

class AccessVerb : public testing::Test {
 protected:
  AccessVerb()
      : folder_(std::filesystem::temp_directory_path() /
                std::format("millrace-access-{}", ::getpid())),
        server_([this](const auto& request) {
          return answer(request.method, request.path, request.body);
        }) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    context_.out = std::fopen((folder_ / "out").c_str(), "w+");
    context_.err = std::fopen((folder_ / "err").c_str(), "w+");
    context_.hub = server_.url();
    context_.tokens.from_environment = "t";
    std::ofstream(file()) << "tokens: []\n";
  }
  ~AccessVerb() override {
    std::fclose(context_.out);
    std::fclose(context_.err);
    std::filesystem::remove_all(folder_);
  }

  test::TinyHttpServer::Answer answer(const std::string& method, const std::string& path,
                                      const std::string& body) {
    asked_.push_back(method + " " + path);
    if (path == "/api/v1/access/plan") {
      planned_ = json::parse(body);
      return {200, plan_};
    }
    if (path == refused_)
      return {503, R"({"code":"unavailable","what":"no broker","hint":"h","retry":"later"})"};
    if (method == "DELETE") return {204, ""};
    return {201, path.ends_with("tokens") ? R"({"token":"mrt_1"})" : R"({"password":"pass-1"})"};
  }
  std::string file() const { return folder_ / "access.yaml"; }
  std::filesystem::path secrets() const { return folder_ / "deep" / "secrets"; }
  ExitCode run(std::vector<std::string> arguments) {
    CLI::App app;
    const RunCommand command = add_access(app, context_);
    std::ranges::reverse(arguments);
    app.parse(arguments);
    asked_.clear();
    for (std::FILE* stream : {context_.out, context_.err}) {
      std::rewind(stream);
      EXPECT_EQ(::ftruncate(::fileno(stream), 0), 0);
    }
    const ExitCode code = command();
    std::fflush(context_.out);
    std::fflush(context_.err);
    printed_ = base::read_file(folder_ / "out").value_or("");
    said_ = base::read_file(folder_ / "err").value_or("");
    return code;
  }

  std::filesystem::path folder_;
  std::vector<std::string> asked_;
  json planned_;
  std::string plan_ = kThreeChanges;
  std::string refused_;
  std::string printed_, said_;
  test::TinyHttpServer server_;
  Context context_;
};

using Calls = std::vector<std::string>;
const Calls kAllCalls = {"POST /api/v1/access/plan", "POST /api/v1/accounts",
                         "DELETE /api/v1/tokens/tok-7", "POST /api/v1/tokens",
                         "DELETE /api/v1/accounts/old"};

TEST_F(AccessVerb, PlanChangesNothingAndSaysWhatWouldBe) {
  EXPECT_EQ(run({"plan", file(), "--prune", "--replace"}), ExitCode::kDone);
  EXPECT_EQ(asked_, Calls{"POST /api/v1/access/plan"});
  EXPECT_EQ(planned_, json({{"text", "tokens: []\n"}, {"prune", true}, {"replace", true}}));
  EXPECT_EQ(printed_,
            "  + account edge-1  edge of site works\n  ~ token board  viewer\n"
            "  - account old  consumer\n"
            "1 to create, 1 to make anew, 1 to remove, 1 as they are\n");
  plan_ = kNoChanges;
  EXPECT_EQ(run({"plan", file()}), ExitCode::kDone);
  EXPECT_TRUE(said_.contains("token ci stays")) << said_;
  EXPECT_EQ(run({"plan", (folder_ / "none.yaml").native()}), ExitCode::kNotFound);
}

TEST_F(AccessVerb, WhatIsWrongIsSaidWithItsLineAndNothingIsChanged) {
  plan_ = R"({"problems":[{"line":4,"what":"there is no role","hint":"Write viewer."}],
              "changes":[],"unchanged":0,"own_token":null})";
  EXPECT_EQ(run({"apply", file()}), ExitCode::kData);
  EXPECT_EQ(asked_, Calls{"POST /api/v1/access/plan"});
  EXPECT_EQ(said_, file() + ":4: there is no role\n    Write viewer.\nnothing was changed\n");
  context_.style = Style::kJson;
  EXPECT_EQ(run({"apply", file()}), ExitCode::kData);
  EXPECT_EQ(json::parse(printed_)["problems"][0]["line"], 4);
  plan_ = "{}";
  EXPECT_EQ(run({"apply", file()}), ExitCode::kData) << "no plan at all";
}

TEST_F(AccessVerb, SecretsAreEachInAFileOfTheirOwnOrPrintedOnce) {
  EXPECT_EQ(run({"apply", file()}), ExitCode::kDone);
  EXPECT_EQ(asked_, kAllCalls);
  EXPECT_TRUE(printed_.contains("secret: pass-1\n")) << printed_;
  EXPECT_TRUE(printed_.ends_with("1 created, 1 made anew, 1 removed, 1 as they were\n"));
  EXPECT_EQ(run({"apply", file(), "--secrets-dir", secrets().native()}), ExitCode::kDone);
  EXPECT_FALSE(printed_.contains("pass-1") || printed_.contains("mrt_1")) << printed_;
  EXPECT_EQ(base::read_file(secrets() / "accounts/edge-1").value(), "pass-1\n");
  EXPECT_EQ(base::read_file(secrets() / "tokens/board").value(), "mrt_1\n");
  EXPECT_EQ(mode_of(secrets()), 0700U);
  EXPECT_EQ(mode_of(secrets() / "tokens"), 0700U);
  EXPECT_EQ(mode_of(secrets() / "tokens/board"), 0600U);
  // What is kept is never overwritten, and that is seen before anything changes.
  EXPECT_EQ(run({"apply", file(), "--secrets-dir", secrets().native()}), ExitCode::kConflict);
  EXPECT_EQ(asked_, Calls{"POST /api/v1/access/plan"});
  EXPECT_TRUE(said_.contains("there is already")) << said_;
}

TEST_F(AccessVerb, AnErrorHalfwaySaysWhatIsDoneAndHowItGoesOn) {
  refused_ = "/api/v1/tokens";
  EXPECT_EQ(run({"apply", file()}), ExitCode::kTryLater);
  EXPECT_TRUE(printed_.contains("secret: pass-1")) << "what was made is told: " << printed_;
  EXPECT_TRUE(said_.contains("token board: no broker; 1 of 3 changes are done")) << said_;
  EXPECT_TRUE(said_.contains("h The same command goes on.")) << said_;
  context_.style = Style::kJson;
  EXPECT_EQ(run({"apply", file()}), ExitCode::kTryLater);
  const json answer = json::parse(printed_);
  EXPECT_EQ(answer["changes"][0]["secret"], "pass-1");
  EXPECT_EQ(answer["error"]["code"], "unavailable");
  refused_ = "/api/v1/accounts";
  context_.style = Style::kPeople;
  EXPECT_EQ(run({"apply", file()}), ExitCode::kTryLater);
  EXPECT_TRUE(said_.contains("millrace accounts password edge-1")) << said_;
}

TEST_F(AccessVerb, ExportIsTheFile) {
  const std::string target = folder_ / "kept.yaml";
  EXPECT_EQ(run({"export", "-o", target}), ExitCode::kDone);
  EXPECT_EQ(base::read_file(target).value(), R"({"password":"pass-1"})");
}

TEST(SecretFolder, TakesNoNameThatLeavesItAndNoFolderThatOthersCanRead) {
  const auto root =
      std::filesystem::temp_directory_path() / std::format("millrace-secrets-{}", ::getpid());
  std::filesystem::remove_all(root);
  const SecretFolder folder(root);
  ASSERT_TRUE(folder.open());
  ASSERT_TRUE(folder.open()) << "it is there";
  for (const char* name : {"../x", "", ".", "a/b", "A"}) {
    EXPECT_EQ(folder.keep("token", name, "s").error().code, base::ErrorCode::kCorrupt) << name;
  }
  std::filesystem::create_symlink("/dev/null", root / "tokens" / "link");
  EXPECT_EQ(folder.keep("token", "link", "s").error().code, base::ErrorCode::kConflict);
  EXPECT_TRUE(folder.keep("token", "a", "s"));
  EXPECT_TRUE(folder.keep("account", "a", "s")) << "an account and a token may share a name";
  ::chmod(root.c_str(), 0755);
  EXPECT_EQ(folder.open().error().hint, "chmod 700 " + root.native());
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace millrace::cli
