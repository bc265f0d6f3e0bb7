"""Somebody writes a property and invokes an action through REST, and the device behind the binding takes it: a
real hub, broker and edge, a real OPC UA server and a real Modbus device. Then everything that can be wrong: each
is refused with a sentence, fast, and no device hears of it.
command_test.py MILLRACE MILLRACE_EDGE COMMAND_DEVICES"""
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from plant import Edge, Hub, wait_for

RESOURCES = """
kind: ThingModel
name: drive
version: 1
spec:
  title: Drive
  properties:
    speed: {type: integer, unit: 1/min, minimum: 0, maximum: 3000}
    torque: {type: number, unit: N.m, minimum: 0, maximum: 50}
    locked: {type: number, unit: bar}
    measured: {type: number, unit: bar, readOnly: true}
    spare: {type: number}
  actions:
    stop: {title: Stop}
    ramp: {title: Ramp, input: {type: number, unit: s, minimum: 0, maximum: 60}}
    polish: {title: Polish}
---
kind: ThingModel
name: valve
version: 1
spec:
  title: Valve
  properties:
    pressure: {type: number, unit: bar, minimum: 0, maximum: 10}
  actions:
    open: {title: Open, input: {type: boolean}}
---
kind: Thing
name: drive-1
spec: {model: drive@1}
---
kind: Thing
name: valve-1
spec: {model: valve@1}
---
kind: Connection
name: line
spec: {edge: edge-1, opcua: {url: "%(url)s", security: none}}
---
kind: Connection
name: meter
spec: {edge: edge-1, modbus: {host: 127.0.0.1, port: %(port)s, poll_interval_ms: 100, timeout_ms: 1000}}
---
kind: Binding
name: drive-1-line
spec:
  thing: drive-1
  connection: line
  properties:
    - {property: speed, address: ns=1;s=drive/speed, unit: 1/min}
    - {property: torque, address: ns=1;s=drive/torque, unit: kN.m}
    - {property: locked, address: ns=1;s=drive/locked, unit: bar}
    - {property: measured, address: ns=1;s=drive/locked, unit: bar}
  actions:
    - {action: stop, address: ns=1;s=drive/stop}
    - {action: ramp, address: ns=1;s=drive/ramp, unit: ms}
---
kind: Binding
name: valve-1-meter
spec:
  thing: valve-1
  connection: meter
  properties:
    - {property: pressure, address: "holding:0:i16", unit: bar, scale: 0.1}
  actions:
    - {action: open, address: "coil:3"}
"""


class Devices:
    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, str(Path(folder) / "devices")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.lines, self.changed = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.strip())
                self.changed.notify_all()

    def wait(self, start, seconds=10):
        """The rest of the first line that begins so."""
        with self.changed:
            found = self.changed.wait_for(lambda: [one for one in self.lines if one.startswith(start)], seconds)
            assert found, f"the devices did not say '{start}' within {seconds} s: {self.lines}"
            return found[0][len(start):].strip()

    def written(self):
        with self.changed:
            return [one for one in self.lines if one.startswith("wrote")]

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.wait("obeyed " + line)

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


class CommandTest:
    def __init__(self, millrace, millrace_edge, devices, folder):
        self.hub = Hub(millrace, folder)
        self.edge = Edge(millrace_edge, millrace, folder, self.hub, "works")
        self.devices = Devices(devices, folder)
        self.folder = Path(folder)

    def send(self, method, path, value=..., token=None):
        """(status, problem details or None, seconds)"""
        token = token or self.hub.token
        request = urllib.request.Request(f"http://127.0.0.1:{self.hub.http_port}/api/v1/wot/t/{path}", method=method,
                                         data=None if value is ... else json.dumps(value).encode())
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert not answer.read()
                return answer.status, None, time.monotonic() - begun
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read()), time.monotonic() - begun

    def write(self, thing, name, value, **more):
        return self.send("PUT", f"{thing}/properties/{name}", value, **more)

    def invoke(self, thing, name, value=...):
        return self.send("POST", f"{thing}/actions/{name}", value)

    def value(self, thing, name):
        properties = self.hub.call("GET", f"/api/v1/things/{thing}")["properties"]
        return next(one for one in properties if one["name"] == name)["current"]["value"]

    def start(self):
        self.hub.start()
        self.hub.wait_ready()
        url, port = self.devices.wait("opcua"), int(self.devices.wait("modbus"))
        self.hub.call("POST", "/api/v1/resources/apply",
                      {"files": [{"path": "plant.yaml", "text": RESOURCES % {"url": url, "port": port}}]})
        config = self.folder / "edge-1.yaml"
        config.write_text(json.dumps({
            "edge": "edge-1", "site": "works", "data_dir": str(self.edge.data),
            "hub": {"servers": [f"127.0.0.1:{self.hub.mqtt_port}"], "user": "edge-1", "password": self.edge.password}}))
        self.edge.command = [str(self.edge.binary), "run", "--config", str(config)]
        super(Edge, self.edge).start()
        wait_for("values arrive", lambda: self.value("drive-1", "speed") == 0
                 and self.value("valve-1", "pressure") == 2.5, 30)

    def taken(self):
        """What devices take, in their own units, and what comes back by subscription and poll."""
        for what, said in [
            (lambda: self.write("drive-1", "speed", 1480), "wrote speed 1480"),
            (lambda: self.write("drive-1", "torque", 12.5), "wrote torque 0.0125"),
            (lambda: self.invoke("drive-1", "stop"), "wrote stop true"),
            (lambda: self.invoke("drive-1", "ramp", 1.5), "wrote ramp 1500"),
            (lambda: self.write("valve-1", "pressure", 3.1), "holds 31 false"),
            (lambda: self.invoke("valve-1", "open", True), "holds 31 true"),
        ]:
            status, problem, seconds = what()
            assert status == 204, (said, problem)
            self.devices.wait(said)
            print(f"{said}: {seconds * 1000:.0f} ms", flush=True)
        wait_for("the values come back", lambda: self.value("drive-1", "speed") == 1480
                 and self.value("drive-1", "torque") == 12.5 and abs(self.value("valve-1", "pressure") - 3.1) < 1e-9, 10)
        things = [row["id"] for row in self.hub.pages("/api/v1/things")]
        assert things == ["drive-1", "valve-1"], f"an action is no property: {things}"
        names = [one["name"] for one in self.hub.call("GET", "/api/v1/things/drive-1")["properties"]]
        assert names == ["locked", "measured", "spare", "speed", "torque"], names

    def refused(self):
        """What is wrong, with its status, a word of its sentence, and nothing at the devices."""
        before = self.devices.written()
        viewer = self.hub.call("POST", "/api/v1/tokens", {"name": "look", "role": "viewer"})["token"]
        self.devices.tell("refuse 3")
        for status, word, answer in [
            (400, "fast", self.write("drive-1", "speed", "fast")),
            (400, "1.5", self.write("drive-1", "speed", 1.5)),
            (400, "above 3000", self.write("drive-1", "speed", 3001)),
            (400, "no value", self.write("drive-1", "speed", None)),
            (400, "read only", self.write("drive-1", "measured", 1)),
            (404, "no property", self.write("drive-1", "sped", 1)),
            (404, "unknown", self.write("drive-2", "speed", 1)),
            (501, "bound to no device", self.write("drive-1", "spare", 1)),
            (403, "may not", self.write("drive-1", "speed", 1, token=viewer)),
            (403, "BadNotWritable|BadUserAccessDenied|drive/locked", self.write("drive-1", "locked", 1)),
            (403, "exception 3", self.write("valve-1", "pressure", 4)),
            (404, "no action", self.invoke("drive-1", "stpo")),
            (400, "takes no input", self.invoke("drive-1", "stop", 5)),
            (400, "needs an input", self.invoke("drive-1", "ramp")),
            (400, "above 60", self.invoke("drive-1", "ramp", 61)),
            (501, "bound to no device", self.invoke("drive-1", "polish")),
        ]:
            assert answer[0] == status, (status, word, answer)
            assert any(one in answer[1]["what"] for one in word.split("|")), (word, answer[1])
            assert answer[2] < 3, f"{word} took {answer[2]:.1f} s"
        self.devices.tell("refuse 0")
        assert self.devices.written() == before, self.devices.written()
        assert self.value("drive-1", "speed") == 1480

    def recorded(self):
        """Each command that was sent is an event of its thing, with role, name, value and result, and nobody's name."""
        events = self.hub.pages("/api/v1/events?kind=command&subject=drive-1")
        done = [one["body"] for one in events if one["kind"] == "command.done"]
        assert [one.get("property") or one.get("action") for one in done] == ["ramp", "stop", "torque", "speed"], done
        assert done[-1]["value"] == 1480 and done[-1]["edge"] == "edge-1"
        assert all(one["actor_role"] == "administrator" for one in events)
        failed = [one["body"] for one in events if one["kind"] == "command.failed"]
        assert [one["error"] for one in failed] == ["forbidden"] and failed[0]["property"] == "locked", failed
        assert "admin" not in json.dumps([one["body"] for one in events])

    def slow(self):
        """A device that is slow holds up nothing but commands: samples go on, pages open."""
        self.devices.tell("delay 700")
        begun = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            writes = [pool.submit(self.write, "valve-1", "pressure", 5) for _ in range(8)]
            for _ in range(10):
                asked = time.monotonic()
                self.hub.call("GET", "/api/v1/things/drive-1")
                assert time.monotonic() - asked < 1, "the hub waits for a device"
            statuses = [one.result()[0] for one in writes]
        assert set(statuses) <= {204, 503, 504} and 204 in statuses, statuses
        print(f"8 writes to a device that takes 700 ms for each answer: {statuses} in {time.monotonic() - begun:.1f} s")
        self.devices.tell("delay 0")
        wait_for("the device answers again", lambda: self.write("valve-1", "pressure", 6)[0] == 204, 20)

    def away(self):
        """An edge that is away is said to be at once; when it is back, so are commands, and nothing old is done."""
        before = len(self.devices.written())
        self.edge.kill()
        wait_for("the hub notices", lambda: not self.hub.pages("/api/v1/edges")[0]["connected"], 60)
        status, problem, seconds = self.write("drive-1", "speed", 100)
        assert status == 503 and "edge-1" in problem["what"] and seconds < 1, (status, problem, seconds)
        super(Edge, self.edge).start()
        wait_for("commands go through again", lambda: self.write("drive-1", "speed", 200)[0] == 204, 30)
        assert self.devices.written()[before:] == ["wrote speed 200"], self.devices.written()[before:]

    def run(self):
        for step in (self.start, self.taken, self.refused, self.recorded, self.slow, self.away):
            begun = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    def end(self):
        self.edge.kill()
        self.hub.kill()
        self.devices.end()


def main():
    with tempfile.TemporaryDirectory() as scratch:
        test = CommandTest(*sys.argv[1:4], scratch)
        try:
            test.run()
        except AssertionError as error:
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(25)}\n--- edge\n{test.edge.tail(25)}")
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
