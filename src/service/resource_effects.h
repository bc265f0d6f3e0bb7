#pragma once

#include "service/contract_changes.h"
#include "service/deps.h"
#include "service/model_trials.h"

namespace millrace::service {

/// Samples of one property that a new contract would mark by one rule and the present one did not,
/// or would mark worse. Of the rule stale: silences.
struct Effect {
  std::string thing;
  std::string property;
  model::Reason rule{};
  model::Severity severity{};  // that the rule would give
  std::uint64_t samples = 0;
  std::uint64_t checked = 0;  // of this property
  std::optional<base::Time> first;
  std::optional<base::Time> last;
  std::optional<base::Time> since;  // nothing before was looked at; empty: all was
  std::optional<base::Time> until;  // nothing from here on was looked at; empty: all was
  double days_seen = 0;             // from since to until
};

/// A property of whose samples not all were looked at, whether that had effects or not.
struct CutShort {
  std::string thing;
  std::string property;
  std::optional<base::Time> since;  // as in Effect
  std::optional<base::Time> until;
  double days_seen = 0;
};

/// A rule that stored samples cannot show, and of how many properties it was left out: when samples
/// arrived (late, clock, out_of_order) is not asked for; what a filter let pass has gaps of its own
/// (gap, stale).
struct RuleLeftOut {
  model::Reason rule{};
  std::size_t properties = 0;
};

/// What nothing was tried on, or what a rule will never do.
struct NotReplayed {
  std::string thing;
  std::string property;  // empty: the whole thing
  std::string why;
};

inline constexpr std::size_t kNotReplayedMax = 100;

struct Effects {
  std::vector<Effect> found;
  std::uint64_t checked = 0;        // samples, of all properties and of the siblings they need
  std::size_t properties = 0;       // with samples, whose contract is new or differs
  std::size_t properties_done = 0;  // of which all was looked at
  model::CommitId commit{};         // data version that the replay stands on
  std::vector<CutShort> cut;        // the others; the least looked at first
  std::vector<ModelTrial> trials;
  std::vector<RuleLeftOut> rules_left_out;
  std::vector<NotReplayed> not_replayed;  // the first kNotReplayedMax

  /// Else the cap or the deadline ended it: some samples were not looked at.
  bool is_complete() const { return properties_done == properties; }
  /// Nothing of some property was looked at before this; empty: no start was raised.
  std::optional<base::Time> since() const;
};

/// What a replay may cost. Each property gets its share; what one does not use, the next ones have.
/// A share that cannot hold all samples goes to the newest.
struct ReplayLimits {
  base::Duration past = std::chrono::days(30);
  base::Duration time = std::chrono::seconds(20);
  std::uint64_t samples = 20'000'000;
  double per_second = 500'000;  // samples; until it is known how fast it really goes
};

/// Replays what is stored of every property whose contract differs between the two catalogs, or is
/// new, under both contracts and counts what the new one marks in addition. A new version of a
/// thing model that no thing refers to yet is replayed as if what refers to the newest earlier one
/// did, things and models. Waits for the store.
base::Result<Effects> effects_of(const twin::Catalog& before, const twin::Catalog& after,
                                 const Deps& deps, const ReplayLimits& limits);

}  // namespace millrace::service
