"""Starts `millrace demo`, then walks it in Debian's Chromium (demo.spec.mjs). demo_test.py MILLRACE WEB_DIST"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from plant import PASSWORD, Process, free_port, wait_for


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


def main():
    here = Path(__file__).resolve().parent
    if not shutil.which("chromium") or not (here / "../../web/node_modules/playwright-core").exists():
        print("SKIP: needs Debian's chromium and the web application's npm packages")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        demo = Process("demo", [sys.argv[1], "demo", "--http-port", port, "--data-dir", Path(folder) / "data",
                                "--web-dir", sys.argv[2]], folder, {"MILLRACE_ADMIN_PASSWORD": PASSWORD})
        begun, started_ms = time.monotonic(), int(time.time() * 1000)
        demo.start()
        try:
            wait_for("the demo answers", lambda: answers(f"http://127.0.0.1:{port}/healthz"), 20)
            print(f"ready after {time.monotonic() - begun:.1f} s", flush=True)
            code = subprocess.run(["node", here / "demo.spec.mjs"], timeout=300, env={
                **os.environ, "MILLRACE_DEMO_STARTED_MS": str(started_ms), "MILLRACE_URL": f"http://127.0.0.1:{port}",
                "MILLRACE_ADMIN_PASSWORD": PASSWORD}).returncode
            assert demo.stop() == 0, demo.tail()
        finally:
            demo.kill()
        if code:
            print(demo.tail())
        return code


if __name__ == "__main__":
    sys.exit(main())
