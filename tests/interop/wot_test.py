"""A stock consumer of the Web of Things (node-wot) finds, reads, observes and commands a thing of a real
hub by nothing but its published description, over HTTP and over MQTT. Below the thing: an edge and a
third-party OPC UA server, which says what was really written.
wot_test.py MILLRACE MILLRACE_EDGE [--without-actions]"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from plant import Hub, Process, free_port, wait_for  # noqa: E402

PEERS = Path(__file__).resolve().parents[1] / "peers"
SITE, EDGE, THING = "north", "edge-1", "boiler-1"
BROKER = "127.0.0.2"  # where the hub's broker listens: no other broker of this machine is meant
IDLE = "boiler-2"  # of the same model, with a source for its pressure alone
LAMP = {"@context": "https://www.w3.org/2022/wot/td/v1.1", "title": "Gate lamp", "security": "nosec_sc",
        "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}},
        "properties": {"on": {"type": "boolean", "forms": [{"href": "http://lamp.example/on", "op": ["readproperty"]}]}}}
FILES = [{"path": "plant.yaml", "text": f"""
kind: Site
name: {SITE}
spec: {{title: North}}
---
kind: ThingModel
name: boiler
version: 1
spec:
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", {{saref: "https://saref.etsi.org/core/"}}]
  "@type": ["tm:ThingModel", "saref:Boiler"]
  title: Boiler
  properties:
    level: {{title: Level, type: number, minimum: 0, readOnly: true, observable: true}}
    pressure: {{title: Pressure, type: number, unit: bar, minimum: 0, maximum: 16, readOnly: true}}
    target: {{title: Target, type: number, unit: bar, minimum: 0, maximum: "{{{{MAX}}}}"}}
    capped: {{title: {{en: Capped, de: Gedeckelt}}, type: number, maximum: 1, readOnly: true}}
  actions:
    set-target: {{title: Set the target, input: {{type: number, unit: bar, minimum: 0, maximum: 16}}}}
---
kind: Thing
name: {THING}
spec:
  title: {{en: Boiler 1, de: Kessel 1}}
  model: boiler@1
  place: {{site: {SITE}, area: heat}}
  placeholders: {{MAX: 16}}
---
kind: Thing
name: {IDLE}
spec: {{title: Boiler 2, model: boiler@1, place: {{site: {SITE}, area: heat}}, placeholders: {{MAX: 16}}}}
---
kind: Connection
name: peer
spec:
  edge: {EDGE}
  opcua: {{url: "opc.tcp://127.0.0.1:4840", security: none}}
---
kind: Binding
name: {THING}-opcua
spec:
  thing: {THING}
  connection: peer
  properties:
    - {{property: level, address: "ns=1;s=peer.a"}}
    - {{property: pressure, address: "ns=1;s=boiler.pressure", unit: bar}}
    - {{property: target, address: "ns=1;s=boiler.setpoint", unit: bar}}
    - {{property: capped, address: "ns=1;s=peer.b"}}
  actions:
    - {{action: set-target, address: "ns=1;s=boiler.setpoint", unit: bar}}
"""}]


def number(name, **more):
    return {"thing": THING, "property": name, "type": "f64", **more}


class Consumer:
    """node-wot, asked by a line and answering by one."""

    def __init__(self, directory, token, account, folder):
        self.log = (Path(folder) / "consumer.log").open("ab")
        self.process = subprocess.Popen(["node", PEERS / "wot_consumer.mjs", directory, token, account["user"], account["password"]],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def ask(self, *request, seconds=30):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        timer = threading.Timer(seconds, self.process.kill)  # a read that nothing answers would wait for ever
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        assert line, f"node-wot did not answer {request} within {seconds} s"
        return json.loads(line)

    def result(self, *request, seconds=30):
        answer = self.ask(*request, seconds=seconds)
        assert "result" in answer, f"{request}: {answer}"
        return answer["result"]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class WotTest:
    def __init__(self, millrace, millrace_edge, folder, has_actions):
        self.millrace, self.folder, self.has_actions = millrace, Path(folder), has_actions
        self.begun = time.monotonic()
        self.hub = Hub(millrace, folder)
        self.hub.command += ["--mqtt-listen", BROKER]
        self.reader = self.account("add-consumer", "dashboard")
        self.actor = self.account("add-consumer", "--may-command", "scada")
        self.consumers = []
        port = free_port()
        self.server = Process("opcua", ["node", PEERS / "opcua_server.mjs", port, self.folder / "pki"], folder)
        edge = self.account("add", "--site", SITE, EDGE)
        config = self.folder / "edge.yaml"
        config.write_text(json.dumps({
            "edge": EDGE, "site": SITE, "data_dir": str(self.folder / "edge"),
            "hub": {"servers": [f"{BROKER}:{self.hub.mqtt_port}"], "user": edge["user"], "password": edge["password"]},
            "opcua": [{"name": "peer", "url": f"opc.tcp://127.0.0.1:{port}/UA/Peer", "security": "none", "tags": [
                number("level", address="ns=1;s=peer.a"),
                number("pressure", address="ns=1;s=boiler.pressure", unit="bar"),
                number("capped", address="ns=1;s=peer.b", max=1),
                number("pressure", thing=IDLE, address="ns=1;s=boiler.pressure", unit="bar"),
                number("target", address="ns=1;s=boiler.setpoint", unit="bar", writable=True)],
                "actions": [{"address": "ns=1;s=boiler.setpoint", "thing": THING, "action": "set-target"}]}]}))
        self.edge = Process("edge", [millrace_edge, "run", "--config", config], folder)

    def account(self, *arguments):
        return json.loads(subprocess.run([self.millrace, "accounts", "--data-dir", self.hub.data, "--json", *arguments],
                                         check=True, capture_output=True, text=True).stdout)

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    def consumer(self, token, account):
        self.consumers.append(Consumer(f"http://127.0.0.1:{self.hub.http_port}/.well-known/wot", token, account, self.folder))
        return self.consumers[-1]

    def current(self, name):
        return self.hub.call("GET", f"/api/v1/things/{THING}/properties/{name}")

    def value(self, name):
        return self.current(name)["value"]

    def start(self):
        self.server.start()
        wait_for(f"the OPC UA server listens\n{self.server.tail()}", lambda: "ready " in self.server.tail(), 60)
        self.hub.start()
        self.hub.wait_ready()
        self.id, self.idle = (f"urn:millrace:{self.hub.call('GET', '/api/v1/system')['hub']}:{thing}" for thing in (THING, IDLE))
        self.hub.call("POST", "/api/v1/resources/apply", {"files": FILES, "reason": "wot_test"})
        self.edge.start()
        wait_for(f"values arrive\n{self.edge.tail()}", lambda: self.value("level") and self.value("target") is not None, 30)
        token = self.hub.call("POST", "/api/v1/tokens", {"name": "scada", "role": "ot_engineer"})["token"]
        self.wot = self.consumer(token, self.actor)

    def check_discovery(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.hub.http_port}/api/v1/wot/things/urn%3Alamp%3A1", method="PUT",
                                         data=json.dumps(LAMP).encode(), headers={"Authorization": f"Bearer {self.hub.token}"})
        assert urllib.request.urlopen(request, timeout=10).status == 201
        found = self.wot.result("explore")
        assert found == ["urn:lamp:1", self.id, self.idle], found
        problems = {name: self.wot.result(*request) for name, request in
                    {"directory": ["directory"], **{one: ["validate", one] for one in found}}.items()}
        assert not any(problems.values()), f"by the JSON Schema of TD 1.1: {problems}"
        assert self.wot.result("consume", self.id) == "Boiler 1"
        self.say(f"found from /.well-known/wot: {found}; all valid by the published schema")

    def check_reads(self):
        for scheme in ("http", "mqtt"):
            assert self.wot.result("read", self.id, "pressure", scheme) == 2.5, scheme
            before = self.value("level")
            wait_for("the level goes on", lambda: self.value("level") > before, 5)
            level = wait_for(f"the newest value by {scheme}", lambda: (lambda read: read if read > before else None)(
                self.wot.result("read", self.id, "level", scheme)), 5)
            assert level <= self.value("level"), (scheme, level)
        everything = self.wot.result("readall", self.id)
        assert set(everything) == {"level", "pressure", "target", "capped"} and everything["pressure"] == 2.5, everything
        with urllib.request.urlopen(urllib.request.Request(
                f"http://127.0.0.1:{self.hub.http_port}/api/v1/wot/t/{THING}/properties",
                headers={"Authorization": f"Bearer {self.hub.token}"}), timeout=10) as answer:
            assert set(json.loads(answer.read())) == set(everything)
        assert set(self.wot.result("readallform", self.id)) == set(everything)
        self.say("read by HTTP and by MQTT, one and all")

    def check_partly_read(self):
        """All properties of a thing of which one alone has a value: by TD 1.1 the answer of that form is an object of the
        properties' schemas in which none is required. node-wot 0.8.16 does not use the form: it reads one by one, and
        fails with the first that answers 503 (eclipse-thingweb/node-wot#242)."""
        assert self.hub.call("GET", f"/api/v1/wot/t/{IDLE}/properties") == {"pressure": 2.5}
        assert self.wot.result("readallform", self.idle) == {"pressure": 2.5}
        assert self.wot.result("read", self.idle, "pressure", "http") == 2.5
        gone = self.wot.ask("read", self.idle, "level", "http")
        assert "Service Unavailable" in gone.get("error", ""), gone
        self.say("of a thing with one value, all is that one")

    def check_observe(self):
        for scheme in ("http", "mqtt"):
            values = self.wot.result("observe", self.id, "level", scheme, 6)
            assert len(values) == 6 and values == sorted(set(values)), f"{scheme}: {values}"
            self.say(f"observed by {scheme}: {values[0]} … {values[-1]}")

    def check_bad(self):
        """What is bad is read all the same; what is gone is not there, and no consumer takes null for a number."""
        current = self.current("capped")
        assert current["quality"] == "bad" and current["value"] > 1, current
        for scheme in ("http", "mqtt"):
            assert self.wot.result("read", self.id, "capped", scheme) > 1, scheme
        values = self.wot.result("observe", self.id, "capped", "http", 2)
        assert len(values) == 2 and min(values) > 1, values
        self.server.kill()
        wait_for("the hub knows that there is no value", lambda: self.value("level") is None, 60)
        gone = self.wot.ask("read", self.id, "level", "http")
        assert "Service Unavailable" in gone.get("error", ""), gone
        wait_for("nothing is there", lambda: self.wot.result("readallform", self.id) == {}, 5)
        wait_for("the retained value is cleared", lambda: self.retained("level") == "", 5)
        self.server.start()
        wait_for("values come again", lambda: self.value("level"), 60)
        assert wait_for("and are read", lambda: self.wot.ask("read", self.id, "level", "http").get("result"), 10) > 0
        assert self.wot.result("read", self.id, "level", "mqtt") > 0
        self.say("an out-of-range value is read; a stopped source answers 503, and no null by MQTT")

    def retained(self, name):
        """The payload that a new subscriber gets within a second; empty for none."""
        done = subprocess.run(["mosquitto_sub", "-h", BROKER, "-p", str(self.hub.mqtt_port), "-u", self.reader["user"],
                               "-P", self.reader["password"], "-t", f"millrace/things/{THING}/properties/{name}",
                               "-C", "1", "-W", "1"], capture_output=True, text=True)
        return done.stdout.strip()

    def check_name(self):
        """The hub's name is its own, and for ever."""
        name = self.id.split(":")[2]
        self.hub.stop()
        refused = subprocess.run([*self.hub.command, "--name", "another"], capture_output=True, text=True, timeout=60)
        assert refused.returncode != 0 and f"this hub is called '{name}'" in refused.stderr, refused
        self.hub.command += ["--name", name]
        self.hub.start()
        self.hub.wait_ready()
        assert self.hub.call("GET", "/api/v1/system")["hub"] == name
        self.say(f"the hub stays {name}")

    def check_strangers(self):
        """Who has no token or no account gets nothing; a reader's account cannot command."""
        stranger = self.consumer("mrs_wrong", {"user": "nobody", "password": "wrong"})
        assert "error" in stranger.ask("explore")
        path = f"http://127.0.0.1:{self.hub.http_port}/api/v1/wot/t/{THING}/properties/level"
        for wrong in (path, path + "/observe", path + "/observe?ticket=1.2.3"):
            try:
                urllib.request.urlopen(wrong, timeout=10)
                raise AssertionError(f"{wrong} is open")
            except urllib.error.HTTPError as error:
                assert error.code == 401, error.code
        self.say("without a token, an account or a good ticket nothing is told")

    def was_set(self, value):
        """Whether the OPC UA server got it, once."""
        return self.server.log.read_text().count(f"set point Float {value}\n") == 1

    def check_acts(self):
        steps = [("write", "target", "http", 3.5), ("write", "target", "mqtt", 4.25),
                 ("invoke", "set-target", "http", 5.5), ("invoke", "set-target", "mqtt", 6.75)]
        for request, name, scheme, value in steps:
            self.wot.result(request, self.id, name, scheme, value)
            wait_for(f"{request} {name} by {scheme} reaches the device\n{self.hub.tail(5)}", lambda: self.was_set(value), 15)
            wait_for("and comes back as the property's value", lambda: self.wot.result("read", self.id, "target", "http") == value, 10)
            self.say(f"{request} {name} by {scheme}: {value} is in the device and back")
        assert "error" in self.wot.ask("write", self.id, "target", "http", 17), "above the maximum"
        self.wot.result("write", self.id, "target", "mqtt", 18)  # nobody answers there
        reader = self.consumer(self.wot_token("viewer"), self.reader)
        reader.result("explore")
        assert reader.result("read", self.id, "pressure", "mqtt") == 2.5
        assert "error" in reader.ask("write", self.id, "target", "http", 7.5), "a viewer writes"
        reader.ask("write", self.id, "target", "mqtt", 7.5)
        reader.ask("invoke", self.id, "set-target", "mqtt", 7.5)
        self.wot.result("write", self.id, "target", "mqtt", 8.25)
        wait_for("what comes after it arrives", lambda: self.was_set(8.25), 15)
        sets = [line for line in self.server.log.read_text().splitlines() if line.startswith("set point")]
        assert sets == [f"set point Float {value}" for value in (3.5, 4.25, 5.5, 6.75, 8.25)], sets
        self.say("out of range, by a viewer, by a reader's account: nothing reached the device")

    def wot_token(self, role):
        return self.hub.call("POST", "/api/v1/tokens", {"name": f"wot-{role}", "role": role})["token"]

    def run(self):
        self.start()
        self.check_discovery()
        self.check_reads()
        self.check_partly_read()
        self.check_observe()
        self.check_strangers()
        if self.has_actions:
            self.check_acts()
        self.check_bad()
        self.check_name()

    def end(self):
        for consumer in self.consumers:
            consumer.end()
        for process in (self.edge, self.hub, self.server):
            process.kill()


def main():
    if not (PEERS / "node_modules/@node-wot/core").exists():
        print("SKIP: node-wot is not installed (npm ci in tests/peers)")
        return 77
    os.environ.setdefault("NO_COLOR", "1")
    with tempfile.TemporaryDirectory() as folder:
        test = WotTest(sys.argv[1], sys.argv[2], folder, "--without-actions" not in sys.argv[3:])
        try:
            test.run()
        except AssertionError as error:
            log = (Path(folder) / "consumer.log")
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- edge\n{test.edge.tail(15)}\n--- consumer\n"
                  + (log.read_text()[-2000:] if log.exists() else ""))
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
