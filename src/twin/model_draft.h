#pragma once

#include <set>
#include <span>
#include <string>

#include "twin/matching.h"
#include "twin/resource.h"

namespace millrace::twin {

/// A first thing model for what no model fits.
struct ModelDraft {
  Resource resource;    // version 1
  Decisions addresses;  // each address with the property that was made for it, or nothing
  /// By address: what had to be left out, as a sentence.
  std::map<std::string, std::string, std::less<>> remarks;
};

/// Makes a property of each value: names of the words of its own name (own_words), types, units and
/// ranges as the source says them. `decided` names properties otherwise or leaves values out; an
/// empty draft has no properties. `thing` is what the source calls the thing, for its words and as
/// the title.
ModelDraft draft_model(std::string name, std::string_view thing,
                       std::span<const OfferedValue> offered, const Decisions& decided,
                       Matcher& matcher);

/// The property of a model that such a value makes; `unit` is the model's, empty for none.
config::Node drafted_property(const OfferedValue& value, const std::string& unit);

/// A valid name of any text that is free: with -2, -3 … where it is taken.
std::string free_name(std::string_view wanted, const std::set<std::string, std::less<>>& taken);

/// A text of a source as a title: short, without control characters and without placeholders.
std::string plain_title(std::string_view text);

}  // namespace millrace::twin
