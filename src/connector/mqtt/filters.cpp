#include "connector/mqtt/filters.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "pipeline/hub_binding.h"

namespace millrace::connector::mqtt {
namespace {

/// The filter that takes the topics of both and as few others as can be; empty when no topic fits
/// both.
std::optional<std::string> cover(std::string_view one, std::string_view other) {
  std::string out;
  while (true) {
    const std::size_t one_end = one.find('/'), other_end = other.find('/');
    const std::string_view mine = one.substr(0, one_end), theirs = other.substr(0, other_end);
    if (mine == "#" || theirs == "#") return out + "#";
    const bool is_any = mine == "+" || theirs == "+";
    if (!is_any && mine != theirs) return std::nullopt;
    out += is_any ? "+" : mine;
    if (one_end == one.npos && other_end == other.npos) return out;
    // "a/#" also takes "a".
    if (one_end == one.npos || other_end == other.npos) {
      const bool is_longer_open =
          one_end == one.npos ? other.substr(other_end + 1) == "#" : one.substr(one_end + 1) == "#";
      if (!is_longer_open) return std::nullopt;
      return out + "/#";
    }
    out += '/';
    one.remove_prefix(one_end + 1);
    other.remove_prefix(other_end + 1);
  }
}

bool has_wildcard(const std::string& filter) { return filter.find_first_of("+#") != filter.npos; }

/// Takes `filter` in; those that it overlaps with become one with it. True when one was widened.
bool add(std::vector<std::string>& open, std::string filter) {
  bool is_wider = false;
  for (std::size_t i = 0; i < open.size();) {
    auto both = cover(open[i], filter);
    if (!both) {
      ++i;
      continue;
    }
    is_wider = is_wider || (*both != open[i] && *both != filter);
    filter = std::move(*both);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    i = 0;  // what is wider now may overlap with those before
  }
  open.push_back(std::move(filter));
  return is_wider;
}

}  // namespace

bool Subscriptions::takes(std::string_view topic) const {
  const auto fits = [&](const std::string& filter) {
    return pipeline::fits_topic_filter(filter, topic);
  };
  return wanted.empty() || std::ranges::any_of(wanted, fits);
}

Subscriptions subscriptions_for(std::vector<std::string> filters) {
  std::ranges::sort(filters);
  const auto repeated = std::ranges::unique(filters);
  filters.erase(repeated.begin(), repeated.end());
  bool is_wider = false;
  std::vector<std::string> open;
  for (const std::string& filter : filters | std::views::filter(has_wildcard)) {
    is_wider = add(open, filter) || is_wider;
  }
  Subscriptions made{.filters = open, .wanted = {}};
  for (const std::string& topic : filters) {
    if (has_wildcard(topic)) continue;
    const auto fits = [&](const auto& one) { return pipeline::fits_topic_filter(one, topic); };
    if (std::ranges::none_of(open, fits)) made.filters.push_back(topic);
  }
  std::ranges::sort(made.filters);
  if (is_wider) made.wanted = std::move(filters);
  return made;
}

bool is_topic_filter(std::string_view filter) {
  if (filter.empty() || filter.size() > 65'535 || filter.contains('\0')) return false;
  for (std::size_t at = 0; at <= filter.size();) {
    const std::size_t end = std::min(filter.find('/', at), filter.size());
    const std::string_view level = filter.substr(at, end - at);
    if (level.contains('+') && level != "+") return false;
    if (level.contains('#') && (level != "#" || end != filter.size())) return false;
    at = end + 1;
  }
  return true;
}

}  // namespace millrace::connector::mqtt
