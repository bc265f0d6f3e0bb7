"""bench/BUDGETS.md out of the figures of one run."""


def millions(value):
    return f"{value / 1e6:.2f} M"


class Table:
    def __init__(self, *heads):
        self.lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]

    def add(self, *cells):
        self.lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")

    def text(self):
        return "\n".join(self.lines)


def verdict(ratio, goal):
    return f"{ratio:.2f}×, goal ≥ {goal:g}×, {'met' if ratio >= goal else '**not met**'}"


def ingest(results):
    hub, bare, small = (results["ingest"][key] for key in ("hub", "bare", "bare_at_hub_size"))
    scale, victoria = results["peers"]["timescale"], results["peers"]["victoria"]
    ours = hub["points_per_hub_cpu_second"]
    table = Table("points per CPU-second", "hub", "peer", "ratio")

    def compare(what, value, goal=None):
        ratio = ours / value
        table.add(what, millions(ours), millions(value), verdict(ratio, goal) if goal else f"{ratio:.2f}×")

    compare("raw DuckDB chunk appender, commits of 204,800 rows", bare["points_per_cpu_second"], 0.6)
    compare(f"raw DuckDB chunk appender, commits of {small['rows_per_commit']:,} rows (the mean of the hub's commits in this run, the small ones of births among them)",
            small["points_per_cpu_second"])
    best = max(("10000", "204800"), key=lambda rows: scale[rows]["points_per_cpu_second"])
    compare(f"{scale['name']}: binary COPY, index on (series, time), {int(best):,} rows a COPY",
            scale[best]["points_per_cpu_second"], 20)
    if "skipped" in victoria:
        table.add("VictoriaMetrics", millions(ours), victoria["skipped"], "–")
    else:
        compare(f"{victoria['name']}; line protocol, 10,000 lines a request", victoria["points_per_cpu_second"], 4)
    store = results["store"]["store"]
    return f"""## Ingest

From the MQTT socket to the committed store: {hub['points']:,} points of {hub['batches']:,} Sparkplug messages (100 metrics
each) of 60 edges through the hub's own Mosquitto, decoded, checked, committed with fsync, acknowledged. CPU is that of the
hub's process; the broker took {hub['broker_cpu_seconds']:.2f} s beside {hub['hub_cpu_seconds']:.2f} s. {hub['commits']:.0f}
commits, {hub['points'] / hub['seconds'] / 1e6:.2f} M points/s by the clock, peak {hub['rss_mb']:.0f} MB. The peers' CPU is
that of their server processes alone, with the rows ready in memory. PostgreSQL's is durable at each COPY, as the hub's
is at each commit; VictoriaMetrics' is not. The store alone takes {millions(store['points_per_cpu_second'])} points per
CPU-second at 204,800 rows. Sealing comes later and costs {results['queries']['today']['seal_cpu_ns_per_point']:.0f} ns of
CPU a point.

{table.text()}
"""


def codec_and_spool(results):
    codec, spool = results["codec"], results["spool"]
    table = Table("what", "Millrace", "peer", "ratio")
    heap, arena = codec["protobuf_heap_ns"], codec["protobuf_arena_ns"]
    table.add(f"Sparkplug decode, ns a metric ({codec['bytes_per_metric']:.0f} bytes), libprotobuf on the heap",
              codec["ours_ns"], heap, verdict(heap / codec["ours_ns"], 3))
    reused = codec["protobuf_reused_ns"]
    table.add("the same, libprotobuf on an arena", codec["ours_ns"], arena, f"{arena / codec['ours_ns']:.2f}×")
    table.add("the same, libprotobuf into one message that is used again, as ours is", codec["ours_ns"], reused,
              verdict(reused / codec["ours_ns"], 3))
    for group in (1, 100):
        ours, theirs = spool[f"spool_{group}"], spool[f"sqlite_{group}"]
        table.add(f"durable spool writes a second, {group} record(s) of {spool['record_bytes']:,} bytes each, against "
                  f"SQLite {spool['sqlite']} WAL, synchronous FULL", f"{ours:,}", f"{theirs:,}", f"{ours / theirs:.2f}×")
    return f"## Decoding and spool\n\n{table.text()}\n"


def size(results):
    table = Table("shape", "bytes a point, sealed")
    for shape in results["store"]["shapes"]:
        table.add(f"{shape['shape']} ({shape['points']:,} points of 1,000 series)", shape["bytes_per_point"])
    queries, peers = results["queries"], results["peers"]
    points = queries["sealed"]["points"]
    table.add(f"walk, {points:,} points of 10,000 series, all sealed", f"{queries['sealed']['bytes_in_use'] / points:.2f} (file: {queries['sealed']['bytes'] / points:.2f})")
    table.add(f"the same in {peers['timescale']['name'].split(',')[0]}, with its index",
              f"{queries['timescale']['bytes_per_point']:.1f}")
    if "bytes_per_point" in peers["victoria"]:
        table.add("the same plant in VictoriaMetrics (milliseconds, no quality, no time of arrival)",
                  f"{peers['victoria']['bytes_per_point']:.2f}")
    return f"""## Size

A point is series, time in µs, value, quality, time of arrival and commit. Counted are the blocks in use, roll-ups among
them; the file also has free blocks, left by hot rows, that the next rows take.

{table.text()}
"""


def queries(results):
    found = results["queries"]
    peer = found["timescale"]
    table = Table("median ms", "Millrace, sealed", "Millrace, today", "TimescaleDB", "ratio sealed", "ratio today")
    goals = {"one_day_ms": ("one series × one day in 1-min buckets", 1), "twenty_days_ms": ("20 series × one day", 1),
             "last_values_ms": ("last value of 10,000 series", 50)}
    for key, (name, goal) in goals.items():
        sealed, today, theirs = found["sealed"][key], found["today"][key], peer[key]
        table.add(name, f"{sealed:.2f}", f"{today:.2f}", f"{theirs:.2f}", verdict(theirs / sealed, goal),
                  verdict(theirs / today, goal))
    load, today = found["load"], found["today"]
    return f"""## Queries

{found['sealed']['points']:,} points, 10,000 series, one day. Millrace answers over HTTP with JSON, {peer['name']} over its
socket with COPY TO; both are asked from Python, and the whole answer is received and not parsed. *Sealed*: everything in {found['sealed']['partitions']}
partitions. *Today*: the day up to now as the hub's own policy left it, {today['partitions']} partitions and {today['hot']:,}
hot rows; the hub was ready {today['ready_seconds']:.1f} s after its start.

{table.text()}

While {load['stored_rate'] / 1e6:.2f} M points/s come in (asked: {load['asked_rate'] / 1e6:.1f} M), a chart of one series × one
day, every other one of a series that is being written: p50 {load['p50_ms']:.1f} ms, p99 {load['p99_ms']:.1f} ms, max {load['max_ms']:.1f} ms over {load['queries']} queries;
hub's peak {load['rss_mb']:.0f} MB.
"""


def edge(results):
    values, memory = results["edge"]["values"], results["edge"]["memory"]
    table = Table("what", "figure", "budget")
    table.add("edge: values a CPU-second, counters as source → rules → batch → spool with fsync",
              millions(values["values_per_cpu_second"]), "–")
    table.add(f"edge: resident memory at 1,000 tags/s, after {memory['seconds']} s", f"{memory['edge_mb']:.0f} MB", "30 MB")
    table.add("hub: resident memory, idle", f"{memory['hub_idle_mb']:.0f} MB", "150 MB")
    table.add(f"hub: resident memory at 1,000 tags/s, after {memory['seconds']} s", f"{memory['hub_mb']:.0f} MB", "400 MB")
    table.add("CPU of one core at 1,000 tags/s, edge and hub",
              f"{memory['edge_cpu_share'] * 100:.1f} % and {memory['hub_cpu_share'] * 100:.1f} %", "–")
    return f"## Edge and memory\n\n{table.text()}\n"


def page(results, before, after):
    load = f"{before['load'][0]:.1f} before, {after['load'][0]:.1f} after"
    parts = [ingest(results), codec_and_spool(results), size(results), queries(results), edge(results)]
    return f"""# Budgets, measured

Written by `./dev bench` on {before['date']}: {before['cpu']}, {before['cores']} cores, {before['memory_gb']} GB, Linux
{before['kernel']}, load {load}. Only ratios of one run say anything about the programs; the numbers beside them say what
this machine did. Medians of several runs where one would not do (`bench/run.py`).

""" + "\n".join(parts)
