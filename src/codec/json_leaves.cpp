#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "codec/internal/json_node.h"

namespace millrace::codec {
namespace {

using nlohmann::json;

std::string escape(std::string_view name) {
  std::string token;
  for (const char c : name) {
    if (c == '~' || c == '/') {
      token += c == '~' ? "~0" : "~1";
    } else {
      token += c;
    }
  }
  return token;
}

/// The way from the root to a leaf: a pointer, and behind a list that is gone through by a member a
/// path, which cannot say every name.
class Trail {
 public:
  Trail name(const std::string& member) const {
    Trail next = plus("/" + escape(member), std::format("['{}']", member));
    next.is_sayable_ = is_sayable_ && !member.contains('\'');
    return next;
  }
  Trail index(std::size_t at) const {
    return plus(std::format("/{}", at), std::format("[{}]", at));
  }
  Trail where(std::size_t at, const std::string& member, const std::string& equals) const {
    Trail next = plus(std::format("/{}", at), std::format("[?(@.{}=='{}')]", member, equals));
    next.has_selection_ = true;
    return next;
  }
  bool has_selection() const { return has_selection_; }
  bool is_sayable() const { return is_sayable_; }
  const std::string& text() const { return has_selection_ && is_sayable_ ? path_ : pointer_; }

 private:
  Trail plus(const std::string& pointer, const std::string& path) const {
    Trail next = *this;
    next.pointer_ += pointer;
    next.path_ += path;
    return next;
  }
  std::string pointer_;
  std::string path_ = "$";
  bool has_selection_ = false;
  bool is_sayable_ = true;
};

/// The member by which the objects of a list say which they are; empty without one.
std::string naming_member(const json& list) {
  constexpr std::size_t kIdMax = 100;
  for (const char* member : {"id", "n", "name", "tag"}) {
    std::set<std::string> seen;
    const bool is_naming = !list.empty() && std::ranges::all_of(list, [&](const json& item) {
      if (!item.is_object()) return false;
      const auto id = item.find(member);
      if (id == item.end() || !id->is_string()) return false;
      const auto& text = id->get_ref<const std::string&>();
      const bool can_be_said =
          !text.empty() && text.size() <= kIdMax && text.find_first_of("'\\") == text.npos;
      return can_be_said && seen.insert(text).second;
    });
    if (is_naming) return member;
  }
  return {};
}

void add_leaves(const json& node, const Trail& trail, std::size_t limit,
                std::vector<JsonDocument::Leaf>& found) {
  if (found.size() >= limit || trail.text().size() > JsonPath::kTextMax) return;
  if (is_kept(node)) return;
  if (node.is_object()) {
    for (const auto& [name, value] : node.items()) {
      add_leaves(value, trail.name(name), limit, found);
    }
  } else if (node.is_array()) {
    const bool may_select = !trail.has_selection() && trail.is_sayable();
    const std::string member = may_select ? naming_member(node) : std::string();
    for (std::size_t i = 0; i < node.size(); ++i) {
      if (member.empty()) {
        add_leaves(node[i], trail.index(i), limit, found);
        continue;
      }
      const Trail item = trail.where(i, member, node[i][member].get<std::string>());
      for (const auto& [name, value] : node[i].items()) {
        if (name != member) add_leaves(value, item.name(name), limit, found);
      }
    }
  } else {
    found.push_back({trail.text(), scalar_value(node)});
  }
}

bool holds_one(const json& node, const Staying& stay) {
  if (stay.contains(&node)) return true;
  return node.is_structured() &&
         std::ranges::any_of(node, [&](const json& item) { return holds_one(item, stay); });
}

}  // namespace

bool is_kept(const json& node) {
  return node.is_object() && node.size() == 1 && node.begin().key() == kKeptMember;
}

bool has_own(const json& node) {
  if (is_kept(node)) return false;
  return !node.is_structured() || node.empty() || std::ranges::any_of(node, has_own);
}

json whole(const json& node) {
  if (is_kept(node)) return node.front();
  json copy = node;
  if (copy.is_structured()) {
    for (json& item : copy) item = whole(item);
  }
  return copy;
}

void take_out_node(json& node, const Staying& stay) {
  if (stay.empty() || !holds_one(node, stay)) {
    node = json::object();
  } else if (!stay.contains(&node)) {
    for (json& item : node) take_out_node(item, stay);
  } else if (!is_kept(node)) {
    json member = json::object();
    member[kKeptMember] = std::move(node);
    node = std::move(member);
  }
}

model::Value scalar_value(const json& found) {
  if (found.is_boolean()) return found.get<bool>();
  if (found.is_number_unsigned()) {
    const auto number = found.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return number;
    return static_cast<std::int64_t>(number);
  }
  if (found.is_number_integer()) return found.get<std::int64_t>();
  if (found.is_number_float()) return found.get<double>();
  if (found.is_string()) return found.get<std::string>();
  return {};
}

void add_leaves(const json& root, std::size_t limit, std::vector<JsonDocument::Leaf>& found) {
  add_leaves(root, Trail(), limit, found);
}

}  // namespace millrace::codec
