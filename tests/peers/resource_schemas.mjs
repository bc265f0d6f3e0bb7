// Holds resource files against the JSON Schemas that Millrace publishes for editors: reads {schemas: {kind: schema},
// files: [{name, text}]} from standard input and prints how many documents were looked at, then one line for each
// problem, "name, kind resource: where what".
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parseAllDocuments } from "yaml";

const { schemas, files } = JSON.parse(readFileSync(0, "utf8"));
// An unknown keyword in a schema, which a validator would pass over, is an error.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
addFormats(ajv);
ajv.addVocabulary(["x-unit"]); // for those who read a schema
const checks = Object.fromEntries(Object.entries(schemas).map(([kind, schema]) => [kind, ajv.compile(schema)]));

function problems(document) {
  if (document.errors.length > 0) return document.errors.map((error) => error.message);
  const resource = document.toJS();
  const check = checks[resource?.kind];
  if (!check) return [`there is no schema of kind ${resource?.kind}`];
  if (check(resource)) return [];
  return check.errors.map((error) => `${resource.kind} ${resource.name}: ${error.instancePath} ${error.message}`);
}

let count = 0;
const found = [];
for (const { name, text } of files) {
  for (const document of parseAllDocuments(text)) {
    ++count;
    found.push(...problems(document).map((problem) => `${name}, ${problem}`));
  }
}
console.log([count, ...found].join("\n"));
