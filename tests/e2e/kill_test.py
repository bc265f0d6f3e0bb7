"""Edge, hub and broker are killed at random moments while 1,000 tags count at 10 Hz; afterwards every
sample that was spooled is stored exactly once, or its loss is on record. Then a hub restored from a
backup, an edge installed anew, and a spool that overflows. kill_test.py MILLRACE MILLRACE_EDGE [KILLS]"""
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plant import Hub, Process, wait_for

THINGS, PROPERTIES, SITE, EDGE = 100, 10, "kill-plant", "edge-1"


class Edge(Process):
    def __init__(self, binary, folder, hub, password, size_mb):
        self.binary, self.data = binary, Path(folder) / "edge"
        config = Path(folder) / "edge.yaml"
        config.write_text(json.dumps({
            "edge": EDGE, "site": SITE, "data_dir": str(self.data),
            "hub": {"servers": [f"127.0.0.1:{hub.mqtt_port}"], "user": EDGE, "password": password},
            "spool": {"size_mb": size_mb},
            "counters": [{"things": THINGS, "properties": PROPERTIES, "interval_ms": 100}]}))
        super().__init__("edge", [binary, "run", "--config", config], folder)

    def ledger(self):
        """What the spool of the stopped edge holds: {thing/property: (samples, sum)}, lost samples."""
        text = subprocess.run([self.binary, "spool", "--data-dir", self.data], check=True,
                              capture_output=True, text=True).stdout
        report = json.loads(text.splitlines()[-1])
        held = {name: (row["samples"], row["sum"]) for name, row in report["properties"].items()}
        lost = sum(row["samples"] for row in report["gone"] if row["reason"] == "evicted")
        return held, lost


def add(left, right):
    total = dict(left)
    for name, (samples, amount) in right.items():
        known = total.get(name, (0, 0))
        total[name] = (known[0] + samples, known[1] + amount)
    return total


class KillTest:
    def __init__(self, millrace, millrace_edge, kills, folder):
        self.kills, self.folder, self.edge_binary = kills, folder, millrace_edge
        self.seed = random.SystemRandom().randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.hub = Hub(millrace, folder)
        account = subprocess.run([millrace, "accounts", "--data-dir", self.hub.data, "--json", "add", "--site",
                                  SITE, EDGE], check=True, capture_output=True, text=True).stdout
        self.password = json.loads(account)["password"]
        self.edge = Edge(millrace_edge, folder, self.hub, self.password, 2048)
        self.gone_before = {}  # what spools that were thrown away held

    def edge_row(self):
        rows = [row for row in self.hub.pages("/api/v1/edges") if row["name"] == EDGE]
        return rows[0] if rows else {"connected": False}

    def drain(self, seconds=120):
        """Stops the source of new samples and waits until the hub has everything, then the ledger."""
        self.edge.stop()
        held, lost = self.edge.ledger()
        self.edge.start()  # counts on while the backlog drains: look at the positions instead
        wait_for("the edge delivers again", lambda: self.edge_row()["connected"], 30)
        return held, lost, seconds

    def stored(self):
        found = {}
        for thing in range(THINGS):
            body = {"series": [{"thing": f"counter-{thing:03}", "property": f"c{p:02}"} for p in range(PROPERTIES)],
                    "start": "2020-01-01T00:00:00Z", "end": "2100-01-01T00:00:00Z", "step": "52000w",
                    "aggregate": ["count", "sum"]}
            for one in self.hub.call("POST", "/api/v1/query/history", body)["series"]:
                name = f"{one['thing']}/{one['property']}"
                rows = one["rows"]
                count, amount = one["columns"].index("count"), one["columns"].index("sum")
                found[name] = (sum(row[count] for row in rows), sum(row[amount] or 0 for row in rows))
        return found
