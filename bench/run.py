"""./dev bench [PART…]: measures Millrace beside its peers in one run and writes bench/BUDGETS.md.

Parts: codec, spool, store, ingest, peers, queries, edge. Each can run alone for a look; BUDGETS.md is written only when
all have run. Figures of speed are ratios of two numbers of this run; both are printed."""
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "e2e")]

import edge  # noqa: E402
import ingest  # noqa: E402
import peers  # noqa: E402
import queries  # noqa: E402
import report  # noqa: E402

COMMIT_ROWS = 204_800  # the rows of a row group and a bit: what the bare appender is best at
INGEST_POINTS, INGEST_EDGES, REPEATS = 4_000_000, 60, 3
PEER_ROWS = 4_000_000


def printed_json(command, **options):
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options)
    return json.loads(done.stdout.splitlines()[-1])


def median_of(runs, key):
    """The run whose figure stands in the middle."""
    return sorted(runs, key=lambda run: run[key])[len(runs) // 2]


class Bench:
    def __init__(self, bin_dir, folder):
        self.bin, self.folder, self.results = bin_dir, folder, {}

    def program(self, name, *arguments):
        return printed_json([self.bin / "bench" / name, *arguments])

    def codec(self):
        return median_of([self.program("decode_bench") for _ in range(REPEATS)], "ours_ns")

    def spool(self):
        return self.program("spool_bench", self.folder / "spool")

    def store(self):
        """The bare appender and the store, at the appender's best size and at the hub's own under this load."""
        shapes = [self.program("store_bench", "bytes", self.folder / "shape", shape, 10_000_000)
                  for shape in ("walk", "noise", "steps")]
        return {"shapes": shapes, "store": self.appended("commits", COMMIT_ROWS)}

    def appended(self, how, rows):
        runs = [self.program("store_bench", how, self.folder / how, rows, max(INGEST_POINTS // rows, 1))
                for _ in range(REPEATS)]
        return median_of(runs, "points_per_cpu_second")

    def ingest(self):
        """The bare appender before, between and after the hub, so that a slow minute of the machine hits both."""
        hub, bare, bare_at_hub_size = [], [], []
        for run in range(REPEATS):
            bare.append(self.program("store_bench", "bare", self.folder / "bare", COMMIT_ROWS,
                                     INGEST_POINTS // COMMIT_ROWS))
            hub.append(ingest.measure(self.bin, self.fresh(f"ingest-{run}"), INGEST_POINTS, INGEST_EDGES))
            rows = max(int(hub[-1]["points_per_commit"]), 1000)
            bare_at_hub_size.append(self.program("store_bench", "bare", self.folder / "bare", rows,
                                                 INGEST_POINTS // rows))
        return {"hub": median_of(hub, "points_per_hub_cpu_second"), "bare": median_of(bare, "points_per_cpu_second"),
                "bare_at_hub_size": median_of(bare_at_hub_size, "points_per_cpu_second")}

    def fresh(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def peers(self):
        return {"timescale": self.peer_copy(), "victoria": self.peer_lines()}

    def rows(self, how, series=10_000):
        command = [self.bin / "bench/peer_rows", how, series, PEER_ROWS // series, queries.micros(queries.midnight())]
        return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout

    def peer_copy(self):
        """Binary COPY into a hypertable with the index that its queries need, in commits of two sizes."""
        peer = peers.Timescale(self.folder / "timescale")
        peer.start()
        data, found = self.rows("copy"), {"name": peer.name}
        for rows in (10_000, COMMIT_ROWS):
            peer.make_table("load")
            peer.sql("CREATE INDEX ON load(series, time DESC)")
            before, began = peer.cpu_seconds(), time.monotonic()
            step = rows * peers.COPY_ROW_BYTES
            for first in range(0, len(data), step):
                peer.copy("load", peers.io_of(data[first:first + step]))
            spent = peer.cpu_seconds() - before
            found[str(rows)] = {"points_per_cpu_second": PEER_ROWS / spent,
                                "points_per_second": PEER_ROWS / (time.monotonic() - began)}
            found["bytes_per_point"] = peer.bytes_of_table("load") / PEER_ROWS
            peer.sql("DROP TABLE load")
        peer.stop()
        return found

    def peer_lines(self):
        if not peers.VictoriaMetrics.program():
            return {"skipped": "Debian's victoria-metrics is not there"}
        peer = peers.VictoriaMetrics(self.folder / "victoria")
        peer.start()
        lines = self.rows("lines").splitlines(keepends=True)
        before, began = peer.cpu_seconds(), time.monotonic()
        for first in range(0, len(lines), 10_000):
            peer.write(b"".join(lines[first:first + 10_000]))
        found = {"name": peer.name, "points_per_cpu_second": PEER_ROWS / (peer.cpu_seconds() - before),
                 "points_per_second": PEER_ROWS / (time.monotonic() - began)}
        peer.flush()  # not counted, as sealing is not
        found["bytes_per_point"] = peer.bytes_on_disk() / PEER_ROWS
        peer.stop()
        return found

    def queries(self):
        found = queries.measure_hub(self.bin, self.fresh("queries"), 500_000)
        peer = peers.Timescale(self.folder / "timescale")
        peer.start()
        end = queries.midnight()
        queries.fill_timescale(self.bin, peer, queries.micros(end))
        found["timescale"] = {"name": peer.name, **queries.ask_timescale(peer, end),
                              "bytes_per_point": peer.bytes_of_table("plant") / (queries.SERIES * queries.TICKS)}
        peer.stop()
        return found

    def edge(self):
        return edge.measure(self.bin, self.fresh("edge"))


PARTS = ("codec", "spool", "store", "ingest", "peers", "queries", "edge")


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    return {"cpu": model, "cores": os.cpu_count(), "memory_gb": round(memory), "kernel": platform.release().split("-")[0],
            "load": os.getloadavg(), "date": date.today().isoformat()}


def main():
    bin_dir, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:] or list(PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        sys.exit(f"no part {unknown[0]}; there are {', '.join(PARTS)}")
    base = Path("build/bench").resolve()
    base.mkdir(parents=True, exist_ok=True)
    bench = Bench(bin_dir, Path(tempfile.mkdtemp(dir=base)))
    bench.folder.chmod(0o755)  # PostgreSQL runs as an account of its own
    before = machine()
    try:
        for part in PARTS:
            if part not in wanted:
                continue
            began = time.monotonic()
            print(f"  … {part}", file=sys.stderr, flush=True)
            bench.results[part] = getattr(bench, part)()
            print(f"✓ {part} {time.monotonic() - began:.0f} s", file=sys.stderr)
            print(json.dumps({part: bench.results[part]}, indent=1), flush=True)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    if set(wanted) == set(PARTS):
        (HERE / "BUDGETS.md").write_text(report.page(bench.results, before, machine()))
        print("✓ bench/BUDGETS.md is written", file=sys.stderr)


main()
