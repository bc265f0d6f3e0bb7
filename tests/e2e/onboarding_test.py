"""Unknown third parties at a real hub: a Sparkplug node (npm's sparkplug-client) and a device with JSON of its own
layout wait in the onboarding list with their recent values; files bind them; from then on they feed their things,
and what arrived before is there, too, converted, each sample once: also when the hub is killed while it writes it.
onboarding_test.py MILLRACE"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from plant import Hub, wait_for  # noqa: E402

PEERS = Path(__file__).resolve().parents[1] / "peers"
GROUP, NODE, DEVICE = "plant2", "gw7", "hall-meter"
SPARKPLUG, TOPIC = f"sparkplug:{GROUP}/{NODE}/mixer", "mqtt:hall/2/state"
SEED = int(os.environ.get("MILLRACE_SEED", random.randrange(1 << 32)))
BURST, KILLS = 30_000, 6

MODEL = """kind: Site
name: works
spec: {title: Works}
---
kind: ThingModel
name: mixer
version: 1
spec:
  title: Mixer
  properties:
    pressure: {type: number, unit: bar, minimum: 0, maximum: 10}
    speed: {type: integer, unit: 1/min}
    healthy: {type: boolean}
"""


def thing(name, source, rows):
    return (f"---\nkind: Thing\nname: {name}\nspec: {{title: {name}, model: mixer@1, place: {{site: works}}}}\n"
            f"---\nkind: Binding\nname: {name}\nspec:\n  thing: {name}\n  {source}\n  properties:\n"
            + "".join(f"    - {{{row}}}\n" for row in rows))


MIXER = thing("mixer-1", f"sparkplug: {{group: {GROUP}, node: {NODE}, device: mixer}}",
              ["property: pressure, address: P/Out, unit: kPa", "property: speed, address: speed, unit: 1/min"])
METER = thing("meter-2", "mqtt: {topic: hall/2/state, time: /ts}",
              ['property: pressure, address: "$.p[0].kpa", unit: kPa'])
FRIDAY = METER + '    - {property: healthy, address: "$.p[0].ok"}\n'
LATE = thing("meter-3", "mqtt: {topic: hall/3/state, time: /ts}", ["property: pressure, address: /p/0/kpa, unit: kPa"])


class Devices:
    def __init__(self, port, passwords, folder):
        self.command = ["node", PEERS / "plain_devices.mjs", str(port), NODE, passwords[NODE], GROUP, DEVICE,
                        passwords[DEVICE]]
        self.log, self.process = Path(folder) / "devices.log", None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def said(self):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def of(self, source):
        """[(ms, bar)] of what a source says it has sent, as its property must have it."""
        return [(row["time"], round(row["value"] / 100, 9)) for row in self.said() if row.get("source") == source]

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()


class Onboarding:
    def __init__(self, millrace, folder):
        self.millrace, self.hub = millrace, Hub(millrace, folder)
        passwords = {}
        for arguments in (["--site", GROUP, NODE], ["--device", DEVICE, "--topics", "hall/#"]):
            made = subprocess.run([millrace, "accounts", "--data-dir", self.hub.data, "--json", "add", *arguments],
                                  check=True, capture_output=True, text=True).stdout
            passwords[json.loads(made)["user"]] = json.loads(made)["password"]
        self.check_accounts()
        self.devices = Devices(self.hub.mqtt_port, passwords, folder)
        self.begun = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    def check_accounts(self):
        """A device's topics are its own: not everybody's, not Sparkplug's."""
        for topic in ("#", "+/a", "spBv1.0/plant2/DDATA/gw7/mixer", "millrace/x", "$SYS/#", "a/#/b"):
            run = subprocess.run([self.millrace, "accounts", "--data-dir", self.hub.data, "add", "--device", "other",
                                  "--topics", topic], capture_output=True, text=True)
            assert run.returncode != 0 and "plant" in run.stderr, f"{topic}: {run}"

    def candidates(self):
        return {row["id"]: row for row in self.hub.pages("/api/v1/onboarding")}

    def apply(self, text):
        return self.hub.call("POST", "/api/v1/resources/apply", {"files": [{"path": "all.yaml", "text": text}]})

    def history(self, name, prop="pressure"):
        """Every stored (ms, value) of a property, in order of time."""
        rows, cursor = [], ""
        while True:
            page = self.hub.call("GET", f"/api/v1/things/{name}/properties/{prop}/history?start=now-2h&end=now"
                                        "&limit=10000" + (f"&cursor={cursor}" if cursor else ""))
            rows += [(round(datetime.fromisoformat(row[0]).timestamp() * 1000), round(row[1], 9)) for row in page["rows"]]
            cursor = page["next"]
            if not cursor:
                return rows

    def things(self):
        return {row["id"] for row in self.hub.pages("/api/v1/things")}

    def done(self, name):
        return [row for row in self.hub.pages("/api/v1/events?kind=backfill.completed") if row["subject"] == name]

    def check_waiting(self):
        self.devices.start()
        wait_for("both wait with values", lambda: {SPARKPLUG, TOPIC} <= set(self.candidates()) and all(
            self.candidates()[one]["samples"] > 100 for one in (SPARKPLUG, TOPIC)), 40)
        found = self.candidates()
        mixer = {one["address"]: one for one in found[SPARKPLUG]["properties"]}
        assert set(mixer) == {"P/Out", "speed"} and mixer["P/Out"]["unit"] == "kPa", mixer
        meter = {one["address"]: one for one in found[TOPIC]["properties"]}
        assert {name: one["type"] for name, one in meter.items()} == {
            "/ts": "i64", "/device/id": "text", "/p/0/kpa": "i64", "/p/0/ok": "bool"}, meter
        for source, one in (("mixer", mixer["P/Out"]), ("hall/2/state", meter["/p/0/kpa"])):
            values = [row["value"] / 100 for row in one["recent"]]
            said = [value for _, value in self.devices.of(source)]
            assert len(values) == 60 and any(said[i:i + 60] == values for i in range(len(said))), f"{source}: {values}"
        topic = found[TOPIC]["thing"]
        assert topic not in self.things() and f"{NODE}.mixer" in self.things(), self.things()
        assert self.hub.call("GET", f"/api/v1/things/{topic}")["properties"][0]["name"] == "payload"
        self.say(f"{len(found)} sources wait, these two with {found[SPARKPLUG]['samples']} and {found[TOPIC]['samples']} samples")

    def check_refused(self):
        """kPa does not become bar without being named; nothing has changed then."""
        try:
            self.apply(MODEL + MIXER.replace(", unit: kPa", ""))
        except AssertionError as error:
            said = str(error)
        else:
            raise AssertionError("a mapping from kPa to bar that does not say so was applied")
        assert "is in bar, and the binding does not say in what unit the source has it" in said, said
        assert SPARKPLUG in self.candidates() and "mixer-1" not in self.things()
        self.say("a binding without its unit is refused, and nothing has changed")

    def check_bound(self):
        """Bound while values come: what came before and what comes are one history, nothing missing, nothing twice."""
        self.apply(MODEL + MIXER + METER)
        wait_for("what arrived before is written", lambda: len(self.done("mixer-1")) == 2 and self.done("meter-2"), 20)
        bound = time.time() * 1000
        wait_for("values come on", lambda: self.devices.of("mixer")[-1][0] > bound + 3000, 10)
        self.devices.tell("quiet")
        time.sleep(1)
        for name, source in (("mixer-1", "mixer"), ("meter-2", "hall/2/state")):
            said = self.devices.of(source)
            wait_for("the last of it is stored", lambda: self.history(name)[-1][0] == said[-1][0], 10)
            stored = self.history(name)
            assert stored == said, f"{name}: stored {len(stored)}, said {len(said)}; differ: {sorted(set(stored) ^ set(said))[:5]}"
            before = sum(ms < bound for ms, _ in said)
            self.say(f"{name}: {len(stored)} samples in bar as they were sent in kPa, {before} of them from before")
        waiting = self.candidates()
        assert SPARKPLUG not in waiting, "what is bound still waits"
        rest = {one["address"]: one["feeds"] for one in waiting[TOPIC]["properties"]}
        assert rest == {"/device/id": None, "/p/0/ok": None, "$.p[0].kpa": "meter-2/pressure"}, rest
        assert f"{NODE}.mixer" not in self.things() and {"mixer-1", "meter-2"} <= self.things()
        row = self.hub.call("GET", "/api/v1/things/mixer-1/properties/pressure")
        assert row["unit"] == "bar" and row["quality"] == "good", row

    def check_friday(self):
        """What of a payload is bound later has the time between, too; what was bound before has nothing twice."""
        before = self.history("meter-2")
        self.apply(FRIDAY)
        wait_for("what arrived before is written", lambda: len(self.done("meter-2")) == 2, 20)
        healthy = self.history("meter-2", "healthy")
        assert [time for time, _ in healthy] == [time for time, _ in before], f"{len(healthy)} of {len(before)}"
        assert all(value == 1 for _, value in healthy) and self.history("meter-2") == before
        self.say(f"meter-2: a value that is bound later has all {len(healthy)} samples, too")

    def check_killed(self):
        """The hub is killed again and again while it writes what arrived before."""
        self.devices.tell(f"burst {BURST}")
        end = wait_for("the burst is sent", lambda: next((row for row in self.devices.said() if "burst" in row), None), 120)
        wait_for("the burst waits", lambda: self.candidates().get("mqtt:hall/3/state", {}).get("samples") == BURST, 60, 0.5)
        self.devices.end()
        self.devices.process = None
        dice = random.Random(SEED)
        self.apply(LATE)
        cut = []
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.02, 0.35))
            self.hub.kill()
            self.hub.token = None
            self.hub.start()
            self.hub.wait_ready()
            cut.append(sum(row["body"]["samples"] for row in self.done("meter-3")) or "not done")
        wait_for("what arrived before is written", lambda: self.done("meter-3"), 60)
        expected = [(end["first"] + i, round(i % 500 / 100, 9)) for i in range(BURST)]
        stored = self.history("meter-3")
        assert stored == expected, f"stored {len(stored)}, {len(set(stored))} different, sent {BURST}"
        assert [row["body"]["samples"] for row in self.done("meter-3")] == [BURST], self.done("meter-3")
        assert "not done" in cut, "the hub was never killed before it had finished: no proof"
        self.say(f"killed {KILLS} times (seed {SEED}), done after kill: {cut}; {len(stored)} samples, each once")

    def check_again(self):
        """Neither a restart nor another apply writes anything twice."""
        before = {name: self.history(name) for name in ("mixer-1", "meter-2", "meter-3")}
        self.apply("kind: Site\nname: other\nspec: {title: Other}\n")
        self.apply(LATE.replace("title: meter-3", "title: Meter 3"))
        assert self.hub.stop() == 0
        self.hub.token = None
        self.hub.start()
        self.hub.wait_ready()
        time.sleep(3)
        assert before == {name: self.history(name) for name in before}
        self.say("applied again and started again: nothing is there twice")

    def run(self):
        self.hub.start()
        self.hub.wait_ready()
        self.check_waiting()
        self.check_refused()
        self.check_bound()
        self.check_friday()
        self.check_killed()
        self.check_again()

    def end(self):
        self.devices.end()
        self.hub.kill()


def main():
    if not (PEERS / "node_modules/sparkplug-client").exists():
        print("SKIP: sparkplug-client is not installed (npm ci in tests/peers)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        test = Onboarding(sys.argv[1], folder)
        try:
            test.run()
        except AssertionError as error:
            said = test.devices.log.read_text().splitlines()[-5:] if test.devices.log.exists() else []
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- devices\n" + "\n".join(line[:400] for line in said))
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
