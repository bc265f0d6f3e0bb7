#include "connector/sparkplug/host_names.h"

#include <cstdint>

#include "base/log.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

constexpr std::size_t kNameBytesMax = 63;

// FNV-1a: the same on every machine and for ever, for the names it makes are stored.
std::string hash_text(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 0x100000001B3U;
  }
  return std::format("{:08x}", static_cast<std::uint32_t>(hash ^ (hash >> 32)));
}

std::string with_hash(std::string name, std::string_view of) {
  const std::string hash = hash_text(of);
  name.resize(std::min(name.size(), kNameBytesMax - hash.size() - 1));
  return name + "-" + hash;
}

}  // namespace

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

std::string HostNames::origin(std::string_view group, std::string_view node) {
  return safe_name(std::format("{}.{}", group, node));
}

std::string HostNames::thing(std::string_view group, std::string_view node,
                             std::string_view device) {
  const std::string path = std::format("{}/{}/{}", group, node, device);
  std::string text(device);
  if (device.empty()) {
    text = policy_ == ThingNames::kGroupNodeDevice ? std::format("{}.{}", group, node) : node;
  } else if (policy_ == ThingNames::kNodeDevice) {
    text = std::format("{}.{}", node, device);
  } else if (policy_ == ThingNames::kGroupNodeDevice) {
    text = std::format("{}.{}.{}", group, node, device);
  }
  std::string name = safe_name(text);
  const auto [known, is_new] = paths_.try_emplace(name, path);
  if (is_new || known->second == path) return name;
  base::log::warning("sparkplug: '{}' and '{}' would both be the thing '{}'; set thing_names to "
                     "group_node_device",
                     known->second, path, name);
  return with_hash(std::move(name), path);
}

}  // namespace millrace::connector::sparkplug
