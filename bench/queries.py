"""The same questions to the hub over HTTP and to TimescaleDB over its socket, on the same 50 million points."""
import http.client
import json
import random
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ingest import Fleet
from measure import median, milliseconds, percentile, rss_mb
from peers import CopyStream
from plant import Hub

SERIES, TICKS = 10_000, 5_000
REPEAT = 15


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Questions:
    """One connection to a hub that stays open, as a browser's does."""

    def __init__(self, hub, seed=1):
        hub.call("GET", "/api/v1/system")
        self.hub, self.random = hub, random.Random(seed)
        self.connection = http.client.HTTPConnection("127.0.0.1", hub.http_port, timeout=120)

    def ask(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body),
                                {"Authorization": f"Bearer {self.hub.token}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data[:300]
        return data

    def day(self, count, end, step="1m"):
        numbers = self.random.sample(range(SERIES), count)
        names = [{"thing": f"thing-{n // 100:03}", "property": f"p{n % 100:02}"} for n in numbers]
        return self.ask("POST", "/api/v1/query/history",
                        {"properties": names, "start": iso(end - timedelta(days=1)), "end": iso(end), "step": step,
                         "aggregate": ["avg", "min", "max"]})

    def day_being_written(self, edges):
        """A chart of a series that edge_fleet is writing to."""
        name = {"thing": f"edge-{self.random.randrange(edges):03}-t0", "property": f"p{self.random.randrange(100):03}"}
        return self.ask("POST", "/api/v1/query/history",
                        {"properties": [name], "start": "now-1d", "end": "now", "step": "1m",
                         "aggregate": ["avg", "min", "max"]})

    def last_values(self):
        return self.ask("GET", "/api/v1/values?limit=20000")

    def check(self, end):
        """That the answers are what they are timed as."""
        items = json.loads(self.day(20, end))["items"]
        assert len(items) == 20 and all(len(item["rows"]) > 1000 for item in items), [len(i["rows"]) for i in items]
        assert len(json.loads(self.last_values())["rows"]) == SERIES


def ask_hub(hub, end):
    questions = Questions(hub)
    questions.check(end)
    return {"one_day_ms": median(milliseconds(lambda: questions.day(1, end), REPEAT)),
            "twenty_days_ms": median(milliseconds(lambda: questions.day(20, end), REPEAT)),
            "last_values_ms": median(milliseconds(questions.last_values, REPEAT))}


def ask_timescale(peer, end):
    chance = random.Random(1)

    def day(count):
        ids = ",".join(str(n + 1) for n in chance.sample(range(SERIES), count))
        return peer.answer("SELECT series, time_bucket('1 minute', time) AS bucket, avg(value), min(value), max(value) "
                           f"FROM plant WHERE series = ANY('{{{ids}}}') AND time >= '{end - timedelta(days=1)}' AND "
                           f"time < '{end}' GROUP BY series, bucket ORDER BY series, bucket")

    def last_values():
        return peer.answer("SELECT s.id, l.time, l.value, l.quality FROM generate_series(1, "
                           f"{SERIES}) AS s(id), LATERAL (SELECT time, value, quality FROM plant WHERE series = s.id "
                           "ORDER BY time DESC LIMIT 1) l")

    assert day(20).count(b"\n") > 20_000 and last_values().count(b"\n") == SERIES
    return {"one_day_ms": median(milliseconds(lambda: day(1), REPEAT)),
            "twenty_days_ms": median(milliseconds(lambda: day(20), REPEAT)),
            "last_values_ms": median(milliseconds(last_values, 5))}


def fill_timescale(bin_dir, peer, end):
    peer.make_table("plant")
    began = time.monotonic()
    rows = subprocess.Popen([bin_dir / "bench/peer_rows", "copy", str(SERIES), str(TICKS), str(end)],
                            stdout=subprocess.PIPE)
    peer.copy("plant", CopyStream(rows.stdout))
    assert rows.wait() == 0
    peer.sql("CREATE INDEX ON plant(series, time DESC)")
    peer.sql("VACUUM ANALYZE plant")
    return time.monotonic() - began


def start_filled_hub(bin_dir, folder, end, how):
    hub = Hub(bin_dir / "apps/millrace", folder)
    hub.data.mkdir(parents=True)
    made = subprocess.run([bin_dir / "bench/store_bench", "fill", hub.data / "series", str(SERIES), str(TICKS), str(end),
                           how], check=True, capture_output=True, text=True).stdout
    began = time.monotonic()
    hub.start()
    hub.wait_ready(120)
    return hub, {**json.loads(made), "ready_seconds": time.monotonic() - began}


def under_load(bin_dir, hub, end, rate, seconds):
    """Times of one-day charts while `rate` points a second come in, and the rate that was stored."""
    edges = 60
    fleet = Fleet(bin_dir, hub, edges)
    time.sleep(3)  # the hub reads accounts every two seconds
    fleet.start(rate * seconds, rate)
    questions, times = Questions(hub), []
    report = {}
    waiter = threading.Thread(target=lambda: report.update(fleet.wait()))
    waiter.start()
    time.sleep(1)  # the fleet's series are there
    while waiter.is_alive():
        is_written = len(times) % 2 == 0
        began = time.perf_counter()
        questions.day_being_written(edges) if is_written else questions.day(1, end)
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    waiter.join()
    return {"asked_rate": rate, "stored_rate": report["points"] / report["seconds"], "queries": len(times),
            "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99), "max_ms": max(times),
            "rss_mb": rss_mb(hub.process.pid, peak=True)}


def midnight():
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def micros(moment):
    return int(moment.timestamp() * 1_000_000)


def measure_hub(bin_dir, folder, rate):
    """Sealed: yesterday, all of it in partitions. Today: the day up to now, sealed as far as the hub's policy had it."""
    end = midnight()
    hub, filled = start_filled_hub(bin_dir, Path(folder) / "sealed", micros(end), "sealed")
    sealed = {**filled, **ask_hub(hub, end), "rss_mb": rss_mb(hub.process.pid, peak=True)}
    hub.stop()
    now = datetime.now(timezone.utc).replace(microsecond=0)
    hub, filled = start_filled_hub(bin_dir, Path(folder) / "today", micros(now), "as-hub")
    today = {**filled, **ask_hub(hub, now), "rss_mb": rss_mb(hub.process.pid, peak=True)}
    load = under_load(bin_dir, hub, now, rate, 15)
    hub.stop()
    return {"sealed": sealed, "today": today, "load": load}
