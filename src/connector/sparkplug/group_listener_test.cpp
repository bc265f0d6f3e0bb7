#include "connector/sparkplug/group_listener.h"

#include <gtest/gtest.h>

namespace millrace::connector::sparkplug {
namespace {

using namespace std::chrono_literals;

class GroupListenerTest : public ::testing::Test, public ListenerActions {
 protected:
  void subscribe(std::vector<std::string> filters) override {
    filters_.insert(filters_.end(), filters.begin(), filters.end());
  }
  void unsubscribe(std::vector<std::string> filters) override {
    for (const std::string& filter : filters) std::erase(filters_, filter);
  }
  void disconnect() override { ++disconnects_; }
  void heard(std::string_view group, std::string_view node) override {
    heard_.push_back(std::format("{}/{}", group, node));
  }
  bool hears(const std::string& filter) const {
    return std::ranges::find(filters_, filter) != filters_.end();
  }
  void connect() {
    filters_.clear();
    EXPECT_FALSE(listener_.dial().will);
    listener_.connected(now_);
  }
  void advance(base::Duration by) {
    now_ += by;
    listener_.tick(now_);
  }

  base::MonotonicTime now_{1h};
  GroupListener listener_{
      HostConfig{.scan_time = 60s, .scan_interval = 600s}, {{"a", 1}, {"b", 2}}, *this};
  std::vector<std::string> filters_, heard_;
  int disconnects_ = 0;
};

TEST_F(GroupListenerTest, HearsEverythingAtFirstAndBirthsAlways) {
  connect();
  EXPECT_TRUE(hears("spBv1.0/+/NBIRTH/+"));
  EXPECT_TRUE(hears("spBv1.0/+/NDATA/+"));
  EXPECT_TRUE(hears("spBv1.0/+/DDATA/+/+"));
  advance(59s);
  EXPECT_TRUE(hears("spBv1.0/+/DDATA/+/+"));
  advance(2s);
  EXPECT_EQ(filters_, std::vector<std::string>{"spBv1.0/+/NBIRTH/+"});
  advance(599s);
  EXPECT_FALSE(hears("spBv1.0/+/DDATA/+/+"));
  advance(2s);
  EXPECT_TRUE(hears("spBv1.0/+/DDATA/+/+"));
}

TEST_F(GroupListenerTest, ANewConnectionBeginsToScanAgain) {
  connect();
  advance(100s);
  listener_.ended({.why = {}, .was_connected = true, .was_connect_sent = true});
  advance(1000s);
  connect();
  EXPECT_TRUE(hears("spBv1.0/+/DDATA/+/+"));
  advance(59s);
  EXPECT_TRUE(hears("spBv1.0/+/DDATA/+/+"));
}

TEST_F(GroupListenerTest, TellsGroupAndNodeOfWhatItHears) {
  connect();
  listener_.received("spBv1.0/Site A/NBIRTH/n");
  listener_.received("spBv1.0/g/DDATA/n/d");
  listener_.received("spBv1.0/STATE/millrace-g");
  listener_.received("nonsense");
  EXPECT_EQ(heard_, (std::vector<std::string>{"Site A/n", "g/n"}));
}

TEST_F(GroupListenerTest, AServerThatIsNotThereIsFollowedByTheNext) {
  EXPECT_EQ(listener_.dial().host, "a");
  listener_.ended({.why = {}, .was_connected = false, .was_connect_sent = false});
  EXPECT_EQ(listener_.dial().host, "b");
}

TEST_F(GroupListenerTest, ARefusedSubscriptionEndsTheConnection) {
  connect();
  listener_.subscribed(false);
  EXPECT_EQ(disconnects_, 1);
}

}  // namespace
}  // namespace millrace::connector::sparkplug
