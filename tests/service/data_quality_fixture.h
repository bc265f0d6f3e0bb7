#pragma once

#include <map>
#include <string>
#include <vector>

#include "service/data_quality.h"
#include "service_fixture.h"

namespace millrace::service {

inline model::Quality marked(model::Reason reason) { return model::Quality().marked(reason); }
inline std::optional<model::Quality> good(base::Time) { return model::Quality(); }

/// A pump's flow of one sample a second, with facts, origins and filters as a test sets them.
class DataQualityTest : public ServiceTest {
 protected:
  DataQualityTest() {
    facts_["pump-1/flow"].contract.interval = base::Duration(1s);
    facts_["pump-1/flow"].contract.range_max = 100;
    facts_["pump-1/flow"].binding = "pump-1-opcua";
    facts_["pump-1/flow"].alarms = {"high"};
    facts_["pump-2/flow"].contract.siblings = {"pump-1/flow", "pump-3/flow"};
    flow_ = define("pump-1", "flow");
    define("pump-2", "flow");
    remake();
  }

  void remake() {
    Deps with_facts = deps();
    with_facts.property_facts = [this](std::string_view thing,
                                       std::string_view property) -> std::optional<PropertyFacts> {
      const auto found = facts_.find(std::format("{}/{}", thing, property));
      if (found == facts_.end()) return std::nullopt;
      return found->second;
    };
    with_facts.filter_reports = [this] { return reports_; };
    services_ = std::make_unique<Services>(with_facts);
  }

  /// One sample a second for an hour, beginning an hour ago, with the quality that `of` gives.
  void fill(auto of) {
    store::Commit commit;
    for (int i = 0; i < 3600; ++i) {
      const std::optional<model::Quality> quality = of(i);
      const base::Time time = begin() + std::chrono::seconds(i);
      if (quality) {
        commit.samples.push(flow_, model::ValueType::kF64, {time, 1.0 * i, *quality}, time);
      }
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  /// Applies resources; without problems.
  void apply(const std::string& text) {
    const auto applied = services_->resources.apply(admin(), {.files = {{"a.yaml", text}}});
    ASSERT_TRUE(applied) << base::describe(applied.error());
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
  }
  /// A sample each `each` from `from` until `to`, with the quality that `of(time)` gives, if any;
  /// each arrives at its time.
  void fill(model::SeriesId series, base::Time from, base::Time to, base::Duration each, auto of) {
    store::Commit commit;
    for (base::Time time = from; time < to; time += each) {
      const std::optional<model::Quality> quality = of(time);
      if (!quality) continue;
      commit.samples.push(series, model::ValueType::kF64, {time, 1.0, *quality}, time);
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  std::vector<QualityProblem> problems(base::Duration range = 24h) {
    const auto found = services_->quality.problems(
        {.site = {}, .thing = "", .start = clock_.now() - range, .active = {}}, {});
    EXPECT_TRUE(found) << base::describe(found.error());
    return found ? found->items : std::vector<QualityProblem>();
  }

  base::Time begin() const { return clock_.now() - 1h; }

  QualityTally tally(QualityLevel level = QualityLevel::kThing,
                     store::Corrections corrections = store::Corrections::kApplied) {
    const auto scores = services_->quality.scores({.level = level,
                                                   .site = {},
                                                   .thing = "pump-1",
                                                   .range = {begin(), clock_.now()},
                                                   .step = 1h,
                                                   .corrections = corrections});
    EXPECT_TRUE(scores) << base::describe(scores.error());
    EXPECT_EQ(scores->rows.size(), 1U);
    return scores->rows.empty() ? QualityTally() : scores->rows.front().tally;
  }

  std::map<std::string, PropertyFacts> facts_;
  std::vector<FilterReport> reports_;
  model::SeriesId flow_{};
};

}  // namespace millrace::service
