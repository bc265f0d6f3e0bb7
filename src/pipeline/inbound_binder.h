#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/hub_binding.h"
#include "pipeline/inbound.h"
#include "pipeline/payload_reader.h"
#include "pipeline/rule_set.h"
#include "pipeline/topic_turns.h"
#include "pipeline/unit_agreement.h"

namespace millrace::pipeline {

/// Takes what third parties send to the things they are bound to: value by value through transform,
/// contract and quality rules, which run here because the hub is the first to see the raw value. A
/// metric that says another unit than its binding is kept and marked wrong_unit. What no binding
/// names goes on as it came, and so does a payload in which no binding finds anything; of a payload
/// that is bound in part the rest goes on, without what was bound. A '+' stands for one device,
/// which may be replaced: where topics take turns in feeding a row, its samples are marked
/// mixed_sources, and take_mixed() says so once.
///
/// Not thread safe; one owner, the ingest thread.
class InboundBinder {
 public:
  /// Errors: invalid (an address that is no path into JSON).
  static base::Result<std::unique_ptr<InboundBinder>> create(std::vector<HubBinding> bindings,
                                                             TimeTolerance tolerance,
                                                             CompareUnits compare = {});

  /// Under which property of the automatic thing each metric comes, as its birth says. Before the
  /// values of the birth; for things that are not bound, too, as a successor may bind them.
  void learn(const std::string& thing, const std::vector<BornProperty>& properties);
  /// Takes over what the former one has learned: names, and what the rules of properties whose
  /// contract is the same remember. The former one binds no more.
  void succeed(InboundBinder& former);

  /// The batches that come of one: of each thing that is fed one, and last the rest, if any.
  std::vector<BatchArrived> bind(BatchArrived arrived);

  /// Once a second: the samples that say that there is none, each of a property that says nothing
  /// for as long as its contract's `stale`; without an origin.
  std::vector<BatchArrived> listen(base::MonotonicTime monotonic, base::Time now);

  /// Properties of one thing that several devices are found to feed at once.
  struct Mixed {
    std::string thing;
    std::string binding;
    std::vector<std::string> properties;
    std::pair<std::string, std::string> topics;  // two of them
  };
  /// What was found since it was asked last.
  std::vector<Mixed> take_mixed() { return std::exchange(mixed_, {}); }

  struct Counts {
    std::uint64_t bound = 0;       // samples that reached a property
    std::uint64_t unreadable = 0;  // payloads that are no JSON, or have none of the values
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Row {
    HubBindingRow spec;
    std::string source;     // property of the automatic thing that holds the metric
    std::size_t place = 0;  // in rules_
    bool is_heard = false;  // since listen() was called last
    std::optional<base::MonotonicTime> last_heard = {};
    TopicTurns turns = {};
  };
  struct Bound {
    HubBinding spec;
    std::optional<PayloadReader> reader;  // of JSON
    std::vector<Row> rows;
  };
  using Names = std::map<std::string, std::string, std::less<>>;  // metric → property

  explicit InboundBinder(CompareUnits compare) : units_(std::move(compare)) {}
  base::Result<void> add(HubBinding binding);
  void take_rules(InboundBinder& former);
  void name_rows(const std::string& thing, const Names& names);
  std::vector<BatchArrived> bind_metrics(BatchArrived arrived);
  void bind_metrics(Bound& bound, const BatchArrived& arrived, std::vector<bool>& is_taken,
                    std::vector<BatchArrived>& out);
  std::vector<BatchArrived> bind_payloads(BatchArrived arrived);
  void note_topic(const Bound& bound, Row& row, const BatchArrived& arrived, model::Sample& sample);
  bool bind_payload(const std::vector<Bound*>& readers, model::Sample& payload,
                    const BatchArrived& arrived, std::vector<BatchArrived>& fed);
  void take(Row& row, model::Sample sample, BatchArrived& fed);

  std::vector<std::unique_ptr<Bound>> bindings_;
  std::vector<model::PropertyContract> contracts_;  // of all rows, by place
  std::unique_ptr<RuleSet> rules_;
  std::multimap<std::string, Bound*, std::less<>> by_thing_;
  std::multimap<std::string, Bound*, std::less<>> by_topic_;  // without wildcards
  std::vector<Bound*> by_filter_;                             // with '+' or '#'
  std::map<std::string, Names, std::less<>> born_;  // by thing; metrics whose names are no Names
  UnitAgreement units_;
  std::vector<Mixed> mixed_;
  Counts counts_;
};

}  // namespace millrace::pipeline
