#include "store/present_series.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::store {

LastTimeOf last_times(const SeriesStore& store) {
  return [&store](model::SeriesId series) -> std::optional<base::Time> {
    const auto last = store.last_value(series);
    if (!last) return std::nullopt;
    return last->sample.time;
  };
}

const model::Series& present_series(std::span<const model::Series* const> of_property,
                                    std::optional<model::ValueType> type,
                                    const LastTimeOf& last_time) {
  MILLRACE_CHECK(!of_property.empty());
  const model::Series* present = of_property.front();
  if (of_property.size() == 1) return *present;
  const auto said = std::ranges::find(
      of_property, type, [](const model::Series* one) { return std::optional(one->type); });
  if (said != of_property.end()) return **said;
  std::optional<base::Time> newest = last_time(present->id);
  for (const model::Series* one : of_property.subspan(1)) {
    const auto time = last_time(one->id);
    const bool is_newer = time != newest ? time > newest : number(one->id) > number(present->id);
    if (!is_newer) continue;
    present = one;
    newest = time;
  }
  return *present;
}

std::optional<model::Series> present_series(const std::vector<model::Series>& of_thing,
                                            std::string_view property,
                                            std::optional<model::ValueType> type,
                                            const LastTimeOf& last_time) {
  std::vector<const model::Series*> of_property;
  for (const model::Series& one : of_thing) {
    if (one.property == property) of_property.push_back(&one);
  }
  if (of_property.empty()) return std::nullopt;
  return present_series(of_property, type, last_time);
}

std::vector<model::Series> present_series_of(std::vector<model::Series> of_thing,
                                             const TypeOf& type_of, const LastTimeOf& last_time) {
  std::vector<model::Series> present;
  std::vector<const model::Series*> of_property;
  for (std::size_t i = 0; i < of_thing.size(); ++i) {
    const model::Series& one = of_thing[i];
    of_property.push_back(&one);
    if (i + 1 < of_thing.size() && of_thing[i + 1].property == one.property) continue;
    const bool is_only = of_property.size() == 1;
    const auto type = is_only ? std::nullopt : type_of(one.thing, one.property);
    present.push_back(present_series(of_property, type, last_time));
    of_property.clear();
  }
  return present;
}

}  // namespace millrace::store
