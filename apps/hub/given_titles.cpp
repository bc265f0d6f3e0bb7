#include "hub/given_titles.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "model/name.h"

namespace millrace::apps {
namespace {

using connector::sparkplug::GivenName;
using connector::sparkplug::NameKind;

// As they stand in the store.
constexpr std::array<std::pair<NameKind, std::string_view>, 3> kKinds = {
    {{NameKind::kSite, "sparkplug_site"},
     {NameKind::kOrigin, "sparkplug_origin"},
     {NameKind::kThing, "sparkplug_thing"}}};

/// "group/node/device" → "device"; the node where there is no device.
std::string last_part(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/') + 1;
  const std::size_t slash = path.rfind('/', end - 1);
  return path.substr(slash + 1, end - slash - 1);
}

}  // namespace

std::vector<store::Title> titles_of(const std::vector<GivenName>& names) {
  std::vector<store::Title> titles;
  for (const GivenName& one : names) {
    const auto kind = std::ranges::find(kKinds, one.kind, &decltype(kKinds)::value_type::first);
    titles.push_back({std::string(kind->second), one.name, one.path});
    const std::string called = last_part(one.path);
    const bool is_thing = one.kind == NameKind::kThing;
    if (is_thing && !model::is_name(called)) titles.push_back({"thing", one.name, called});
    if (one.kind == NameKind::kSite) titles.push_back({"site", one.name, one.path});
  }
  return titles;
}

std::vector<GivenName> given_names(const std::vector<store::Title>& titles) {
  std::vector<GivenName> names;
  for (const store::Title& title : titles) {
    const auto kind = std::ranges::find(kKinds, title.kind, &decltype(kKinds)::value_type::second);
    if (kind != kKinds.end()) names.push_back({kind->first, title.name, title.title});
  }
  return names;
}

}  // namespace millrace::apps
