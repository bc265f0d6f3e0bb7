#include "pipeline/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "codec/delivery_body.h"
#include "codec/sparkplug.h"
#include "pipeline/quality_rules.h"

namespace millrace::pipeline {
namespace {

using model::FilterKind;
using model::FilterPolicy;
using model::Quality;
using model::Reason;
using model::Sample;
using model::WindowValue;
using namespace std::chrono_literals;

constexpr base::Time kFilterStart{std::chrono::seconds(1'800'000'000)};

Sample at(base::Duration after, model::Value value, Quality quality = {}) {
  return {kFilterStart + after, std::move(value), quality};
}

Filter::Samples filtered(Filter& filter, const std::vector<Sample>& samples) {
  Filter::Samples out;
  for (const Sample& sample : samples) filter.take(sample, out);
  filter.flush(out);
  return out;
}

TEST(Deadband, SendsWhatMovedAndAHeartbeatAndCountsTheRest) {
  const auto filter = make_filter({.deadband_absolute = 1, .heartbeat = 10s});
  const auto passes = [&](base::Duration after, double value, Quality quality = {}) {
    Filter::Samples out;
    filter->take(at(after, value, quality), out);
    return !out.empty();
  };
  EXPECT_TRUE(passes(0s, 5.0));
  EXPECT_FALSE(passes(1s, 5.75));
  EXPECT_TRUE(passes(2s, 6.1));
  EXPECT_FALSE(passes(3s, 6.1));
  EXPECT_TRUE(passes(12s, 6.1));
  EXPECT_TRUE(passes(13s, 6.1, Quality().marked(Reason::kFlatLine)));
  EXPECT_EQ(filter->figures().received - filter->figures().sent, 2U);
  EXPECT_DOUBLE_EQ(filter->figures().error_max, 0.75);
  EXPECT_DOUBLE_EQ(filter->figures().error_mean, 0.375);
}

TEST(Filters, NewsThatFollowAHeartbeatAreNoChangeOfQuality) {
  const Quality standing = Quality().marked(Reason::kNoSourceTime, model::Severity::kGood);
  for (const FilterPolicy& policy :
       {FilterPolicy{.deadband_absolute = 1, .heartbeat = 1h},
        FilterPolicy{.kind = FilterKind::kException, .heartbeat = 1h},
        FilterPolicy{.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 1h},
        FilterPolicy{.kind = FilterKind::kSample, .window = 1h},
        FilterPolicy{.kind = FilterKind::kWindow, .window = 1h}}) {
    const auto filter = make_filter(policy);
    Filter::Samples out;
    filter->take(at(0s, 5.0), out);
    filter->take(at(10s, 5.0, standing), out);
    EXPECT_EQ(out.size(), 2U) << "how it stands passes, also within a band";
    filter->take(at(20s, 5.0), out);
    filter->take(at(30s, 5.0), out);
    EXPECT_EQ(out.size(), 2U) << "nothing has moved";
    filter->take(at(40s, 5.0, Quality().marked(Reason::kFlatLine)), out);
    EXPECT_EQ(out.back().time, kFilterStart + 40s);
  }
  const Quality bad = Quality().marked(Reason::kNotReadable);
  EXPECT_TRUE(is_change(bad, Quality()));
  EXPECT_TRUE(is_change(bad.marked(Reason::kNoSourceTime), bad)) << "of good ones only";
  const Quality flat = Quality().marked(Reason::kFlatLine, model::Severity::kGood);
  EXPECT_TRUE(is_change(standing, flat));
  EXPECT_FALSE(is_change(standing.marked(Reason::kFlatLine, model::Severity::kGood), flat));
}

TEST(Filter, SaysWhatItHoldsOnlyWhereItWaitsForAnEnd) {
  for (const FilterPolicy& policy :
       {FilterPolicy{.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 1h},
        FilterPolicy{.kind = FilterKind::kWindow, .window = 1h}}) {
    const auto filter = make_filter(policy);
    Filter::Samples out;
    filter->take(at(1s, 5.0), out);
    EXPECT_FALSE(filter->held()) << "the first one passes";
    for (const auto second : {2s, 3s, 5s}) filter->take(at(second, 5.0), out);
    EXPECT_EQ(filter->held(), (HeldSamples{kFilterStart + 2s, kFilterStart + 5s, 3}));
    filter->flush(out);
    EXPECT_FALSE(filter->held());
    EXPECT_EQ(out.size(), 2U);
  }
  const auto deadband = make_filter({.deadband_absolute = 1, .heartbeat = 1h});
  filtered(*deadband, {at(1s, 5.0), at(2s, 5.0)});
  EXPECT_FALSE(deadband->held()) << "what it holds back it never sends";
}

TEST(ReportByException, SendsEveryChangeOfTextAndNumberAndNoRepetition) {
  const auto filter = make_filter({.kind = FilterKind::kException, .heartbeat = 1h});
  const auto out = filtered(*filter, {at(0s, std::string("on")), at(1s, std::string("on")),
                                      at(2s, std::string("off")), at(3s, std::string("off"))});
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[1], at(2s, std::string("off")));
}

TEST(SwingingDoor, SendsTheEndsOfAStraightLineOnly) {
  const auto filter =
      make_filter({.kind = FilterKind::kSwingingDoor, .deviation = 0.1, .heartbeat = 1h});
  std::vector<Sample> ramp;
  for (int i = 0; i <= 100; ++i) ramp.push_back(at(std::chrono::seconds(i), 2.0 * i));
  for (int i = 101; i <= 200; ++i) ramp.push_back(at(std::chrono::seconds(i), 200.0));
  const auto out = filtered(*filter, ramp);
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[1], ramp[100]);
  EXPECT_EQ(out[2], ramp[200]);
}

TEST(Sampling, SendsTheFirstOfEachWindow) {
  const auto filter = make_filter({.kind = FilterKind::kSample, .window = 10s});
  std::vector<Sample> samples;
  for (int i = 0; i < 30; ++i) samples.push_back(at(std::chrono::seconds(i), 1.0 * i));
  const auto out = filtered(*filter, samples);
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[2], samples[20]);
  EXPECT_DOUBLE_EQ(filter->figures().error_max, 9);
  EXPECT_DOUBLE_EQ(filter->figures().error_mean, 5);
}

TEST(Windowing, GivesEachKindOfValueOfAWindow) {
  const std::vector<Sample> samples = {at(0s, 9.0),  at(10s, 1.0), at(12s, 5.0), at(15s, 0.0),
                                       at(18s, 2.0), at(20s, 7.0), at(21s, 9.0)};
  const auto second = [&](WindowValue value) {
    const auto filter =
        make_filter({.kind = FilterKind::kWindow, .window = 10s, .window_value = value});
    return filtered(*filter, samples).at(1);
  };
  EXPECT_EQ(second(WindowValue::kMean), at(10s, 2.0));
  EXPECT_EQ(second(WindowValue::kMin), at(15s, 0.0));
  EXPECT_EQ(second(WindowValue::kMax), at(12s, 5.0));
  EXPECT_EQ(second(WindowValue::kFirst), at(10s, 1.0));
  EXPECT_EQ(second(WindowValue::kLast), at(18s, 2.0));
}

TEST(Windowing, AMeanOfWholeNumbersIsRoundedAndWhatHasNoneIsTheLast) {
  const auto sent = [](const model::Value& first, const model::Value& second) {
    const auto filter = make_filter({.kind = FilterKind::kWindow, .window = 10s});
    Filter::Samples out;
    filter->take({base::Time(10s), first, {}}, out);  // the first ever passes by itself
    filter->take({base::Time(20s), first, {}}, out);
    filter->take({base::Time(28s), second, {}}, out);
    filter->flush(out);
    return std::pair(out.back().time, out.back().value);
  };
  EXPECT_EQ(sent(std::int64_t{-1480}, std::int64_t{-1483}),
            std::pair(base::Time(20s), model::Value(std::int64_t{-1482})));
  EXPECT_EQ(sent(std::uint64_t{10}, std::uint64_t{13}),
            std::pair(base::Time(20s), model::Value(std::uint64_t{12})));
  EXPECT_EQ(sent(std::int64_t{1} << 60, std::int64_t{1} << 61),
            std::pair(base::Time(28s), model::Value(std::int64_t{1} << 61)));
  EXPECT_EQ(sent(true, false), std::pair(base::Time(28s), model::Value(false)));
}

TEST(Windowing, AMeanNeverMixesQualities) {
  const Quality bad = Quality().marked(Reason::kOutOfRange);
  const auto filter = make_filter({.kind = FilterKind::kWindow, .window = 1h});
  const auto out = filtered(*filter, {at(0s, 1.0), at(1s, 2.0), at(2s, 4.0), at(3s, 900.0, bad),
                                      at(4s, 1000.0, bad), at(5s, 3.0)});
  ASSERT_EQ(out.size(), 5U);
  EXPECT_EQ(out[1], at(1s, 3.0)) << "of what came after the first, which went by itself";
  EXPECT_EQ(out[2], at(3s, 900.0, bad));
  EXPECT_EQ(out[3], at(4s, 1000.0, bad));
  EXPECT_EQ(out[4], at(5s, 3.0));
}

TEST(Filters, HoldNothingForLongerThanTheyMayLose) {
  for (const FilterPolicy& policy :
       {FilterPolicy{.kind = FilterKind::kWindow, .window = 1h, .window_value = WindowValue::kMax},
        FilterPolicy{.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 24h}}) {
    const auto filter = make_filter(policy);
    Filter::Samples sent;
    for (int minute = 0; minute < 120; ++minute) {
      const auto after = std::chrono::minutes(minute);
      filter->take(at(after, 1.0), sent);
      EXPECT_LE(kFilterStart + after - sent.back().time, 2 * kHeldLongest) << minute;
    }
    EXPECT_GE(sent.size(), 11U);
  }
  EXPECT_EQ(held_part(15min), 450s);
  EXPECT_EQ(held_part(10min), 10min);
  EXPECT_EQ(held_part(10min + 1us), 5min) << "of whole microseconds";
}

/// A random walk with everything that plants do: steps, noise, marks, repeated and late times,
/// values that are missing or no number.
std::vector<Sample> random_series(base::Random& random, double scale) {
  std::vector<Sample> samples;
  base::Time time = kFilterStart;
  double level = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto die = random.next() % 1000;
    time += std::chrono::microseconds(1 + random.next() % 3'000'000);
    level += scale * (random.uniform() - 0.5) * (die < 20 ? 50 : 1);
    Sample sample{time, level, {}};
    if (die >= 20 && die < 35) sample.quality = sample.quality.marked(Reason::kRateOfChange);
    if (die >= 35 && die < 40) sample.value = std::monostate{};
    if (die >= 40 && die < 45) sample.value = std::numeric_limits<double>::quiet_NaN();
    if (die >= 45 && die < 50) sample.time -= 10s;
    if (die >= 50 && die < 55 && !samples.empty()) sample.time = samples.back().time;
    samples.push_back(sample);
  }
  return samples;
}

/// Checks that what was sent is a part of what came, in its order (a mean apart).
void expect_order_kept(const std::vector<Sample>& came, const Filter::Samples& sent) {
  auto from = came.begin();
  for (const Sample& one : sent) {
    from = std::find_if(from, came.end(), [&](const Sample& other) {
      const auto left = as_number(one.value), right = as_number(other.value);
      const bool both_nan = left && right && std::isnan(*left) && std::isnan(*right);
      return one.time == other.time && one.quality == other.quality &&
             (both_nan || one.value == other.value);
    });
    ASSERT_NE(from, came.end()) << "a sample that never came, or out of order";
    ++from;
  }
}

void expect_quality_changes_sent(const std::vector<Sample>& came, const Filter::Samples& sent) {
  for (std::size_t i = 1; i < came.size(); ++i) {
    if (came[i].quality == came[i - 1].quality) continue;
    EXPECT_TRUE(std::ranges::any_of(sent, [&](const Sample& one) {
      return one.time == came[i].time && one.quality == came[i].quality;
    })) << i;
  }
}

TEST(Filters, NeverReorderNeverInventAndPassEveryChangeOfQuality) {
  base::Random random(20261126);
  for (int round = 0; round < 20; ++round) {
    const double scale = std::pow(10.0, round % 7 - 3);
    const auto series = random_series(random, scale);
    for (const FilterPolicy& policy :
         {FilterPolicy{.deadband_absolute = scale, .heartbeat = 30s},
          FilterPolicy{.kind = FilterKind::kException},
          FilterPolicy{.kind = FilterKind::kSwingingDoor, .deviation = scale, .heartbeat = 30s},
          FilterPolicy{.kind = FilterKind::kSample, .window = 7s},
          FilterPolicy{
              .kind = FilterKind::kWindow, .window = 7s, .window_value = WindowValue::kMax}}) {
      const auto filter = make_filter(policy);
      const auto sent = filtered(*filter, series);
      expect_order_kept(series, sent);
      expect_quality_changes_sent(series, sent);
      EXPECT_EQ(filter->figures().received, series.size());
      EXPECT_EQ(filter->figures().sent, sent.size());
      EXPECT_LE(sent.size(), series.size());
    }
  }
}

/// The same where each sent value holds until the next.
double largest_step(const std::vector<Sample>& series, const std::vector<Sample>& sent) {
  double largest = 0;
  std::size_t shown = 0;
  for (const Sample& one : series) {
    while (shown + 1 < sent.size() && sent[shown + 1].time <= one.time) ++shown;
    largest = std::max(largest, std::abs(*as_number(one.value) - *as_number(sent[shown].value)));
  }
  return largest;
}

/// The straight lines between what was sent, at the times of what came.
double largest_error(const std::vector<Sample>& came, const Filter::Samples& sent) {
  double largest = 0;
  std::size_t next = 0;
  for (const Sample& sample : came) {
    while (next < sent.size() && sent[next].time < sample.time) ++next;
    if (next == 0 || next >= sent.size()) continue;
    const double begin = std::get<double>(sent[next - 1].value);
    const double end = std::get<double>(sent[next].value);
    const double share = std::chrono::duration<double>(sample.time - sent[next - 1].time) /
                         std::chrono::duration<double>(sent[next].time - sent[next - 1].time);
    const double line = begin + share * (end - begin);
    largest = std::max(largest, std::abs(line - std::get<double>(sample.value)));
  }
  return largest;
}

TEST(SwingingDoor, NoHeldBackSampleLiesFurtherFromItsLineThanTheDeviation) {
  base::Random random(7);
  for (int round = 0; round < 60; ++round) {
    const double deviation = std::pow(10.0, round % 9 - 4);
    const double offset = round % 3 == 0 ? 1e6 : 0;
    std::vector<Sample> series;
    base::Time time = kFilterStart;
    double level = offset, slope = 0;
    for (int i = 0; i < 3000; ++i) {
      if (random.next() % 50 == 0) slope = deviation * 4 * (random.uniform() - 0.5);
      level += slope + deviation * (random.uniform() - 0.5);
      time += std::chrono::microseconds(1000 + random.next() % 2'000'000);
      series.push_back({time, level, {}});
    }
    const auto filter = make_filter({.kind = FilterKind::kSwingingDoor,
                                     .deviation = deviation,
                                     .heartbeat = std::chrono::seconds(20 + round)});
    const auto sent = filtered(*filter, series);
    const double largest = largest_error(series, sent);
    EXPECT_LE(largest, deviation + 1e-15 * offset * 64) << "seed 7, round " << round;
    EXPECT_NEAR(filter->figures().error_max, largest, 1e-9 * (1 + offset));
    EXPECT_NEAR(filter->figures().stepped_max, largest_step(series, sent), 1e-9 * (1 + offset));
    EXPECT_LE(filter->figures().error_mean, filter->figures().error_max);
    EXPECT_LT(sent.size(), series.size() / 2);
  }
}

TEST(Filters, KeepTheHeartbeat) {
  for (const FilterPolicy& policy :
       {FilterPolicy{.deadband_absolute = 1, .heartbeat = 60s},
        FilterPolicy{.kind = FilterKind::kException, .heartbeat = 60s},
        FilterPolicy{.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 60s}}) {
    const auto filter = make_filter(policy);
    Filter::Samples sent;
    for (int i = 0; i < 10'000; ++i) filter->take(at(std::chrono::seconds(i), 4.0), sent);
    for (std::size_t i = 1; i < sent.size(); ++i) {
      EXPECT_EQ(sent[i].time - sent[i - 1].time, base::Duration(60s));
    }
    EXPECT_EQ(sent.size(), 10'000U / 60 + 1);
  }
}

/// The estimate of bytes saved stands on this: a batch's metrics and body, encoded.
TEST(FilterMeter, CountsTheBytesThatTheEncodersWrite) {
  const Quality marked = Quality().marked(Reason::kFlatLine);
  for (const Sample& sample :
       {at(1s, 41.7), at(1500us, 41.7), at(1s, 41.7, marked), at(1s, std::int64_t{70'000}),
        at(1s, true), at(1s, std::string("running"))}) {
    codec::sparkplug::Payload payload;
    codec::delivery::BatchBody body;
    const auto us = sample.time.time_since_epoch().count();
    for (std::uint32_t i = 0; i < 500; ++i) {
      codec::sparkplug::Metric metric;
      metric.alias = 200 + i;
      metric.timestamp_ms = static_cast<std::uint64_t>(us / 1000);
      metric.value = codec::sparkplug::to_wire(sample.value);
      if (!sample.quality.is_good()) metric.quality = sample.quality.to_sparkplug();
      payload.metrics.push_back(metric);
      if (us % 1000 != 0) body.remainders_us.push_back(static_cast<std::uint32_t>(us % 1000));
      if (sample.quality.bits() != 0) body.qualities.push_back({i, sample.quality.bits()});
    }
    std::string bytes;
    codec::sparkplug::encode(payload, bytes);
    const std::size_t body_bytes = codec::delivery::encode(body).size();
    const std::size_t body_empty = codec::delivery::encode(codec::delivery::BatchBody{}).size();
    const double each = static_cast<double>(bytes.size() + body_bytes - body_empty) / 500;
    EXPECT_NEAR(static_cast<double>(wire_bytes(sample)), each, 0.1 * each);
  }
}

}  // namespace
}  // namespace millrace::pipeline
