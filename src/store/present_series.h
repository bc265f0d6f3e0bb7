#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/series.h"
#include "store/series_store.h"

namespace millrace::store {

/// The time of a series' newest sample; empty without one.
using LastTimeOf = std::function<std::optional<base::Time>(model::SeriesId)>;
LastTimeOf last_times(const SeriesStore& store);

/// The type that a thing model says of a property; empty where none does.
using TypeOf = std::function<std::optional<model::ValueType>(std::string_view thing,
                                                             std::string_view property)>;

/// Which of a property's series, at least one, has its present values. One whose type changed has
/// several, and may go back to an earlier one: the series of the type that its model says; without
/// a model, and before anything came in that type, the one with the newest sample.
const model::Series& present_series(std::span<const model::Series* const> of_property,
                                    std::optional<model::ValueType> type,
                                    const LastTimeOf& last_time);

/// Of one property of a thing; empty when it has none.
std::optional<model::Series> present_series(const std::vector<model::Series>& of_thing,
                                            std::string_view property,
                                            std::optional<model::ValueType> type,
                                            const LastTimeOf& last_time);

/// Of each property of a thing; both by property, as SeriesIndex::of_thing() gives them.
std::vector<model::Series> present_series_of(std::vector<model::Series> of_thing,
                                             const TypeOf& type_of, const LastTimeOf& last_time);

}  // namespace millrace::store
