#include "service/import_past.h"

#include <algorithm>
#include <deque>

#include "service/rule_marks.h"

namespace millrace::service {
namespace {

using model::PropertyContract;

constexpr std::size_t kPastLeast = 64;            // what orders, gaps and rates need, and more
constexpr std::size_t kPastOfUnits = 100'000;     // two epochs of UnitJumpWatch
constexpr std::size_t kPastTogether = 4'000'000;  // samples in memory
constexpr std::size_t kOutliersBesides = 4;       // a past of which three in four are implausible
constexpr base::Duration kSpacing = std::chrono::seconds(1);  // where nothing is known of it
constexpr base::Duration kFurthest = std::chrono::days(3'660);
constexpr int kWiden = 8;

std::size_t samples_needed(const PropertyContract& contract) {
  std::size_t needed = kPastLeast;
  if (contract.outlier_z) {
    needed = std::max(needed, kOutliersBesides * std::size_t{contract.outlier_samples});
  }
  return contract.unit_jump ? kPastOfUnits : needed;
}

/// The last `most` samples in [start, before) that the source has said, silences left out.
base::Result<std::deque<model::Sample>> last_samples(const store::SeriesStore& store,
                                                     const ImportPast& wanted, base::Time start,
                                                     std::size_t most) {
  std::deque<model::Sample> last;
  store::RawQuery query{.series = wanted.series,
                        .start = start,
                        .end = wanted.before,
                        .corrections = store::Corrections::kLeftOut};
  do {
    MILLRACE_LET(store::RawResult page, store.raw(query));
    for (model::Sample& sample : page.samples) {
      if (sample.value.index() == 0 && sample.quality.has(model::Reason::kStale)) continue;
      sample.quality = as_it_came(sample.quality);
      last.push_back(std::move(sample));
      if (last.size() > most) last.pop_front();
    }
    query.after = page.next;
  } while (query.after);
  return last;
}

/// Reaches further back until there are enough, or there is no more.
base::Result<std::deque<model::Sample>> past_of_one(const store::SeriesStore& store,
                                                    const PropertyContract& contract,
                                                    const ImportPast& wanted, std::size_t most) {
  const std::size_t needed = std::min(samples_needed(contract), most);
  const base::Duration flat = 2 * contract.flat_line.value_or(base::Duration());
  const base::Duration furthest =
      wanted.after ? wanted.before - *wanted.after - base::Duration(1) : kFurthest;
  base::Duration reach = std::min(
      std::max(flat, static_cast<std::int64_t>(needed) * contract.interval.value_or(kSpacing)),
      furthest);
  while (true) {
    MILLRACE_LET(auto last, last_samples(store, wanted, wanted.before - reach, most));
    if (last.size() >= needed || reach >= furthest) return last;
    reach = std::min(reach * kWiden, furthest);
  }
}

}  // namespace

base::Result<std::vector<PastSample>> past_of(const store::SeriesStore& store,
                                              const std::vector<PropertyContract>& contracts,
                                              std::span<const ImportPast> wanted) {
  std::vector<PastSample> past;
  const std::size_t most =
      std::max(kPastTogether / std::max<std::size_t>(wanted.size(), 1), kPastLeast);
  for (const ImportPast& one : wanted) {
    MILLRACE_LET(auto samples, past_of_one(store, contracts[one.place], one, most));
    for (model::Sample& sample : samples) past.push_back({one.place, std::move(sample)});
  }
  std::ranges::stable_sort(past, {}, [](const PastSample& one) { return one.sample.time; });
  return past;
}

}  // namespace millrace::service
