// Third-party devices that nobody has configured, on one broker:
//
//   node plain_devices.mjs PORT NODE NODE_PASSWORD GROUP DEVICE DEVICE_PASSWORD
//
// A Sparkplug node NODE (sparkplug-client) in GROUP with a device "mixer" whose pressure (kPa) and
// speed change at 20 Hz, and a device DEVICE that publishes JSON of its own layout to
// hall/2/state as fast, at QoS 1 (mqtt, on which sparkplug-client stands). A line "burst N" on
// standard input publishes N payloads more to hall/3/state; "quiet" ends the changes. Prints a JSON
// line for each message: {source, time, value}, in ms and kPa; of the burst only {burst} at its end.
import { createInterface } from "node:readline";
import mqtt from "mqtt";
import sparkplug from "sparkplug-client";

const [port, edgeNode, nodePassword, groupId, device, devicePassword] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
let count = 0;
let changing;

const node = sparkplug.newClient({
  serverUrl: `tcp://127.0.0.1:${port}`,
  username: edgeNode,
  password: nodePassword,
  groupId,
  edgeNode,
  clientId: `${edgeNode}-client`,
  version: "spBv1.0",
});
const metrics = (time) => [
  {
    name: "P/Out",
    value: count % 500,
    type: "Double",
    timestamp: time,
    properties: { engUnit: { type: "String", value: "kPa" } },
  },
  { name: "speed", value: count, type: "Int32", timestamp: time },
];

const plain = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
  clientId: device,
  username: device,
  password: devicePassword,
  reconnectPeriod: 200,
});
const payload = (time, kpa) => JSON.stringify({ ts: time, device: { id: "m-7" }, p: [{ kpa, ok: true }] });

let last = 0;
/** A time of its own for each change. */
const now = () => (last = Math.max(Date.now(), last + 1));

function change() {
  count += 1;
  const time = now();
  node.publishDeviceData("mixer", { timestamp: time, metrics: metrics(time) });
  say({ source: "mixer", time, value: count % 500 });
  const text = payload(time, count % 500);
  plain.publish("hall/2/state", text, { qos: 1 });
  say({ source: "hall/2/state", time, value: count % 500 });
}
node.on("birth", () => {
  const time = now();
  node.publishNodeBirth({ timestamp: time, metrics: [{ name: "uptime", value: 0, type: "Int64", timestamp: time }] });
  node.publishDeviceBirth("mixer", { timestamp: time, metrics: metrics(time) });
  say({ source: "mixer", time, value: count % 500 });
  changing ??= setInterval(change, 50);
});
node.on("error", (error) => console.error(String(error)));
plain.on("error", (error) => console.error(String(error)));

async function burst(amount) {
  const first = Date.now() - amount;
  for (let i = 0; i < amount; i += 1) {
    const sent = new Promise((done) => plain.publish("hall/3/state", payload(first + i, i % 500), { qos: 1 }, done));
    if (i % 50 === 49) await sent;
  }
  await new Promise((done) => plain.publish("hall/3/end", "1", { qos: 1 }, done));
  say({ burst: amount, first });
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, amount] = line.split(" ");
  if (word === "burst") void burst(Number(amount));
  if (word === "quiet") clearInterval(changing);
});
