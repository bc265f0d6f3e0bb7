#include "connector/sparkplug/host_names.h"

#include <cstdint>
#include <utility>

#include "base/log.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

constexpr std::size_t kNameBytesMax = 63;

std::string with_hash(std::string name, std::string_view of) {
  const std::string hash = hash_text(of);
  name.resize(std::min(name.size(), kNameBytesMax - hash.size() - 1));
  return name + "-" + hash;
}

}  // namespace

// FNV-1a.
std::string hash_text(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 0x100000001B3U;
  }
  return std::format("{:08x}", static_cast<std::uint32_t>(hash ^ (hash >> 32)));
}

std::string safe_name(std::string_view text) {
  const std::string name = model::nearest_name(text);
  return text.size() > kNameBytesMax ? with_hash(name, text) : name;
}

std::vector<std::string> distinct_names(const std::vector<std::string_view>& texts) {
  std::vector<std::string> names;
  std::map<std::string, int> uses;
  names.reserve(texts.size());
  for (const std::string_view text : texts) {
    names.push_back(safe_name(text));
    ++uses[names.back()];
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (uses[names[i]] > 1 && names[i] != texts[i]) names[i] = with_hash(names[i], texts[i]);
  }
  return names;
}

HostNames::HostNames(ThingNames policy, const std::vector<GivenName>& given) : policy_(policy) {
  for (const GivenName& one : given) {
    paths_.try_emplace({one.kind, one.name}, one.path);
    names_.try_emplace({one.kind, one.path}, one.name);
  }
}

void HostNames::reserve_thing(const std::string& thing, const std::string& origin) {
  const std::lock_guard lock(mutex_);
  reserved_.try_emplace(thing, origin);
}

bool HostNames::is_free(const Key& name, const std::string& origin) const {
  if (paths_.contains(name)) return false;
  if (name.first != NameKind::kThing) return true;
  const auto owner = reserved_.find(name.second);
  return owner == reserved_.end() || owner->second == origin;
}

std::string HostNames::give(NameKind kind, const std::string& text, const std::string& path,
                            const std::string& origin) {
  const std::lock_guard lock(mutex_);
  const auto known = names_.find({kind, path});
  if (known != names_.end()) return known->second;
  const std::string plain = safe_name(text);
  std::string name = plain;
  for (std::string hashed = path; !is_free({kind, name}, origin); hashed += '/') {
    name = with_hash(plain, hashed);
  }
  if (name != plain) {
    base::log::warning("sparkplug: the name '{}' is taken: {} is called '{}'", plain, path, name);
  }
  paths_[{kind, name}] = path;
  names_[{kind, path}] = name;
  new_.push_back({kind, name, path});
  return name;
}

std::string HostNames::site(std::string_view group) {
  if (model::is_name(group)) return std::string(group);
  return give(NameKind::kSite, std::string(group), std::string(group), {});
}

std::string HostNames::origin(std::string_view group, std::string_view node) {
  return give(NameKind::kOrigin, std::format("{}.{}", group, node),
              std::format("{}/{}", group, node), {});
}

std::string HostNames::thing(std::string_view group, std::string_view node,
                             std::string_view device) {
  std::string text(device);
  if (device.empty()) {
    text = policy_ == ThingNames::kGroupNodeDevice ? std::format("{}.{}", group, node) : node;
  } else if (policy_ == ThingNames::kNodeDevice) {
    text = std::format("{}.{}", node, device);
  } else if (policy_ == ThingNames::kGroupNodeDevice) {
    text = std::format("{}.{}.{}", group, node, device);
  }
  return give(NameKind::kThing, text, std::format("{}/{}/{}", group, node, device),
              origin(group, node));
}

bool HostNames::enter_edge(std::string_view group, std::string_view node) {
  const std::lock_guard lock(mutex_);
  return edges_.try_emplace(std::string(node), group).first->second == group;
}

void HostNames::leave_edge(std::string_view group, std::string_view node) {
  const std::lock_guard lock(mutex_);
  const auto known = edges_.find(node);
  if (known != edges_.end() && known->second == group) edges_.erase(known);
}

std::vector<GivenName> HostNames::take_new() {
  const std::lock_guard lock(mutex_);
  return std::exchange(new_, {});
}

}  // namespace millrace::connector::sparkplug
