#include "twin/difference.h"

#include <algorithm>
#include <format>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "config/json.h"

namespace millrace::twin {
namespace {

using Json = nlohmann::ordered_json;

/// What names an item of a list, so that one more row does not change all rows after it.
constexpr const char* kItemNames[] = {"property", "action", "name", "instanceName"};

/// The items of a list by "[property=flow]"; empty when they have no names or not all different.
std::map<std::string, const Json*> named_items(const Json& list) {
  std::map<std::string, const Json*> named;
  for (const Json& item : list) {
    std::string name;
    for (const char* key : kItemNames) {
      const bool is_named = item.is_object() && item.contains(key) && item[key].is_string();
      if (name.empty() && is_named) {
        name = std::format("[{}={}]", key, item[key].get<std::string>());
      }
    }
    if (name.empty() || !named.emplace(name, &item).second) return {};
  }
  return named;
}

std::string shown(const Json* json) {
  return json ? json->dump(-1, ' ', false, Json::error_handler_t::replace) : "";
}

class Comparison {
 public:
  void compare(const std::string& path, const Json* before, const Json* after) {
    if (before && after && before->is_object() && after->is_object()) {
      return compare_objects(path, *before, *after);
    }
    if (before && after && before->is_array() && after->is_array()) {
      return compare_lists(path, *before, *after);
    }
    const bool is_same = before && after && *before == *after;
    if (!is_same) found_.push_back({path, shown(before), shown(after)});
  }

  std::vector<Difference> take() {
    std::ranges::stable_sort(found_, {}, &Difference::path);
    return std::move(found_);
  }

 private:
  using Members = std::map<std::string, const Json*>;

  void compare_members(const std::string& path, const Members& before, const Members& after) {
    for (const auto& [key, value] : before) {
      const auto other = after.find(key);
      compare(path + key, value, other == after.end() ? nullptr : other->second);
    }
    for (const auto& [key, value] : after) {
      if (!before.contains(key)) compare(path + key, nullptr, value);
    }
  }

  static Members members(const Json& object) {
    Members members;
    for (const auto& [key, value] : object.items()) members.emplace("." + key, &value);
    return members;
  }

  void compare_objects(const std::string& path, const Json& before, const Json& after) {
    compare_members(path, members(before), members(after));
  }

  void compare_lists(const std::string& path, const Json& before, const Json& after) {
    const Members named_before = named_items(before), named_after = named_items(after);
    const bool is_named =
        named_before.size() == before.size() && named_after.size() == after.size();
    if (is_named) return compare_members(path, named_before, named_after);
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      compare(std::format("{}[{}]", path, i), i < before.size() ? &before[i] : nullptr,
              i < after.size() ? &after[i] : nullptr);
    }
  }

  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const config::Node& before, const config::Node& after) {
  const Json from = config::to_json(before), to = config::to_json(after);
  Comparison comparison;
  comparison.compare("spec", &from, &to);
  return comparison.take();
}

}  // namespace millrace::twin
