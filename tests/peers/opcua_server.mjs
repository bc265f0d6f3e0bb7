// A third-party OPC UA server (node-opcua) with a few changing variables, for tests of the client
// connector: node opcua_server.mjs PORT PKI_FOLDER. Values are counters, so that a reader can tell
// what it missed and what came twice. Users log in with a password, or with a certificate that
// stands in PKI_FOLDER/user/trusted/certs. Prints, one line each:
//   ready URL                             it listens
//   login TOKEN                           a session was activated, with this kind of token
//   holds SESSIONS SUBSCRIPTIONS ITEMS    whenever one of the three changes
import { DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes, Variant } from "node-opcua";

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
