"""Starts `millrace demo`, applies the thing models of examples/plant, and walks onboarding in Debian's
Chromium (onboarding_page.spec.mjs) against the plant's own OPC UA server, which the hub browses.
onboarding_page_test.py MILLRACE WEB_DIST"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from plant import PASSWORD, Process, free_port, wait_for

HERE = Path(__file__).resolve().parent
MODELS = HERE / "../../examples/plant/models"


def call(hub, method, path, body=None, token=None):
    request = urllib.request.Request(hub + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def logged_in(hub):
    try:
        return call(hub, "POST", "/api/v1/login", {"user": "admin", "password": PASSWORD})["token"]
    except OSError:
        return None


def server_url(data):
    """Where the demo's plant is served, as its edge's configuration says."""
    for file in Path(data).rglob("*.yaml"):
        found = re.search(r"opc\.tcp://127\.0\.0\.1:\d+", file.read_text(errors="replace"))
        if found:
            return found[0]
    return None


def import_tags(program, hub, token, folder, connection):
    """The same table by the command line: refused with its line, then tried and applied."""
    def run(unit, *more):
        table = Path(folder) / "tags.csv"
        table.write_text("thing;model;connection;property;address;unit\n"
                         f"pump-8;centrifugal-pump@1;{connection};flow;ns=1;s=pump-3/flow;{unit}\n".replace("ns=1;s=pump-3/flow", '"ns=1;s=pump-3/flow"'))
        return subprocess.run([program, "tags", "import", table, "--hub", hub, *more], capture_output=True, text=True,
                              timeout=60, env={**os.environ, "MILLRACE_TOKEN": token})
    wrong = run("kg")
    assert wrong.returncode == 3 and "tags.csv:2: pump-8/flow: " in wrong.stderr, wrong
    assert "nothing was changed" in wrong.stderr, wrong
    dry = run("l/min", "--dry-run", "--json")
    assert dry.returncode == 0 and json.loads(dry.stdout)["revision"] is None, dry
    done = run("l/min", "--reason", "by the command line")
    assert done.returncode == 0 and "done: revision" in done.stdout, done
    assert "nothing to do" in run("l/min").stdout


def main():
    if not shutil.which("chromium") or not (HERE / "../../web/node_modules/playwright-core").exists():
        print("SKIP: needs Debian's chromium and the web application's npm packages")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        hub, data = f"http://127.0.0.1:{free_port()}", Path(folder) / "data"
        demo = Process("demo", [sys.argv[1], "demo", "--http-port", hub.rsplit(":", 1)[1], "--data-dir", data,
                                "--web-dir", sys.argv[2]], folder, {"MILLRACE_ADMIN_PASSWORD": PASSWORD})
        demo.start()
        try:
            token = wait_for("the demo answers", lambda: logged_in(hub), 30)
            url = wait_for("the plant's server is known", lambda: server_url(data), 20)
            files = [{"path": file.name, "text": file.read_text()} for file in sorted(MODELS.glob("*.yaml"))]
            call(hub, "POST", "/api/v1/resources/apply", {"files": files, "reason": "models of the plant"}, token)
            code = subprocess.run(["node", HERE / "onboarding_page.spec.mjs"], timeout=240, env={
                **os.environ, "MILLRACE_URL": hub, "MILLRACE_ADMIN_PASSWORD": PASSWORD, "MILLRACE_OPCUA_URL": url}).returncode
            if code == 0:
                bound = call(hub, "GET", "/api/v1/resources/Binding/pump-1", token=token)
                rows = {row["property"]: row for row in bound["spec"]["properties"]}
                assert len(rows) == 13, sorted(rows)
                assert rows["flow"]["unit"] == "m3/h" and "pump-1/flow" in rows["flow"]["address"], rows["flow"]
                thing = call(hub, "GET", "/api/v1/things/pump-1", token=token)
                assert thing["model"] == "centrifugal-pump@1", thing["model"]
                import_tags(sys.argv[1], hub, token, folder, bound["spec"]["connection"])
            assert demo.stop() == 0, demo.tail()
        finally:
            demo.kill()
        if code:
            print(demo.tail())
        return code


if __name__ == "__main__":
    sys.exit(main())
