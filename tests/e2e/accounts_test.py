"""An administrator lets an edge in by REST while the hub runs: it connects and delivers. A new password ends its
connection and the old one stops working; without its account it is out. The broker sends no will for those whom it
puts out: the hub shows them as disconnected all the same. And the command line, at the hub and from elsewhere; who
may come in by an access file; and what the file in the data directory says, while the hub runs and while it does not.
accounts_test.py MILLRACE MILLRACE_EDGE"""
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

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
        wait_for("it is in the audit book", lambda: self.by("file") == [("account.created", "edge-2")], 10)

    def access(self, *arguments, code=0):
        run = subprocess.run([self.millrace, "access", *map(str, arguments), "--data-dir", self.hub.data, "--json"],
                             capture_output=True, text=True)
        assert run.returncode == code, f"{arguments}: {run}"
        return json.loads(run.stdout)

    def filed(self):
        """An access file lets in whom it names, keeps the secrets, and changes nothing the second time; an edge logs
        in with the password that was kept."""
        file, secrets = Path(self.folder) / "access.yaml", Path(self.folder) / "secrets"
        file.write_text("accounts:\n  - {kind: edge, name: edge-1, site: works}\n  - {kind: device, name: meter, topics: [hall/#]}\n"
                        "tokens:\n  - {name: board, role: viewer}\n")
        wrong = Path(self.folder) / "wrong.yaml"
        wrong.write_text(file.read_text() + "  - {name: late, role: viewer, expires: 2020-01-01T00:00:00Z}\n")
        assert self.access("apply", wrong, code=3)["problems"][0]["line"] == 6
        assert [one["name"] for one in self.access("plan", file)["changes"]] == ["edge-1", "board"]
        applied = self.access("apply", file, "--secrets-dir", secrets)
        assert [one["secret_file"] for one in applied["changes"]] == [f"{secrets}/accounts/edge-1", f"{secrets}/tokens/board"], applied
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in secrets.glob("*/*")), "others may read them"
        assert secrets.stat().st_mode & 0o777 == 0o700
        mine, self.hub.token = self.hub.token, (secrets / "tokens/board").read_text().strip()
        assert self.hub.call("GET", "/api/v1/me")["role"] == "viewer"
        self.hub.token = mine
        self.edge.stop()
        self.delivers((secrets / "accounts/edge-1").read_text().strip())
        assert self.access("apply", file, "--secrets-dir", secrets) == {"changes": [], "unchanged": 3, "own_token": None}
        assert self.is_shown(True), "who is the same stays connected"
        file.write_text(file.read_text().replace("viewer", "operator"))
        assert self.access("apply", file, "--replace", "--secrets-dir", secrets, code=6)["error"]["what"].startswith("there is already")
        assert self.access("apply", file, "--replace")["changes"][0]["secret"].startswith("mrt_")
        assert self.access("apply", file, "--prune")["changes"] == [{"action": "remove", "of": "account", "name": "edge-2"}]
        text = self.access("export")["text"]
        assert "edge-1" in text and "board" in text and "password" not in text, text

    def by(self, actor):
        """What this actor has in the audit book: action and subject, oldest first."""
        with closing(sqlite3.connect(f"file:{self.hub.data}/meta.db?mode=ro", uri=True)) as book:
            return [tuple(row) for row in book.execute("SELECT action, subject FROM audit WHERE actor = ? ORDER BY id", (actor,))]

    def local(self, *arguments):
        return subprocess.run([self.millrace, "accounts", "--data-dir", self.hub.data, *arguments], capture_output=True, text=True, check=True)

    def file_changed(self):
        """What another process does to the file is audited, and that connections lose their edge is said by all."""
        before = self.by("file")
        assert before == [("account.created", "edge-2")], before
        apply = {"files": [{"path": "c.yaml", "text": "kind: Connection\nname: line\nspec: {edge: edge-1, opcua: {url: \"opc.tcp://127.0.0.1:1\", security: none}}\n"}]}
        self.hub.call("POST", "/api/v1/resources/apply", apply)
        removed = self.local("remove", "edge-1")
        assert "nobody reads its connections now: line" in removed.stderr, removed
        wait_for("it is in the audit book", lambda: self.by("file")[len(before):] == [("account.removed", "edge-1")], 10)
        lost = wait_for("it is an event", lambda: [one for one in self.hub.call("GET", "/api/v1/events?kind=edge.shut_out")["items"]], 10)
        assert (lost[0]["subject"], lost[0]["body"]) == ("edge-1", {"connections": ["line"]}), lost
        assert "edge edge-1 has no account any more and reads connections: line" in self.hub.tail(200)
        assert self.hub.stop() == 0
        self.local("add", "--site", SITE, "edge-3")
        self.hub.start()
        self.hub.wait_ready()
        assert self.by("file")[len(before):] == [("account.removed", "edge-1"), ("account.created", "edge-3")]

    def run(self):
        for step in (self.added, self.renewed, self.removed, self.commanded, self.filed, self.file_changed):
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
