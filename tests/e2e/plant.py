"""A hub, its broker and an edge as real processes, for end-to-end tests: start, kill, ask, compare.
Python's standard library only."""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
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
        self.folder, self.data = Path(folder), Path(folder) / "hub"
        self.http_port, self.mqtt_port = free_port(), free_port()
        super().__init__("hub", [binary, "hub", "--data-dir", self.data, "--http-port", self.http_port,
                                 "--mqtt-port", self.mqtt_port], folder, {"MILLRACE_ADMIN_PASSWORD": PASSWORD})
        self.token = None

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
