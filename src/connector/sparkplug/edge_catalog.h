#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "model/sample.h"
#include "pipeline/outbound.h"

namespace millrace::connector::sparkplug {

/// A metric of a device as its birth certificate lists it.
struct CatalogMetric {
  model::BatchProperty property;
  std::string name;  // of the metric: the property's, or a variant "flow~2"
  std::string title;
  std::uint64_t alias = 0;
  model::Sample last;  // newest live one; monostate before the first
  bool has_last = false;
};

struct CatalogThing {
  std::string name;
  std::vector<CatalogMetric> metrics;
};

/// Everything an edge node will ever publish, with an alias for each metric that is unique in the
/// whole node (tck-id-payloads-alias-uniqueness). It grows when a batch from the spool brings what
/// the configuration no longer has; a property under another type or unit is a metric of its own.
class EdgeCatalog {
 public:
  EdgeCatalog(const std::vector<pipeline::OutboundProperty>& properties, std::uint64_t first_alias);

  /// Takes over the newest live values of what `before` has, too.
  void remember(const EdgeCatalog& before);

  enum class Growth { kNone, kGrew };
  /// For each property of the batch its place in the thing's metrics.
  struct Places {
    std::size_t thing = 0;
    std::vector<std::size_t> metrics;
    Growth growth = Growth::kNone;
  };
  Places place(const model::Batch& batch);
  /// Remembers the newest live values, for births.
  void note_live(const Places& places, const model::Batch& batch);

  const std::vector<CatalogThing>& things() const { return things_; }

 private:
  using Key = std::tuple<std::string, model::ValueType, std::string>;

  std::size_t thing(const std::string& name);
  std::size_t metric(std::size_t thing, const model::BatchProperty& property, Growth& growth);

  std::vector<CatalogThing> things_;
  std::map<std::string, std::size_t> thing_places_;
  std::vector<std::map<Key, std::size_t>> metric_places_;  // by thing
  std::uint64_t next_alias_;
};

}  // namespace millrace::connector::sparkplug
