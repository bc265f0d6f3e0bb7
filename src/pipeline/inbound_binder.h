#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_path.h"
#include "model/property_contract.h"
#include "model/transform.h"
#include "pipeline/inbound.h"
#include "pipeline/rule_set.h"

namespace millrace::pipeline {

/// One row of a binding at the hub: which address of a third party feeds which property.
struct HubBindingRow {
  /// A metric, by the name its property has as an automatic thing; or a path into JSON.
  std::string address;
  model::PropertyContract contract;  // with its thing
  model::Transform transform;
};

/// What feeds a thing at the hub. Of two kinds: an automatic thing of a third-party node (`thing`),
/// or plain MQTT topics with JSON (`topic`).
struct HubBinding {
  std::string name;
  std::string site;       // of the thing that is fed
  std::string thing;      // automatic name; empty for MQTT
  std::string topic;      // MQTT filter, with '+' and '#'
  std::string time_path;  // of JSON; empty: the time of arrival
  std::vector<HubBindingRow> rows;
};

/// The property under which the payloads of a plain MQTT topic are kept.
inline constexpr std::string_view kPayloadProperty = "payload";

/// Whether a topic fits an MQTT filter (MQTT 5.0, 4.7).
bool fits_topic_filter(std::string_view filter, std::string_view topic);

/// Takes what third parties send to the things they are bound to: value by value through transform,
/// contract and quality rules, which run here because the hub is the first to see the raw value.
/// What no binding names goes on as it came.
///
/// Not thread safe; one owner, the ingest thread.
class InboundBinder {
 public:
  /// Errors: invalid (an address that is no path into JSON).
  static base::Result<std::unique_ptr<InboundBinder>> create(std::vector<HubBinding> bindings,
                                                             TimeTolerance tolerance);

  /// The batches that come of one: of each thing that is fed one, and last the rest, if any.
  std::vector<BatchArrived> bind(BatchArrived arrived);

  struct Counts {
    std::uint64_t bound = 0;       // samples that reached a property
    std::uint64_t unreadable = 0;  // payloads that are no JSON, or have none of the values
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Row {
    HubBindingRow spec;
    std::unique_ptr<codec::JsonPath> path;
    std::size_t place = 0;  // in rules_
  };
  struct Bound {
    HubBinding spec;
    std::unique_ptr<codec::JsonPath> time;
    std::vector<Row> rows;
  };

  InboundBinder() = default;
  base::Result<void> add(HubBinding binding);
  void bind_metrics(Bound& bound, BatchArrived& arrived, std::vector<BatchArrived>& out);
  void bind_payloads(Bound& bound, const BatchArrived& arrived, std::vector<BatchArrived>& out);
  void read_payload(Bound& bound, const model::Sample& payload, base::Time received,
                    model::Batch& batch);
  void take(Row& row, model::Sample sample, base::Time received, model::Batch& batch);

  std::vector<std::unique_ptr<Bound>> bindings_;
  std::vector<model::PropertyContract> contracts_;  // of all rows, until there are rules_
  std::unique_ptr<RuleSet> rules_;
  std::multimap<std::string, Bound*, std::less<>> by_thing_;
  std::vector<Bound*> by_topic_;
  Counts counts_;
};

/// The samples of one stored payload or metric as the row's property has them: what a backfill of
/// what arrived before makes of it. Marks of time are left to the caller.
std::vector<model::Sample> read_row(const HubBindingRow& row, const codec::JsonPath* path,
                                    const codec::JsonPath* time, const model::Sample& raw);

}  // namespace millrace::pipeline
