#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/series.h"
#include "service/titles.h"
#include "twin/catalog.h"

namespace millrace::service {

/// What is known of an automatic thing: whose values it keeps.
struct AutomaticSource {
  bool is_topic = false;
  std::string path;  // MQTT topic; or "group/node/device", "group/node/" for the node's own metrics
};

/// The source of a thing that nobody configured; empty for one of an edge or an import.
std::optional<AutomaticSource> automatic_source(const Titles& titles, const std::string& thing,
                                                const std::vector<const model::Series*>& series);

/// Under which address a binding names what a series of an automatic thing keeps: the metric as its
/// birth has it.
const std::string& address_of(const model::Series& series);

/// The third-party sources that the bindings of a catalog name. Immutable; views into the catalog,
/// which lives longer.
class BoundSources {
 public:
  explicit BoundSources(const twin::Catalog& catalog);

  /// Whether a binding reads anything of it.
  bool reads(const AutomaticSource& source) const;
  /// The bindings that read the payloads of a topic.
  std::vector<const twin::Binding*> of_topic(std::string_view topic) const;
  /// Whether a binding reads what this series of it keeps.
  bool reads(const AutomaticSource& source, const model::Series& series) const;

 private:
  std::map<std::string, std::set<std::string_view>, std::less<>> metrics_;  // by path
  std::multimap<std::string_view, const twin::Binding*> topics_;            // without wildcard
  std::vector<std::pair<std::string_view, const twin::Binding*>> filters_;
};

}  // namespace millrace::service
