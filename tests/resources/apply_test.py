#!/usr/bin/env python3
"""Resource files through the real command line into the real hub: a thousand things with twenty
properties each (the figure is printed), every command's answer and exit code, and what a hub that is
killed in the middle of an apply has afterwards: the old whole or the new whole."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path

MILLRACE = sys.argv.pop(1)
SEED = int(os.environ.get("MILLRACE_SEED", random.randrange(1 << 32)))
THINGS, PROPERTIES, KILLS = 1000, 20, 6


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def model():
    properties = "".join(f"    p{i:02}: {{type: number, unit: m3/h, minimum: 0, maximum: 100, mr:interval_ms: 1000}}\n"
                         for i in range(PROPERTIES))
    return ("kind: Site\nname: works\nspec: {title: Works}\n---\nkind: ThingModel\nname: pump\nversion: 1\nspec:\n"
            "  title: Pump\n  properties:\n" + properties)


def thing(number, generation):
    rows = "".join(f'    - {{property: p{i:02}, address: "ns=2;s=Pump{number}.P{i}", unit: l/min}}\n'
                   for i in range(PROPERTIES))
    return (f"kind: Thing\nname: pump-{number:04}\nspec:\n  title: Pump {number}\n  model: pump@1\n"
            f"  place: {{site: works, area: hall-{number % 10}}}\n  tags: {{generation: \"{generation}\"}}\n---\n"
            f"kind: Binding\nname: pump-{number:04}-opcua\nspec:\n  thing: pump-{number:04}\n  connection: line\n"
            f"  properties:\n{rows}")


def write_plant(folder, generation, things=THINGS):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "things").mkdir(parents=True)
    (folder / "model.yaml").write_text(model())
    (folder / "line.yaml").write_text("kind: Connection\nname: line\nspec:\n  edge: edge-1\n"
                                      "  opcua: {url: \"opc.tcp://127.0.0.1:4840\", security: none}\n")
    for number in range(things):
        (folder / "things" / f"pump-{number:04}.yaml").write_text(thing(number, generation))


class Apply(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.data, self.plant = root / "hub", root / "plant"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        self.environment["HOME"] = self.folder.name
        self.start()

    def tearDown(self):
        if self.hub.poll() is None:
            self.hub.send_signal(signal.SIGTERM)
            try:
                self.hub.wait(30)
            except subprocess.TimeoutExpired:
                self.hub.kill()
                self.hub.wait()
        self.folder.cleanup()

    def start(self):
        (self.data / "local-token").unlink(missing_ok=True)
        self.hub = subprocess.Popen([MILLRACE, "hub", "--data-dir", str(self.data), "--http-port", str(free_port())],
                                    env=self.environment, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not (self.data / "local-token").exists():
            self.assertIsNone(self.hub.poll(), "the hub ended")
            self.assertLess(time.monotonic(), end, "the hub is not ready")
            time.sleep(0.02)

    def cli(self, *arguments, code=0):
        run = subprocess.run([MILLRACE, *map(str, arguments)], env=self.environment, capture_output=True, text=True)
        self.assertEqual(run.returncode, code, f"{arguments}: {run.stdout[-2000:]} {run.stderr[-2000:]}")
        return run

    def hub_cli(self, *arguments, code=0):
        return self.cli(*arguments, "--data-dir", self.data, code=code)

    def get(self, path):
        token, address = (self.data / "local-token").read_text().splitlines()
        connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
        connection.request("GET", path, headers={"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        self.assertEqual(answer.status, 200, body)
        return body

    def things(self):
        items, cursor = [], ""
        while cursor is not None:
            page = self.get("/api/v1/things?limit=1000" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
        return items

    def test_a_thousand_things_with_twenty_properties_are_applied_in_seconds(self):
        write_plant(self.plant, 1)
        began = time.monotonic()
        done = self.hub_cli("apply", self.plant, "--reason", "all of it")
        seconds = time.monotonic() - began
        self.assertIn("revision 1", done.stdout)
        self.assertEqual(len(self.things()), THINGS)
        began = time.monotonic()
        self.assertIn("nothing to do", self.hub_cli("apply", self.plant).stdout)
        again = time.monotonic() - began
        began = time.monotonic()
        self.hub_cli("validate", self.plant, "--offline")
        offline = time.monotonic() - began
        print(f"\n{THINGS} things with {PROPERTIES} properties each, with their bindings: apply {seconds:.2f} s; "
              f"again, nothing to do, {again:.2f} s; validate --offline {offline:.2f} s", flush=True)
        self.assertLessEqual(seconds, 10)

    def test_files_go_round_through_plan_apply_export_drift_and_prune(self):
        write_plant(self.plant, 1, 3)
        plan = json.loads(self.hub_cli("plan", self.plant, "--json").stdout)
        self.assertEqual(({c["action"] for c in plan["changes"]}, len(plan["changes"])), ({"create"}, 9))
        text = self.hub_cli("plan", self.plant).stdout
        self.assertIn("+ Thing pump-0001", text)
        self.assertIn("9 to create, 0 to change, 0 to delete", text)
        self.hub_cli("apply", self.plant)
        out = Path(self.folder.name) / "out"
        self.hub_cli("export", "resources", "-o", out)
        self.assertIn("files and hub agree", self.hub_cli("drift", out).stdout)
        self.assertIn("nothing to do", self.hub_cli("apply", out, "--prune").stdout)
        one = out / "things" / "pump-0001.yaml"
        one.write_text(one.read_text().replace("Pump 1", "Pump one"))
        (out / "bindings" / "pump-0002-opcua.yaml").unlink()
        (out / "things" / "pump-0002.yaml").unlink()
        drift = self.hub_cli("drift", out, code=6).stdout
        self.assertIn("/title: \"Pump one\" → \"Pump 1\"", drift)
        self.assertIn("+ Thing pump-0002", drift)
        pruned = self.hub_cli("apply", out, "--prune", "--revision", "1").stdout
        self.assertIn("- Binding pump-0002-opcua", pruned)
        self.hub_cli("apply", self.plant, "--revision", "1", code=6)
        refused = self.hub_cli("apply", self.plant, code=3).stderr
        self.assertIn("name_used", refused)
        self.assertIn("nothing was changed", refused)

    def test_what_is_wrong_is_told_with_file_line_rule_and_next_step(self):
        write_plant(self.plant, 1, 1)
        bad = self.plant / "things" / "bad.yaml"
        bad.write_text("kind: Thing\nname: pump-9\nspec:\n  model: pmup@1\n")
        for arguments in [("validate", self.plant, "--offline"), ("validate", self.plant)]:
            said = self.cli(*arguments, code=3).stderr
            self.assertIn(f"{bad}:4: unknown_reference: ", said)
            self.assertIn("pump@1", said)
        self.assertIn(f"{bad}:4: unknown_reference: ", self.hub_cli("validate", self.plant, code=3).stderr)
        self.assertIn(f"{bad}:4: unknown_reference: ", self.hub_cli("plan", self.plant, code=3).stderr)
        self.assertIn(f"{bad}:4: unknown_reference: ", self.hub_cli("apply", self.plant, code=3).stderr)
        self.assertEqual(self.things(), [])
        self.cli("validate", self.plant / "nothing", code=4)

    def test_a_yaml_bomb_is_refused_with_a_next_step_and_nothing_changes(self):
        write_plant(self.plant, 1, 1)
        bad = self.plant / "things" / "bad.yaml"
        bomb = "kind: Thing\nname: bad\nspec:\n  a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"  {chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8))
        bad.write_text(bomb)
        for verb in ["validate", "plan", "apply", "drift"]:
            said = self.hub_cli(verb, self.plant, code=3).stderr
            self.assertRegex(said, r"bad.yaml:\d+: syntax: the file has too many values\n +Split it, or write out", verb)
        # Many files that are each within the limit of one: together they are refused, too.
        spread = "  a: &a [" + ", ".join(["x"] * 600) + "]\n  b: [" + ", ".join(["*a"] * 700) + "]\n"
        bad.unlink()
        for i in range(6):
            (self.plant / "things" / f"bad-{i}.yaml").write_text(f"kind: Thing\nname: bad-{i}\nspec:\n{spread}")
        self.assertRegex(self.hub_cli("apply", self.plant, code=3).stderr, r"more than 2000000 values\n +Apply the files in parts")
        self.assertEqual(self.things(), [])

    def test_a_hub_killed_in_the_middle_of_an_apply_has_the_old_whole_or_the_new_whole(self):
        print(f"\nseed {SEED}", flush=True)
        dice = random.Random(SEED)
        write_plant(self.plant, 0, 300)
        began = time.monotonic()
        self.hub_cli("apply", self.plant)
        length = time.monotonic() - began
        generation, old, new = 0, 0, 0
        for kill in range(1, KILLS + 1):
            write_plant(self.plant, kill, 300)
            killer = threading.Timer(length * dice.uniform(0.2, 1.1), self.hub.kill)
            killer.start()
            run = subprocess.run([MILLRACE, "apply", str(self.plant), "--data-dir", str(self.data)],
                                 env=self.environment, capture_output=True, text=True)
            killer.join()
            self.hub.wait(30)
            self.start()
            found = {t["tags"]["generation"] for t in self.things()}
            self.assertEqual(len(found), 1, f"a mixture after kill {kill}: {found}")
            present = int(found.pop())
            self.assertIn(present, (generation, kill))
            if run.returncode == 0:
                self.assertEqual(present, kill, "what was answered is kept")
            old, new = (old + 1, new) if present == generation else (old, new + 1)
            generation = present
            newest = self.get("/api/v1/revisions?limit=1")["items"][0]
            self.assertEqual(newest["revision"], 1 + new)
        print(f"{KILLS} kills: {old} times the old whole, {new} times the new", flush=True)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=2)
