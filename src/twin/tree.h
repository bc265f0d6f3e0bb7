#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace millrace::twin {

config::Node map_node();
/// The value of an entry; nullptr without one, or when `node` is no map.
const config::Node* value_of(const config::Node& node, std::string_view key);
config::Node* value_of(config::Node& node, std::string_view key);
/// The text of a scalar entry; empty without one.
std::string text_of(const config::Node& node, std::string_view key);
/// Puts an entry, in the place of one with the same key.
void put(config::Node& map, std::string_view key, config::Node value);
void erase(config::Node& map, std::string_view key);
std::vector<std::string> keys_of(const config::Node& map);

/// RFC 7396: `patch` laid over `target`; null removes.
void merge_patch(config::Node& target, const config::Node& patch);
/// Everything in the tree stands at one place: where it was imported.
void move_to(config::Node& node, config::Place place);
std::size_t size_of(const config::Node& node);

/// The tokens of a JSON Pointer (RFC 6901), with "%2F" and the like of a URI fragment decoded;
/// empty for what is none.
std::vector<std::string> pointer_tokens(std::string_view pointer);
/// A token as it stands in a pointer.
std::string pointer_escape(std::string_view token);
/// Where a pointer leads; nullptr for nowhere.
const config::Node* find(const config::Node& root, const std::vector<std::string>& tokens);

/// Calls `visit` for every scalar of a tree.
void each_scalar(config::Node& node, const std::function<void(config::Node&)>& visit);

}  // namespace millrace::twin
