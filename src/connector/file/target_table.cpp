#include "connector/file/target_table.h"

#include "model/name.h"

namespace millrace::connector::file {

base::Result<std::uint32_t> TargetTable::add(std::string_view thing, std::string_view property,
                                             model::ImportTarget target) {
  if (thing.empty() || property.empty()) {
    return base::fail(
        base::ErrorCode::kInvalid,
        std::format("the {} has no name in this row", thing.empty() ? "thing" : "property"),
        "Fill the column its name comes from.");
  }
  target.thing = model::nearest_name(thing);
  target.property = model::nearest_name(property);
  const auto [known, is_new] = thing_texts_.try_emplace(target.thing, thing);
  if (known->second != thing) {
    return base::fail(
        base::ErrorCode::kConflict,
        std::format("'{}' and '{}' would both be the thing {}", known->second, thing, target.thing),
        "Rename one of them in the file, or tell them apart in the mapping's thing.");
  }
  if (targets_.size() >= model::kImportTargetsMax) {
    return base::fail(base::ErrorCode::kTooLarge,
                      std::format("the file feeds more than {} series", model::kImportTargetsMax),
                      "Split it, or check which column names the thing.");
  }
  const auto place = static_cast<std::uint32_t>(targets_.size());
  if (!by_key_.try_emplace({target.thing, target.property}, place).second) {
    return base::fail(
        base::ErrorCode::kConflict,
        std::format("two columns or texts would both be {} of {}", target.property, target.thing),
        "Give one of them another name in the mapping.");
  }
  targets_.push_back(std::move(target));
  return place;
}

}  // namespace millrace::connector::file
