"""An edge comes back with a week of 1,000 tags in its spool while they go on counting at 10 Hz: each
live sample is seen over the API within two seconds of its source time while the week drains, and
afterwards everything is stored exactly once. backlog_test.py MILLRACE MILLRACE_EDGE"""
import json
import sys
import threading
import time
import urllib.request
from datetime import datetime

from plant import Plant, wait_for

WEEK, INTERVAL, LATENCY_MAX, DRAIN_MIN = 7 * 24 * 3600, 60, 2.0, 8.0
TICK = Plant.COUNTING["interval_ms"] / 1000


class Watcher(threading.Thread):
    """Reads the live stream of one property of each thing, and the states of the edge."""

    def __init__(self, hub, things):
        super().__init__(daemon=True)
        hub.call("GET", "/api/v1/me")  # logs in
        self.request = urllib.request.Request(
            f"http://127.0.0.1:{hub.http_port}/api/v1/live?things={','.join(things)}&properties=c00&interval=100ms")
        self.request.add_header("Authorization", f"Bearer {hub.token}")
        self.values = {}  # thing → [(seen, source time)]
        self.edges = []   # (seen, row)

    def run(self):
        event = None
        with urllib.request.urlopen(self.request, timeout=60) as stream:
            for line in stream:
                if line.startswith(b"event: "):
                    event = line[7:].strip()
                if not line.startswith(b"data: "):
                    continue
                row = json.loads(line[6:])
                if event == b"value":
                    at = datetime.fromisoformat(row["time"]).timestamp()
                    self.values.setdefault(row["thing"], []).append((time.time(), at))
                if event == b"edge":
                    self.edges.append((time.time(), row))


class BacklogTest(Plant):
    def fill(self):
        """The hub has met the edge; then it is away while the edge spools a week."""
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start(self.COUNTING)
        wait_for("the hub knows the things", lambda: len(self.hub.pages("/api/v1/things")) == self.THINGS, 30)
        wait_for("it has stored some of each", lambda: min(n for n, _ in self.stored().values()) > 0, 30)
        self.hub.kill()
        self.edge.stop()
        before = sum(samples for samples, _ in self.edge.ledger().values())
        self.edge.start(self.past(WEEK, INTERVAL))
        self.edge.wait_counted(120)
        self.edge.stop()
        week = sum(samples for samples, _ in self.edge.ledger().values()) - before
        expected = self.THINGS * self.PROPERTIES * (WEEK // INTERVAL)
        assert expected <= week <= expected + self.THINGS * self.PROPERTIES, f"{week} samples of {expected}"
        self.say(f"spooled a week: {week} samples")

    def watch_drain(self):
        """Starts the counting edge, then the hub; the watcher and the time of connection and of the drain's end."""
        self.edge.start(self.COUNTING)
        time.sleep(3)
        self.hub.start()
        self.hub.wait_ready()
        watcher = Watcher(self.hub, [f"counter-{thing:03}" for thing in range(self.THINGS)])
        watcher.start()

        def first(is_it):
            return next((seen for seen, row in list(watcher.edges) if row["name"] == self.edge.name and is_it(row)),
                        None)

        connected = wait_for("the edge is back", lambda: first(lambda row: row["connected"]), 60)
        backlog = wait_for("its backlog is reported", lambda: first(lambda row: (row["spool"] or {}).get("batches")), 10)
        drained = wait_for("the week has drained", lambda: first(
            lambda row: row["connected"] and row["spool"] and datetime.fromisoformat(row["spool"]["reported"]).timestamp() > backlog
            and row["spool"]["batches"] <= 2 * self.THINGS), 180)
        return watcher, connected, drained

    def latencies(self, watcher, begin, end):
        """Source time → seen of every live sample of that span. What the stream passes over (of a property that
        changes fast it sends the newest) counts as seen with the value that follows it."""
        found = []
        for seen_values in list(watcher.values.values()):
            previous = None
            for seen, at in list(seen_values):
                ticks = 1 if previous is None else max(1, round((at - previous) / TICK))
                found += [seen - at + TICK * tick for tick in range(ticks) if begin <= at - TICK * tick < end]
                previous = at
        return sorted(found)

    def run(self):
        self.fill()
        watcher, connected, drained = self.watch_drain()
        length = drained - connected
        found = self.latencies(watcher, connected, drained - LATENCY_MAX)
        expected = self.THINGS * (length - LATENCY_MAX) / TICK
        p50, p99, worst = found[len(found) // 2], found[len(found) * 99 // 100], found[-1]
        self.say(f"the week drained in {length:.1f} s; {len(found)} live samples of {len(watcher.values)} tags: "
                 f"p50 {p50:.2f} s, p99 {p99:.2f} s, worst {worst:.2f} s")
        assert length >= DRAIN_MIN, f"the drain took only {length:.1f} s: it says nothing about live values"
        assert len(found) >= 0.95 * expected, f"{len(found)} of about {expected:.0f} live samples were seen"
        assert worst <= LATENCY_MAX, f"a live sample took {worst:.2f} s"
        self.drain()
        self.check_equal("after the week has drained")


if __name__ == "__main__":
    sys.exit(BacklogTest.main())
