#include "net/mosquitto_broker.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "net/internal/broker_files.h"
#include "net/internal/child_process.h"
#include "net/mqtt_fixture.h"

namespace millrace::net {
namespace {

using namespace std::chrono_literals;

TEST(MosquittoBroker, StartsStopsAndStartsAgainOnTheSamePort) {
  const auto broker = broker_in(scratch("again"));
  ASSERT_TRUE(broker->start());
  const std::uint16_t port = broker->port();
  EXPECT_TRUE(is_listening("127.0.0.1", port));
  broker->stop();
  EXPECT_FALSE(is_listening("127.0.0.1", port));
  ASSERT_TRUE(broker->start());
  EXPECT_EQ(broker->port(), port);
  EXPECT_EQ(broker->restarts(), 0U);
}

TEST(MosquittoBroker, ItsSecretsAreReadableByTheirOwnerOnly) {
  const auto folder = scratch("private");
  const auto broker = broker_in(folder);
  ASSERT_TRUE(broker->start());
  const BrokerFiles files(folder);
  for (const auto& file : {files.passwords, files.access, files.configuration}) {
    const auto mode = std::filesystem::status(file).permissions();
    EXPECT_EQ(mode & std::filesystem::perms(077), std::filesystem::perms::none) << file;
  }
  EXPECT_FALSE(base::read_file(files.passwords)->contains("secret"));
}

TEST(MosquittoBroker, IsStartedAgainWhenItIsKilled) {
  const auto broker = broker_in(scratch("killed"));
  ASSERT_TRUE(broker->start());
  const int first = broker->pid();
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually([&] { return broker->pid() != 0 && broker->pid() != first; }));
  EXPECT_EQ(broker->restarts(), 1U);
  EXPECT_TRUE(is_listening("127.0.0.1", broker->port()));
}

TEST(MosquittoBroker, DiesWithAHubThatIsKilled) {
  const auto folder = scratch("parent");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t hub = ::fork();
  if (hub == 0) {
    const auto broker = broker_in(folder);
    const std::uint16_t port = broker->start() ? broker->port() : 0;
    (void)!::write(ends[1], &port, sizeof port);
    ::pause();
  }
  std::uint16_t port = 0;
  ASSERT_EQ(::read(ends[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  ASSERT_NE(port, 0);
  ASSERT_TRUE(is_listening("127.0.0.1", port));
  ::kill(hub, SIGKILL);
  ::waitpid(hub, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return !is_listening("127.0.0.1", port); }, 2s));
  // And the next hub takes the directory over, on the same port.
  const auto next = broker_in(folder);
  ASSERT_TRUE(next->start());
  EXPECT_EQ(next->port(), port);
}

TEST(MosquittoBroker, AStaleOneIsRecognisedAndEnded) {
  const auto folder = scratch("stale");
  const BrokerFiles files(folder);
  std::uint16_t port = 0;
  {
    const auto earlier = broker_in(folder);
    ASSERT_TRUE(earlier->start());
    port = earlier->port();
  }
  const auto stale = start_child({"/usr/sbin/mosquitto", "-c", files.configuration.string()});
  ASSERT_TRUE(stale);
  ASSERT_TRUE(eventually([&] { return is_listening("127.0.0.1", port); }));
  ASSERT_TRUE(base::write_file_durably(files.pid, std::format("{}\n", stale->pid)));
  const auto broker = broker_in(folder);
  ASSERT_TRUE(broker->start());
  EXPECT_EQ(broker->port(), port);
  EXPECT_TRUE(reap(stale->pid));
}

TEST(MosquittoBroker, AnInnocentProcessWithThePidOfAStaleOneIsLeftAlone) {
  const auto folder = scratch("innocent");
  std::filesystem::create_directories(folder);
  const auto innocent = start_child({"/usr/bin/sleep", "60"});
  ASSERT_TRUE(innocent);
  ASSERT_TRUE(base::write_file_durably(BrokerFiles(folder).pid, std::to_string(innocent->pid)));
  const auto broker = broker_in(folder);
  ASSERT_TRUE(broker->start());
  EXPECT_FALSE(reap(innocent->pid));
  end_child(innocent->pid, 1s);
}

TEST(MosquittoBroker, ATakenPortIsAConflict) {
  const auto first = broker_in(scratch("first"));
  ASSERT_TRUE(first->start());
  auto second = MosquittoBroker::create({.directory = scratch("second"), .port = first->port()}, {},
                                        system_clock());
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->start().error().code, base::ErrorCode::kConflict);
}

TEST(MosquittoBroker, ASecondOneOnTheSameDirectoryIsAConflict) {
  const auto folder = scratch("twice");
  const auto first = broker_in(folder);
  ASSERT_TRUE(first->start());
  const auto second = broker_in(folder);
  EXPECT_EQ(second->start().error().code, base::ErrorCode::kConflict);
  EXPECT_TRUE(is_listening("127.0.0.1", first->port()));
}

TEST(MosquittoBroker, AProgramThatIsMissingOrDoesNotComeUpIsAnError) {
  auto missing = MosquittoBroker::create(
      {.directory = scratch("missing"), .program = "/nowhere/mosquitto"}, {}, system_clock());
  EXPECT_FALSE((*missing)->start());
  auto broken = MosquittoBroker::create({.directory = scratch("broken"), .program = "/bin/false"},
                                        {}, system_clock());
  const auto result = (*broken)->start();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().what.find("status 1"), std::string::npos) << result.error().what;
}

TEST(MosquittoBroker, NobodyWithoutAPasswordGetsInAndNodesSpeakAsThemselvesOnly) {
  const auto broker = broker_in(scratch("acl"), {sparkplug_host_user("hub", "h"),
                                                 sparkplug_node_user("n1", "p", "site", "n1")});
  ASSERT_TRUE(broker->start());
  Recorder nobody(broker->port()), hub(broker->port()), node(broker->port());
  MqttOptions options = options_for("nobody");
  options.user.clear();
  const auto anonymous = session_for(options, nobody);
  anonymous->start();
  options = options_for("hub");
  options.user = "hub";
  options.password = "h";
  const auto host = session_for(options, hub);
  host->start();
  ASSERT_TRUE(eventually([&] { return host->is_connected(); }));
  ASSERT_TRUE(host->subscribe({"spBv1.0/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return hub.count("granted") == 1; }));
  options.client_id = options.user = "n1";
  options.password = "p";
  const auto edge = session_for(options, node);
  edge->start();
  ASSERT_TRUE(eventually([&] { return edge->is_connected(); }));
  for (const char* topic : {"spBv1.0/site/NDATA/n2", "spBv1.0/other/NDATA/n1", "spBv1.0/STATE/hub",
                            "spBv1.0/site/NCMD/n1", "spBv1.0/site/DDATA/n1/d"}) {
    ASSERT_TRUE(edge->publish({topic, "x"}));
  }
  ASSERT_TRUE(eventually([&] { return hub.has_received("spBv1.0/site/DDATA/n1/d x"); }));
  EXPECT_EQ(hub.received().size(), 1U);
  EXPECT_EQ(nobody.count("connected"), 0U);
}

TEST(MosquittoBroker, ANodeReadsItsOwnAssignmentAloneAndReportsAsItselfOnly) {
  const auto broker =
      broker_in(scratch("assigned"),
                {sparkplug_host_user("hub", "h"), sparkplug_node_user("n1", "p", "site", "n1")});
  ASSERT_TRUE(broker->start());
  Recorder hub(broker->port()), node(broker->port());
  MqttOptions options = options_for("hub");
  options.user = "hub";
  options.password = "h";
  const auto host = session_for(options, hub);
  options.client_id = options.user = "n1";
  options.password = "p";
  const auto edge = session_for(options, node);
  host->start();
  edge->start();
  ASSERT_TRUE(eventually([&] { return host->is_connected() && edge->is_connected(); }));
  ASSERT_TRUE(host->subscribe({"millrace/+/+/reported"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(edge->subscribe({"millrace/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return hub.count("granted") == 1 && node.count("granted") == 1; }));
  for (const char* whose : {"site/n2", "other/n1", "site/n1"}) {
    ASSERT_TRUE(host->publish(
        {std::format("millrace/{}/desired", whose), "secret", Qos::kAtLeastOnce, Retain::kYes}));
  }
  for (const char* topic : {"millrace/site/n2/reported", "millrace/other/n1/reported",
                            "millrace/site/n1/desired", "millrace/site/n1/reported"}) {
    ASSERT_TRUE(edge->publish({topic, "mine"}));
  }
  ASSERT_TRUE(eventually([&] { return hub.has_received("millrace/site/n1/reported mine"); }));
  ASSERT_TRUE(eventually([&] { return node.has_received("millrace/site/n1/desired secret"); }));
  EXPECT_EQ(hub.received().size(), 1U);
  EXPECT_EQ(node.received().size(), 1U) << "neither others' assignments nor one of its own making";
}

TEST(MosquittoBroker, DevicesPublishBelowTheirTopicsAndReadNothing) {
  const BrokerUser all{"hub", "h", {{TopicAccess::kReadWrite, "#"}}};
  const auto broker = broker_in(scratch("devices"), {all, device_user("meter", "p", {"hall/a/#"})});
  ASSERT_TRUE(broker->start());
  Recorder hub(broker->port()), device(broker->port());
  MqttOptions options = options_for("hub");
  options.user = "hub";
  options.password = "h";
  const auto host = session_for(options, hub);
  host->start();
  ASSERT_TRUE(eventually([&] { return host->is_connected(); }));
  ASSERT_TRUE(host->subscribe({"#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return hub.count("granted") == 1; }));
  options.client_id = options.user = "meter";
  options.password = "p";
  const auto meter = session_for(options, device);
  meter->start();
  ASSERT_TRUE(eventually([&] { return meter->is_connected(); }));
  (void)meter->subscribe({"hall/#"}, Qos::kAtLeastOnce);
  ASSERT_TRUE(host->publish({"hall/a/secret", "x", Qos::kAtLeastOnce}));
  for (const char* topic : {"hall/b", "spBv1.0/site/NDATA/n1", "millrace/x", "hall/a/1"}) {
    ASSERT_TRUE(meter->publish({topic, "x", Qos::kAtLeastOnce}));
  }
  ASSERT_TRUE(eventually([&] { return hub.has_received("hall/a/1 x"); }));
  EXPECT_EQ(hub.received().size(), 1U);
  EXPECT_TRUE(device.received().empty());
}

TEST(MosquittoBroker, UsersChangeWithoutARestart) {
  const auto broker = broker_in(scratch("users"));
  ASSERT_TRUE(broker->start());
  Recorder events(broker->port());
  MqttOptions options = options_for("late");
  options.user = "late";
  const auto session = session_for(options, events);
  session->start();
  ASSERT_TRUE(eventually([&] { return events.count("ended false true") >= 1; }));
  ASSERT_TRUE(broker->set_users({{"late", "secret", {{TopicAccess::kReadWrite, "#"}}}}));
  EXPECT_TRUE(eventually([&] { return session->is_connected(); }));
  EXPECT_EQ(broker->restarts(), 0U);
}

TEST(MosquittoBroker, UsersThatItsFilesCannotHoldAreRefused) {
  EXPECT_FALSE(broker_passwords({{"a:b", "p", {}}}));
  EXPECT_FALSE(broker_passwords({{"a", "", {}}}));
  EXPECT_FALSE(broker_passwords({{"a\nb", "p", {}}}));
  EXPECT_FALSE(broker_access({{"a", "p", {{TopicAccess::kRead, "x\ntopic #"}}}}));
}

TEST(MosquittoBroker, PasswordsAreLongAndNeverTheSame) {
  EXPECT_EQ(make_password().size(), 32U);
  EXPECT_NE(make_password(), make_password());
}

}  // namespace
}  // namespace millrace::net
