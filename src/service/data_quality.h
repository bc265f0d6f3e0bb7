#pragma once

#include <span>

#include "service/filter_report.h"
#include "service/history.h"

namespace millrace::service {

enum class QualityLevel { kSite, kThing, kProperty };
/// "site", "thing", "property".
std::string_view text(QualityLevel level);

/// Samples counted by what they say of the data, after the characteristics of ISO/IEC 25012 and the
/// quality measures of ISO/IEC 25024. Shares, 0 … 1; empty where nothing can be said.
///
///   completeness  25012 "completeness": samples with a value, repeated ones left out, of those
///                 that the contract's interval lets expect (of a filtered property: its heartbeat
///                 or window), from the first one on; of a bound property of which nothing has
///                 come, from its binding on; of an imported history, up to its last sample
///   validity      25012 "compliance" and ISO 8000-8 "syntactic and semantic quality": not bad
///   timeliness    25012 "currentness": neither late nor stale
///   consistency   25012 "consistency" with the property's own past, its siblings and its clock: no
///                 flat line, outlier, jump, too fast change, duplicate or disorder
struct QualityTally {
  std::uint64_t samples = 0;
  std::uint64_t whole = 0;  // with a value, not repeated
  std::uint64_t valid = 0;
  std::uint64_t timely = 0;
  std::uint64_t consistent = 0;
  double expected = 0;      // 0 when nothing is known
  double whole_capped = 0;  // of properties with an expectation, at most that (score_sheet.h)

  void add(model::Quality quality, std::uint64_t count);
  void add(const QualityTally& other);
  std::optional<double> completeness() const;
  std::optional<double> validity() const;
  std::optional<double> timeliness() const;
  std::optional<double> consistency() const;
  /// The least of the four.
  std::optional<double> score() const;
};

/// Whether a sample of this quality counts for completeness.
bool is_whole(model::Quality quality);

struct ScoreRequest {
  QualityLevel level = QualityLevel::kThing;
  std::optional<std::string> site;
  std::string thing;
  TimeRange range;
  base::Duration step{};
  std::size_t limit = 100;  // of names
  store::Corrections corrections = store::Corrections::kApplied;
};

struct QualityScore {
  std::string site;
  std::string thing;     // empty for a site
  std::string property;  // empty for a thing
  base::Time time;       // of the step
  QualityTally tally;
};

struct QualityScores {
  TimeRange range;
  base::Duration step{};
  model::CommitId commit{};
  std::vector<QualityScore> rows;  // by name, the worst first, and time
};

struct Affected {
  std::string kind;  // "thing", "alarm", "sibling", "binding"
  std::string name;
};

/// One rule that one property breaks.
struct QualityProblem {
  std::string thing;
  std::string property;
  model::Reason rule{};
  model::Severity severity = model::Severity::kGood;
  base::Time since;             // of the present or last episode
  bool since_at_least = false;  // it began still earlier; nobody looked further back
  base::Time last;
  std::uint64_t samples = 0;  // marked since the start asked for
  double share = 0;           // of all since then
  bool is_active = false;     // the newest sample has it, or the property is silent
  std::vector<Affected> affects;
  std::string advice;
};

struct ProblemRequest {
  std::optional<std::string> site;
  std::string thing;
  base::Time start;
  std::optional<bool> active;
};

/// What to check when a rule is broken; one sentence, under the key "quality.advice.<rule>" in the
/// web application.
std::string advice_on(model::Reason rule, const std::optional<PropertyFacts>& facts);

class ScoreSheet;

/// How good the data is, what is wrong with it, and what filters did to it. Any thread; waits for
/// the store.
class DataQuality {
 public:
  DataQuality(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// Errors: not_found (thing), invalid, too_large, timeout.
  base::Result<QualityScores> scores(const ScoreRequest& request) const;
  /// Those that go on first, then by severity and time. Errors: not_found, malformed, timeout.
  base::Result<VersionedPage<QualityProblem>> problems(const ProblemRequest& request,
                                                       const PageRequest& page) const;
  /// The most saved first. Errors: malformed.
  base::Result<VersionedPage<FilterReport>> filters(std::string_view edge,
                                                    const PageRequest& page) const;

 private:
  base::Result<std::vector<model::Series>> choose(const std::optional<std::string>& site,
                                                  std::string_view thing) const;
  base::Duration interval_of(const model::Series& series) const;
  struct Scored {
    model::Series series;
    base::Duration each;  // between expected samples; zero where nothing is known
  };
  base::Result<void> add_scores(std::span<const Scored> scored, base::Duration before,
                                store::QualityQuery& query, ScoreSheet& sheet) const;
  base::Result<void> add_scores(std::span<const Scored> scored, store::QualityQuery& query,
                                ScoreSheet& sheet) const;
  base::Time expected_until(const Scored& scored, base::Time end) const;
  void add_waiting(ScoreSheet& sheet) const;
  using Siblings = std::multimap<std::string, std::string>;
  Siblings siblings() const;
  void add_affected(QualityProblem& problem, const Siblings& siblings) const;

  const Deps& deps_;
  const Twins& twins_;
};

}  // namespace millrace::service
