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
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plant import Hub, Process, wait_for

THINGS, PROPERTIES, SITE, EDGE = 100, 10, "kill-plant", "edge-1"


class Edge(Process):
    """`counting`: 1,000 tags at 10 Hz; otherwise one tag each hour, which only lets the backlog drain."""

    def __init__(self, binary, folder, hub, password):
        self.binary, self.folder, self.data = binary, Path(folder), Path(folder) / "edge"
        self.hub, self.password = hub, password
        super().__init__("edge", [], folder)

    def start(self, counting=True, size_mb=2048):
        counters = {"things": THINGS, "properties": PROPERTIES, "interval_ms": 100}
        if not counting:
            counters = {"things": 1, "properties": 1, "interval_ms": 3600000}
        config = self.folder / "edge.yaml"
        config.write_text(json.dumps({
            "edge": EDGE, "site": SITE, "data_dir": str(self.data),
            "hub": {"servers": [f"127.0.0.1:{self.hub.mqtt_port}"], "user": EDGE, "password": self.password},
            "spool": {"size_mb": size_mb}, "counters": [counters]}))
        self.command = [str(self.binary), "run", "--config", str(config)]
        super().start()

    def ledger(self):
        """What the spool of the stopped edge holds: {thing/property: (samples, sum)}."""
        text = subprocess.run([self.binary, "spool", "--data-dir", self.data], check=True,
                              capture_output=True, text=True).stdout
        report = json.loads(text.splitlines()[-1])
        return {name: (row["samples"], row["sum"]) for name, row in report["properties"].items()}


def add(left, right):
    total = dict(left)
    for name, (samples, amount) in right.items():
        known = total.get(name, (0, 0))
        total[name] = (known[0] + samples, known[1] + amount)
    return total


class KillTest:
    def __init__(self, millrace, millrace_edge, kills, folder):
        self.kills = kills
        self.seed = random.SystemRandom().randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.hub = Hub(millrace, folder)
        account = subprocess.run([millrace, "accounts", "--data-dir", self.hub.data, "--json", "add", "--site",
                                  SITE, EDGE], check=True, capture_output=True, text=True).stdout
        self.edge = Edge(millrace_edge, folder, self.hub, json.loads(account)["password"])
        self.earlier = {}  # what spools that were thrown away held
        self.begun = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", flush=True)

    def edge_row(self):
        rows = [row for row in self.hub.pages("/api/v1/edges") if row["name"] == EDGE]
        return rows[0] if rows else {"connected": False}

    def drain(self):
        """Ends the counting and waits until the hub has acknowledged everything; the edge is stopped then."""
        self.edge.stop()
        self.edge.start(counting=False)
        started = datetime.now(timezone.utc)

        def is_drained():
            row = self.edge_row()
            spool = row.get("spool")
            return (row["connected"] and spool and spool["batches"] == 0
                    and datetime.fromisoformat(spool["reported"]) > started + timedelta(seconds=3))

        wait_for("the backlog has drained", is_drained, 120, every=0.5)
        self.edge.stop()
        time.sleep(1)

    def stored(self, aggregate="sum", start="now-1d"):
        found = {}
        for thing in range(THINGS):
            body = {"properties": [{"thing": f"counter-{thing:03}", "property": f"c{p:02}"}
                                   for p in range(PROPERTIES)],
                    "start": start, "end": "now", "step": "2d", "aggregate": ["count", aggregate]}
            for one in self.hub.call("POST", "/api/v1/query/history", body)["items"]:
                count, value = (one["columns"].index(name) for name in ("count", aggregate))
                found[f"{one['thing']}/{one['property']}"] = (sum(row[count] for row in one["rows"]),
                                                              sum(row[value] or 0 for row in one["rows"]))
        return found

    def check_equal(self, what):
        spooled, stored = add(self.earlier, self.edge.ledger()), self.stored()
        wrong = [f"{name}: spooled {spooled[name]}, stored {stored.get(name)}"
                 for name in sorted(spooled) if spooled[name] != stored.get(name)]
        assert not wrong, f"{what}: {len(wrong)} of {len(spooled)} tags differ, e.g. {wrong[:3]}"
        losses = self.edge_row()["losses"]["samples"]
        assert losses == 0, f"{what}: {losses} samples on record as lost"
        self.say(f"{what}: {sum(n for n, _ in stored.values())} samples stored once, none lost")

    def storm(self):
        counts = {"edge": 0, "hub": 0, "broker": 0}
        for _ in range(self.kills):
            time.sleep(self.random.uniform(0.2, 2.0))
            victim = self.random.choice(sorted(counts))
            if victim == "broker":
                wait_for("there is a broker to kill", self.hub.kill_broker, 20)
                counts[victim] += 1
                continue
            process = self.edge if victim == "edge" else self.hub
            process.kill()
            process.start()
            counts[victim] += 1
        self.hub.wait_ready()
        self.say(f"killed {counts}")

    def restore(self):
        backup = Path(self.hub.call("POST", "/api/v1/system/backup")["path"])
        self.edge.start()
        time.sleep(8)
        self.hub.kill()
        for name in ("series", "meta.db"):
            target = self.hub.data / name
            shutil.rmtree(target) if target.is_dir() else target.unlink()
            source = backup / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        for stale in self.hub.data.glob("meta.db-*"):
            stale.unlink()
        self.hub.token = None
        self.hub.start()
        self.hub.wait_ready()

    def reinstall(self):
        self.earlier = add(self.earlier, self.edge.ledger())
        shutil.rmtree(self.edge.data)
        self.edge.start()
        time.sleep(5)

    def overflow(self):
        """A spool of 1 MB while the hub is away: what was evicted equals what is on record."""
        shutil.rmtree(self.edge.data)
        begun = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        self.hub.kill()
        self.edge.start(size_mb=1)
        time.sleep(25)
        self.edge.stop()
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start(counting=False, size_mb=1)
        wait_for("losses are on record", lambda: self.edge_row()["losses"]["samples"] > 0, 60)
        time.sleep(8)
        stored = self.stored("max", begun)
        counted = max(value for _, value in stored.values()) * THINGS * PROPERTIES + 1  # the draining edge's 1
        kept = sum(count for count, _ in stored.values())
        lost = self.edge_row()["losses"]["samples"]
        assert kept + lost == counted, f"counted {counted}, stored {kept}, on record as lost {lost}"
        self.say(f"overflow: {counted:.0f} counted = {kept} stored + {lost} on record as lost")

    def run(self):
        print(f"seed {self.seed}, {self.kills} kills", flush=True)
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start()
        wait_for("the edge is connected", lambda: self.edge_row()["connected"], 30)
        self.storm()
        self.drain()
        self.check_equal("after the kills")
        self.restore()
        self.drain()
        self.check_equal("after the restore of an older backup")
        self.reinstall()
        self.drain()
        self.check_equal("after the edge was installed anew")
        self.overflow()

    def end(self):
        self.edge.kill()
        self.hub.kill()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        test = KillTest(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 30, scratch)
        try:
            test.run()
        except AssertionError as error:
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- edge\n{test.edge.tail(15)}")
            sys.exit(1)
        finally:
            test.end()
