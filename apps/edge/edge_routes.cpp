#include "edge/edge_routes.h"

namespace millrace::apps {

std::vector<std::string> addresses_of(const EdgeConnection& connection) {
  std::vector<std::string> addresses;
  for (const EdgeTag& tag : connection.tags) addresses.push_back(tag.address);
  for (const EdgeAction& action : connection.actions) addresses.push_back(action.address);
  return addresses;
}

std::vector<fleet::CommandRoute> routes_of(const EdgeConnection& connection,
                                           const std::shared_ptr<pipeline::Source>& source) {
  std::vector<fleet::CommandRoute> routes;
  std::uint32_t place = 0;
  for (const EdgeTag& tag : connection.tags) {
    routes.push_back(
        {tag.thing, tag.property, false, tag.is_writable, source, place++, tag.transform});
  }
  for (const EdgeAction& action : connection.actions) {
    routes.push_back({action.thing, action.action, true, true, source, place++, action.transform});
  }
  return routes;
}

}  // namespace millrace::apps
