// A third-party Sparkplug node (sparkplug-client, a 2.2-style client that breaks rules of 3.0):
// node sparkplug_node.mjs PORT USER PASSWORD GROUP NODE. One device with a metric of each datatype
// that the client has, and a counter that counts at 20 Hz. Prints a JSON line for each message that
// it publishes ({type, device, metrics}) and for each command; a line on stdin is the name of a
// metric that the device has from then on, though no birth has listed it.
import { createInterface } from "node:readline";
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
const added = [];

/** A 64-bit value in the form that the client's protobuf library takes. */
const wide = (value) => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  unsigned: value > 0n,
});
const now = () => Date.now();
const counter = () => ({ name: "energy/total", value: count, type: "Double", timestamp: now() });
const table = {
  numOfColumns: 2,
  columns: ["phase", "volts"],
  types: ["String", "Double"],
  rows: [["L1", 230.5], ["L2", 229.25]],
};
const motor = {
  isDefinition: false,
  templateRef: "motor",
  version: "v1",
  metrics: [{ name: "speed", value: 1480, type: "Int32", timestamp: 0 }, { name: "hot", value: false, type: "Boolean", timestamp: 0 }],
  parameters: [{ name: "index", type: "String", value: "one" }],
};
const constant = [
  { name: "int8", value: -5, type: "Int8" },
  { name: "int16", value: -30000, type: "Int16" },
  { name: "int32", value: -2147483648, type: "Int32" },
  { name: "int64", value: wide(-9007199254740993n), type: "Int64" },
  { name: "uint8", value: 250, type: "UInt8" },
  { name: "uint16", value: 65535, type: "UInt16" },
  { name: "uint32", value: 4294967295, type: "UInt32" },
  { name: "uint64", value: wide(18446744073709551615n), type: "UInt64" },
  { name: "float", value: 1.5, type: "Float" },
  { name: "double", value: -0.1, type: "Double" },
  { name: "Boolean", value: true, type: "Boolean" },
  { name: "label", value: "Zähler 中", type: "String" },
  { name: "datetime", value: 1700000000123, type: "DateTime" },
  { name: "text", value: "long text", type: "Text" },
  { name: "uuid", value: "6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81", type: "UUID" },
  { name: "bytes", value: Buffer.from([0, 255, 128, 1]), type: "Bytes" },
  { name: "file", value: Buffer.from("a,b\n1,2\n"), type: "File", metadata: { fileName: "a.csv", size: 8 } },
  { name: "table", value: table, type: "DataSet" },
  { name: "motor", value: motor, type: "Template" },
  { name: "nothing", value: null, type: "Double" },
  { name: "with unit", value: 7.25, type: "Double", properties: { engUnit: { type: "String", value: "m3/h" }, Quality: { type: "Int32", value: 0 } } },
];
const all = () => [
  counter(),
  ...constant.map((metric) => ({ ...metric, timestamp: now() })),
  ...added.map((name) => ({ name, value: 1, type: "Int32", timestamp: now() })),
];

const plain = (key, value) => {
  if (value?.type === "Buffer") return Buffer.from(value.data).toString("hex");
  if (value?.low === undefined) return value;
  const unsigned = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return String(value.unsigned ? unsigned : BigInt.asIntN(64, unsigned));
};
const say = (line) => console.log(JSON.stringify(line, plain));

/** Publishes by the client's own call, and says so. Without a connection the client keeps it for later. */
function publish(type, metrics, options) {
  const call = { NBIRTH: "NodeBirth", DBIRTH: "DeviceBirth", DDATA: "DeviceData" }[type];
  const payload = { timestamp: now(), metrics: [...metrics] };
  say({ type, device: type === "NBIRTH" ? null : device, metrics });
  if (type === "NBIRTH") client[`publish${call}`](payload, options);
  else client[`publish${call}`](device, payload, options);
}
function births() {
  publish("NBIRTH", [{ name: "uptime", value: 0, type: "Int64", timestamp: now() }]);
  publish("DBIRTH", all());
}
function count_up() {
  count += 1;
  const packed = [undefined, { compress: true, algorithm: "DEFLATE" }, { compress: true, algorithm: "GZIP" }];
  const options = count % 10 === 0 ? packed[(count / 10) % 3] : undefined;
  publish("DDATA", count % 20 === 0 ? all() : [counter()], options);
}
let counting;
client.on("birth", () => {
  births();
  counting ??= setInterval(count_up, 50);
});
client.on("ncmd", (payload) => {
  say({ type: "NCMD", metrics: payload.metrics });
  if (payload.metrics.some((metric) => metric.name === "Node Control/Rebirth" && metric.value)) births();
});
client.on("error", (error) => console.error(String(error)));
createInterface({ input: process.stdin }).on("line", (name) => added.push(name));
