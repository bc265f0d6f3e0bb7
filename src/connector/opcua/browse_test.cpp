#include "connector/opcua/browse.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "base/files.h"
#include "config/yaml.h"
#include "connector/opcua/kind.h"
#include "connector/opcua/server.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using model::ValueType;
using pipeline::BrowsedNode;

namespace fs = std::filesystem;

const base::SystemClock kBrowseClock;
constexpr std::string_view kSpace = "nsu=urn:millrace:server:plant;s=";

class Browse : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::make_directories(folder_ / "server"));
    options_.name = "line-1";
    options_.security = Security::kNone;
    options_.timeout = 2s;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void start_server(std::vector<ServedVariable> variables) {
    auto server = Server::start({.certificates = folder_ / "server"}, std::move(variables));
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
    options_.url = server_->url();
  }
  std::vector<BrowsedNode> found(std::string_view address = "", std::size_t limit = 10000) {
    auto nodes = browse(options_, address, limit, {kBrowseClock, folder_ / "client", "hub"});
    EXPECT_TRUE(nodes) << nodes.error().what;
    is_truncated_ = nodes && nodes->is_truncated;
    return nodes ? std::move(nodes->nodes) : std::vector<BrowsedNode>();
  }
  static const BrowsedNode* find(const std::vector<BrowsedNode>& nodes, std::string_view name) {
    const auto at = std::ranges::find(nodes, name, &BrowsedNode::name);
    return at == nodes.end() ? nullptr : &*at;
  }

  const fs::path folder_ =
      fs::temp_directory_path() / std::format("millrace-opcua-browse-{}", ::getpid());
  std::unique_ptr<Server> server_;
  ClientOptions options_;
  bool is_truncated_ = false;
};

TEST_F(Browse, FindsThingsAndVariablesWithTypeUnitRangeAndRights) {
  start_server({{"pump-1", "flow", "Flow", ValueType::kF64, "m3/h", 0, 160},
                {"pump-1", "speed", "Speed", ValueType::kI64, "rpm", 0, 3000, true},
                {"pump-1", "starts", "", ValueType::kU64, "", 0, 0},
                {"pump-1", "running", "", ValueType::kBool, "", 0, 0, true},
                {"pump-2", "state", "", ValueType::kText, "", 0, 0},
                {"pump-2", "odd", "Odd", ValueType::kF64, "furlong", 0, 1}});
  const auto nodes = found();
  ASSERT_EQ(nodes.size(), 8U) << "two things, six variables, nothing of the server's own";
  EXPECT_EQ(nodes[0].address, std::string(kSpace) + "pump-1");
  EXPECT_EQ(nodes[0].parent, "");
  EXPECT_FALSE(nodes[0].is_variable);
  const BrowsedNode* flow = find(nodes, "flow");
  ASSERT_TRUE(flow);
  EXPECT_EQ(flow->address, std::string(kSpace) + "pump-1/flow");
  EXPECT_EQ(flow->parent, nodes[0].address);
  EXPECT_EQ(flow->title, "Flow");
  EXPECT_TRUE(flow->is_variable);
  EXPECT_EQ(flow->type, ValueType::kF64);
  EXPECT_EQ(flow->unit, "m3/h") << "by its UNECE code MQH";
  EXPECT_EQ(flow->range_min, 0);
  EXPECT_EQ(flow->range_max, 160);
  EXPECT_FALSE(flow->is_writable);
  EXPECT_TRUE(find(nodes, "speed")->is_writable);
  EXPECT_EQ(find(nodes, "speed")->type, ValueType::kI64);
  EXPECT_EQ(find(nodes, "starts")->type, ValueType::kU64);
  EXPECT_EQ(find(nodes, "starts")->range_min, std::nullopt);
  EXPECT_EQ(find(nodes, "running")->type, ValueType::kBool);
  EXPECT_EQ(find(nodes, "state")->type, ValueType::kText);
  EXPECT_EQ(find(nodes, "odd")->unit, "furlong") << "without a code, as the server writes it";
  EXPECT_EQ(server_->sessions(), 0U) << "it has gone again";
}

TEST_F(Browse, BeginsAtAnAddressAndStopsAtTheLimit) {
  std::vector<ServedVariable> variables;
  for (int i = 0; i < 1200; ++i) {
    variables.push_back({std::format("pump-{}", i / 600), std::format("v{}", i), "",
                         ValueType::kF64, "bar", 0, 10});
  }
  start_server(variables);
  EXPECT_EQ(found().size(), 1202U) << "with continuation points: 600 references of one object";
  EXPECT_FALSE(is_truncated_);
  const auto some = found("", 700);
  EXPECT_EQ(some.size(), 700U);
  EXPECT_TRUE(is_truncated_);
  for (const BrowsedNode& node : some) {
    EXPECT_EQ(node.unit, node.is_variable ? "bar" : "") << "the last ones are asked, too";
  }
  EXPECT_EQ(found("", 2).size(), 2U);
  EXPECT_TRUE(is_truncated_) << "two folders that were not looked into";
  EXPECT_EQ(found("", 1202).size(), 1202U);
  EXPECT_FALSE(is_truncated_) << "the limit is all there is";
  const auto below = found(std::string(kSpace) + "pump-1");
  EXPECT_EQ(below.size(), 600U);
  for (const BrowsedNode& node : below) {
    EXPECT_EQ(node.parent, std::string(kSpace) + "pump-1");
    EXPECT_EQ(node.unit, "bar");
  }
  EXPECT_FALSE(found("i=2253").empty()) << "the server's own, when asked for";
}

TEST_F(Browse, SaysWhatIsWrong) {
  start_server({{"pump-1", "flow", "", ValueType::kF64, "", 0, 0}});
  const auto code = [&](std::string_view address) {
    const auto nodes = browse(options_, address, 10, {kBrowseClock, folder_ / "client", "hub"});
    return nodes ? std::string_view("found") : base::text(nodes.error().code);
  };
  EXPECT_EQ(code("pump"), "invalid");
  EXPECT_EQ(code("ns=1;s=nothing"), "not_found");
  EXPECT_EQ(code("nsu=urn:other;s=pump-1"), "not_found");
  options_.user = "nobody";
  options_.password = "wrong";
  EXPECT_EQ(code(""), "unsupported") << "the server has no such login";
  server_.reset();
  EXPECT_EQ(code(""), "unavailable");
}

TEST_F(Browse, IsPartOfTheKind) {
  start_server({{"pump-1", "flow", "", ValueType::kF64, "", 0, 0}});
  const pipeline::ConnectorKind kind = make_kind();
  const auto options = config::parse_yaml(
      std::format("{{name: line-1, url: '{}', security: none}}", server_->url()));
  ASSERT_TRUE(options);
  const auto nodes = kind.browse(*options, "", 100, {kBrowseClock, folder_ / "client", "hub"});
  ASSERT_TRUE(nodes) << nodes.error().what;
  EXPECT_EQ(nodes->nodes.size(), 2U);
  EXPECT_FALSE(nodes->is_truncated);
  EXPECT_TRUE(kind.check_address(nodes->nodes.back().address)) << "what is found can be bound";
}

}  // namespace
}  // namespace millrace::opcua
