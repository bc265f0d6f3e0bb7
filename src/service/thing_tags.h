#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "twin/catalog.h"

namespace millrace::service {

/// Key and value.
using Tag = std::pair<std::string, std::string>;

/// The free tags of a thing and those of its model (`mr:tags`), each once: "site:north" there is
/// the key site and the value north, "rotating" a key without a value.
std::set<Tag> tags_of(const twin::Thing& thing);

}  // namespace millrace::service
