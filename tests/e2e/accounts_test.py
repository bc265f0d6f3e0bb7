"""An administrator lets an edge in by REST while the hub runs: it connects and delivers. A new password ends its
connection and the old one stops working; without its account it is out. The broker sends no will for those whom it
puts out: the hub shows them as disconnected all the same. And the command line, at the hub and from elsewhere.
accounts_test.py MILLRACE MILLRACE_EDGE"""
import json
import subprocess
import sys
import tempfile
import time

from plant import Edge, Hub, wait_for

SITE = "works"


class AccountsTest:
    def __init__(self, millrace, millrace_edge, folder):
        self.millrace, self.millrace_edge, self.folder = millrace, millrace_edge, folder
        self.hub = Hub(millrace, folder)
        self.edge = None

    def command(self, *arguments, code=0):
        """`millrace accounts … --json` from elsewhere: by address and token."""
        run = subprocess.run([self.millrace, "accounts", *arguments, "--hub", f"http://127.0.0.1:{self.hub.http_port}", "--json"],
                             capture_output=True, text=True, env={"MILLRACE_TOKEN": self.hub.token, "HOME": self.folder})
        assert run.returncode == code, f"{arguments}: {run}"
        return json.loads(run.stdout)

    def stored(self):
        """How many values of the edge's one property are stored."""
        things = [row["id"] for row in self.hub.pages("/api/v1/things")]
        if "counter-000" not in things:
            return 0
        body = {"properties": [{"thing": "counter-000", "property": "c00"}], "start": "now-9d", "end": "now",
                "step": "10d", "aggregate": ["count"]}
        found = self.hub.call("POST", "/api/v1/query/history", body)["items"][0]
        return sum(row[found["columns"].index("count")] for row in found["rows"])

    def row(self):
        return next(row for row in self.hub.pages("/api/v1/accounts") if row["name"] == "edge-1")

    def is_shown(self, connected):
        edges = [row["connected"] for row in self.hub.pages("/api/v1/edges") if row["name"] == "edge-1"]
        return edges == [connected]

    def delivers(self, password):
        """An edge with this password connects, and what it counts is stored."""
        before = self.stored()
        self.edge = Edge(self.millrace_edge, self.millrace, self.folder, self.hub, SITE, password=password)
        self.edge.start({"things": 1, "properties": 1, "interval_ms": 100})
        wait_for("it delivers", lambda: self.stored() > before + 20, 30)
        wait_for("it is shown", lambda: self.is_shown(True) and self.row()["connected"], 10)

    def added(self):
        self.hub.start()
        self.hub.wait_ready()
        made = self.hub.call("POST", "/api/v1/accounts", {"kind": "edge", "name": "edge-1", "site": SITE})
        assert self.row()["connected"] is False
        self.delivers(made["password"])
        self.password = made["password"]

    def renewed(self):
        """The old password ends with its connection; the new one works, and nothing that was spooled meanwhile is lost."""
        new = self.hub.call("POST", "/api/v1/accounts/edge-1/password")["password"]
        wait_for("the edge is put out", lambda: self.is_shown(False), 10)
        time.sleep(3)  # it tries again with the old one
        assert self.is_shown(False) and not self.row()["connected"], self.edge.tail()
        self.edge.stop()
        self.delivers(new)

    def removed(self):
        self.hub.call("DELETE", "/api/v1/accounts/edge-1")
        wait_for("the edge is put out", lambda: self.is_shown(False), 10)
        stored = self.stored()
        time.sleep(3)
        assert self.is_shown(False) and self.stored() == stored, self.edge.tail()
        assert self.hub.pages("/api/v1/accounts") == []
        assert self.edge.is_running(), "it goes on spooling"

    def commanded(self):
        """The command line from elsewhere does the same, and at the hub's data directory."""
        self.command("add", "--device", "meter", "--topics", "hall/#")
        self.command("add-consumer", "scada", "--may-command")
        self.command("add", "--device", "meter", "--topics", "hall/#", code=6)
        assert [one["name"] for one in self.command("list")["items"]] == ["meter", "scada"]
        first = self.command("password", "scada")["password"]
        assert first != self.command("password", "scada")["password"]
        self.command("remove", "scada")
        self.command("remove", "scada", code=4)
        local = subprocess.run([self.millrace, "accounts", "--data-dir", self.hub.data, "add", "--site", SITE, "edge-2"],
                               capture_output=True, text=True, check=True).stdout
        assert local.startswith("site: works\nedge: edge-2\nhub:\n"), local
        assert [one["name"] for one in self.command("list")["items"]] == ["edge-2", "meter"]

    def run(self):
        for step in (self.added, self.renewed, self.removed, self.commanded):
            begun = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - begun:.1f} s", flush=True)

    def end(self):
        if self.edge:
            self.edge.kill()
        self.hub.kill()


def main():
    with tempfile.TemporaryDirectory() as scratch:
        test = AccountsTest(*sys.argv[1:3], scratch)
        try:
            test.run()
        except AssertionError as error:
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(25)}\n--- edge\n{test.edge.tail(25) if test.edge else ''}")
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
