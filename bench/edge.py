"""The edge agent: what a value costs it from a source (the counters, no protocol) to the spool, and what it and the hub take while 1,000 tags give one
value a second."""
import time

from measure import cpu_seconds, rss_mb
from plant import Edge, Hub

TAGS = {"things": 10, "properties": 100}


def measure_values(bin_dir, folder, ticks=2000):
    """`ticks` past values on 1,000 tags as fast as the spool takes them, with no hub there: CPU of the process."""
    hub = Hub(bin_dir / "apps/millrace", folder)  # never started
    edge = Edge(bin_dir / "apps/millrace-edge", bin_dir / "apps/millrace", folder, hub, "bench")
    edge.start({**TAGS, "interval_ms": 3_600_000, "history_s": ticks, "history_interval_s": 1})
    began = time.monotonic()
    edge.wait_spooled(300)
    seconds, spent = time.monotonic() - began, cpu_seconds(edge.process.pid)
    edge.stop()
    values = sum(samples for samples, _ in edge.ledger().values())
    assert values >= ticks * 1000, f"{values} values were spooled"
    return {"values": values, "cpu_seconds": spent, "values_per_cpu_second": values / spent,
            "seconds_with_two_of_silence": seconds}


def measure_memory(bin_dir, folder, seconds=60):
    """Resident memory after a minute at 1,000 tags, one value a second each."""
    folder.mkdir()
    hub = Hub(bin_dir / "apps/millrace", folder)
    edge = Edge(bin_dir / "apps/millrace-edge", bin_dir / "apps/millrace", folder, hub, "bench")
    hub.start()
    hub.wait_ready()
    idle = rss_mb(hub.process.pid)
    edge.start({**TAGS, "interval_ms": 1000})
    time.sleep(seconds)
    found = {"seconds": seconds, "hub_idle_mb": idle, "hub_mb": rss_mb(hub.process.pid),
             "edge_mb": rss_mb(edge.process.pid), "hub_cpu_share": cpu_seconds(hub.process.pid) / seconds,
             "edge_cpu_share": cpu_seconds(edge.process.pid) / seconds}
    edge.stop()
    hub.stop()
    return found


def measure(bin_dir, folder):
    return {"values": measure_values(bin_dir, folder), "memory": measure_memory(bin_dir, folder / "memory")}
