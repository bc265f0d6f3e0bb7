#include "pipeline/binding_replay.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Value;
using namespace std::chrono_literals;

constexpr base::Time kThen{base::Duration(1'700'000'000'000'000)};

HubBindingRow row(std::string address, std::string property, double factor, std::string unit) {
  HubBindingRow made{std::move(address), {}, {.factor = factor}, std::move(unit)};
  made.contract.thing = "mixer";
  made.contract.property = std::move(property);
  made.contract.unit = "bar";
  made.contract.range_max = 10;
  return made;
}

std::vector<BindingReplay::Made> replayed(const HubBinding& binding, std::string unit,
                                          const std::vector<model::Sample>& stored) {
  const auto replay = BindingReplay::create(binding, std::move(unit), {});
  EXPECT_TRUE(replay);
  std::vector<BindingReplay::Made> made;
  for (const model::Sample& one : stored) (*replay)->take(one, made);
  return made;
}

TEST(BindingReplayTest, WhatWasStoredIsConvertedAndCheckedAndKeepsItsMarksOfTime) {
  const auto late = model::Quality().marked(Reason::kLate);
  const auto made = replayed({.thing = "gw.mixer", .rows = {row("p", "pressure", 0.01, "kPa")}},
                             "kPa", {{kThen, 250.0, late}, {kThen + 1s, 5000.0, {}}});
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].sample.value, Value(2.5));
  EXPECT_EQ(made[0].sample.quality, late);  // it is years old now, and was judged then
  EXPECT_EQ(made[0].arrived, kThen);
  EXPECT_TRUE(made[1].sample.quality.has(Reason::kOutOfRange));
}

TEST(BindingReplayTest, AnotherTypeOrUnitIsKeptAndSaysSo) {
  const HubBinding binding{.thing = "gw.mixer", .rows = {row("p", "pressure", 0.01, "kPa")}};
  const auto text = replayed(binding, "", {{kThen, std::string("high"), {}}});
  ASSERT_EQ(text.size(), 1U);
  EXPECT_EQ(text[0].sample.value, Value()) << "the property's series holds numbers";
  EXPECT_TRUE(text[0].sample.quality.has(Reason::kWrongType));
  const auto psi = replayed(binding, "psi", {{kThen, 14.5, {}}});
  ASSERT_EQ(psi.size(), 1U);
  EXPECT_TRUE(psi[0].sample.quality.has(Reason::kWrongUnit));
}

TEST(BindingReplayTest, APayloadGivesItsValuesWithTheirTimesAndOneThatIsNoJsonGivesNone) {
  const HubBinding binding{
      .topic = "hall/+/state",
      .time_path = "/ts",
      .rows = {row("/p/in", "inlet", 0.01, "kPa"), row("/p/out", "outlet", 0.01, "kPa")}};
  const auto made =
      replayed(binding, "",
               {{kThen, std::string(R"({"ts":1699999999,"p":{"in":100,"out":200}})"), {}},
                {kThen + 1s, std::string("{torn"), {}},
                {kThen + 2s, std::string(R"({"p":{"in":300}})"), {}}});
  ASSERT_EQ(made.size(), 3U);
  EXPECT_EQ(made[0].sample.time, kThen - 1s);
  EXPECT_EQ(made[0].sample.value, Value(1.0));
  EXPECT_EQ(made[1].row, 1U);
  EXPECT_EQ(made[1].sample.value, Value(2.0));
  EXPECT_TRUE(made[2].sample.quality.has(Reason::kNoSourceTime));
  EXPECT_EQ(made[2].arrived, kThen + 2s);
}

}  // namespace
}  // namespace millrace::pipeline
