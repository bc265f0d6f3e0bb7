#include "connector/opcua/source_fixture.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using pipeline::LinkState;
namespace fs = std::filesystem;

TEST_F(OpcUa, ReadsOverAnEncryptedChannelWithUserAndPasswordOnceTheServerIsTrusted) {
  options_.security = Security::kBasic256Sha256;
  options_.user = "operator";
  options_.password = "s3cret";
  fs::remove_all(certificates("client") / "trusted");
  fs::remove_all(certificates("client") / "rejected");
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  const std::string problem = source_->status().problem;
  EXPECT_NE(problem.find("the server's certificate is not trusted"), std::string::npos) << problem;
  const std::size_t at = problem.find(certificates("client") / "rejected");
  ASSERT_NE(at, std::string::npos) << problem << ": names the file to move";
  const std::string rejected = problem.substr(at, problem.find(' ', at) - at);
  fs::rename(rejected, certificates("client") / "trusted" / "server.der");
  ASSERT_TRUE(connects()) << source_->status().problem;
  write(0, {kT0, 5.0, {}});
  EXPECT_TRUE(arrives(0, {kT0, 5.0, {}}));
}

TEST_F(OpcUa, LogsInWithUserAndPasswordOnTheEndpointNone) {
  server_options_.allows_anonymous = false;
  options_.user = "operator";
  options_.password = "s3cret";
  start_server();
  start_source();
  EXPECT_TRUE(connects()) << source_->status().problem;
}

TEST_F(OpcUa, AWrongPasswordIsAClearErrorAndIsNotInIt) {
  options_.user = "operator";
  options_.password = "wrong-pa55word";
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  const std::string problem = source_->status().problem;
  EXPECT_NE(problem.find("BadUserAccessDenied"), std::string::npos) << problem;
  EXPECT_NE(problem.find("Check user and password"), std::string::npos) << problem;
  EXPECT_EQ(problem.find("wrong-pa55word"), std::string::npos);
}

TEST_F(OpcUa, ALoginTheServerDoesNotOfferSaysWhatItOffers) {
  server_options_.allows_anonymous = false;
  start_server();
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return source_->status().state == LinkState::kFailed; }));
  EXPECT_NE(source_->status().problem.find("it offers: None None (certificate, user name)"),
            std::string::npos)
      << source_->status().problem;
}

}  // namespace
}  // namespace millrace::opcua
