#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <vector>

#include "codec/json_path.h"
#include "model/value.h"

namespace millrace::codec {

/// A JSON scalar as a value: whole numbers i64, or u64 above its range. Empty for null, objects and
/// arrays.
model::Value scalar_value(const nlohmann::json& found);

/// The one member of what was taken out and kept all the same.
inline constexpr const char* kKeptMember = "millrace:bound";
/// Whether it was taken out and kept all the same, as its one member says.
bool is_kept(const nlohmann::json& node);

/// Whether something that was not taken out stands in it.
bool has_own(const nlohmann::json& node);
/// What was taken out and kept stands where it stood.
nlohmann::json whole(const nlohmann::json& node);

using Staying = std::set<const nlohmann::json*>;
/// Takes out a node, but for what stays, also inside of it: that is kept where it is.
void take_out_node(nlohmann::json& node, const Staying& stay);

/// See JsonDocument::leaves().
void add_leaves(const nlohmann::json& root, std::size_t limit,
                std::vector<JsonDocument::Leaf>& found);

}  // namespace millrace::codec
