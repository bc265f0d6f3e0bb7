#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "config/node.h"

namespace millrace::twin {

/// The names of "{{NAME}}" in a tree's values (WoT TD 1.1 §10.3.5).
std::set<std::string> placeholder_names(const config::Node& node);

/// What a name stands for; nullptr when nothing was given.
using PlaceholderValue = std::function<const config::Node*(const std::string& name)>;

/// Replaces placeholders: a text that is just a placeholder becomes the value with its type, inside
/// of a longer text its text is put in. Names without a value stay.
void replace_placeholders(config::Node& node, const PlaceholderValue& value);

}  // namespace millrace::twin
