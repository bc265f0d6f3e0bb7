"""A hub, its broker and an edge as real processes, for end-to-end tests: start, kill, ask, compare.
Python's standard library only."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

PASSWORD = "e2e-administrator-password"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds, every=0.1):
    """The first true value of check(); fails the test with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}")


class Process:
    """One process that can be killed and started again with the same command; its log is kept."""

    def __init__(self, name, command, folder, env=None):
        self.name, self.command, self.env = name, [str(part) for part in command], env or {}
        self.log = Path(folder) / f"{name}.log"
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, **self.env})

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def stop(self, seconds=30):
        """A clean stop; its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {seconds} s:\n{self.tail()}") from None
        self.process = None
        return code

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def child_named(parent_pid, name):
    """The pid of a child process by its command name, or None."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            comm, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except (OSError, IndexError):
            continue
        if comm == name and int(rest.split()[1]) == parent_pid:
            return int(entry.name)
    return None


class Hub(Process):
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, Path(folder)
        self.http_port, self.mqtt_port = free_port(), free_port()
        super().__init__("hub", [], folder, {"MILLRACE_ADMIN_PASSWORD": PASSWORD})
        self.use(self.folder / "hub")

    def use(self, data):
        """The data directory from the next start on."""
        self.data, self.token = Path(data), None
        self.command = [str(part) for part in (self.binary, "hub", "--data-dir", self.data, "--http-port",
                                               self.http_port, "--mqtt-port", self.mqtt_port)]

    def restore(self, backup):
        """`millrace restore` into a new data directory, which the hub uses from its next start on; what it says."""
        target = self.folder / f"restored-{Path(backup).name}"
        done = subprocess.run([self.binary, "restore", "--backup", backup, "--data-dir", target, "--json"],
                              capture_output=True, text=True)
        assert done.returncode == 0, f"restore: {done.stderr}"
        self.use(target)
        return json.loads(done.stdout)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self, seconds=20):
        wait_for(f"the hub answers\n{self.tail()}", self.is_ready, seconds)

    def call(self, method, path, body=None, timeout=60):
        if self.token is None and not path.endswith("/login"):
            self.token = self.call("POST", "/api/v1/login", {"user": "admin", "password": PASSWORD})["token"]
        request = urllib.request.Request(f"http://127.0.0.1:{self.http_port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def pages(self, path):
        """All items of a paged list."""
        cursor, items = None, []
        while True:
            join = "&" if "?" in path else "?"
            page = self.call("GET", path + (f"{join}cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items

    def kill_broker(self):
        pid = self.process and child_named(self.process.pid, "mosquitto")
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid is not None


def page_test(check):
    """check(hub, millrace, folder) beside a hub that serves its pages; arguments of the program: MILLRACE WEB_DIST."""
    if not shutil.which("chromium") or not (Path(__file__).resolve().parents[2] / "web/node_modules/playwright-core").exists():
        print("SKIP: needs Debian's chromium and the web application's npm packages")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder)
        hub.command += ["--web-dir", sys.argv[2]]
        hub.start()
        try:
            hub.wait_ready()
            return check(hub, sys.argv[1], Path(folder))
        except AssertionError as error:
            print(f"FAILED: {error}\n{hub.tail()}")
            return 1
        finally:
            hub.kill()


class Edge(Process):
    """An edge agent whose tags count, each 1, 2, 3 … (config: counters), or that reads what the hub assigns.
    Made before its hub starts."""

    def __init__(self, binary, millrace, folder, hub, site, name="edge-1", password=None):
        self.binary, self.folder, self.data = binary, Path(folder), Path(folder) / name
        self.hub, self.site, self.password = hub, site, password
        if password is None:
            account = subprocess.run([millrace, "accounts", "--data-dir", hub.data, "--json", "add", "--site", site, name],
                                     check=True, capture_output=True, text=True).stdout
            self.password = json.loads(account)["password"]
        super().__init__(name, [], folder)

    def start(self, counters=None, size_mb=2048):
        config = self.folder / f"{self.name}.yaml"
        config.write_text(json.dumps({
            "edge": self.name, "site": self.site, "data_dir": str(self.data),
            "hub": {"servers": [f"127.0.0.1:{self.hub.mqtt_port}"], "user": self.name, "password": self.password},
            "spool": {"size_mb": size_mb}, "counters": [counters] if counters else []}))
        self.command = [str(self.binary), "run", "--config", str(config)]
        super().start()

    def ledger(self):
        """What the spool of the stopped edge holds: {thing/property: (samples, sum)}."""
        text = subprocess.run([self.binary, "spool", "--data-dir", self.data], check=True,
                              capture_output=True, text=True).stdout
        report = json.loads(text.splitlines()[-1])
        return {name: (row["samples"], row["sum"]) for name, row in report["properties"].items()}

    def wait_counted(self, seconds):
        """Until the counters of the edge that was started last have given all of their history."""
        wait_for("the history is counted", lambda: "the history is given" in self.log.read_text().rsplit(
            " starts\n", 1)[-1], seconds, every=0.2)


class Plant:
    """One hub and one edge whose THINGS × PROPERTIES tags count at 10 Hz; and what each of them holds."""

    THINGS, PROPERTIES = 100, 10
    COUNTING = {"things": THINGS, "properties": PROPERTIES, "interval_ms": 100}
    IDLE = {"things": 1, "properties": 1, "interval_ms": 3600000}  # one sample: the backlog drains

    def __init__(self, millrace, millrace_edge, folder):
        self.hub = Hub(millrace, folder)
        self.edge = Edge(millrace_edge, millrace, folder, self.hub, "kill-plant")
        self.earlier = {}  # what spools that were thrown away held
        self.begun = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    def edge_row(self):
        rows = [row for row in self.hub.pages("/api/v1/edges") if row["name"] == self.edge.name]
        return rows[0] if rows else {"connected": False}

    def past(self, seconds, interval):
        """Numbers for `seconds` of the past on every tag, as fast as the spool takes them."""
        return {**self.COUNTING, "interval_ms": 3600000, "history_s": seconds, "history_interval_s": interval}

    def drain(self, seconds=120):
        """Ends the counting and waits until the hub has acknowledged everything; the edge is stopped then."""
        self.edge.stop()
        self.edge.start(self.IDLE)
        started = datetime.now(timezone.utc)

        def is_drained():
            row = self.edge_row()
            spool = row.get("spool")
            return (row["connected"] and spool and spool["batches"] == 0
                    and datetime.fromisoformat(spool["reported"]) > started + timedelta(seconds=3))

        wait_for("the backlog has drained", is_drained, seconds, every=0.5)
        self.edge.stop()
        time.sleep(1)

    def stored(self, aggregate="sum", start="now-9d"):
        found = {}
        for thing in range(self.THINGS):
            body = {"properties": [{"thing": f"counter-{thing:03}", "property": f"c{p:02}"}
                                   for p in range(self.PROPERTIES)],
                    "start": start, "end": "now", "step": "10d", "aggregate": ["count", aggregate]}
            for one in self.hub.call("POST", "/api/v1/query/history", body)["items"]:
                count, value = (one["columns"].index(name) for name in ("count", aggregate))
                found[f"{one['thing']}/{one['property']}"] = (sum(row[count] for row in one["rows"]),
                                                              sum(row[value] or 0 for row in one["rows"]))
        return found

    def spooled(self):
        """What this spool and those before it hold; {thing/property: (samples, sum)}."""
        total = dict(self.earlier)
        for name, (samples, amount) in self.edge.ledger().items():
            known = total.get(name, (0, 0))
            total[name] = (known[0] + samples, known[1] + amount)
        return total

    def rows(self):
        """Every row that the store holds, duplicates and what is out of range among them."""
        store = self.hub.call("GET", "/api/v1/system")["store"]
        return store["hot_rows"] + store["sealed_rows"] + store["out_of_range_rows"]

    def check_equal(self, what):
        spooled, stored = self.spooled(), self.stored()
        expected = sum(samples for samples, _ in spooled.values())
        assert self.rows() == expected, f"{what}: {self.rows()} rows are stored, {expected} samples were spooled"
        wrong = [f"{name}: spooled {spooled[name]}, stored {stored.get(name)}"
                 for name in sorted(spooled) if spooled[name] != stored.get(name)]
        assert not wrong, f"{what}: {len(wrong)} of {len(spooled)} tags differ, e.g. {wrong[:3]}"
        losses = self.edge_row()["losses"]["samples"]
        assert losses == 0, f"{what}: {losses} samples on record as lost"
        self.say(f"{what}: {sum(n for n, _ in stored.values())} samples stored once, none lost")

    def end(self):
        self.edge.kill()
        self.hub.kill()

    @classmethod
    def main(cls, *arguments):
        """Runs a test of this plant in a folder of its own; the exit code."""
        with tempfile.TemporaryDirectory() as scratch:
            test = cls(sys.argv[1], sys.argv[2], scratch, *arguments)
            try:
                test.run()
            except AssertionError as error:
                print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- edge\n{test.edge.tail(15)}")
                return 1
            finally:
                test.end()
        return 0
