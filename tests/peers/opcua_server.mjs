// A third-party OPC UA server (node-opcua) with a few changing variables, for tests of the client
// connector: node opcua_server.mjs PORT PKI_FOLDER. Values are counters, so that a reader can tell
// what it missed and what came twice. Users log in with a password, or with a certificate that
// stands in PKI_FOLDER/user/trusted/certs. Prints, one line each:
//   ready URL                             it listens
//   login TOKEN                           a session was activated, with this kind of token
//   set point TYPE VALUE                  a client has written it
//   holds SESSIONS SUBSCRIPTIONS ITEMS    whenever one of the three changes
import {
  DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes, Variant, VariantArrayType,
  makeEUInformation,
} from "node-opcua";

const [port, folder] = process.argv.slice(2);
const server = new OPCUAServer({
  port: Number(port),
  hostname: "127.0.0.1",
  resourcePath: "/UA/Peer",
  serverCertificateManager: new OPCUACertificateManager({ rootFolder: `${folder}/server`, automaticallyAcceptUnknownCertificate: true }),
  userCertificateManager: new OPCUACertificateManager({ rootFolder: `${folder}/user`, automaticallyAcceptUnknownCertificate: false }),
  securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
  securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
  userManager: { isValidUser: (user, password) => user === "operator" && password === "peer-password" },
});
await server.initialize();
const space = server.engine.addressSpace;
const namespace = space.getOwnNamespace();
const device = namespace.addObject({ organizedBy: space.rootFolder.objects, browseName: "Peer" });
const variables = ["a", "b", "c"].map((name) =>
  namespace.addVariable({ componentOf: device, browseName: name, nodeId: `s=peer.${name}`, dataType: "Double" }),
);
// For browsing and writing: an analog item with a UNECE unit, a value one may write, an array, and a folder so large that it comes
// in several answers.
const boiler = namespace.addObject({ organizedBy: space.rootFolder.objects, browseName: "Boiler", nodeId: "s=boiler" });
namespace.addAnalogDataItem({
  componentOf: boiler, browseName: "Pressure", nodeId: "s=boiler.pressure", accessLevel: "CurrentRead", userAccessLevel: "CurrentRead",
  dataType: "Double", value: { dataType: DataType.Double, value: 2.5 },
  engineeringUnitsRange: { low: 0, high: 16 }, engineeringUnits: makeEUInformation("BAR", "bar", "bar [unit of pressure]"),
});
const setPoint = namespace.addVariable({
  componentOf: boiler, browseName: "SetPoint", displayName: "Set point", nodeId: "s=boiler.setpoint", dataType: "Float",
  accessLevel: "CurrentRead | CurrentWrite", userAccessLevel: "CurrentRead | CurrentWrite", value: { dataType: DataType.Float, value: 1 },
});
setPoint.on("value_changed", (value) => console.log(`set point ${DataType[value.value.dataType]} ${value.value.value}`));
namespace.addVariable({
  componentOf: boiler, browseName: "Curve", nodeId: "s=boiler.curve", dataType: "Double", valueRank: 1,
  value: { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([1, 2, 3]) },
});
const many = namespace.addFolder(space.rootFolder.objects, { browseName: "Many", nodeId: "s=many" });
for (let i = 0; i < 1300; i += 1) {
  namespace.addVariable({ componentOf: many, browseName: `m${i}`, nodeId: `s=many.${i}`, dataType: "UInt16", value: { dataType: DataType.UInt16, value: i } });
}
let count = 0;
setInterval(() => {
  count += 1;
  const at = new Date();
  for (const variable of variables) {
    variable.setValueFromSource(new Variant({ dataType: DataType.Double, value: count }), StatusCodes.Good, at);
  }
}, 100);

const sessions = new Set();
server.on("create_session", (session) => sessions.add(session));
server.on("session_closed", (session) => sessions.delete(session));
server.on("session_activated", (_, token) => console.log(`login ${token.constructor.name}`));
let said = "";
setInterval(() => {
  const sum = (key) => [...sessions].reduce((all, session) => all + session[key], 0);
  const holds = `holds ${sessions.size} ${sum("currentSubscriptionCount")} ${sum("currentMonitoredItemCount")}`;
  if (holds !== said) console.log(holds);
  said = holds;
}, 20);
await server.start();
console.log(`ready ${server.getEndpointUrl()}`);
