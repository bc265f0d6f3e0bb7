// A third-party OPC UA server (node-opcua) with a few changing variables, for tests of the client
// connector: node opcua_server.mjs PORT PKI_FOLDER. Prints "ready" when it listens. Values are
// counters, so that a reader can tell what it missed and what came twice.
import { DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes, Variant } from "node-opcua";

const [port, folder] = process.argv.slice(2);
const server = new OPCUAServer({
  port: Number(port),
  hostname: "127.0.0.1",
  resourcePath: "/UA/Peer",
  serverCertificateManager: new OPCUACertificateManager({ rootFolder: `${folder}/server`, automaticallyAcceptUnknownCertificate: true }),
  userCertificateManager: new OPCUACertificateManager({ rootFolder: `${folder}/user`, automaticallyAcceptUnknownCertificate: true }),
  securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
  securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
  userManager: { isValidUser: (user, password) => user === "operator" && password === "peer-password" },
});
await server.initialize();
const space = server.engine.addressSpace;
const namespace = space.getOwnNamespace();
const device = namespace.addObject({ organizedBy: space.rootFolder.objects, browseName: "Peer" });
const started = Date.now();
const variables = ["a", "b", "c"].map((name) =>
  namespace.addVariable({ componentOf: device, browseName: name, nodeId: `s=peer.${name}`, dataType: "Double" }),
);
setInterval(() => {
  const at = new Date();
  for (const variable of variables) {
    variable.setValueFromSource(new Variant({ dataType: DataType.Double, value: at.getTime() - started }), StatusCodes.Good, at);
  }
}, 100);
await server.start();
console.log(`ready ${server.getEndpointUrl()}`);
