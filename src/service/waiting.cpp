#include "service/waiting.h"

#include <algorithm>
#include <format>
#include <set>

namespace millrace::service {
namespace {

void add_waiting(const RosterThing& thing, const Configuration& configuration, const Deps& deps,
                 WaitingProperties& into) {
  std::set<std::string> come;
  for (const model::Series& series : deps.index.of_thing(thing.id)) come.insert(series.property);
  for (const twin::PropertySpec& spec : thing.resource->model->properties) {
    const auto allowed = silence_allowed(spec);
    if (!allowed || come.contains(spec.name)) continue;
    const auto [binding, row] = into.roster->catalog->feeding(thing.id, spec.name);
    if (!binding) continue;
    const auto about = configuration.about.find({twin::Kind::kBinding, binding->name, 0});
    if (about == configuration.about.end()) continue;  // it has just been deleted
    const base::Time since = about->second.changed;
    if (deps.clock.now() - since <= *allowed) continue;
    into.all.push_back({&thing, &spec, binding, row, since});
  }
}

std::string advice_on(const twin::ConnectionSource& source, const WaitingProperty& waiting,
                      const twin::Catalog& catalog, const pipeline::OriginView& origins) {
  const auto connection = catalog.connections().find(source.connection);
  const std::string edge = connection == catalog.connections().end() ? "" : connection->second.edge;
  const auto all = origins.origins();
  const auto origin = std::ranges::find(all, edge, &pipeline::OriginSnapshot::name);
  if (origin == all.end() || !origin->is_connected) {
    return std::format("The edge '{}' is not connected: start it and look at its log.", edge);
  }
  return std::format(
      "The edge '{}' is connected: check connection '{}' and the address '{}' in binding '{}'; the "
      "edge's log names tags that it cannot read.",
      edge, source.connection, waiting.row->address, waiting.binding->name);
}

std::string advice_on(const twin::SparkplugSource& source, const WaitingProperty& waiting) {
  const std::string device = source.device.empty() ? "" : "/" + source.device;
  return std::format(
      "Check that '{}/{}{}' is connected and gives the metric '{}' that binding '{}' names.",
      source.group, source.node, device, waiting.row->address, waiting.binding->name);
}

std::string advice_on(const twin::MqttSource& source, const WaitingProperty& waiting) {
  return std::format(
      "Check that messages come on the topic '{}' and hold '{}', as binding '{}' names them.",
      source.topic, waiting.row->address, waiting.binding->name);
}

}  // namespace

WaitingProperties waiting_properties(const Deps& deps, const Twins& twins,
                                     const std::optional<std::string>& site,
                                     std::string_view thing) {
  WaitingProperties found{.roster = twins.roster(), .all = {}};
  const auto configuration = deps.catalogs.configuration();
  for (const RosterThing& one : found.roster->things) {
    if (!one.is_waiting || (site && one.place.site != *site)) continue;
    if (thing.empty() || one.id == thing) add_waiting(one, *configuration, deps, found);
  }
  return found;
}

const WaitingProperty* WaitingProperties::find(std::string_view thing,
                                               std::string_view property) const {
  const auto name = [](const WaitingProperty& one) {
    return std::pair<std::string_view, std::string_view>(one.thing->id, one.spec->name);
  };
  const std::pair wanted(thing, property);
  const auto found = std::ranges::lower_bound(all, wanted, {}, name);
  return found != all.end() && name(*found) == wanted ? &*found : nullptr;
}

std::string advice_on(const WaitingProperty& waiting, const twin::Catalog& catalog,
                      const pipeline::OriginView& origins) {
  std::string advice = "Nothing has come yet. ";
  if (const auto* one = std::get_if<twin::ConnectionSource>(&waiting.binding->source)) {
    advice += advice_on(*one, waiting, catalog, origins);
  } else if (const auto* node = std::get_if<twin::SparkplugSource>(&waiting.binding->source)) {
    advice += advice_on(*node, waiting);
  } else if (const auto* topic = std::get_if<twin::MqttSource>(&waiting.binding->source)) {
    advice += advice_on(*topic, waiting);
  }
  return advice;
}

}  // namespace millrace::service
