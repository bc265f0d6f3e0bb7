#include "net/mqtt_session.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include "net/internal/child_process.h"
#include "net/mqtt_fixture.h"

namespace millrace::net {
namespace {

using namespace std::chrono_literals;

class MqttSessionTest : public ::testing::TestWithParam<MqttVersion> {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_->start()); }

  MqttOptions options(std::string client) const {
    MqttOptions result = options_for(std::move(client));
    result.version = GetParam();
    return result;
  }

  std::unique_ptr<MosquittoBroker> broker_ = broker_in(scratch("session"));
};

TEST_P(MqttSessionTest, WhatIsPublishedIsReceived) {
  Recorder there(broker_->port()), here(broker_->port());
  const auto listener = session_for(options("listener"), there);
  const auto speaker = session_for(options("speaker"), here);
  listener->start();
  ASSERT_TRUE(eventually([&] { return there.count("connected") == 1; }));
  ASSERT_TRUE(listener->subscribe({"a/#", "b/+"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 1; }));
  speaker->start();
  ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(speaker->publish({std::format("a/{}", i), "hello"}));
  }
  ASSERT_TRUE(eventually([&] { return there.received().size() == 1000; }));
  EXPECT_EQ(there.received().front(), "a/0 hello");
  EXPECT_EQ(there.received().back(), "a/999 hello");
}

TEST_P(MqttSessionTest, AfterUnsubscribingAFilterOnlyTheOthersAreHeard) {
  Recorder there(broker_->port());
  const auto listener = session_for(options("listener"), there);
  listener->start();
  ASSERT_TRUE(eventually([&] { return there.count("connected") == 1; }));
  ASSERT_TRUE(listener->subscribe({"a/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(listener->subscribe({"b/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(listener->unsubscribe({"a/#"}));
  Recorder here(broker_->port());
  const auto speaker = session_for(options("speaker"), here);
  speaker->start();
  ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 2; }));
  ASSERT_TRUE(listener->subscribe(
      {"c/#"}, Qos::kAtLeastOnce));  // answered after the broker has unsubscribed
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 3; }));
  ASSERT_TRUE(speaker->publish({"a/1", "no"}));
  ASSERT_TRUE(speaker->publish({"b/1", "yes"}));
  ASSERT_TRUE(eventually([&] { return !there.received().empty(); }));
  EXPECT_EQ(there.received(), std::vector<std::string>{"b/1 yes"});
}

TEST_P(MqttSessionTest, EachConnectionHasItsOwnWill) {
  Recorder there(broker_->port()), here(broker_->port());
  const auto listener = session_for(options("listener"), there);
  listener->start();
  ASSERT_TRUE(eventually([&] { return listener->is_connected(); }));
  ASSERT_TRUE(listener->subscribe({"will/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 1; }));
  for (int life = 1; life <= 3; ++life) {
    // The same client id a second time: the broker throws the first one out and publishes its will.
    Recorder rival_events(broker_->port());
    rival_events.set_name("rival");
    const auto speaker = session_for(options("speaker"), here);
    if (life == 1) {
      speaker->start();
      ASSERT_TRUE(eventually([&] { return here.count("connected") == 1; }));
      const auto rival = session_for(options("speaker"), rival_events);
      rival->start();
      ASSERT_TRUE(eventually([&] { return there.has_received("will/x 1"); }));
      rival->stop(Farewell::kPlain);
      ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
    }
    speaker->stop(Farewell::kPlain);
  }
  EXPECT_GE(here.count("connected"), 2U);
}

TEST_P(MqttSessionTest, AStopWritesWhatIsQueuedFirst) {
  Recorder there(broker_->port()), here(broker_->port());
  const auto listener = session_for(options("listener"), there);
  listener->start();
  ASSERT_TRUE(eventually([&] { return listener->is_connected(); }));
  ASSERT_TRUE(listener->subscribe({"a"}, Qos::kAtMostOnce));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 1; }));
  const auto speaker = session_for(options("speaker"), here);
  speaker->start();
  ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(speaker->publish({"a", std::to_string(i)}));
  speaker->stop(Farewell::kPlain);
  EXPECT_TRUE(eventually([&] { return there.received().size() == 100; }));
  EXPECT_EQ(here.count("ended true true"), 1U);
}

TEST_P(MqttSessionTest, AKilledBrokerIsFoundAgain) {
  Recorder here(broker_->port());
  const auto session = session_for(options("client"), here);
  session->start();
  ASSERT_TRUE(eventually([&] { return session->is_connected(); }));
  ::kill(broker_->pid(), SIGKILL);
  ASSERT_TRUE(eventually([&] { return here.count("ended true true") == 1; }));
  EXPECT_EQ(session->publish({"a", "b"}).error().code, base::ErrorCode::kUnavailable);
  ASSERT_TRUE(eventually([&] { return here.count("connected") == 2; }));
  EXPECT_EQ(broker_->restarts(), 1U);
}

TEST_P(MqttSessionTest, ADialThatTcpRefusesSendsNoConnect) {
  const std::uint16_t nobody = free_port("127.0.0.1", 0).value();
  Recorder here(nobody);
  const auto session = session_for(options("client"), here);
  session->start();
  ASSERT_TRUE(eventually([&] { return here.count("ended false false") >= 3; }));
  EXPECT_EQ(here.count("ended false true"), 0U);
  here.set_port(broker_->port());
  EXPECT_TRUE(eventually([&] { return session->is_connected(); }));
}

TEST_P(MqttSessionTest, AWrongPasswordIsToldAndTriedAgain) {
  Recorder here(broker_->port());
  MqttOptions wrong = options("client");
  wrong.password = "wrong";
  const auto session = session_for(wrong, here);
  session->start();
  ASSERT_TRUE(eventually([&] { return here.count("ended false true") >= 2; }));
  EXPECT_NE(here.why().find("uthori"), std::string::npos) << here.why();
}

TEST_P(MqttSessionTest, AFullQueueRefusesAndSaysHowMuchWaits) {
  Recorder here(broker_->port());
  MqttOptions small = options("client");
  small.queue_bytes_max = 1 << 20;
  const auto session = session_for(small, here);
  session->start();
  ASSERT_TRUE(eventually([&] { return session->is_connected(); }));
  // A stopped broker takes no more than the kernel's buffers hold.
  ::kill(broker_->pid(), SIGSTOP);
  bool was_refused = false;
  for (int i = 0; i < 400 && !was_refused; ++i) {
    const auto result = session->publish({"a", std::string(100'000, 'x')});
    was_refused = !result && result.error().code == base::ErrorCode::kLimited;
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_TRUE(was_refused);
  EXPECT_GT(session->queued_bytes(), 900'000U);
  EXPECT_LE(session->queued_bytes(), 1U << 20);
  ::kill(broker_->pid(), SIGCONT);
  EXPECT_TRUE(eventually([&] { return session->queued_bytes() == 0; }));
}

TEST_P(MqttSessionTest, AMessageOfTenMegabytesPassesAndALargerOneThanAllowedIsRefused) {
  Recorder there(broker_->port()), here(broker_->port());
  const auto listener = session_for(options("listener"), there);
  listener->start();
  ASSERT_TRUE(eventually([&] { return listener->is_connected(); }));
  ASSERT_TRUE(listener->subscribe({"a"}, Qos::kAtMostOnce));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 1; }));
  const auto speaker = session_for(options("speaker"), here);
  speaker->start();
  ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
  EXPECT_EQ(speaker->publish({"a", std::string((16U << 20) + 1, 'x')}).error().code,
            base::ErrorCode::kTooLarge);
  ASSERT_TRUE(speaker->publish({"a", std::string(10U << 20, 'x')}));
  EXPECT_TRUE(eventually([&] { return there.received().size() == 1; }));
}

INSTANTIATE_TEST_SUITE_P(Versions, MqttSessionTest,
                         ::testing::Values(MqttVersion::k311, MqttVersion::k5),
                         [](const auto& version) {
                           return version.param == MqttVersion::k5 ? "Mqtt5" : "Mqtt311";
                         });

TEST(MqttSession, Mqtt5LeavesWithItsWillWhenAskedTo) {
  const auto broker = broker_in(scratch("farewell"));
  ASSERT_TRUE(broker->start());
  Recorder there(broker->port()), here(broker->port());
  const auto listener = session_for(options_for("listener"), there);
  listener->start();
  ASSERT_TRUE(eventually([&] { return listener->is_connected(); }));
  ASSERT_TRUE(listener->subscribe({"will/#"}, Qos::kAtLeastOnce));
  ASSERT_TRUE(eventually([&] { return there.count("granted") == 1; }));
  const auto speaker = session_for(options_for("speaker"), here);
  speaker->start();
  ASSERT_TRUE(eventually([&] { return speaker->is_connected(); }));
  speaker->disconnect(Farewell::kWithWill);
  EXPECT_TRUE(eventually([&] { return there.has_received("will/x 1"); }));
  ASSERT_TRUE(eventually([&] { return here.count("connected") == 2; }));
  speaker->stop(Farewell::kPlain);
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(there.has_received("will/x 2"));
}

// A certificate authority, a server and its key, by the openssl program.
bool make_certificates(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/openssl");
    auto child = start_child(arguments);
    if (!child) return false;
    int status = 1;
    ::waitpid(child->pid, &status, 0);
    return status == 0;
  };
  const auto file = [&](const char* name) { return (folder / name).string(); };
  return run({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
              "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file("key.pem"),
              "-out", file("cert.pem")});
}

TEST(MqttSession, SpeaksTlsAndRefusesAServerItCannotTrust) {
  const auto folder = scratch("tls");
  if (!make_certificates(folder)) GTEST_SKIP() << "no openssl program";
  const std::uint16_t port = free_port("127.0.0.1", 0).value();
  ASSERT_TRUE(base::write_file_durably(
      folder / "conf",
      std::format("listener {} 127.0.0.1\nallow_anonymous true\nuser root\n"
                  "certfile {}\nkeyfile {}\n",
                  port, (folder / "cert.pem").string(), (folder / "key.pem").string())));
  auto child = start_child({"/usr/sbin/mosquitto", "-c", (folder / "conf").string()});
  ASSERT_TRUE(child);
  ASSERT_TRUE(eventually([&] { return is_listening("127.0.0.1", port); }));
  Recorder trusting(port), wary(port);
  MqttOptions options = options_for("trusting");
  options.tls.is_on = true;
  options.tls.ca_file = (folder / "cert.pem").string();
  const auto session = session_for(options, trusting);
  session->start();
  EXPECT_TRUE(eventually([&] { return session->is_connected(); })) << trusting.why();
  options.client_id = "wary";
  options.tls.ca_file.clear();
  const auto other = session_for(options, wary);
  other->start();
  EXPECT_TRUE(eventually([&] { return wary.count("ended false true") >= 1; }));
  EXPECT_FALSE(other->is_connected());
  end_child(child->pid, 1s);
}

TEST(MqttSession, ASessionWithoutClientIdOrWithHalfACertificateIsRefused) {
  Recorder events(1);
  MqttOptions options;
  EXPECT_FALSE(MqttSession::create(options, events, system_clock(), base::Random(1)));
  options.client_id = "x";
  options.tls.cert_file = "cert";
  EXPECT_FALSE(MqttSession::create(options, events, system_clock(), base::Random(1)));
}

}  // namespace
}  // namespace millrace::net
