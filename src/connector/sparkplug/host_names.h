#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "connector/sparkplug/config.h"

namespace millrace::connector::sparkplug {

/// Eight hexadecimal digits, the same for ever: the names they are part of are stored.
std::string hash_text(std::string_view text);

/// The nearest Name of a third party's text; where the text is longer than a name may be, its end
/// is a hash of the whole, so that different texts stay different.
std::string safe_name(std::string_view text);

/// A Name for each text, all different. A text that is a Name keeps it; among texts that would
/// become the same name, the altered ones get a hash of their text. Depends on the set of texts
/// only, not on their order: the same birth gives the same names after a restart.
std::vector<std::string> distinct_names(const std::vector<std::string_view>& texts);

enum class NameKind : std::uint8_t { kSite, kOrigin, kThing };

/// A name that was given for good, and what it was given to, as it stands in topics: "group",
/// "group/node", "group/node/device" ("group/node/" for the node's own metrics).
struct GivenName {
  NameKind kind = NameKind::kThing;
  std::string name;
  std::string path;
  bool operator==(const GivenName&) const = default;
};

/// Names of groups (sites), third-party nodes (origins) and their devices (things), for all
/// sessions of a hub. Who comes first has the plain name, who would be called the same gets a hash
/// of the full path. What was given stays: the owner keeps take_new() and brings it back at the
/// next start, so that names do not depend on who comes first after a restart. Any thread.
class HostNames {
 public:
  explicit HostNames(ThingNames policy, const std::vector<GivenName>& given = {});

  /// A thing of this name belongs to an origin, as the series registry has it.
  void reserve_thing(const std::string& thing, const std::string& origin);

  /// A group that is a Name is its own site, whoever had the name before.
  std::string site(std::string_view group);
  std::string origin(std::string_view group, std::string_view node);
  /// `device` is empty for the node's own metrics.
  std::string thing(std::string_view group, std::string_view node, std::string_view device);

  /// A Millrace edge is called as its node, in every group: false while an edge of this name is
  /// online in another one.
  bool enter_edge(std::string_view group, std::string_view node);
  void leave_edge(std::string_view group, std::string_view node);

  /// Given since the last call.
  std::vector<GivenName> take_new();

 private:
  using Key = std::pair<NameKind, std::string>;

  std::string give(NameKind kind, const std::string& text, const std::string& path,
                   const std::string& origin);
  bool is_free(const Key& name, const std::string& origin) const;

  const ThingNames policy_;
  std::mutex mutex_;
  std::map<Key, std::string> paths_;                          // by name
  std::map<Key, std::string> names_;                          // by path
  std::map<std::string, std::string, std::less<>> reserved_;  // thing → origin
  std::map<std::string, std::string, std::less<>> edges_;     // online: node → group
  std::vector<GivenName> new_;
};

}  // namespace millrace::connector::sparkplug
