// Watchers of current values.

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

class LiveTest : public ServiceTest {
 protected:
  std::unique_ptr<LiveWatch> watch(LiveRequest request) {
    auto opened = services_->live.open(caller_, request);
    EXPECT_TRUE(opened) << base::describe(opened.error());
    return opened ? std::move(*opened) : nullptr;
  }
  static std::vector<double> numbers(const LiveUpdate& update) {
    std::vector<double> found;
    for (const Property& one : update.values) {
      if (one.current.last) found.push_back(std::get<double>(one.current.last->sample.value));
    }
    return found;
  }

  const model::SeriesId flow_ = define("pump-1", "flow");
  const model::SeriesId level_ = define("pump-1", "level");
  const identity::Caller caller_ = admin();
};

TEST_F(LiveTest, a_watcher_first_gets_everything_and_then_only_what_changed) {
  put(flow_, {clock_.now(), 1.0, {}});
  const auto watcher = watch({.things = {"pump-1"}});
  const auto first = watcher->take();
  EXPECT_EQ(first.values.size(), 2U);  // level has no sample yet
  EXPECT_EQ(numbers(first), std::vector{1.0});
  EXPECT_TRUE(watcher->take().is_empty());
  clock_.advance(500ms);
  EXPECT_TRUE(watcher->take().is_empty());
  put(level_, {clock_.now(), 7.0, {}});
  clock_.advance(500ms);
  EXPECT_EQ(numbers(watcher->take()), std::vector{7.0});
  EXPECT_TRUE(watcher->take().is_empty());
}

TEST_F(LiveTest, a_slow_watcher_gets_the_newest_value_of_each_property_once) {
  const auto watcher = watch({.things = {"pump-1"}, .properties = {"flow"}});
  watcher->take();
  for (int i = 1; i <= 20; ++i) {
    clock_.advance(100ms);
    put(flow_, {clock_.now(), static_cast<double>(i), {}});
    put(level_, {clock_.now(), -1.0, {}});
  }
  EXPECT_EQ(numbers(watcher->take()), std::vector{20.0});
}

TEST_F(LiveTest, a_watcher_that_asks_more_often_than_its_interval_hears_nothing_between) {
  const auto watcher = watch({.things = {"pump-1"}, .interval = 2s});
  watcher->take();
  watcher->take();  // begins the interval
  put(flow_, {clock_.now(), 1.0, {}});
  clock_.advance(1'900ms);
  EXPECT_TRUE(numbers(watcher->take()).empty());
  clock_.advance(100ms);
  EXPECT_EQ(numbers(watcher->take()), std::vector{1.0});
}

TEST_F(LiveTest, a_backlog_does_not_show_as_a_new_value) {
  put(flow_, {clock_.now(), 1.0, {}});
  const auto watcher = watch({.things = {"pump-1"}});
  watcher->take();
  put(flow_, {clock_.now() - 1h, 0.5, {}});
  clock_.advance(500ms);
  EXPECT_TRUE(watcher->take().is_empty());
}

TEST_F(LiveTest, what_comes_after_a_clock_that_was_ahead_shows_at_once) {
  put(flow_, {clock_.now() + 2h, 1.0, {}});
  const auto watcher = watch({.things = {"pump-1"}, .properties = {"flow"}});
  EXPECT_EQ(numbers(watcher->take()), std::vector{1.0});
  clock_.advance(1min);
  put(flow_, {clock_.now(), 2.0, {}});
  clock_.advance(500ms);
  EXPECT_EQ(numbers(watcher->take()), std::vector{2.0});
  EXPECT_EQ(services_->twins.property("pump-1", "flow")->current.last->received,
            clock_.now() - 500ms);
}

TEST_F(LiveTest, a_property_that_is_new_joins_the_watch) {
  const auto watcher = watch({.things = {"pump-1"}});
  watcher->take();
  const auto speed = define("pump-1", "speed");
  put(speed, {clock_.now(), 3.0, {}});
  clock_.advance(1s);
  EXPECT_EQ(numbers(watcher->take()), std::vector{3.0});
}

TEST_F(LiveTest, edges_are_sent_when_a_person_would_see_a_difference) {
  origins_.all = {{.name = "edge-1", .is_connected = true, .since = clock_.now()}};
  const auto watcher = watch({});
  ASSERT_EQ(watcher->take().edges.size(), 1U);
  clock_.advance(1s);
  EXPECT_TRUE(watcher->take().is_empty());
  clock_.advance(1s);
  origins_.all[0].is_connected = false;
  origins_.all[0].since = clock_.now();
  const auto update = watcher->take();
  ASSERT_EQ(update.edges.size(), 1U);
  EXPECT_FALSE(update.edges[0].origin.is_connected);
}

TEST_F(LiveTest, a_value_whose_edge_went_is_sent_again_as_stale) {
  origins_.all = {{.name = "edge-1", .is_connected = true, .since = clock_.now()}};
  put(flow_, {clock_.now(), 1.0, {}});
  const auto watcher = watch({.things = {"pump-1"}, .properties = {"flow"}});
  EXPECT_FALSE(watcher->take().values.at(0).current.staleness.is_stale);
  clock_.advance(1s);
  origins_.all[0].is_connected = false;
  origins_.all[0].since = clock_.now();
  services_->start();  // its thread looks at once
  bool is_stale = false;
  for (int i = 0; i < 200 && !is_stale; ++i) {
    ::usleep(10'000);
    clock_.advance(500ms);
    for (const Property& one : watcher->take().values) is_stale = one.current.staleness.is_stale;
  }
  EXPECT_TRUE(is_stale);
  services_->stop();
}

TEST_F(LiveTest, a_session_that_ended_ends_the_watch_within_a_second) {
  const auto watcher = watch({.things = {"pump-1"}});
  EXPECT_FALSE(watcher->take().has_session_ended);
  ASSERT_TRUE(services_->access.logout(caller_));
  clock_.advance(1s);
  EXPECT_TRUE(watcher->take().has_session_ended);
}

TEST_F(LiveTest, what_cannot_be_watched_is_refused_with_a_next_step) {
  const auto unknown = services_->live.open(caller_, {.things = {"pmup-1"}});
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error().hint, "Did you mean pump-1?");
  for (const base::Duration interval : {base::Duration(99ms), base::Duration(61s)}) {
    EXPECT_EQ(services_->live.open(caller_, {.interval = interval}).error().code,
              ErrorCode::kInvalid);
  }
  std::vector<std::unique_ptr<LiveWatch>> all;
  for (std::size_t i = 0; i < kLiveStreamsMax; ++i) all.push_back(watch({}));
  EXPECT_EQ(services_->live.watcher_count(), kLiveStreamsMax);
  const auto refused = services_->live.open(caller_, {});
  EXPECT_EQ(refused.error().code, ErrorCode::kLimited);
  all.pop_back();
  EXPECT_TRUE(services_->live.open(caller_, {}));
}

}  // namespace
}  // namespace millrace::service
