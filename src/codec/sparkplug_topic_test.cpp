#include "codec/sparkplug_topic.h"

#include <gtest/gtest.h>

namespace millrace::codec::sparkplug {
namespace {

TEST(SparkplugTopic, EveryTypeIsReadAndWrittenAlike) {
  for (const char* topic :
       {"spBv1.0/g/NBIRTH/n", "spBv1.0/g/NDEATH/n", "spBv1.0/g/DBIRTH/n/d", "spBv1.0/g/DDEATH/n/d",
        "spBv1.0/g/NDATA/n", "spBv1.0/g/DDATA/n/d", "spBv1.0/g/NCMD/n", "spBv1.0/g/DCMD/n/d",
        "spBv1.0/STATE/millrace-1", "spBv1.0/Anlage 1/NDATA/K\xC3\xBChler"}) {
    const auto parsed = parse_topic(topic);
    ASSERT_TRUE(parsed) << topic;
    EXPECT_EQ(to_text(*parsed), topic);
  }
}

TEST(SparkplugTopic, PartsAreWhereTheyShouldBe) {
  EXPECT_EQ(parse_topic("spBv1.0/g/DDATA/n/d"), (Topic{MessageType::kDdata, "g", "n", "d"}));
  EXPECT_EQ(parse_topic("spBv1.0/STATE/host"), (Topic{MessageType::kState, "", "host", ""}));
}

TEST(SparkplugTopic, WhatIsNoTopicIsRefused) {
  for (const char* topic :
       {"", "spBv1.0", "spBv1.0/", "spBv1.0/g", "spBv1.0/g/NDATA", "spBv1.0/g/NDATA/",
        "spBv1.0/g/NDATA/n/d", "spBv1.0/g/NDATA/n/", "spBv1.0/g/DDATA/n", "spBv1.0/g/DDATA/n/",
        "spBv1.0/g/DDATA/n/d/e", "spBv1.0/g/OTHER/n", "spBv1.0/g/STATE/n", "STATE/host",
        "spBv1.0/STATE/", "spBv1.0/STATE/a/b", "spAv1.0/g/NDATA/n", "spBv1.0//NDATA/n",
        "spBv1.0/g/NDATA/a+b", "spBv1.0/g/NDATA/a\xFF"}) {
    EXPECT_FALSE(parse_topic(topic)) << topic;
  }
}

TEST(SparkplugTopic, AnIdOfUnreasonableLengthIsRefused) {
  EXPECT_TRUE(is_id(std::string(255, 'a')));
  EXPECT_FALSE(is_id(std::string(256, 'a')));
}

TEST(HostState, IsReadAsWritten) {
  EXPECT_EQ(to_text(HostState{true, 1700000000000}),
            R"({"online":true,"timestamp":1700000000000})");
  EXPECT_EQ(parse_host_state(R"({"timestamp":5,"online":false,"more":[1]})"),
            (HostState{false, 5}));
}

TEST(HostState, TheDeadTextFormAndOtherRubbishAreRefused) {
  for (const char* json :
       {"ONLINE", "OFFLINE", "", "{", "[]", "{}", R"({"online":true})", R"({"timestamp":1})",
        R"({"online":"true","timestamp":1})", R"({"online":true,"timestamp":-1})",
        R"({"online":true,"timestamp":"1"})", R"({"online":true,"timestamp":1.5})"}) {
    EXPECT_FALSE(parse_host_state(json)) << json;
  }
  EXPECT_FALSE(parse_host_state(std::string(100'000, '[')));
}

}  // namespace
}  // namespace millrace::codec::sparkplug
