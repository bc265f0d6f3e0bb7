"""As much of JSON Schema 2020-12 as api/openapi.yaml uses; says where a value does not fit."""
import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}
KNOWN = {"$ref", "type", "enum", "pattern", "required", "properties", "additionalProperties", "items", "anyOf",
         "allOf", "minimum", "maximum", "minItems", "maxItems", "maxLength", "uniqueItems", "description", "format",
         "default", "example", "examples", "contentEncoding", "contentMediaType", "contentSchema"}
DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")


class Schemas:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def problems(self, value, schema, where="$"):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            yield f"{where}: the checker does not know {sorted(unknown)}"
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(TYPES[t](value) for t in types):
            yield f"{where}: {value!r:.80} is no {types}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r:.80} is none of {schema['enum']}"
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield f"{where}: {value!r:.80} does not match {schema['pattern']}"
            if schema.get("format") == "date-time" and not DATE_TIME.match(value):
                yield f"{where}: {value!r:.80} is no time"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                yield f"{where}: {value} is out of range"
        if isinstance(value, list):
            if len(value) > schema.get("maxItems", len(value)):
                yield f"{where}: {len(value)} items"
            for i, item in enumerate(value):
                yield from self.problems(item, schema.get("items", {}), f"{where}[{i}]")
        for part in schema.get("allOf", []):
            yield from self.problems(value, part, where)
        if "anyOf" in schema and not any(not list(self.problems(value, one, where)) for one in schema["anyOf"]):
            yield f"{where}: {value!r:.80} fits none of anyOf"
        if isinstance(value, dict):
            yield from self.object_problems(value, schema, where)

    def object_problems(self, value, schema, where):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: {name} is missing"
        properties = schema.get("properties", {})
        for name, member in value.items():
            if name in properties:
                yield from self.problems(member, properties[name], f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{where}: {name} is not in the contract"

    def names_of(self, schema):
        """All members that a schema names, to find those the hub sends and the contract does not know."""
        schema = self.resolve(schema)
        names = set(schema.get("properties", {}))
        for part in schema.get("allOf", []) + schema.get("anyOf", []):
            names |= self.names_of(part)
        return names
