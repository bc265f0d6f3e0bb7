"""A hub that knows the thing models of examples/plant and nothing else, `millrace plant` beside it, and
onboarding walked in Debian's Chromium (onboarding_page.spec.mjs) against the plant's OPC UA server, which
the hub browses. onboarding_page_test.py MILLRACE WEB_DIST"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from plant import PASSWORD, Hub, Process, free_port, wait_for

HERE = Path(__file__).resolve().parent
MODELS = HERE / "../../examples/plant/models"


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


def walk(hub, url, folder):
    files = [{"path": file.name, "text": file.read_text()} for file in sorted(MODELS.glob("*.yaml"))]
    hub.call("POST", "/api/v1/resources/apply", {"files": files, "reason": "models of the plant"})
    address = f"http://127.0.0.1:{hub.http_port}"
    code = subprocess.run(["node", HERE / "onboarding_page.spec.mjs"], timeout=240, env={
        **os.environ, "MILLRACE_URL": address, "MILLRACE_ADMIN_PASSWORD": PASSWORD, "MILLRACE_OPCUA_URL": url}).returncode
    if code:
        return code
    bound = hub.call("GET", "/api/v1/resources/Binding/pump-1")
    rows = {row["property"]: row for row in bound["spec"]["properties"]}
    assert len(rows) == 13, sorted(rows)
    assert rows["flow"]["unit"] == "m3/h" and "pump-1/flow" in rows["flow"]["address"], rows["flow"]
    thing = hub.call("GET", "/api/v1/things/pump-1")
    assert thing["model"] == "centrifugal-pump@1", thing["model"]
    import_tags(sys.argv[1], address, hub.token, folder, bound["spec"]["connection"])
    return 0


def main():
    if not shutil.which("chromium") or not (HERE / "../../web/node_modules/playwright-core").exists():
        print("SKIP: needs Debian's chromium and the web application's npm packages")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder)
        hub.command += ["--web-dir", sys.argv[2]]
        port = free_port()
        plant = Process("plant", [sys.argv[1], "plant", "--data-dir", Path(folder) / "plant", "--opcua-port", port], folder)
        hub.start()
        plant.start()
        try:
            hub.wait_ready()
            wait_for("the plant answers", lambda: "answers at" in plant.tail(), 20)
            code = walk(hub, f"opc.tcp://127.0.0.1:{port}", folder)
            if code:
                print(hub.tail())
            return code
        except AssertionError as error:
            print(f"FAILED: {error}\n{hub.tail()}\n{plant.tail()}")
            return 1
        finally:
            plant.kill()
            hub.kill()


if __name__ == "__main__":
    sys.exit(main())
