"""A file of measured data is imported in Debian's Chromium (file_import_page.spec.mjs): chosen, checked, mended,
imported, and once more. What the hub has then is asked by REST. file_import_page_test.py MILLRACE WEB_DIST"""
import os
import subprocess
import sys
from pathlib import Path

from plant import PASSWORD, page_test

HERE = Path(__file__).resolve().parent
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
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 120}
    bearing_temperature: {type: number, unit: degC}
---
kind: Thing
name: pump-1
spec: {title: Feed pump, model: pump@1, place: {site: works}}
"""
ROWS = "Time;Flow [m3/h];Brg. Temp [°C]\n" + "".join(f"2026-02-01 06:00:{i:02};{40 + i},5;{60 + i},25\n" for i in range(5))


def check(hub, millrace, folder):
    (folder / "model.yaml").write_text(MODEL)
    done = subprocess.run([millrace, "apply", folder / "model.yaml", "--data-dir", hub.data], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"apply: {done.stdout[-1500:]} {done.stderr[-1500:]}"
    (folder / "wrong").mkdir()
    (folder / "wrong/line 3.csv").write_text(ROWS + "yesterday;1,0;2,0\n")
    (folder / "line 3.csv").write_text(ROWS)
    (folder / "picture.csv").write_bytes(b"\x89PNG\x00\x00")
    code = subprocess.run(["node", HERE / "file_import_page.spec.mjs"], timeout=180, env={
        **os.environ, "MILLRACE_URL": f"http://127.0.0.1:{hub.http_port}", "MILLRACE_ADMIN_PASSWORD": PASSWORD,
        "FOLDER": str(folder)}).returncode
    range_ = "start=2026-02-01&end=2026-02-02"
    for name, first in (("flow", 40.5), ("bearing_temperature", 60.25)):
        rows = hub.call("GET", f"/api/v1/things/pump-1/properties/{name}/history?{range_}")["rows"]
        assert [row[1] for row in rows] == [first + i for i in range(5)], f"{name}: {rows}"
        assert all(row[2] == "good" for row in rows), f"{name}: {rows}"
    imports = [(one["file_name"], one["state"], one["samples"]) for one in hub.pages("/api/v1/imports")]
    assert imports == [("line 3.csv", "complete", 10)], f"imports: {imports}"
    left = list((Path(hub.data) / "uploads").iterdir())
    assert left == [], f"the hub keeps files: {left}"
    return code


if __name__ == "__main__":
    sys.exit(page_test(check))
