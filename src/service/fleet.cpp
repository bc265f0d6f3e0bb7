#include "service/fleet.h"

#include <algorithm>
#include <set>

namespace millrace::service {
namespace {

using base::Result;

constexpr std::size_t kEventsAtOnce = 1'000;
constexpr std::size_t kEventsScannedMax = 50'000;
constexpr std::size_t kLossesMax = 100'000;

bool fits(const EventFilter& filter, const store::Event& event) {
  if (!filter.kind.empty() && event.kind != filter.kind &&
      !event.kind.starts_with(filter.kind + ".")) {
    return false;
  }
  if (!filter.subject.empty() && event.subject != filter.subject) return false;
  if (filter.start && event.time < *filter.start) return false;
  return !filter.end || event.time < *filter.end;
}

}  // namespace

std::vector<Edge> Fleet::all() const {
  std::map<std::string, std::set<std::string>> things;
  for (const model::Series& series : deps_.index.all()) things[series.source].insert(series.thing);
  std::vector<Edge> edges;
  for (pipeline::OriginSnapshot& origin : deps_.origins.origins()) {
    const std::size_t count = things[origin.name].size();
    edges.push_back({std::move(origin), count});
  }
  return edges;
}

Result<Page<Edge>> Fleet::edges(const EdgeFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  Page<Edge> found;
  for (Edge& edge : all()) {
    if (!after.empty() && edge.origin.name <= after) continue;
    if (filter.site && edge.origin.site != *filter.site) continue;
    if (!matches_words(filter.words, edge.origin.name, edge.origin.node)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(found.items.back().origin.name);
      return found;
    }
    found.items.push_back(std::move(edge));
  }
  return found;
}

Result<Edge> Fleet::edge(std::string_view name) const {
  std::vector<std::string> known;
  for (Edge& edge : all()) {
    if (edge.origin.name == name) return std::move(edge);
    known.push_back(edge.origin.name);
  }
  return base::fail(base::ErrorCode::kNotFound, std::format("edge '{}' is unknown", name),
                    did_you_mean(name, known));
}

Result<Page<store::LossInterval>> Fleet::losses(std::string_view edge_name,
                                                const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t place, number_of(page));
  MILLRACE_TRY(edge(edge_name));
  const auto from = static_cast<std::size_t>(place);
  MILLRACE_LET(auto all_of_them, deps_.series.losses(edge_name, kLossesMax));
  std::ranges::stable_sort(all_of_them, std::ranges::greater{}, &store::LossInterval::recorded);
  Page<store::LossInterval> found;
  for (std::size_t i = from; i < all_of_them.size(); ++i) {
    if (found.items.size() == page.limit) {
      found.next = to_cursor(std::to_string(i));
      return found;
    }
    found.items.push_back(std::move(all_of_them[i]));
  }
  return found;
}

Result<Page<store::Event>> Fleet::events(const EventFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(std::int64_t before, number_of(page));
  Page<store::Event> found;
  for (std::size_t scanned = 0; scanned < kEventsScannedMax;) {
    MILLRACE_LET(auto events, deps_.series.events(before, kEventsAtOnce));
    for (store::Event& event : events) {
      if (found.items.size() == page.limit) {
        found.next = to_cursor(std::to_string(before));
        return found;
      }
      before = event.id;
      if (fits(filter, event)) found.items.push_back(std::move(event));
    }
    if (events.size() < kEventsAtOnce) return found;
    scanned += events.size();
  }
  found.next = to_cursor(std::to_string(before));
  return found;
}

}  // namespace millrace::service
