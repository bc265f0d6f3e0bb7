// A stock consumer of the Web of Things (Eclipse Thingweb's node-wot): node wot_consumer.mjs DIRECTORY
// TOKEN USER PASSWORD, where USER is a consumer's account of the hub's broker. Obeys a line of JSON
// on standard input each, [request, …arguments], and answers each with a line of JSON, {result} or
// {error}:
//
//   explore                          ids of all Thing Descriptions, found from DIRECTORY's own
//   validate ID                      problems by the published JSON Schema of TD 1.1
//   consume ID
//   read ID NAME http|mqtt           a value
//   readall ID                       {name: value}, as node-wot does it: one property after the other
//   readallform ID                   {name: value}, by the description's own form for it
//   observe ID NAME http|mqtt COUNT  that many values as they come
//   write ID NAME http|mqtt VALUE
//   invoke ID NAME http|mqtt [INPUT]
//   directory                        problems of the directory's own description
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import core from "@node-wot/core";
import http from "@node-wot/binding-http";
import mqttBinding from "@node-wot/binding-mqtt";

const [directory, token, username, password] = process.argv.slice(2);
const schema = createRequire(import.meta.url).resolve("wot-thing-description-types/schema/td-json-schema-validation.json");
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const check = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
const problemsOf = (td) => (check(td) ? [] : check.errors.map((one) => `${one.instancePath} ${one.message}`));

/** One servient for each protocol, so that a form of the other cannot be taken by mistake. */
async function start(scheme) {
  const servient = new core.Servient();
  // The account goes to node-wot's own client as its configuration: its factory has no way in.
  const mqtt = { scheme: "mqtt", getClient: () => new mqttBinding.MqttClient({ username, password }), init: () => true, destroy: () => true };
  servient.addClientFactory(scheme === "http" ? new http.HttpClientFactory(null) : mqtt);
  return { servient, wot: await servient.start(), things: new Map() };
}
const sides = { http: await start("http"), mqtt: await start("mqtt") };
const descriptions = new Map();

function trust(id) {
  for (const { servient } of Object.values(sides)) {
    if (servient.getCredentials(id) === undefined) servient.addCredentials({ [id]: { token } });
  }
}

async function thing(id, scheme) {
  const side = sides[scheme];
  if (!side.things.has(id)) side.things.set(id, await side.wot.consume(descriptions.get(id)));
  return side.things.get(id);
}

async function observe(id, name, scheme, count) {
  const consumed = await thing(id, scheme);
  const values = [];
  let enough, fail;
  const done = new Promise((resolve, reject) => { enough = resolve; fail = reject; });
  const subscription = await consumed.observeProperty(name, async (output) => {
    values.push(await output.value());
    if (values.length >= count) enough();
  }, fail);
  await done;
  await subscription.stop();
  return values.slice(0, count);
}

const requests = {
  async explore() {
    const found = await sides.http.wot.requestThingDescription(directory);
    trust(found.id);
    const discovery = await sides.http.wot.exploreDirectory(directory);
    for await (const td of discovery) {
      trust(td.id);
      descriptions.set(td.id, td);
    }
    if (discovery.error) throw discovery.error;
    return [...descriptions.keys()];
  },
  async directory() {
    return problemsOf(await sides.http.wot.requestThingDescription(directory));
  },
  async validate(id) {
    return problemsOf(descriptions.get(id));
  },
  async consume(id) {
    await thing(id, "http");
    await thing(id, "mqtt");
    return (await thing(id, "http")).getThingDescription().title;
  },
  async read(id, name, scheme) {
    return (await (await thing(id, scheme)).readProperty(name)).value();
  },
  async readall(id) {
    const values = {};
    for (const [name, output] of await (await thing(id, "http")).readAllProperties()) values[name] = await output.value();
    return values;
  },
  async readallform(id) {
    const td = descriptions.get(id);
    const form = td.forms.find(({ op }) => [op].flat().includes("readallproperties"));
    const client = sides.http.servient.getClientFor("http");
    client.setSecurity([td.securityDefinitions[td.security[0]]], { token });
    const content = await client.readResource({ ...form, href: new URL(form.href, td.base).href });
    return JSON.parse(await content.toBuffer());
  },
  observe,
  async write(id, name, scheme, value) {
    await (await thing(id, scheme)).writeProperty(name, value);
    return null;
  },
  async invoke(id, name, scheme, input) {
    await (await thing(id, scheme)).invokeAction(name, input);
    return null;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [request, ...rest] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await requests[request](...rest) }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error?.message ?? error}` }));
  }
}
process.exit(0);
