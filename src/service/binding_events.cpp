#include "service/binding_events.h"

#include <map>
#include <optional>

#include "codec/node_json.h"
#include "config/codec.h"

namespace millrace::service {
namespace {

using config::Node;

/// How one property or action is fed, to compare and to show.
struct Feed {
  std::string binding;
  std::string source;
  std::string address;
  std::string unit;
  model::Transform transform;
  bool operator==(const Feed&) const = default;
};
/// By "property" or "action", and name.
using Feeds = std::map<std::pair<std::string, std::string>, Feed>;

Node text_node(const std::string& text) { return config::scalar(text, true); }

Node map_node() {
  Node node;
  node.kind = Node::Kind::kMap;
  return node;
}

std::string source_of(const twin::Catalog& catalog, const twin::Binding& binding) {
  if (const auto* one = std::get_if<twin::ConnectionSource>(&binding.source)) {
    const auto connection = catalog.connections().find(one->connection);
    if (connection == catalog.connections().end()) return one->connection;
    return std::format("{} {} of edge {}", connection->second.type, one->connection,
                       connection->second.edge);
  }
  if (const auto* one = std::get_if<twin::SparkplugSource>(&binding.source)) {
    return std::format("sparkplug {}/{}{}", one->group, one->node,
                       one->device.empty() ? "" : "/" + one->device);
  }
  return "mqtt " + std::get<twin::MqttSource>(binding.source).topic;
}

/// What feeds each thing that `others` has, too.
std::map<std::string, Feeds> feeds_of(const twin::Catalog& catalog, const twin::Catalog& others) {
  std::map<std::string, Feeds> feeds;
  for (const auto& [name, binding] : catalog.bindings()) {
    if (others.thing(binding.thing) == nullptr) continue;
    Feeds& of_thing = feeds[binding.thing];
    const std::string source = source_of(catalog, binding);
    for (const twin::PropertyBinding& row : binding.properties) {
      of_thing[{"property", row.property}] = {name, source, row.address, row.unit, row.transform};
    }
    for (const twin::ActionBinding& row : binding.actions) {
      of_thing[{"action", row.action}] = {name, source, row.address, {}, row.transform};
    }
  }
  return feeds;
}

Node to_node(const Feed* feed) {
  if (feed == nullptr) return {};
  Node node = map_node();
  node.entries = {{"binding", {}, text_node(feed->binding)},
                  {"source", {}, text_node(feed->source)},
                  {"address", {}, text_node(feed->address)},
                  {"unit", {}, text_node(feed->unit)},
                  {"factor", {}, config::scalar(config::number_text(feed->transform.factor))},
                  {"offset", {}, config::scalar(config::number_text(feed->transform.offset))}};
  return node;
}

/// The rows that differ, as a list.
Node changes_of(const Feeds& before, const Feeds& after) {
  Node list = config::list_node();
  Feeds all = before;
  all.insert(after.begin(), after.end());
  for (const auto& [key, feed] : all) {
    const auto old = before.find(key), now = after.find(key);
    const Feed* was = old == before.end() ? nullptr : &old->second;
    const Feed* is = now == after.end() ? nullptr : &now->second;
    if (was != nullptr && is != nullptr && *was == *is) continue;
    Node change = map_node();
    change.entries = {{key.first, {}, text_node(key.second)},
                      {"before", {}, to_node(was)},
                      {"after", {}, to_node(is)}};
    list.items.push_back(std::move(change));
  }
  return list;
}

}  // namespace

std::vector<store::Event> binding_events(const twin::Catalog& before, const twin::Catalog& after,
                                         const BindingChange& change) {
  const auto old = feeds_of(before, after), now = feeds_of(after, before);
  std::map<std::string, Feeds> all = old;
  all.insert(now.begin(), now.end());
  const Feeds none;
  std::vector<store::Event> events;
  for (const auto& [thing, feeds] : all) {
    const auto was = old.find(thing), is = now.find(thing);
    Node changes =
        changes_of(was == old.end() ? none : was->second, is == now.end() ? none : is->second);
    if (changes.items.empty()) continue;
    Node body = map_node();
    body.entries = {{"revision", {}, config::scalar(std::to_string(change.revision))},
                    {"reason", {}, text_node(change.reason)},
                    {"changes", {}, std::move(changes)}};
    events.push_back({.time = change.time,
                      .kind = "binding.changed",
                      .subject = thing,
                      .actor_role = change.role,
                      .body = codec::to_json(body)});
  }
  return events;
}

}  // namespace millrace::service
