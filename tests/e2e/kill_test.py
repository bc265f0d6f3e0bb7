"""Edge, hub and broker are killed at random moments while 1,000 tags count at 10 Hz; afterwards every
sample that was spooled is stored exactly once, or its loss is on record. Then a hub restored from a
backup that is an hour behind, into a new folder, an edge installed anew, and a spool that overflows.
kill_test.py MILLRACE MILLRACE_EDGE [KILLS]"""
import random
import shutil
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from plant import Plant, wait_for

HOUR = 3600


class KillTest(Plant):
    # What a start makes anew, and the backups themselves.
    MADE_AGAIN = {"backup", "edges.lock", "hub.lock", "local-token", "meta.db-shm", "meta.db-wal", "mqtt", "scratch"}

    def __init__(self, millrace, millrace_edge, folder, kills):
        super().__init__(millrace, millrace_edge, folder)
        self.kills = kills
        self.seed = random.SystemRandom().randrange(1 << 32)
        self.random = random.Random(self.seed)

    def storm(self):
        counts = {"edge": 0, "hub": 0, "broker": 0}
        for _ in range(self.kills):
            time.sleep(self.random.uniform(0.2, 2.0))
            victim = self.random.choice(sorted(counts))
            counts[victim] += 1
            if victim == "broker":
                wait_for("there is a broker to kill", self.hub.kill_broker, 20)
                continue
            process = self.edge if victim == "edge" else self.hub
            process.kill()
            process.start(*([self.COUNTING] if victim == "edge" else []))
        self.hub.wait_ready()
        self.say(f"killed {counts}")

    def samples(self):
        return sum(count for count, _ in self.stored().values())

    def restore(self):
        """The backup knows nothing of an hour of data that was delivered, stored and acknowledged."""
        behind = self.samples()
        backup = Path(self.hub.call("POST", "/api/v1/system/backup")["path"])
        self.edge.start(self.past(HOUR, 1))
        self.edge.wait_counted(60)
        self.drain()
        hour = self.THINGS * self.PROPERTIES * HOUR
        delivered = self.samples() - behind
        assert delivered >= hour, f"only {delivered} samples of the hour were delivered"
        self.hub.kill()
        left = {one.name for one in self.hub.data.iterdir()} - {one.name for one in backup.iterdir()}
        assert left <= self.MADE_AGAIN, f"no backup holds {sorted(left - self.MADE_AGAIN)}"
        self.hub.restore(backup)
        self.hub.start()
        self.hub.wait_ready()
        assert self.samples() == behind, "the backup has what came after it"
        self.say(f"restored a backup that lacks the {delivered} samples of an hour, all of them acknowledged")
        self.edge.start(self.IDLE)

    def reinstall(self):
        self.earlier = self.spooled()
        shutil.rmtree(self.edge.data)
        self.edge.start(self.COUNTING)
        time.sleep(5)

    def overflow(self):
        """A spool of 1 MB while the hub is away: what was evicted equals what is on record."""
        shutil.rmtree(self.edge.data)
        begun = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        rows = self.rows()
        self.hub.kill()
        self.edge.start(self.COUNTING, size_mb=1)
        time.sleep(25)
        self.edge.stop()
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start(self.IDLE, size_mb=1)
        wait_for("losses are on record", lambda: self.edge_row()["losses"]["samples"] > 0, 60)
        time.sleep(8)
        stored = self.stored("max", begun)
        counted = max(value for _, value in stored.values()) * self.THINGS * self.PROPERTIES + 1  # the idle edge's 1
        kept = sum(count for count, _ in stored.values())
        lost = self.edge_row()["losses"]["samples"]
        assert kept + lost == counted, f"counted {counted}, stored {kept}, on record as lost {lost}"
        assert self.rows() - rows == kept, f"{self.rows() - rows} rows were added for {kept} samples"
        self.say(f"overflow: {counted:.0f} counted = {kept} stored + {lost} on record as lost")

    def run(self):
        print(f"seed {self.seed}, {self.kills} kills", flush=True)
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start(self.COUNTING)
        wait_for("the edge is connected", lambda: self.edge_row()["connected"], 30)
        self.storm()
        self.drain()
        self.check_equal("after the kills")
        self.restore()
        self.drain()
        self.check_equal("after the restore of a backup one hour behind")
        self.reinstall()
        self.drain()
        self.check_equal("after the edge was installed anew")
        self.overflow()


if __name__ == "__main__":
    sys.exit(KillTest.main(int(sys.argv[3]) if len(sys.argv) > 3 else 30))
