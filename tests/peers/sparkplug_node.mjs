// A third-party Sparkplug node (sparkplug-client, a 2.2-style client that breaks rules of 3.0):
// node sparkplug_node.mjs PORT USER PASSWORD GROUP NODE. Prints each value it has published.
import sparkplug from "sparkplug-client";

const [port, username, password, groupId, edgeNode] = process.argv.slice(2);
const client = sparkplug.newClient({
  serverUrl: `tcp://127.0.0.1:${port}`,
  username,
  password,
  groupId,
  edgeNode,
  clientId: `${edgeNode}-client`,
  version: "spBv1.0",
});
const device = "legacy-meter";
let count = 0;
const metrics = () => [
  { name: "energy/total", value: count, type: "Double", timestamp: Date.now() },
  { name: "phases", value: 3, type: "Int32", timestamp: Date.now() },
  { name: "label", value: "Zähler", type: "String", timestamp: Date.now() },
];
client.on("birth", () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: [{ name: "uptime", value: 0, type: "Int64", timestamp: Date.now() }] });
  client.publishDeviceBirth(device, { timestamp: Date.now(), metrics: metrics() });
  console.log("birth");
});
client.on("error", (error) => console.error(String(error)));
setInterval(() => {
  count += 1;
  client.publishDeviceData(device, { timestamp: Date.now(), metrics: metrics().slice(0, 1) });
  console.log(`data ${count}`);
}, 200);
