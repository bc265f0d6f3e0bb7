// What quality rules and filters cost: nanoseconds of CPU for each sample of one property. Prints
// JSON. The first row is what every tag pays; the others say what each option adds to it.

#include <algorithm>
#include <cmath>
#include <ctime>
#include <print>

#include "pipeline/filter.h"
#include "pipeline/rule_set.h"

namespace {

using namespace millrace;
using namespace std::chrono_literals;

constexpr int kSamples = 200'000;
constexpr int kRepeats = 5;

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

std::vector<model::Sample> samples() {
  std::vector<model::Sample> made;
  for (int i = 0; i < kSamples; ++i) {
    const double value = 50 + 10 * std::sin(i / 500.0) + 0.1 * std::sin(i * 12.9898);
    made.push_back({base::Time(1'800'000'000s) + i * 1s, value, {}});
  }
  return made;
}

model::PropertyContract plain() {
  model::PropertyContract contract{.thing = "t", .property = "a", .unit = "bar"};
  contract.range_min = 0;
  contract.range_max = 100;
  contract.rate_max_per_s = 5;
  contract.flat_line = 60s;
  contract.interval = 1s;
  contract.stale = 10s;
  return contract;
}

template <class Work>
double median_ns(Work work) {
  std::vector<double> times;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const double began = cpu_ns();
    work();
    times.push_back((cpu_ns() - began) / kSamples);
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

double rules_ns(const std::vector<model::Sample>& all,
                const std::vector<model::PropertyContract>& contracts) {
  std::size_t not_good = 0;
  const double ns = median_ns([&] {
    pipeline::RuleSet rules(contracts, {});
    for (const model::Sample& sample : all) {
      for (std::size_t place = 0; place < contracts.size(); ++place) {
        not_good += rules.check(place, sample, sample.time).quality.is_good() ? 0 : 1;
      }
    }
  });
  if (not_good > 0) std::println(stderr, "{} samples are not good", not_good);
  return ns / double(contracts.size());
}

double filter_ns(const std::vector<model::Sample>& all, const model::FilterPolicy& policy) {
  return median_ns([&] {
    const auto filter = pipeline::make_filter(policy);
    pipeline::Filter::Samples out;
    for (const model::Sample& sample : all) {
      filter->take(sample, out);
      out.clear();
    }
  });
}

}  // namespace

int main() {
  const auto all = samples();
  auto outlier = plain(), unit_jump = plain(), sibling = plain();
  outlier.outlier_z = 10;
  outlier.outlier_tolerance = 1;
  unit_jump.unit_jump = true;
  std::vector<model::PropertyContract> three(3, sibling);
  for (std::size_t i = 0; i < 3; ++i) {
    three[i].property = std::string(1, char('a' + int(i)));
    three[i].outlier_tolerance = 1;
    for (const char* name : {"a", "b", "c"}) {
      if (name != three[i].property) three[i].siblings.emplace_back(name);
    }
  }
  using model::FilterKind;
  std::println(R"({{"rules_ns": {:.0f}, "with_outlier_ns": {:.0f}, "with_unit_jump_ns": {:.0f}, )"
               R"("with_two_siblings_ns": {:.0f}, "deadband_ns": {:.0f}, )"
               R"("swinging_door_ns": {:.0f}, "window_ns": {:.0f}}})",
               rules_ns(all, {plain()}), rules_ns(all, {outlier}), rules_ns(all, {unit_jump}),
               rules_ns(all, three), filter_ns(all, {.deadband_absolute = 0.5}),
               filter_ns(all, {.kind = FilterKind::kSwingingDoor, .deviation = 0.5}),
               filter_ns(all, {.kind = FilterKind::kWindow, .window = 10s}));
  return 0;
}
