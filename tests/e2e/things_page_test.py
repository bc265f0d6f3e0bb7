"""Ten thousand things with a model, a place and values in a real hub: what the list costs over REST, and
how the page opens and scrolls in Debian's Chromium (web/test/speed.mjs holds the limits: open in at most
1 s, 95 % of frames in at most 100 ms on a machine without a graphics card).
things_page_test.py MILLRACE WEB_DIST"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plant import PASSWORD, Hub

THINGS, LINES = 10_000, 50
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


def write_plant(folder):
    folder.mkdir()
    (folder / "model.yaml").write_text(MODEL)
    for line in range(LINES):
        (folder / f"line-{line:02}.yaml").write_text("---\n".join(
            f"kind: Thing\nname: pump-{number:05}\nspec:\n  title: Pump {number}\n  model: pump@1\n"
            f"  place: {{site: works, area: hall-{line % 5}, line: line-{line:02}}}\n"
            f"  tags: {{criticality: {('low', 'medium', 'high')[number % 3]}}}\n"
            for number in range(line, THINGS, LINES)))


def write_history(file):
    now = datetime.now(timezone.utc).replace(microsecond=0)
    with file.open("w") as csv:
        csv.write("number,time,flow,pressure,running\n")
        for minute in range(3):
            moment = (now - timedelta(minutes=3 - minute)).strftime("%Y-%m-%d %H:%M:%S")
            csv.writelines(f"{number:05},{moment},{40 + number % 70 + minute / 10},{2 + number % 80 / 10},{number % 2}\n"
                           for number in range(THINGS))


def check(hub, millrace, folder, web):
    def run(*arguments):
        begun = time.monotonic()
        done = subprocess.run([millrace, *arguments, "--data-dir", hub.data], capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
        return time.monotonic() - begun

    write_plant(folder / "plant")
    write_history(folder / "history.csv")
    (folder / "mapping.yaml").write_text(MAPPING)
    print(f"{THINGS} things apply in {run('apply', folder / 'plant'):.1f} s", flush=True)
    print(f"{THINGS * 9} samples import in "
          f"{run('import', '--mapping', folder / 'mapping.yaml', folder / 'history.csv'):.1f} s", flush=True)
    begun = time.monotonic()
    first = hub.call("GET", "/api/v1/things?limit=200")
    print(f"the first page over REST: {(time.monotonic() - begun) * 1000:.0f} ms", flush=True)
    assert len(first["items"]) == 200, len(first["items"])
    assert len(hub.pages("/api/v1/things?limit=1000")) == THINGS
    shot = os.environ.get("MILLRACE_SCREENSHOTS")
    return subprocess.run(["node", web / "test/speed.mjs"], timeout=240, env={
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
        hub.start()
        try:
            hub.wait_ready()
            return check(hub, sys.argv[1], Path(folder), web)
        except AssertionError as error:
            print(f"FAILED: {error}\n{hub.tail()}")
            return 1
        finally:
            hub.kill()


if __name__ == "__main__":
    sys.exit(main())
