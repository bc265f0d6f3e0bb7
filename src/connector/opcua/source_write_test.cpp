#include "connector/opcua/source_fixture.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using model::Sample;

TEST_F(OpcUa, WritesAsTheTypeOfTheVariableAndTheServerHearsOfIt) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(6, {kT0, std::int64_t{100}, {}});
  const auto written = source_->write(6, 1500.0);
  ASSERT_TRUE(written) << written.error().what;
  ASSERT_TRUE(source_->write(7, true)) << "it had no value yet: by its declared type";
  ASSERT_TRUE(source_->write(8, std::string("läuft")));
  ASSERT_TRUE(wait_for(5s, [&] {
    const auto speed = sink_.of(6);
    return !speed.empty() && speed.back().value == model::Value(std::int64_t{1500});
  })) << "and it comes back by subscription";
  EXPECT_GE(sink_.of(6).back().time, kT0) << "with the server's time of writing";
  const std::lock_guard lock(heard_mutex_);
  const std::vector<std::pair<std::size_t, model::Value>> expected = {
      {6, std::int64_t{1500}}, {7, true}, {8, std::string("läuft")}};
  EXPECT_EQ(heard_, expected) << "of clients only, not of itself";
}

TEST_F(OpcUa, AWriteThatCannotBeSaysWhy) {
  tags_.push_back("ns=1;s=pump-1/no-such-node");
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  write(0, {kT0, 1.0, {}});
  write(6, {kT0, std::int64_t{100}, {}});
  const auto code = [&](std::uint32_t tag, const model::Value& value) {
    const auto written = source_->write(tag, value);
    return written ? std::string_view("written") : base::text(written.error().code);
  };
  EXPECT_EQ(code(0, 2.0), "forbidden") << "it is read-only";
  EXPECT_EQ(code(6, 1.5), "invalid");
  EXPECT_EQ(code(6, std::string("fast")), "invalid");
  EXPECT_EQ(code(9, 1.5), "unsupported");
  server_.reset();
  ASSERT_TRUE(wait_for(10s, [&] { return !is_connected(); }));
  EXPECT_EQ(code(6, std::int64_t{1}), "unavailable");
  source_->stop();
  EXPECT_EQ(code(6, std::int64_t{1}), "unavailable");
}

TEST_F(OpcUa, AnAddressThatIsOnlyWrittenIsNotSubscribedTo) {
  tags_ = {tags_[0], tags_[7]};
  start_server();
  pipeline::SourceDeps deps{kSourceClock, certificates("client"), "edge-1"};
  deps.written_only = 1;
  source_ = *make_source(options_, tags_, deps);
  ASSERT_TRUE(source_->start(sink_));
  ASSERT_TRUE(connects());
  ASSERT_TRUE(source_->write(1, true));
  write(0, {kT0, 5.0, {}});
  ASSERT_TRUE(arrives(0, {kT0, 5.0, {}}));
  EXPECT_EQ(server_->monitored_items(7), 0);
  EXPECT_TRUE(sink_.of(1).empty());
  EXPECT_EQ(source_->status().tags.size(), 1U);
}

}  // namespace
}  // namespace millrace::opcua
