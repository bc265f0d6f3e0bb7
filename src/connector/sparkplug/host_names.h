#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connector/sparkplug/config.h"

namespace millrace::connector::sparkplug {

/// The nearest Name of a third party's text; where the text is longer than a name may be, its end
/// is a hash of the whole, so that different texts stay different.
std::string safe_name(std::string_view text);

/// A Name for each text, all different. A text that is a Name keeps it; among texts that would
/// become the same name, the altered ones get a hash of their text. Depends on the set of texts
/// only, not on their order: the same birth gives the same names after a restart.
std::vector<std::string> distinct_names(const std::vector<std::string_view>& texts);

/// Names of third-party nodes (origins) and devices (things).
class HostNames {
 public:
  explicit HostNames(ThingNames policy) : policy_(policy) {}

  static std::string origin(std::string_view group, std::string_view node);
  /// `device` is empty for the node's own metrics. Two devices whose names would be the same stay
  /// apart: the later one gets a hash of its full path.
  std::string thing(std::string_view group, std::string_view node, std::string_view device);

 private:
  const ThingNames policy_;
  std::map<std::string, std::string> paths_;  // by thing
};

}  // namespace millrace::connector::sparkplug
