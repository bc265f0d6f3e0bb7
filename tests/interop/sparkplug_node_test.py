"""A third-party Sparkplug node (npm's sparkplug-client) that breaks rules of Sparkplug 3.0 at a real hub:
it appears with its values, is born again, dies, comes back; and every payload it sends is read by our
codec and by libprotobuf, and compared with what the node says it has sent.
sparkplug_node_test.py MILLRACE SPARKPLUG_DECODINGS"""
import json
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from mqtt_tap import CONNECT, PUBLISH, SUBSCRIBE, MqttTap  # noqa: E402
from plant import Hub, wait_for  # noqa: E402

PEERS = Path(__file__).resolve().parents[1] / "peers"
GROUP, NODE, DEVICE = "old-plant", "legacy", "legacy-meter"
ORIGIN, THING = f"{GROUP}.{NODE}", f"{NODE}.{DEVICE}"
REBIRTH = "Node Control/Rebirth"
# What the node's constant metrics must look like over REST: (type, value).
EXPECTED = {
    "int8": ("i64", -5), "int16": ("i64", -30000), "int32": ("i64", -2147483648),
    "int64": ("i64", "-9007199254740993"),
    "uint8": ("u64", 250), "uint16": ("u64", 65535), "uint32": ("u64", 4294967295),
    "uint64": ("u64", "18446744073709551615"),
    "float": ("f64", 1.5), "double": ("f64", -0.1), "boolean": ("bool", True),
    "label": ("text", "Zähler 中"), "text": ("text", "long text"),
    "uuid": ("text", "6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81"), "datetime": ("u64", 1700000000123),
    "bytes": ("bytes", {"content_type": "application/octet-stream", "length": 4, "base64": "AP+AAQ=="}),
    "file": ("bytes", {"content_type": "application/octet-stream", "length": 8, "base64": "YSxiCjEsMgo="}),
    "table-0-phase": ("text", "L1"), "table-0-volts": ("f64", 230.5),
    "table-1-phase": ("text", "L2"), "table-1-volts": ("f64", 229.25),
    "motor-speed": ("i64", 1480), "motor-hot": ("bool", False),
    "nothing": ("f64", None), "with-unit": ("f64", 7.25),
}
TYPES = ("Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float Double Boolean String DateTime Text UUID DataSet "
         "Bytes File Template").split()


def datatype(name):
    return TYPES.index(name) + 1


def f64(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def wire_value(name, value):
    """How a value of that datatype stands on this client's wire (its UInt32 is a long there)."""
    if value is None:
        return None
    if name in ("Int8", "Int16", "Int32", "UInt8", "UInt16"):
        return {"kind": "int", "value": value & 0xFFFFFFFF}
    if name in ("Int64", "UInt32", "UInt64", "DateTime"):
        return {"kind": "long", "value": int(value) & 0xFFFFFFFFFFFFFFFF}
    if name == "Float":
        return {"kind": "float", "value": struct.unpack("<I", struct.pack("<f", value))[0]}
    if name == "Double":
        return {"kind": "double", "value": f64(value)}
    if name == "DataSet":
        cells = [[0, cell] if isinstance(cell, str) else [f64(cell), ""] for row in value["rows"] for cell in row]
        return {"kind": "dataset", "value": [value["columns"], [datatype(one) for one in value["types"]], *cells]}
    if name == "Template":
        return {"kind": "template", "value": {
            "version": value["version"], "reference": value["templateRef"],
            "metrics": [wire_metric(one) for one in value["metrics"]],
            "parameters": [[one["name"], datatype(one["type"]), one["value"]] for one in value["parameters"]]}}
    kind = {"Boolean": "boolean", "Bytes": "bytes", "File": "bytes"}.get(name, "string")
    return {"kind": kind, "value": value}


def wire_metric(said):
    properties = said.get("properties", {})
    return {"name": said["name"], "alias": None, "timestamp": said.get("timestamp"), "datatype": datatype(said["type"]),
            "is_historical": False, "is_transient": False, "is_null": said["value"] is None,
            "quality": properties["Quality"]["value"] if properties else None,
            "unit": properties["engUnit"]["value"] if properties else "",
            "value": wire_value(said["type"], said["value"])}


class Node:
    """The node's process; its log goes on through restarts."""

    def __init__(self, port, password, folder):
        self.command = ["node", PEERS / "sparkplug_node.mjs", str(port), NODE, password, GROUP, NODE]
        self.log, self.process = Path(folder) / "node.log", None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
        self.process = None

    def add_metric(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()

    def said(self, *types):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        rows = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [row for row in rows if row["type"] in types] if types else rows

    def counted(self):
        """(ms, value) of every number that it says it has sent, births included."""
        return [(row["metrics"][0]["timestamp"], row["metrics"][0]["value"]) for row in self.said("DBIRTH", "DDATA")]


class NodeTest:
    def __init__(self, millrace, decodings, folder):
        self.decodings = decodings
        self.hub = Hub(millrace, folder)
        account = subprocess.run([millrace, "accounts", "--data-dir", self.hub.data, "--json", "add", "--site", GROUP,
                                  NODE], check=True, capture_output=True, text=True).stdout
        self.tap = MqttTap(self.hub.mqtt_port)
        self.node = Node(self.tap.port, json.loads(account)["password"], folder)
        self.begun = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    def edge(self):
        return next((row for row in self.hub.pages("/api/v1/edges") if row["name"] == ORIGIN), None)

    def properties(self):
        if not any(row["id"] == THING for row in self.hub.pages("/api/v1/things")):
            return {}
        return {row["name"]: row for row in self.hub.call("GET", f"/api/v1/things/{THING}")["properties"]}

    def current(self, name):
        return self.hub.call("GET", f"/api/v1/things/{THING}/properties/{name}")

    def history(self, name):
        """Every stored (ms, value) of a property."""
        rows, cursor = [], ""
        while True:
            page = self.hub.call("GET", f"/api/v1/things/{THING}/properties/{name}/history?start=now-1h&end=now&limit=1000"
                                        + (f"&cursor={cursor}" if cursor else ""))
            rows += [(round(datetime.fromisoformat(row[0]).timestamp() * 1000), row[1]) for row in page["rows"]]
            cursor = page["next"]
            if not cursor:
                return rows

    def check_appears(self):
        self.node.start()
        wait_for("the node's device is a thing with values", lambda: len(self.properties()) > len(EXPECTED) and all(
            row["current"]["time"] for row in self.properties().values()), 20)
        found = self.properties()
        for name, expected in EXPECTED.items():
            got = found.get(name, {"type": None, "current": {"value": None}})
            assert (got["type"], got["current"]["value"]) == expected, f"{name}: {got} instead of {expected}"
        assert set(found) == {"energy-total", *EXPECTED}, f"beside them: {set(found) - set(EXPECTED)}"
        assert found["energy-total"]["title"] == "energy/total", found["energy-total"]
        assert found["with-unit"]["unit"] == "m3/h" and found["with-unit"]["current"]["quality"] == "bad", found["with-unit"]
        assert found["nothing"]["current"]["reasons"] == ["missing_value"], found["nothing"]
        row = self.edge()
        assert row["connected"] and row["kind"] == "third_party" and row["delivery"] == "at_most_once", row
        self.say(f"{len(found)} properties, each with the node's type and value")

    def check_history(self, seconds):
        """More than one turn of seq without a gap: what was said is stored, once and unaltered."""
        wait_for("seq has gone round", lambda: len(self.node.said("DDATA")) > 280, seconds)
        said = self.node.counted()
        wait_for("the last of it is stored", lambda: self.current("energy-total")["value"] >= said[-1][1], 5)
        stored = [row for row in self.history("energy-total") if row[1] <= said[-1][1]]
        assert stored == said, f"stored {len(stored)}, said {len(said)}; differ: {set(stored) ^ set(said)}"
        self.say(f"history: {len(stored)} samples stored as they were sent")

    def check_rebirth(self):
        before = len(self.node.said("NBIRTH"))
        assert before == 1, f"{before} births before there was a reason"
        self.node.add_metric("surprise")
        wait_for("the unknown metric is a property", lambda: self.properties().get("surprise", {}).get(
            "current", {}).get("value") == 1, 20)
        asked = [row for row in self.node.said("NCMD") if row["metrics"][0]["name"] == REBIRTH]
        assert asked and len(self.node.said("NBIRTH")) > before, "it was not born again"
        self.say("a metric that no birth had listed: the hub asked for a rebirth and has it")

    def check_death(self):
        self.node.kill()
        killed = time.monotonic()
        wait_for("the value is stale", lambda: self.current("energy-total")["stale"], 5)
        took = time.monotonic() - killed
        assert not self.edge()["connected"]
        last = self.current("energy-total")["value"]
        self.node.start()
        wait_for("it is back", lambda: not self.current("energy-total")["stale"]
                 and self.current("energy-total")["value"] != last, 20)
        assert self.edge()["connected"]
        self.say(f"killed: stale after {took:.1f} s; back with the same bdSeq")

    def check_hub_restart(self):
        """The node does not care for STATE; what it sends meanwhile may be lost, and nothing is altered."""
        self.hub.kill()
        time.sleep(1)
        self.hub.token = None
        self.hub.start()
        self.hub.wait_ready()
        since = self.node.counted()[-1][1]
        wait_for("values flow again", lambda: self.edge() and self.edge()["connected"]
                 and self.current("energy-total")["value"] > since, 20)
        stored, said = self.history("energy-total"), self.node.counted()
        assert len(stored) == len(set(stored)), "something is stored twice"
        assert set(stored) <= set(said), f"never sent: {set(stored) - set(said)}"
        self.say(f"after the hub was killed: {len(stored)} of {len(said)} samples said are stored, none twice")

    def decode(self, payloads):
        text = subprocess.run([self.decodings], input="\n".join(one.hex() for one in payloads) + "\n", check=True,
                              capture_output=True, text=True).stdout
        rows = [json.loads(line) for line in text.splitlines()]
        assert len(rows) == len(payloads)
        differ = [row for row in rows if row["ours"] != row["libprotobuf"]]
        assert not differ, f"{len(differ)} of {len(rows)} payloads are read differently, e.g. {differ[0]}"
        return [row["libprotobuf"] for row in rows]

    def published(self):
        """[(type, decoded payload, whether it was packed)] of all that the node has published."""
        sent = [packet.publish() for packet in self.tap.of_client(PUBLISH)]
        outer = self.decode([payload for _, payload in sent])
        packed = [i for i, one in enumerate(outer) if one["uuid"] == "SPBV1.0_COMPRESSED"]
        inner = dict(zip(packed, self.decode([zlib.decompress(bytes.fromhex(outer[i]["body"]), 47) for i in packed])))
        return [(topic.split("/")[2], inner.get(i, outer[i]), i in inner) for i, (topic, _) in enumerate(sent)]

    def check_decoders(self):
        """To be called in the first session, where order on the wire is the order of what was said."""
        said, sent = self.node.said("NBIRTH", "DBIRTH", "DDATA"), self.published()
        said = said[:len(sent)]
        assert len(sent) > 280 and len(said) == len(sent), f"{len(sent)} messages on the wire, {len(said)} said"
        metrics = 0
        for row, (kind, payload, _) in zip(said, sent):
            expected = [wire_metric(one) for one in row["metrics"]]
            got = [one for one in payload["metrics"] if one["name"] != "bdSeq"]
            assert kind == row["type"] and got == expected, f"{row}\nis on the wire as\n{payload}"
            metrics += len(got)
        packed = sum(is_packed for _, _, is_packed in sent)
        assert packed > 5, f"only {packed} packed payloads"
        self.say(f"{len(sent)} payloads ({packed} packed) with {metrics} metrics: our codec, libprotobuf and the node "
                 "agree on each name, type, value and time")

    def check_breaches(self):
        """The rules it does break; without them the test proves nothing."""
        wills = [packet.will() for packet in self.tap.of_client(CONNECT)]
        assert len(wills) >= 3 and all(qos == 0 for _, _, qos, _ in wills), "tck-id-payloads-ndeath-will-message-qos"
        deaths = [payload["metrics"] for payload in self.decode([payload for _, payload, _, _ in wills])]
        assert all(one[0]["name"] == "bdSeq" and one[0]["datatype"] == datatype("UInt64")
                   and one[0]["value"] == {"kind": "long", "value": 0} for one in deaths), deaths
        filters = [one for packet in self.tap.of_client(SUBSCRIBE) for one in packet.filters()]
        assert filters and all(qos == 0 for _, qos in filters), "tck-id-message-flow-edge-node-ncmd-subscribe"
        assert not any("STATE" in text for text, _ in filters), "it waits for its host"
        sent = self.published()
        births = [payload for kind, payload, _ in sent if kind == "NBIRTH"]
        assert births and all(REBIRTH not in [one["name"] for one in birth["metrics"]] for birth in births)
        assert any(one["timestamp"] is None for one in births[0]["metrics"]), "tck-id-payloads-name-birth-data-requirement"
        self.say(f"{len(wills)} sessions: will QoS 0, bdSeq a UInt64 and always 0, commands at QoS 0, no STATE, no {REBIRTH}, "
                 "a birth metric without time")

    def run(self):
        self.hub.start()
        self.hub.wait_ready()
        self.check_appears()
        self.check_history(60)
        self.check_decoders()
        self.check_rebirth()
        self.check_death()
        self.check_hub_restart()
        self.check_breaches()

    def end(self):
        self.node.kill()
        self.tap.close()
        self.hub.kill()


def main():
    if not (PEERS / "node_modules/sparkplug-client").exists():
        print("SKIP: sparkplug-client is not installed (npm ci in tests/peers)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        test = NodeTest(sys.argv[1], sys.argv[2], folder)
        try:
            test.run()
        except AssertionError as error:
            node = test.node.log.read_text().splitlines()[-5:] if test.node.log.exists() else []
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- node\n" + "\n".join(line[:400] for line in node))
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
