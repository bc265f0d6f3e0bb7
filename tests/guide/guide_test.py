#!/usr/bin/env python3
"""Runs a guide of docs/guide as its reader would: every `sh` block, in order, in an empty folder.

A block that begins with `# terminal N` goes on in the background; every other one must end with 0, or
with the code in `sh (exit 3)`. A `text` block after it is what it prints: its lines occur in this order,
`…` stands for anything; since values take a moment to arrive, such a block is run again for up to a
minute. Ports of the guide become free ones, in its commands and in the files of examples/.
usage: guide_test.py GUIDE FOLDER_OF_PROGRAMS [DATA_FOLDER]"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from plant import free_port  # noqa: E402

CHECKOUT = Path(__file__).resolve().parents[2]
PORTS = ("8080", "1883", "4840")
PATIENCE_S = 60
BLOCK = re.compile(r"^```(sh|text)(?: \(exit (\d+)\))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def matches(expected, printed):
    """Whether the expected lines occur in this order; else the first that does not."""
    lines = iter(printed.splitlines())
    for wanted in expected.splitlines():
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.strip().split("…")))
        if not any(pattern.fullmatch(" ".join(line.split())) or pattern.fullmatch(line.strip()) for line in lines):
            return wanted
    return None


class Reader:
    def __init__(self, guide, programs, data, folder):
        self.folder, self.shown = Path(folder), Path(folder) / "terminals.log"
        ports = {port: str(free_port()) for port in PORTS}
        self.ports = re.compile(r"\b(" + "|".join(PORTS) + r")\b"), lambda found: ports[found.group()]
        self.blocks = list(BLOCK.finditer(guide.read_text()))
        self.terminals = []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        self.environment = {**environment, "HOME": folder, "DATA": str(data),
                            "PATH": f"{programs}:{environment['PATH']}"}
        for source in (CHECKOUT / "examples").rglob("*.yaml"):
            copy = self.folder / "examples" / source.relative_to(CHECKOUT / "examples")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(self.with_ports(source.read_text()))

    def with_ports(self, text):
        return self.ports[0].sub(self.ports[1], text)

    def bash(self, script, **more):
        return subprocess.Popen(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, start_new_session=True, **more)

    def read(self):
        for place, block in enumerate(self.blocks):
            kind, code, text = block.groups()
            if kind == "text":
                continue
            following = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
            expected = following[3] if following and following[1] == "text" else ""
            script = self.with_ports(text)
            print(f"--- {script.rstrip()}", flush=True)
            if text.startswith("# terminal"):
                self.open_terminal(script)
            else:
                self.run(script, int(code or 0), self.with_ports(expected))

    def open_terminal(self, script):
        with self.shown.open("ab") as log:
            self.terminals.append(self.bash(script, stdout=log, stderr=log))
        time.sleep(3)
        assert self.terminals[-1].poll() is None, f"it ended at once:\n{self.shown.read_text()[-3000:]}"

    def run(self, script, code, expected):
        end = time.monotonic() + (PATIENCE_S if expected else 0)
        while True:
            process = self.bash(script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            printed, _ = process.communicate(timeout=600)
            missing = matches(expected, printed)
            if process.returncode == code and missing is None:
                print(printed if len(printed) < 3000 else printed[:3000] + "…", flush=True)
                return
            if time.monotonic() > end:
                raise AssertionError(f"exit code {process.returncode}, wanted {code}; line that is not there: "
                                     f"{missing!r}\n{printed}\n--- terminals\n{self.shown.read_text()[-3000:]}")
            time.sleep(1)

    def close(self):
        for process in reversed(self.terminals):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def main():
    guide, programs = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    data = Path(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("MILLRACE_SHARED", "") + "/data")
    if "$DATA" in guide.read_text() and not data.is_dir():
        print(f"SKIP: the data sets are not at '{data}'; set MILLRACE_SHARED")
        return 77
    folder = tempfile.mkdtemp(prefix="millrace-guide-")
    reader = Reader(guide, programs, data.resolve(), folder)
    try:
        reader.read()
    except AssertionError as error:
        print(f"FAILED: {error}")
        return 1
    finally:
        reader.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
