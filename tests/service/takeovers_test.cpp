// A property whose feed changes: its history is that of one source at any time.

#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "service/third_party_fixture.h"

namespace millrace::service {
namespace {

using model::Value;
using model::ValueType;

class TakeoversTest : public ThirdPartyTest {
 protected:
  static constexpr char kOther[] = R"(kind: Binding
name: mixer-1
spec:
  thing: mixer-1
  sparkplug: {group: plant2, node: gw8, device: mixer}
  properties: [{property: pressure, address: P, unit: bar}]
)";

  TakeoversTest() {
    EXPECT_TRUE(services_->keep_titles({{"sparkplug_thing", "gw8.mixer", "plant2/gw8/mixer"}}));
  }

  model::SeriesId define_other() {
    return define_series({.thing = "gw8.mixer",
                          .property = "p",
                          .type = ValueType::kF64,
                          .unit = "bar",
                          .site = "plant2",
                          .source = "plant2.gw8",
                          .title = "P"});
  }
  void unbind() {
    apply(kModel, Prune::kYes);
    EXPECT_TRUE(services_->bindings.follow());
  }
  void restart() {
    make_services();
    EXPECT_TRUE(services_->bindings.follow());
  }
  /// One second after another has a sample: the first `others` of the other device, then of the
  /// first one.
  void expect_one_after_another(std::size_t others, std::size_t firsts) {
    const auto stored = history("mixer-1", "pressure");
    ASSERT_EQ(stored.size(), others + firsts);
    for (std::size_t i = 0; i < stored.size(); ++i) {
      EXPECT_EQ(stored[i].time, then_ + static_cast<int>(i) * 1s);
      EXPECT_EQ(stored[i].value, i < others ? kTheOther : kTheFirst) << i;
    }
  }
  static Value of_first(int) { return 200.0; }  // kPa
  static Value of_other(int) { return 5.0; }    // bar

  const Value kTheFirst = 2.0;
  const Value kTheOther = 5.0;
};

TEST_F(TakeoversTest, another_device_brings_only_what_is_before_the_propertys_first_sample) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_ + 30s, 50, of_first);
  fill(define_other(), then_, 80, of_other);
  bind(kMetrics);
  work();
  bind(kOther);
  work();
  expect_one_after_another(30, 50);
  const auto done = events("backfill.completed");
  ASSERT_EQ(done.size(), 2U);
  const auto body = nlohmann::json::parse(done[0].body);
  EXPECT_EQ(body["samples"], 30);
  EXPECT_EQ(body["until"], base::to_text(then_ + 30s));
  EXPECT_FALSE(nlohmann::json::parse(done[1].body).contains("until"));
}

TEST_F(TakeoversTest, another_address_in_the_same_payloads_brings_nothing_again) {
  fill(define_topic("hall/1/state"), then_, 20,
       [](int i) { return Value(std::format(R"({{"p":{{"kpa":{0},"raw":{0}}},"rpm":1}})", i)); });
  bind(kTopics);
  work();
  std::string other = kTopics;
  other.replace(other.find("/p/kpa"), 6, "/p/raw");
  bind(other);
  work();
  EXPECT_EQ(history("mixer-2", "pressure").size(), 20U);
  EXPECT_EQ(history("mixer-2", "speed", ValueType::kI64).size(), 20U);
}

TEST_F(TakeoversTest, times_in_payloads_are_those_that_count) {
  const auto payload = [&](int i) {
    const auto since = (then_ + i * 1s).time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    return Value(std::format(R"({{"ts":{},"p":{{"kpa":200}},"rpm":1}})", ms));
  };
  fill(define_topic("hall/1/state"), then_ + 1h, 40, payload);
  fill(define_topic("yard/1/state"), then_ + 2h, 60, [&](int i) { return payload(i - 20); });
  bind(kTopics);
  work();
  std::string other = kTopics;
  other.replace(other.find("hall"), 4, "yard");
  bind(other);
  work();
  const auto stored = history("mixer-2", "pressure");
  ASSERT_EQ(stored.size(), 60U);
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(stored[static_cast<std::size_t>(i)].time, then_ + (i - 20) * 1s);
  }
}

TEST_F(TakeoversTest, a_device_that_comes_back_after_another_brings_nothing_of_that_time) {
  const auto first = define_metric("p-out", "P/Out", "kPa");
  fill(first, then_, 20, of_first);
  bind(kMetrics);
  work();
  bind(kOther);
  fill(first, then_ + 20s, 20, of_first);
  fill(*index_.find("mixer-1", "pressure", ValueType::kF64), then_ + 20s, 20, of_other);  // live
  restart();
  work();
  bind(kMetrics);
  work();
  const auto stored = history("mixer-1", "pressure");
  ASSERT_EQ(stored.size(), 40U);
  EXPECT_EQ(stored[19].value, kTheFirst);
  EXPECT_EQ(stored[20].value, kTheOther);
}

TEST_F(TakeoversTest, what_a_device_sent_unbound_after_its_takeover_is_added) {
  const auto other = define_other();
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 20, of_first);
  fill(other, then_, 30, of_other);
  bind(kMetrics);
  work();
  bind(kOther);
  work();
  EXPECT_EQ(history("mixer-1", "pressure").size(), 30U);
  unbind();
  fill(other, then_ + 30s, 10, of_other);
  bind(kOther);
  work();
  const auto stored = history("mixer-1", "pressure");
  ASSERT_EQ(stored.size(), 40U);
  EXPECT_EQ(stored[30].time, then_ + 30s);
  EXPECT_EQ(stored[30].value, kTheOther);
}

TEST_F(TakeoversTest, hardware_that_waited_brings_what_came_after_the_last_sample_of_the_old_one) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 50, of_first);
  fill(define_other(), then_ + 20s, 60, of_other);
  bind(kMetrics);
  work();
  bind(kOther);
  restart();
  work();
  const auto stored = history("mixer-1", "pressure");
  ASSERT_EQ(stored.size(), 80U);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].time, then_ + static_cast<int>(i) * 1s);
    EXPECT_EQ(stored[i].value, i < 50 ? kTheFirst : kTheOther) << i;
  }
  const auto body = nlohmann::json::parse(events("backfill.completed")[0].body);
  EXPECT_EQ(body["samples"], 30);
  EXPECT_EQ(body["until"], base::to_text(then_));
  EXPECT_EQ(body["since"], base::to_text(then_ + 49s));
}

TEST_F(TakeoversTest, what_a_feed_brings_itself_does_not_shorten_its_past) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_ + 1s, 20, of_first);
  bind(kMetrics);  // and is killed before it looks what is owed; a late sample has come
  fill(define_series({.thing = "mixer-1", .property = "pressure", .type = ValueType::kF64}), then_,
       1, [](int) { return Value(2.0); });
  restart();
  work();
  expect_one_after_another(0, 21);
}

TEST_F(TakeoversTest, a_takeover_that_is_interrupted_goes_on_with_the_same_limit) {
  constexpr int kOthers = 25'000;
  fill(define_metric("p-out", "P/Out", "kPa"), then_ + kOthers * 1s, 50, of_first);
  fill(define_other(), then_, kOthers + 40, of_other);
  bind(kMetrics);
  work();
  bind(kOther);
  std::size_t restarts = 0;
  for (; restarts < 20; ++restarts) {
    EXPECT_TRUE(services_->bindings.work());  // looks what is owed
    const auto has_more = services_->bindings.work();
    ASSERT_TRUE(has_more);
    if (!*has_more) break;
    restart();
  }
  work();
  EXPECT_GE(restarts, 3U) << "it was not interrupted";
  expect_one_after_another(kOthers, 50);
}

TEST_F(TakeoversTest, bindings_wait_for_a_store_that_refuses) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 20, of_first);
  apply(std::string(kModel) + "---\n" + kMetrics);
  writes_to_fail_ = 1;
  EXPECT_EQ(services_->bindings.follow().error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(binder_);
  EXPECT_TRUE(services_->bindings.follow());
  work();
  expect_one_after_another(0, 20);
}

}  // namespace
}  // namespace millrace::service
