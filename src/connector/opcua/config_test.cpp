#include "connector/opcua/config.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace millrace::opcua {
namespace {

std::string problems(std::string_view text) {
  const auto loaded = config::load_text(text, "edge.yaml", client_table());
  return loaded ? "" : loaded.error().what;
}

TEST(OpcUaConfig, IsSafeByDefault) {
  const auto loaded =
      config::load_text("name: a\nurl: opc.tcp://h:4840\n", "edge.yaml", client_table());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->security, Security::kBasic256Sha256);
  EXPECT_EQ(loaded->reconnect_delay_max, std::chrono::seconds(2));
}

TEST(OpcUaConfig, NamesWhatDoesNotGoTogether) {
  EXPECT_NE(problems("name: a\nurl: http://h\n").find("edge.yaml:2: url: the address of an OPC UA"),
            std::string::npos);
  EXPECT_NE(problems("name: a\nurl: opc.tcp://h\npassword: x\n").find("password without a user"),
            std::string::npos);
  EXPECT_NE(problems("name: a\nurl: opc.tcp://h\nuser: u\nuser_certificate_file: c\n"
                     "user_key_file: k\n")
                .find("two ways to log in"),
            std::string::npos);
}

}  // namespace
}  // namespace millrace::opcua
