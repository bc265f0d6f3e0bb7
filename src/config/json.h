#pragma once

#include <nlohmann/json_fwd.hpp>

#include "config/node.h"

namespace millrace::config {

/// A tree as JSON, by the rules of YAML 1.2's core schema: what is quoted is text, and so is what
/// is no number, no true or false and not null. Places are lost.
nlohmann::ordered_json to_json(const Node& node);
/// What a scalar is in JSON: a number, a flag or a text.
nlohmann::ordered_json scalar_json(const Node& node);

/// JSON as a tree without places; texts that would be read as something else are quoted.
Node from_json(const nlohmann::ordered_json& json);

}  // namespace millrace::config
