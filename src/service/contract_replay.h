#pragma once

#include <map>

#include "pipeline/rule_set.h"
#include "service/resource_effects.h"

namespace millrace::service {

/// The series of one thing after the other: what asks for many properties of a thing copies them
/// once.
class SeriesByThing {
 public:
  explicit SeriesByThing(const store::SeriesIndex& index) : index_(index) {}
  /// Until the next call.
  const std::vector<model::Series>& of(const std::string& thing);

 private:
  const store::SeriesIndex& index_;
  std::string thing_;
  std::vector<model::Series> series_;
};

/// A property's samples under two contracts, with those of the siblings that either contract
/// compares them with, in the order of their times; what no process would see together is not
/// compared here either (twin/siblings.h). What marks a sample is taken off first
/// unless its source said it; a sample without a value is shown to the rules and never counted, and
/// one that only says that there was none (stale) is left out: the silence itself is replayed.
class ContractReplay {
 public:
  struct Cost {
    std::uint64_t samples = 0;  // to look at, at most: the newest; a small page always
    base::MonotonicTime end;
  };

  /// What is replayed, and the catalogs that have its contract and those of its siblings.
  struct Subject {
    const twin::Catalog* before = nullptr;
    const twin::Catalog* after = nullptr;
    std::string thing;
    std::string property;
  };

  ContractReplay(const Deps& deps, SeriesByThing& series, const Subject& subject,
                 const store::RawQuery& range);

  /// Whether the property has samples in the range; from memory.
  bool has_samples() const { return !streams_.empty() && !streams_.front().is_at_end; }
  /// Adds to effects. Errors: those of SeriesStore::raw().
  base::Result<void> run(const Cost& cost, Effects& effects);

 private:
  /// A series with its places in the rules.
  struct Stream {
    model::Series series;
    bool is_filtered = false;  // by the policy under which its samples came
    std::optional<std::size_t> before;
    std::optional<std::size_t> after;
    std::vector<model::Sample> page;
    std::size_t next = 0;
    store::RawQuery query;
    bool is_at_end = false;
    bool is_stale_marked = false;  // since the sample before
    std::optional<base::Time> last;
  };
  using Contracts = std::vector<model::PropertyContract>;

  void add(SeriesByThing& series, const Subject& subject, const std::string& thing,
           const std::string& property);
  void add_siblings(SeriesByThing& series, const Subject& subject);
  /// No sample of it lies in the range.
  bool is_silent(const Stream& stream) const;
  /// From when on no more than so many samples are there, to the end of the range.
  base::Result<base::Time> start_of_newest(std::uint64_t samples) const;
  /// The first page of each series.
  base::Result<void> open(base::Time start, const Cost& cost);
  /// The stream whose next sample is the oldest; null at the end, or where it must stop.
  base::Result<Stream*> oldest(const Cost& cost);
  base::Result<void> load(Stream& stream);
  void take(Stream& stream, const model::Sample& sample);
  void judge(const Stream& stream, const model::Sample& sample);
  void listen(const Stream& stream, base::Time now);
  void note(model::Reason rule, base::Time time);
  void report(Effects& effects) const;

  const Deps& deps_;
  const store::RawQuery range_;
  std::vector<Stream> streams_;  // the property's own, then its siblings'
  Contracts contracts_before_, contracts_after_;
  std::optional<pipeline::RuleSet> rules_before_, rules_after_;
  std::uint64_t checked_ = 0;  // of the property
  std::map<model::Reason, Effect> found_;
  std::uint64_t read_ = 0;           // samples
  base::Time time_;                  // of the newest sample that was looked at
  std::optional<base::Time> since_;  // later than the range's start: what was left out lies before
  std::optional<base::Time> stopped_;  // by the cost: time_ then
};

}  // namespace millrace::service
