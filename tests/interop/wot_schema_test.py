"""Thing Descriptions and Thing Models of a real hub against the published JSON Schemas of W3C WoT: those of
every example plant, and of a model that uses all that a model may have.
wot_schema_test.py MILLRACE"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from plant import Hub  # noqa: E402

PEERS = Path(__file__).resolve().parents[1] / "peers"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FULL = """
kind: Site
name: everywhere
spec: {title: {en: Everywhere, zh: 到处}, enterprise: acme}
---
kind: ThingModel
name: full-machine
version: 1
spec:
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", {saref: "https://saref.etsi.org/core/", mr: "urn:millrace:terms:"}]
  "@type": ["tm:ThingModel", "saref:Device"]
  title: {en: Machine, zh: 机器}
  description: {en: What stands on the floor, zh: 地面设备}
  mr:tags: [rotating, "4711"]
  tm:optional: [/properties/vibration, /actions/calibrate]
  properties:
    temperature: {title: {en: Temperature, zh: 温度}, description: {en: Of the housing}, type: number, unit: degC,
                  minimum: -40, exclusiveMaximum: 151, readOnly: true, observable: true,
                  mr:interval_ms: 1000, mr:quality: {rate_max_per_s: 50, flat_line_s: 600, stale_s: 60},
                  mr:filter: {deadband: 0.1}, mr:alarms: [{name: high, above: 100, severity: bad}, {name: low, below: -20}]}
    vibration: {title: 4711, type: number, unit: mm/s, minimum: 0}
  actions:
    calibrate: {title: {en: Calibrate}, description: {zh: 校准}, idempotent: true, safe: false}
---
kind: ThingModel
name: full-motor
version: 1
spec:
  title: Motor
  properties:
    speed: {title: Speed, type: integer, unit: 1/min, minimum: 0, maximum: "{{SPEED_MAX}}"}
    starts: {title: Starts, type: integer, mr:type: u64, readOnly: true}
---
kind: ThingModel
name: full-pump
version: 2
spec:
  title: {zh: 泵, en: Pump, de: Pumpe}
  links:
    - {rel: "tm:extends", href: full-machine@1}
    - {rel: "tm:submodel", href: full-motor@1, instanceName: motor}
    - {rel: license, href: "https://example.org/license"}
  support: "https://example.org/help"
  schemaDefinitions:
    recipe: {title: {en: Recipe}, type: object, properties: {title: {title: {en: Its title}, type: string}}}
  properties:
    temperature: {title: {de: Temperatur}}
    temperature-2: {"tm:ref": "#/properties/temperature", title: {en: Second temperature}}
    mode: {title: {en: Mode}, type: string, enum: [auto, manual], default: auto}
    label: {title: Label, type: string, minLength: 1, maxLength: 20, pattern: "^[a-z]*$"}
    running: {title: Running, type: boolean, readOnly: true}
    fixed: {title: Fixed, type: number, const: 3.5, readOnly: true}
    step: {title: Step, type: number, multipleOf: 0.5, minimum: 0, maximum: 10}
    image: {title: Image, type: string, mr:type: bytes, contentEncoding: base64, contentMediaType: image/png, readOnly: true}
    state: {title: {en: State}, type: object, mr:type: text, readOnly: true, required: [title],
            properties: {title: {title: {en: Its title, zh: 标题}, type: string, enum: [a, b]},
                         level: {type: number, minimum: 0, maximum: 5}}}
    curve: {title: Curve, type: array, mr:type: text, minItems: 1, maxItems: 9, items: {title: {en: Point}, type: number}}
    secret: {title: Secret, type: string, writeOnly: true}
    serial: {title: "{{SERIAL}}", type: string, readOnly: true}
  actions:
    set-speed: {title: {en: Set the speed}, input: {title: {en: Speed}, type: integer, unit: 1/min, minimum: 0, maximum: 3000}}
    stop: {title: {en: Stop}, description: {en: At once}, synchronous: true}
    move: {title: Move, input: {type: object, properties: {x: {type: number}}}, output: {type: boolean}}
  events:
    overheated: {title: {en: Overheated}, data: {title: {en: How hot}, type: number}}
---
kind: Thing
name: full-1
spec:
  title: {en: Pump 1, zh: 1号泵}
  model: full-pump@2
  place: {site: everywhere, area: hall, line: l-1, cell: c-1}
  tags: {criticality: high}
  placeholders: {motor.SPEED_MAX: 3000, SERIAL: 4711}
  optional: [/properties/vibration, /actions/calibrate]
---
kind: Thing
name: full-2
spec: {model: full-pump@2, placeholders: {SPEED_MAX: 1500, SERIAL: A-1}, optional: []}
---
kind: Connection
name: full-line
spec: {edge: edge-1, opcua: {url: "opc.tcp://127.0.0.1:4840", security: none}}
---
kind: Binding
name: full-1-opcua
spec:
  thing: full-1
  connection: full-line
  properties:
    - {property: temperature, address: "ns=1;s=t", unit: degC}
    - {property: mode, address: "ns=1;s=m"}
    - {property: label, address: "ns=1;s=l"}
    - {property: step, address: "ns=1;s=st"}
    - {property: secret, address: "ns=1;s=x"}
    - {property: motor.speed, address: "ns=1;s=s", unit: 1/min}
  actions:
    - {action: set-speed, address: "ns=1;s=sp", unit: 1/min}
    - {action: stop, address: "ns=1;s=stop"}
    - {action: calibrate, address: "ns=1;s=c"}
"""


def example_sets():
    """The example plants, each with its files; mappings of imports are no resources."""
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "import"):
        yield folder.name, [{"path": str(file.relative_to(EXAMPLES)), "text": file.read_text()}
                            for file in sorted(folder.rglob("*.yaml"))]


def documents(hub):
    """What the hub serves, as lines for the checker."""
    things = hub.call("GET", "/api/v1/wot/things?limit=1000")
    for td in [hub.call("GET", "/.well-known/wot"), *things]:
        yield {"kind": "td", "name": td["id"], "document": td}
    for model in hub.pages("/api/v1/thing-models?limit=500"):
        ref = f"{model['name']}@{model['version']}"
        for suffix in ("", "?resolved=true"):
            yield {"kind": "tm", "name": ref + suffix, "document": hub.call("GET", f"/api/v1/thing-models/{ref}{suffix}")}


def problems(lines):
    done = subprocess.run(["node", PEERS / "wot_schemas.mjs"], check=True, capture_output=True, text=True,
                          input="".join(json.dumps(line) + "\n" for line in lines))
    return done.stdout.splitlines()


def check_the_checker(lines):
    """Each schema refuses what it should."""
    for kind in ("td", "tm"):
        line = json.loads(json.dumps(next(one for one in lines if one["kind"] == kind and "?" not in one["name"])))
        line["document"]["title"] = {"en": "a map"}
        assert problems([line]), f"the schema of {kind} takes a map of languages as a title"


def run(hub):
    hub.start()
    hub.wait_ready()
    names = ["full"]
    hub.call("POST", "/api/v1/resources/apply", {"files": [{"path": "full.yaml", "text": FULL}], "reason": "schemas"})
    for name, files in example_sets():
        hub.call("POST", "/api/v1/resources/apply", {"files": files, "reason": "schemas"})
        names.append(name)
    lines = list(documents(hub))
    check_the_checker(lines)
    found = problems(lines)
    assert not found, "by the published schemas:\n" + "\n".join(found)
    by_name = {line["name"]: line["document"] for line in lines}
    one = next(document for name, document in by_name.items() if name.endswith(":full-1"))
    temperature = one["properties"]["temperature"]
    assert temperature["title"] == "Temperatur" and temperature["titles"] == {"en": "Temperature", "zh": "温度", "de": "Temperatur"}
    assert one["properties"]["serial"]["title"] == "4711" and one["properties"]["motor.speed"]["mr:expected"]["maximum"] == 3000
    assert set(one["actions"]) == {"calibrate", "set-speed", "stop"}, one["actions"].keys()
    kinds = [line["kind"] for line in lines]
    print(f"{kinds.count('td')} Thing Descriptions and {kinds.count('tm')} Thing Models of {', '.join(names)} are valid")


def main():
    if not (PEERS / "node_modules/wot-thing-model-types").exists():
        print("SKIP: the schemas are not installed (npm ci in tests/peers)")
        return 77
    os.environ.setdefault("NO_COLOR", "1")
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder)
        try:
            run(hub)
        except AssertionError as error:
            print(f"FAILED: {error}\n--- hub\n{hub.tail(15)}")
            return 1
        finally:
            hub.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
