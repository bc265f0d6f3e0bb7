"""A hub whose pump has gone wrong: its flow is out of range since ten minutes, its pressure was for five and is
well again, its power always was, and of its level, bound to a topic, nothing comes; the data-quality page says so in Debian's Chromium (data_quality_page.spec.mjs).
data_quality_page_test.py MILLRACE WEB_DIST"""
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plant import PASSWORD, page_test

HERE = Path(__file__).resolve().parent
MINUTES, WRONG_FOR = 40, 10
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
    flow:
      {title: Flow, type: number, unit: m3/h, minimum: 0, maximum: 120, readOnly: true, "mr:interval_ms": 60000,
       "mr:alarms": [{name: high, above: 100}]}
    pressure: {title: Pressure, type: number, unit: bar, minimum: 0, maximum: 12, readOnly: true, "mr:interval_ms": 60000}
    power: {title: Power, type: number, unit: kW, minimum: 0, maximum: 90, readOnly: true, "mr:interval_ms": 60000}
    level: {title: Level, type: number, readOnly: true, "mr:quality": {stale_s: 1}}
---
kind: Thing
name: pump-1
spec: {title: Feed pump, model: pump@1, place: {site: works, area: hall, line: line-1}}
---
kind: Binding
name: pump-1-level
spec:
  thing: pump-1
  mqtt: {topic: hall/pump-1}
  properties: [{property: level, address: /level}]
"""
MAPPING = """thing: pump-1
site: works
time: {column: time, zone: UTC}
properties:
  - {column: flow, unit: m3/h}
  - {column: pressure, unit: bar}
  - {column: power, unit: kW}
"""


def write(folder):
    """A row a minute up to now; answers when the flow's problem began, and when the pressure's began and ended."""
    (folder / "model.yaml").write_text(MODEL)
    (folder / "mapping.yaml").write_text(MAPPING)
    now = datetime.now(timezone.utc).replace(microsecond=0)
    times = [now - timedelta(minutes=MINUTES - 1 - i) for i in range(MINUTES)]
    flow_begins, high = MINUTES - WRONG_FOR, range(10, 15)
    (folder / "history.csv").write_text("time,flow,pressure,power\n" + "".join(
        f"{time:%Y-%m-%d %H:%M:%S},{500 + i if i >= flow_begins else 80 + i % 7},{40 + i if i in high else 4 + i % 3},{60 + i % 5}\n"
        for i, time in enumerate(times)))
    return [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in (times[flow_begins], times[high[0]], times[high[-1]])]


def check(hub, millrace, folder):
    begun, high_from, high_to = write(folder)
    for arguments in (("apply", folder / "model.yaml"), ("import", "--mapping", folder / "mapping.yaml", folder / "history.csv")):
        done = subprocess.run([millrace, *arguments, "--data-dir", hub.data], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
    return subprocess.run(["node", HERE / "data_quality_page.spec.mjs"], timeout=120, env={
        **os.environ, "MILLRACE_URL": f"http://127.0.0.1:{hub.http_port}", "MILLRACE_ADMIN_PASSWORD": PASSWORD,
        "FLOW_SINCE": begun, "PRESSURE_SINCE": high_from, "PRESSURE_ENDED": high_to}).returncode


if __name__ == "__main__":
    sys.exit(page_test(check))
