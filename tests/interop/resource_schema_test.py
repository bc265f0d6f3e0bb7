"""Resource files against the JSON Schemas that `millrace schema` publishes for editors, by a stock validator: every
example, and files that use what examples leave out, are valid; what is broken is refused by the schema, as by
`millrace validate`.
resource_schema_test.py MILLRACE"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from wot_schema_test import FULL, PEERS, example_sets

KINDS = ("Site", "ThingModel", "Thing", "Connection", "Binding", "Retention")
MORE = """
kind: Site
name: north
spec: {title: {en: North, zh: 北}, enterprise: acme, time_zone: Europe/Berlin}
---
kind: ThingModel
name: pump
version: 1
spec:
  "@type": tm:ThingModel
  title: Pump
  properties:
    flow: {title: Flow, type: number, unit: m3/h, minimum: 0, mr:interval_ms: 1000, mr:quality: {stale_s: 60}}
    level: {title: Level, type: number, unit: m, mr:alarms: [{name: high, above: 3, severity: bad}]}
    state: {title: State, type: string, enum: [off-line, running]}
  actions:
    speed: {title: Speed, input: {type: number, unit: 1/min}}
---
kind: Thing
name: pump-1
spec: {title: Pump 1, model: pump@1, place: {site: north, area: hall}, tags: {criticality: high}}
---
kind: Thing
name: pump-2
spec: {model: pump@1, place: {site: north}}
---
kind: Thing
name: pump-3
spec: {model: pump@1, place: {site: north}}
---
kind: Connection
name: meters
spec: {edge: edge-1, modbus: {host: 192.0.2.7, port: 502}}
---
kind: Binding
name: pump-1-modbus
spec:
  thing: pump-1
  connection: meters
  properties:
    - {property: flow, address: "holding:0:u16", unit: L/s, scale: 0.1, offset: -2}
    - {property: state, address: "holding:4:u16", values: {0: off-line, 1: running}}
---
kind: Binding
name: pump-2-mqtt
spec:
  thing: pump-2
  mqtt: {topic: plant/+/pump-2, time: /at}
  properties: [{property: flow, address: /flow, unit: m3/h}]
---
kind: Binding
name: pump-3-sparkplug
spec:
  thing: pump-3
  sparkplug: {group: plant, node: gateway, device: pump-3}
  properties: [{property: level, address: Level, unit: mm}]
  actions: [{action: speed, address: Set/Speed, unit: 1/min}]
---
kind: Retention
name: everything
spec: {raw_d: 730, minutes_d: 3650}
"""
# People who call a line 5 write 5: a bare number, or true, is the text that it shows, for both.
BARE = """
kind: Site
name: 5
spec: {title: 5, enterprise: 4711}
---
kind: ThingModel
name: press
version: 1
spec:
  title: {en: 5, de: true}
  description: 2024
  mr:tags: [5]
  properties:
    ratio: {title: 5, description: {en: 1.50}, type: number, unit: 1, mr:alarms: [{name: 1, above: 3}]}
---
kind: Thing
name: 12
spec: {title: {en: 12}, model: press@1, place: {site: 5, area: 1, line: 5, cell: 7}, tags: {criticality: 1}}
---
kind: Binding
name: 13
spec:
  thing: 12
  sparkplug: {group: 1, node: 2, device: 3}
  properties: [{property: ratio, address: 4, unit: 1}]
"""
# What is wrong in each: by these words of MORE, and what stands there instead.
BROKEN = [
    ("a misspelt kind", "kind: Retention", "kind: Retension"),
    ("a name with blanks", "name: north", "name: North Sea"),
    ("a misspelt option of a site", "time_zone:", "timezone:"),
    ("a model without its version", "version: 1\n", ""),
    ("a version that is a word", "version: 1\n", "version: first\n"),
    ("a type that is none", "level: {title: Level, type: number", "level: {title: Level, type: float"),
    ("an unknown mr: term", "mr:interval_ms", "mr:intervall_ms"),
    ("an interval that is a word", "mr:interval_ms: 1000", "mr:interval_ms: often"),
    ("an unknown quality rule", "stale_s: 60", "stall_s: 60"),
    ("an unknown severity", "severity: bad", "severity: awful"),
    ("a thing without a model", "spec: {title: Pump 1, model: pump@1, ", "spec: {title: Pump 1, "),
    ("a place that is a text", "place: {site: north, area: hall}", "place: north"),
    ("a connection that no edge reads", "{edge: edge-1, modbus", "{modbus"),
    ("a connector that is not there", "modbus: {host", "modbuss: {host"),
    ("a port beyond the last", "port: 502", "port: 70000"),
    ("an option that the connector does not have", "port: 502", "baud: 9600"),
    ("a row without an address", 'address: "holding:4:u16", ', ""),
    ("a misspelt option of a row", "scale: 0.1", "sacle: 0.1"),
    ("a scale that is a word", "scale: 0.1", "scale: tenth"),
    ("a binding of two sources", "connection: meters\n", "connection: meters\n  mqtt: {topic: plant/pump-1}\n"),
    ("a binding of no source", "  connection: meters\n", ""),
    ("a Sparkplug source without its node", "node: gateway, ", ""),
    ("a retention below zero", "raw_d: 730", "raw_d: -1"),
    ("an entry beside spec", "kind: Retention\n", "kind: Retention\nspecs: {}\n"),
    ("a title that is a list", "title: Pump 1,", "title: [Pump, 1],"),
    ("a title in a language that is a section", "{en: North, zh: 北}", "{en: {short: North}, zh: 北}"),
    ("a number with a sign as a name", "name: everything", "name: -5"),
]


def schemas(millrace):
    return {kind: json.loads(subprocess.run([millrace, "schema", kind], check=True, capture_output=True, text=True).stdout)
            for kind in KINDS}


def problems(published, files):
    """How many resources the validator saw, and what it says of them."""
    done = subprocess.run(["node", PEERS / "resource_schemas.mjs"], check=True, capture_output=True, text=True,
                          input=json.dumps({"schemas": published, "files": files}))
    count, *found = done.stdout.splitlines()
    return int(count), found


def validate(millrace, text):
    """Whether `millrace validate` takes the file, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "more.yaml"
        path.write_text(text)
        done = subprocess.run([millrace, "validate", "--offline", path], capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr


def check_valid(millrace, published):
    for text in (MORE, BARE):
        taken, said = validate(millrace, text)
        assert taken, "millrace validate refuses what this test takes for valid:\n" + said
    files = [{"name": "full", "text": FULL}, {"name": "more", "text": MORE}, {"name": "bare", "text": BARE}]
    for _, some in example_sets():
        files += [{"name": file["path"], "text": file["text"]} for file in some]
    count, found = problems(published, files)
    assert not found, "by the published schemas:\n" + "\n".join(found)
    written = sum(file["text"].count("\nkind: ") + file["text"].startswith("kind: ") for file in files)
    assert count == written, f"{count} resources were looked at, {written} are written"
    return count


def check_broken(millrace, published):
    for what, old, new in BROKEN:
        assert MORE.count(old) == 1, f"{what}: '{old}' does not stand in the file once"
        text = MORE.replace(old, new)
        assert problems(published, [{"name": "broken", "text": text}])[1], f"the schemas take {what}"
        assert not validate(millrace, text)[0], f"millrace validate takes {what}"


def main():
    if not (PEERS / "node_modules/yaml").exists():
        print("SKIP: the validator is not installed (npm ci in tests/peers)")
        return 77
    millrace = sys.argv[1]
    published = schemas(millrace)
    try:
        count = check_valid(millrace, published)
        check_broken(millrace, published)
    except AssertionError as error:
        print(f"FAILED: {error}")
        return 1
    print(f"{count} resources are valid, {len(BROKEN)} broken ones are refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
