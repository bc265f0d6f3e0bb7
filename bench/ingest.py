"""Load on a real hub over its real broker: edges by edge_fleet, figures from /proc and the hub's own counters."""
import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "e2e"))
from plant import Hub, child_named, wait_for  # noqa: E402

from measure import cpu_seconds, rss_mb  # noqa: E402

SITE = "bench"


class Fleet:
    """`edges` edges of `things` things of `properties` properties, and the hub's accounts for them."""

    def __init__(self, bin_dir, hub, edges, things=2, properties=100):
        self.bin_dir, self.hub, self.things, self.properties = bin_dir, hub, things, properties
        self.accounts = hub.folder / "accounts.txt"
        lines = []
        for number in range(edges):
            made = subprocess.run([bin_dir / "apps/millrace", "accounts", "--data-dir", hub.data, "--json", "add",
                                   "--site", SITE, f"edge-{number:03}"], check=True, capture_output=True, text=True)
            lines.append(f"edge-{number:03} {json.loads(made.stdout)['password']}")
        self.accounts.write_text("\n".join(lines) + "\n")
        self.process = None

    def start(self, points, rate=0):
        command = [self.bin_dir / "bench/edge_fleet", "--server", f"127.0.0.1:{self.hub.mqtt_port}", "--site", SITE,
                   "--accounts", self.accounts, "--primary-host", f"millrace-{SITE}", "--points", points, "--rate", rate,
                   "--things", self.things, "--properties", self.properties]
        with (self.hub.folder / "fleet.log").open("ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True)
        if not self.process.stdout.readline():
            raise AssertionError(f"edge_fleet ended before it was answered, see {self.hub.folder}/fleet.log")

    def wait(self):
        report = json.loads(self.process.stdout.readline())
        self.process.wait(60)
        self.process = None
        return report


def counters(hub):
    """The hub's own metrics: {name: value}, of those without labels."""
    import urllib.request
    request = urllib.request.Request(f"http://127.0.0.1:{hub.http_port}/metrics")
    hub.call("GET", "/api/v1/system")
    request.add_header("Authorization", f"Bearer {hub.token}")
    text = urllib.request.urlopen(request, timeout=10).read().decode()
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def measure(bin_dir, folder, points, edges):
    """Points per CPU-second of the hub from the MQTT socket to the committed store, and the broker's beside it."""
    hub = Hub(bin_dir / "apps/millrace", folder)
    fleet = Fleet(bin_dir, hub, edges)
    hub.start()
    hub.wait_ready()
    broker = child_named(hub.process.pid, "mosquitto")
    before = counters(hub)
    fleet.start(points)
    began = {"hub": cpu_seconds(hub.process.pid), "broker": cpu_seconds(broker),
             "fleet": cpu_seconds(fleet.process.pid)}
    report = fleet.wait()
    after = counters(hub)
    spent = {"hub": cpu_seconds(hub.process.pid) - began["hub"], "broker": cpu_seconds(broker) - began["broker"]}
    stored = after["millrace_ingest_samples_total"] - before["millrace_ingest_samples_total"]
    assert stored == report["points"], f"{stored} stored, {report['points']} sent"
    commits = after["millrace_ingest_commit_seconds_count"] - before["millrace_ingest_commit_seconds_count"]
    result = {"points": report["points"], "batches": report["batches"], "seconds": report["seconds"],
              "hub_cpu_seconds": spent["hub"], "broker_cpu_seconds": spent["broker"],
              "points_per_hub_cpu_second": report["points"] / spent["hub"], "commits": commits,
              "points_per_commit": report["points"] / commits, "rss_mb": rss_mb(hub.process.pid, peak=True),
              "refused": after["millrace_ingest_refused_total"] - before["millrace_ingest_refused_total"]}
    hub.stop()
    return result


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])), indent=1))
