"""An edge whose filters hold windows is killed: what was held is on record, property by property. Of what each
tag had counted until the kill, stored + lost leaves out no more than what came since the last trace, and the loss
begins right behind the last number that is stored. A clean stop loses nothing.
held_test.py MILLRACE MILLRACE_EDGE [KILLS]"""
import random
import sys
import time
from datetime import datetime, timedelta, timezone

from plant import Plant, wait_for

TICK = timedelta(milliseconds=100)
TRACE = timedelta(seconds=5)  # EdgeRunner::Options::hold_interval
SLACK = timedelta(seconds=3)  # batch, spool, and a machine that is busy


def now():
    return datetime.now(timezone.utc)


class HeldTest(Plant):
    THINGS, PROPERTIES = 2, 3
    COUNTING = {"things": THINGS, "properties": PROPERTIES, "interval_ms": 100, "window_s": 4}

    def __init__(self, millrace, millrace_edge, folder, kills):
        super().__init__(millrace, millrace_edge, folder)
        self.kills = kills
        self.seed = random.SystemRandom().randrange(1 << 32)
        self.random = random.Random(self.seed)
        self.tags = [(f"counter-{t:03}", f"c{p:02}") for t in range(self.THINGS) for p in range(self.PROPERTIES)]
        self.runs = []  # (start, end) of each that was killed

    def kill_one(self):
        begun = now()
        self.edge.start(self.COUNTING)
        time.sleep(self.random.uniform(7, 14))
        if len(self.runs) == 1:
            self.hub.kill()  # what is on record comes from the spool alone
        self.edge.kill()
        self.runs.append((begun, now()))

    def values(self, tag, begun, end):
        """[(time, number)] that the hub has of one run."""
        text = "&".join(f"{key}={at.isoformat().replace('+00:00', 'Z')}" for key, at in (("start", begun), ("end", end)))
        rows = self.hub.call("GET", f"/api/v1/things/{tag[0]}/properties/{tag[1]}/history?{text}")["rows"]
        return [(datetime.fromisoformat(row[0]), row[1]) for row in rows]

    def losses(self):
        return [one for one in self.hub.pages("/api/v1/edges/edge-1/losses") if one["reason"] == "held"]

    def check(self, tag, run, losses, restarted):
        begun, killed = run
        stored = self.values(tag, begun, killed)
        assert stored and stored[0][1] == 1, f"{tag}: begins with {stored[:1]}"
        first, (last_time, last) = stored[0][0], stored[-1]
        of_it = [one for one in losses if (one["thing"], one["property"]) == tag
                 and begun <= datetime.fromisoformat(one["start"]) <= killed]
        assert len(of_it) == 1, f"{tag}: {len(of_it)} losses in the run that ended {killed}"
        start, end = (datetime.fromisoformat(of_it[0][key]) for key in ("start", "end"))
        counted = (killed - first) // TICK + 1  # at most
        known = last + of_it[0]["samples"]
        assert start - last_time == TICK, f"{tag}: stored up to {last_time}, lost from {start}"
        assert known <= counted, f"{tag}: {counted} counted, {last} stored and {of_it[0]['samples']} lost"
        assert counted - known <= (TRACE + SLACK) / TICK, f"{tag}: {counted} counted, only {known} stored or lost"
        assert killed - SLACK <= end <= restarted + SLACK, f"{tag}: lost until {end}, killed {killed}"
        return counted, last, of_it[0]["samples"]

    def run(self):
        print(f"seed {self.seed}, {self.kills} kills", flush=True)
        self.hub.start()
        self.hub.wait_ready()
        restarts = []
        for _ in range(self.kills):
            self.kill_one()
            if not self.hub.is_running():
                self.hub.start()
                self.hub.wait_ready()
            restarts.append(now())
        clean = now()
        self.edge.start(self.COUNTING)
        restarts = restarts[:-1] + [now()]
        expected = self.kills * len(self.tags)
        wait_for("what was held is on record", lambda: len(self.losses()) >= expected, 60, every=0.5)
        time.sleep(6)
        self.edge.stop()
        stopped = now()
        self.edge.start(self.IDLE)
        wait_for("the last window is stored", lambda: all(
            self.values(tag, clean, stopped) and (stopped - self.values(tag, clean, stopped)[-1][0]) < SLACK
            for tag in self.tags), 60, every=0.5)
        time.sleep(3)
        losses = self.losses()
        assert len(losses) == expected, f"{len(losses)} losses on record, {expected} expected: the clean stop lost some"
        totals = [self.check(tag, run, losses, restarts[i]) for i, run in enumerate(self.runs) for tag in self.tags]
        counted, stored, lost = (sum(column) for column in zip(*totals))
        assert sum(one["samples"] for one in losses) == lost
        row = self.edge_row()["losses"]
        assert row["samples"] == lost, f"the edge's row says {row}, the records {lost}"
        self.say(f"{len(self.runs)} kills: at most {counted} counted, {stored:.0f} of them in stored windows, "
                 f"{lost} on record as lost, {counted - stored - lost:.0f} after the last trace")


if __name__ == "__main__":
    sys.exit(HeldTest.main(int(sys.argv[3]) if len(sys.argv) > 3 else 3))
