#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "builtin.h"
#include "service/connections.h"
#include "twin/catalog.h"

namespace millrace::apps {

/// Two pumps: pump-1 in a hall of north, pump-2 in one of south.
inline const std::string kPumps = R"(kind: Site
name: north
spec: {title: North}
---
kind: Site
name: south
spec: {title: South}
---
kind: ThingModel
name: pump
version: 1
spec:
  properties:
    pressure:
      {title: Pressure, type: number, unit: bar, maximum: 10, mr:filter: {deadband: 0.1}}
    speed: {type: number, unit: 1/min}
  actions:
    reset: {input: {type: boolean}}
---
kind: Thing
name: pump-1
spec: {model: pump@1, place: {site: north}}
---
kind: Thing
name: pump-2
spec: {model: pump@1, place: {site: south}}
---
kind: Connection
name: line-1
spec: {edge: edge-1, opcua: {url: "opc.tcp://127.0.0.1:4840", user: reader, password: s3cret}}
---
kind: Binding
name: pump-1-opcua
spec:
  thing: pump-1
  connection: line-1
  properties:
    - {property: speed, address: "ns=1;s=n", unit: 1/min}
    - {property: pressure, address: "ns=1;s=p", unit: bar}
---
kind: Connection
name: line-2
spec: {edge: edge-2, modbus: {host: 127.0.0.1, poll_interval_ms: 100}}
---
kind: Binding
name: pump-2-modbus
spec:
  thing: pump-2
  connection: line-2
  properties:
    - {property: pressure, address: "holding:0", unit: kPa, scale: 0.1}
  actions:
    - {action: reset, address: "coil:5"}
)";

inline std::shared_ptr<const twin::Catalog> catalog_of(const std::string& text) {
  static const unit::Units kUnits = unit::Units::create().value();
  const std::vector<twin::FileText> files = {{"plant.yaml", text}};
  twin::ParsedFiles parsed = twin::parse_files(files);
  for (const auto& one : parsed.problems) {
    ADD_FAILURE() << config::to_text(one.file, one.problem);
  }
  auto built = twin::Catalog::build(std::move(parsed.resources), kUnits,
                                    service::connection_checks(connector_kinds()));
  if (built) return *built;
  for (const auto& one : built.error()) ADD_FAILURE() << config::to_text(one.file, one.problem);
  return twin::Catalog::build({}, kUnits, service::connection_checks(connector_kinds())).value();
}

}  // namespace millrace::apps
