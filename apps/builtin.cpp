#include "builtin.h"

#include <algorithm>
#include <array>

#include "connector/modbus/kind.h"
#include "connector/opcua/kind.h"

namespace millrace::apps {

std::span<const pipeline::ConnectorKind> connector_kinds() {
  static const std::array kKinds = {
      opcua::make_kind(),
      modbus::make_kind(),
  };
  return kKinds;
}

const pipeline::ConnectorKind* find_kind(std::string_view name) {
  const auto found = std::ranges::find(connector_kinds(), name, &pipeline::ConnectorKind::name);
  return found == connector_kinds().end() ? nullptr : &*found;
}

config::Node named_options(const config::Node& options, const std::string& name) {
  config::Node named = options;
  named.kind = config::Node::Kind::kMap;
  if (named.find("name") == nullptr) {
    named.entries.insert(named.entries.begin(), {"name", {}, config::scalar(name)});
  }
  return named;
}

config::Problems check_connection(std::string_view kind, const config::Node& options,
                                  const std::string& name) {
  if (const auto* found = find_kind(kind)) {
    return found->check_options(named_options(options, name));
  }
  std::vector<std::string> known;
  for (const auto& one : connector_kinds()) known.push_back(one.name);
  const std::string near = config::nearest(kind, known);
  return {{options.place, std::format("'{}' is no kind of connection", kind),
           near.empty() ? "" : std::format("Did you mean {}?", near)}};
}

}  // namespace millrace::apps
