// Holds documents against the published JSON Schemas of W3C WoT: reads lines {kind: "td" | "tm", name,
// document} from standard input and prints one line for each problem, "name: where what".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const files = {
  td: "wot-thing-description-types/schema/td-json-schema-validation.json",
  tm: "wot-thing-model-types/schema/tm-json-schema-validation.json",
};

function checkOf(file) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  return ajv.compile(JSON.parse(readFileSync(require.resolve(file), "utf8")));
}
const checks = Object.fromEntries(Object.entries(files).map(([kind, file]) => [kind, checkOf(file)]));

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, name, document } = JSON.parse(line);
  if (checks[kind](document)) continue;
  for (const one of checks[kind].errors) console.log(`${name}: ${one.instancePath} ${one.message}`);
}
