"""Ten thousand things with a model, a place and values in a real hub, which go on coming by MQTT: what the list
costs over REST, and how the page opens, scrolls and takes what is typed in Debian's Chromium (web/test/speed.mjs
holds the limits: open in at most 1 s, 95 % of frames in at most 34 ms, none above 100 ms, no task of a script above
50 ms, no row of the viewport empty while it scrolls, a key painted within 100 ms).
things_page_test.py MILLRACE WEB_DIST"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plant import PASSWORD, Hub, wait_for

THINGS, LINES = 10_000, 50
TALKING = range(0, THINGS, 5)  # things that go on telling their values, each once in so many seconds
ROUND_S = 2
MODEL = """kind: Site
name: works
spec: {title: Works, enterprise: acme}
---
kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow: {title: Flow, type: number, unit: m3/h, minimum: 0, maximum: 160, readOnly: true}
    pressure: {title: Pressure, type: number, unit: bar, minimum: 0, maximum: 12, readOnly: true}
    running: {title: Running, type: boolean, readOnly: true}
"""
MAPPING = """thing: "pump-{number}"
site: works
time: {column: time, zone: UTC}
properties:
  - {column: flow, unit: m3/h}
  - {column: pressure, unit: bar}
  - {column: running, type: bool}
"""


def binding_of(number):
    return (f"---\nkind: Binding\nname: pump-{number:05}\nspec:\n  thing: pump-{number:05}\n  mqtt: {{topic: pumps/{number:05}}}\n"
            "  properties:\n    - {property: flow, address: /flow, unit: m3/h}\n"
            "    - {property: pressure, address: /pressure, unit: bar}\n    - {property: running, address: /running}\n")


def write_plant(folder):
    folder.mkdir()
    (folder / "model.yaml").write_text(MODEL)
    for line in range(LINES):
        (folder / f"line-{line:02}.yaml").write_text("---\n".join(
            f"kind: Thing\nname: pump-{number:05}\nspec:\n  title: Pump {number}\n  model: pump@1\n"
            f"  place: {{site: works, area: hall-{line % 5}, line: line-{line:02}}}\n"
            f"  tags: {{criticality: {('low', 'medium', 'high')[number % 3]}}}\n"
            + (binding_of(number) if number in TALKING else "") for number in range(line, THINGS, LINES)))


def write_history(file):
    now = datetime.now(timezone.utc).replace(microsecond=0)
    with file.open("w") as csv:
        csv.write("number,time,flow,pressure,running\n")
        for minute in range(3):
            moment = (now - timedelta(minutes=3 - minute)).strftime("%Y-%m-%d %H:%M:%S")
            csv.writelines(f"{number:05},{moment},{40 + number % 70 + minute / 10},{2 + number % 80 / 10},{number % 2}\n"
                           for number in range(THINGS) if number not in TALKING)


class Pumps(threading.Thread):
    """The plant's gateway: an MQTT 3.1.1 client that says the values of every fifth thing, round after round."""

    def __init__(self, port, user, password):
        super().__init__(daemon=True)
        self.ending, self.rounds = threading.Event(), 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.send(0x10, self.text("MQTT") + bytes([4, 0xC2, 0, 60]) + self.text("pumps") + self.text(user) + self.text(password))
        answer = self.socket.recv(4)
        assert answer == bytes([0x20, 2, 0, 0]), f"the broker refuses the pumps: {answer!r}"

    @staticmethod
    def text(value):
        return len(value.encode()).to_bytes(2) + value.encode()

    def send(self, kind, body):
        length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
        self.socket.sendall(bytes([kind]) + length + body)

    def run(self):
        while not self.ending.is_set():
            begun = time.monotonic()
            for number in TALKING:
                values = {"flow": 40 + (number + self.rounds) % 70, "pressure": 2 + (number + self.rounds) % 80 / 10,
                          "running": number % 7 != 0}
                self.send(0x30, self.text(f"pumps/{number:05}") + json.dumps(values).encode())
                if number % 100 == 0:
                    self.ending.wait(max(0, begun + ROUND_S * (number + 1) / THINGS - time.monotonic()))
                    if self.ending.is_set():
                        return
            self.rounds += 1

    def end(self):
        self.ending.set()
        self.join()
        self.socket.close()


def check(hub, millrace, folder, web, gateway):
    def run(*arguments):
        begun = time.monotonic()
        done = subprocess.run([millrace, *arguments, "--data-dir", hub.data], capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
        return time.monotonic() - begun

    write_plant(folder / "plant")
    write_history(folder / "history.csv")
    (folder / "mapping.yaml").write_text(MAPPING)
    print(f"{THINGS} things apply in {run('apply', folder / 'plant'):.1f} s", flush=True)
    print(f"{(THINGS - len(TALKING)) * 9} samples import in "
          f"{run('import', '--mapping', folder / 'mapping.yaml', folder / 'history.csv'):.1f} s", flush=True)
    begun = time.monotonic()
    first = hub.call("GET", "/api/v1/things?limit=200")
    print(f"the first page over REST: {(time.monotonic() - begun) * 1000:.0f} ms", flush=True)
    assert len(first["items"]) == 200, len(first["items"])
    assert len(hub.pages("/api/v1/things?limit=1000")) == THINGS
    pumps = Pumps(hub.mqtt_port, gateway["user"], gateway["password"])
    pumps.start()
    try:
        wait_for("values come by MQTT", lambda: is_fresh(hub, "pump-00000") and is_fresh(hub, f"pump-{TALKING[-1]:05}"), 60)
        code = measure(hub, web)
        assert is_fresh(hub, "pump-00000"), "values came no more while it was measured"
        print(f"all the while {len(TALKING) * 3 // ROUND_S} values a second came: {pumps.rounds} times all of them", flush=True)
        return code
    finally:
        pumps.end()


def is_fresh(hub, thing):
    """Whether its values came within the last rounds."""
    last = hub.call("GET", f"/api/v1/things/{thing}")["last_sample"]
    return last is not None and datetime.now(timezone.utc) - datetime.fromisoformat(last) < timedelta(seconds=5 * ROUND_S)


def measure(hub, web):
    shot = os.environ.get("MILLRACE_SCREENSHOTS")
    return subprocess.run(["node", web / "test/speed.mjs"], timeout=420, env={
        **os.environ, "MILLRACE_URL": f"http://127.0.0.1:{hub.http_port}", "MILLRACE_ADMIN_PASSWORD": PASSWORD,
        **({"MILLRACE_SCREENSHOT": f"{shot}/ten-thousand-things.png"} if shot else {})}).returncode


def main():
    web = Path(__file__).resolve().parents[2] / "web"
    if not shutil.which("chromium") or not (web / "node_modules/playwright-core").exists():
        print("SKIP: needs Debian's chromium and the web application's npm packages")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder)
        hub.command += ["--web-dir", sys.argv[2]]
        gateway = json.loads(subprocess.run(
            [sys.argv[1], "accounts", "--data-dir", hub.data, "--json", "add", "--device", "gateway", "--topics", "pumps/#"],
            check=True, capture_output=True, text=True).stdout)
        hub.start()
        try:
            hub.wait_ready()
            return check(hub, sys.argv[1], Path(folder), web, gateway)
        except AssertionError as error:
            print(f"FAILED: {error}\n{hub.tail()}")
            return 1
        finally:
            hub.kill()


if __name__ == "__main__":
    sys.exit(main())
