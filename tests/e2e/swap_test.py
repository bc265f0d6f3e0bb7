"""The hardware swap: a pump that an edge reads over OPC UA gets other electronics, on Modbus TCP, with
other addresses, units and scaling, while hub and edge run. The twin goes on: the same series, values in
the property's unit, the same rules with what they remember, the change on record, and no sample lost
that the hardware offered, of this pump or of the one beside it.
swap_test.py MILLRACE MILLRACE_EDGE SWAP_PLANT"""
import json
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from plant import Edge, Hub, Process, free_port, wait_for

SITE, EDGE = "works", "swap-edge"
PROPERTIES = ("pulses", "pressure", "temperature")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

SPEED_ROW = '    - {property: speed, address: "ns=1;s=pump-2/speed", unit: 1/min}\n'
POLL = 0.1  # seconds

SITE_FILE = """kind: Site
name: works
spec: {title: Works}
"""


def model_file(version, thing, pressure_max):
    return f"""kind: ThingModel
name: pump
version: {version}
spec:
  title: Pump
  properties:
    pulses: {{type: integer, mr:interval_ms: 300}}
    pressure: {{type: number, unit: bar, minimum: 0, maximum: {pressure_max}}}
    temperature: {{type: number, unit: degC}}
    speed: {{type: number, unit: 1/min, mr:filter: {{deadband: 50}}}}
---
""" + thing_file(thing, version)


def thing_file(thing, version):
    return f"kind: Thing\nname: {thing}\nspec: {{model: pump@{version}, place: {{site: works}}}}\n"


def opcua_files(thing, port, more=""):
    return f"""kind: Connection
name: {thing}-old
spec:
  edge: {EDGE}
  opcua: {{url: "opc.tcp://127.0.0.1:{port}", security: none, sampling_interval_ms: 0, publishing_interval_ms: 50, queue_size: 1000}}
---
kind: Binding
name: {thing}
spec:
  thing: {thing}
  connection: {thing}-old
  properties:
    - {{property: pulses, address: "ns=1;s={thing}/pulses"}}
    - {{property: pressure, address: "ns=1;s={thing}/pressure", unit: bar}}
    - {{property: temperature, address: "ns=1;s={thing}/temperature", unit: degC}}
{more}"""


def modbus_files(thing, port, name=None):
    return f"""kind: Connection
name: {thing}-new
spec:
  edge: {EDGE}
  modbus: {{host: 127.0.0.1, port: {port}, poll_interval_ms: 100}}
---
kind: Binding
name: {name or thing}
spec:
  thing: {thing}
  connection: {thing}-new
  properties:
    - {{property: pulses, address: "holding:100:u32"}}
    - {{property: pressure, address: "holding:102", unit: kPa, scale: 0.1}}
    - {{property: temperature, address: "holding:103:i16", unit: degF, scale: 0.1}}
"""


class Pump(Process):
    """One swap_plant; what it served: [(time in µs, pulses, pressure, temperature, was heard)]."""

    def __init__(self, binary, kind, thing, folder, begun, suffix=""):
        self.port = free_port()
        self.served_log = Path(folder) / f"{thing}-{kind}{suffix}.served"
        super().__init__(f"{thing}-{kind}{suffix}", [binary, kind, self.port, self.served_log, thing, begun], folder)

    def served(self):
        rows = []
        for line in self.served_log.read_text().splitlines():
            at, pulses, pressure, temperature, heard = line.split()
            rows.append((int(at), int(pulses), float(pressure), float(temperature), heard == "1"))
        return rows


class SwapTest:
    def __init__(self, millrace, millrace_edge, plant, folder):
        self.millrace, self.plant, self.folder = millrace, plant, Path(folder)
        self.hub = Hub(millrace, folder)
        self.edge = Edge(millrace_edge, millrace, folder, self.hub, SITE, EDGE)
        self.begun = time.time()
        self.old = self.pump("opcua", "pump-1")
        self.new = self.pump("modbus", "pump-1")
        self.beside = self.pump("opcua", "pump-2")
        self.files = self.folder / "files"
        self.files.mkdir()

    def pump(self, kind, thing, suffix=""):
        return Pump(self.plant, kind, thing, self.folder, int(self.begun), suffix)

    def say(self, text):
        print(f"[{time.time() - self.begun:5.1f} s] {text}", flush=True)

    def apply(self, *arguments, code=0):
        run = subprocess.run([self.millrace, "apply", str(self.files), "--data-dir", str(self.hub.data), *arguments],
                             capture_output=True, text=True)
        assert run.returncode == code, f"apply: {run.returncode}\n{run.stdout}\n{run.stderr}"
        return run.stdout + run.stderr

    def history(self, thing, prop):
        """The series id and all samples: [(time in µs, value, quality, reasons)]."""
        samples, cursor = [], None
        while True:
            path = f"/api/v1/things/{thing}/properties/{prop}/history?start=now-1h&end=now&include=reasons"
            page = self.hub.call("GET", path + (f"&cursor={cursor}" if cursor else ""))
            for row in page["rows"]:
                at = (datetime.fromisoformat(row[0]) - EPOCH) // timedelta(microseconds=1)
                samples.append((at, row[1], row[2], row[3]))
            cursor = page["next"]
            if not cursor:
                return page["series"], samples

    def has_values(self, thing, after):
        try:
            return any(at > after and value is not None for at, value, _, _ in self.history(thing, "pulses")[1])
        except AssertionError:  # no series yet
            return False

    def events(self, subject, kind=""):
        return self.hub.pages(f"/api/v1/events?subject={subject}" + (f"&kind={kind}" if kind else ""))

    def contract(self, thing, prop):
        properties = self.hub.call("GET", f"/api/v1/things/{thing}")["properties"]
        return next(one["contract"] for one in properties if one["name"] == prop)

    def drain(self):
        """Until the hub has everything that was spooled before."""
        asked = datetime.now(timezone.utc)

        def is_drained():
            rows = [row for row in self.hub.pages("/api/v1/edges") if row["name"] == EDGE]
            spool = rows and rows[0]["spool"]
            return spool and spool["batches"] == 0 and datetime.fromisoformat(spool["reported"]) > asked + timedelta(seconds=4)

        wait_for("the spool is empty", is_drained, 60, every=0.5)

    def run(self):
        self.hub.start()
        self.hub.wait_ready()
        self.edge.start()
        for pump in (self.old, self.beside):
            pump.start()
        (self.files / "site.yaml").write_text(SITE_FILE)
        (self.files / "pump.yaml").write_text(model_file(1, "pump-1", 5))
        (self.files / "spare.yaml").write_text(thing_file("pump-2", 1))
        (self.files / "pump-1.yaml").write_text(opcua_files("pump-1", self.old.port))
        (self.files / "pump-2.yaml").write_text(opcua_files("pump-2", self.beside.port, SPEED_ROW))
        self.apply()
        for thing in ("pump-1", "pump-2"):
            wait_for(f"values of {thing}\n{self.edge.tail()}", lambda: self.has_values(thing, 0), 30)
        before = {prop: self.history("pump-1", prop)[0] for prop in PROPERTIES}
        contracts = {prop: self.contract("pump-1", prop) for prop in PROPERTIES}
        pid = self.edge.process.pid
        self.say("both pumps are read over OPC UA")
        time.sleep(8)

        self.refuse_two_bindings()
        self.old.stop()
        self.say("the old electronics are gone")
        time.sleep(2)
        self.new.start()
        swapped = int(time.time() * 1e6)
        (self.files / "pump-1.yaml").write_text(modbus_files("pump-1", self.new.port))
        said = self.apply("--prune", "--reason", "new electronics")
        assert "Connection pump-1-old" in said, said
        wait_for(f"values of pump-1 over Modbus\n{self.edge.tail()}", lambda: self.has_values("pump-1", swapped), 30)
        self.say(f"values over Modbus {time.time() - swapped / 1e6:.1f} s after the files were applied")
        time.sleep(8)
        assert self.edge.process.poll() is None and self.edge.process.pid == pid, "the edge was restarted"
        self.check_filters()
        stricter = self.change_contract()
        self.unbind_beside()
        for pump in (self.new, self.beside):
            pump.stop()
        self.drain()

        after = {prop: self.history("pump-1", prop)[0] for prop in PROPERTIES}
        assert after == before, f"other series: {before} became {after}"
        assert {prop: self.contract("pump-1", prop) for prop in PROPERTIES} == contracts
        self.check_all_there("pump-1", self.old)
        self.check_all_there("pump-2", self.beside)
        self.check_polled(swapped)
        self.check_rules(swapped)
        self.check_chart(swapped)
        self.check_range([one for one in self.history("pump-2", "pressure")[1] if one[0] > stricter], 4.5)
        self.check_rows()
        self.check_record(swapped)
        self.check_kept()

    def refuse_two_bindings(self):
        """Two sources of one property are refused, and nothing changes."""
        second = self.files / "second.yaml"
        second.write_text(modbus_files("pump-1", self.new.port, "pump-1-second"))
        revision = self.hub.call("GET", "/api/v1/revisions?limit=1")["items"][0]["revision"]
        assert "binding_twice" in self.apply(code=3)
        second.unlink()
        assert self.hub.call("GET", "/api/v1/revisions?limit=1")["items"][0]["revision"] == revision

    def change_contract(self):
        """The broker is killed, and has no assignment any more; then a new version of the spare pump's model
        reaches the edge. No source is touched for either. Since when the new range surely holds."""
        assert self.hub.kill_broker()
        (self.files / "spare.yaml").write_text(model_file(2, "pump-2", 4.5))
        self.apply()
        wait_for(f"the edge has taken the new version\n{self.edge.tail()}",
                 lambda: any(one["body"]["revision"] == 3 for one in self.events(EDGE, "edge.configured")), 60)
        stricter = int(time.time() * 1e6)
        time.sleep(7)  # the pressure's period
        connects = self.edge.log.read_text().count("opcua pump-2-old: reads")
        assert connects == 1, f"pump-2 was connected {connects} times"
        return stricter

    def unbind_beside(self):
        """A row less on a server whose other values change all the time: they go on (check_all_there)."""
        (self.files / "pump-2.yaml").write_text(opcua_files("pump-2", self.beside.port))
        self.apply("--prune", "--reason", "speed is not needed")
        wait_for(f"the edge reads less\n{self.edge.tail()}",
                 lambda: self.edge.log.read_text().count("opcua pump-2-old: reads") == 2, 30)
        time.sleep(3)

    def check_filters(self):
        rows = wait_for("what filters have saved", lambda: [
            row for row in self.hub.pages(f"/api/v1/filters/report?edge={EDGE}") if row["received"] > 50], 70, every=1)
        assert [(row["thing"], row["property"]) for row in rows] == [("pump-2", "speed")], rows
        assert 0 < rows[0]["sent"] < rows[0]["received"] and rows[0]["bytes_saved"] > 0, rows
        assert 0 < rows[0]["error_max"] <= 50, rows
        self.say(f"filter of pump-2/speed: {rows[0]['sent']} of {rows[0]['received']} sent, "
                 f"{rows[0]['bytes_saved']} bytes saved, error at most {rows[0]['error_max']:.3g} {rows[0]['unit']}")

    def check_all_there(self, thing, pump):
        """Everything that an OPC UA server wrote while somebody listened, value by value."""
        offered = [row for row in pump.served() if row[4]]
        assert len(offered) > 50, f"{thing}: only {len(offered)} values were offered"
        for place, prop in enumerate(PROPERTIES, 1):
            stored = {at: value for at, value, _, _ in self.history(thing, prop)[1]}
            missing = [row[0] for row in offered if row[0] not in stored]
            assert not missing, f"{thing}/{prop}: {len(missing)} of {len(offered)} are missing, the first at {missing[0]}"
            wrong = [row for row in offered if abs(stored[row[0]] - row[place]) > 1e-9]
            assert not wrong, f"{thing}/{prop}: {wrong[0]} is stored as {stored[wrong[0][0]]}"
        self.say(f"{thing} over OPC UA: all {len(offered)} × {len(PROPERTIES)} values that were offered are stored")

    def check_polled(self, swapped):
        """Every answer of the Modbus device, once and in order; rounded as its registers are."""
        served = self.new.served()
        assert len(served) > 50, f"only {len(served)} polls were answered"
        for place, prop, rounding in ((1, "pulses", 0), (2, "pressure", 0.0005), (3, "temperature", 0.05 / 1.8)):
            stored = [value for at, value, _, _ in self.history("pump-1", prop)[1] if at > swapped and value is not None]
            assert len(stored) == len(served), f"{prop}: {len(served)} answers, {len(stored)} samples"
            wrong = [(row, value) for row, value in zip(served, stored) if abs(row[place] - value) > rounding + 1e-9]
            assert not wrong, f"{prop}: {len(wrong)} differ, the first {wrong[0]}"
        times = [row[0] / 1e6 for row in served]
        waits = sorted(later - earlier for earlier, later in zip(times, times[1:]))
        assert len(served) > 0.8 * (times[-1] - times[0]) / POLL, f"only {len(served)} polls in {times[-1] - times[0]:.1f} s"
        assert waits[-1] < 2, f"nothing was polled for {waits[-1]:.1f} s"
        self.say(f"polled every {waits[len(waits) // 2] * 1e3:.0f} ms, {waits[-1] * 1e3:.0f} ms at most")
        self.say(f"pump-1 over Modbus: all {len(served)} × {len(PROPERTIES)} answers are stored, in bar and degC")

    def check_rules(self, swapped):
        """A range that is broken before and after; the gap is marked, since the rule remembers."""
        samples = self.history("pump-1", "pressure")[1]
        for is_after in (False, True):
            self.check_range([one for one in samples if (one[0] > swapped) == is_after and one[1] is not None], 5)
        pulses = [one for one in self.history("pump-1", "pulses")[1] if one[1] is not None]
        assert all(left[1] <= right[1] for left, right in zip(pulses, pulses[1:])), "the counter fell"
        first = next(one for one in pulses if one[0] > swapped)
        assert "gap" in first[3], f"the rule has forgotten what came before: {first}"
        last = [one for one in pulses if one[0] <= swapped][-1]
        assert first[0] - swapped <= 5e6, f"the new hardware was read {(first[0] - swapped) / 1e6:.1f} s after the files were there"
        self.say(f"no hardware and no samples for {(first[0] - last[0]) / 1e6:.1f} s, marked as a gap")

    def check_chart(self, swapped):
        """One line over both: each second of the chart says what its samples say, in one unit and series."""
        samples = self.history("pump-1", "pressure")[1]
        seconds = {}
        for at, value, quality, _ in samples:
            seconds.setdefault(at // 1_000_000, []).append(value if quality != "bad" else None)
        iso = {second: (EPOCH + timedelta(seconds=second)).isoformat() for second in (*seconds, max(seconds) + 1)}
        answer = self.hub.call("POST", "/api/v1/query/history", {
            "properties": [{"thing": "pump-1", "property": "pressure"}], "step": "1s",
            "start": iso[min(seconds)], "end": iso[max(seconds) + 1], "aggregate": ["min", "max", "count", "bad_count"]})
        chart, = answer["items"]
        assert chart["unit"] == "bar", chart["unit"]
        drawn = {int(datetime.fromisoformat(row[0]).timestamp()): row[1:] for row in chart["rows"]}
        assert drawn.keys() == seconds.keys(), f"{drawn.keys() ^ seconds.keys()}"
        for second, values in seconds.items():
            usable = [value for value in values if value is not None]
            expected = [min(usable, default=None), max(usable, default=None), len(usable), len(values) - len(usable)]
            assert drawn[second] == expected, f"{iso[second]}: drawn {drawn[second]}, sampled {expected}"
        sides = [sum(1 for one in drawn if (one * 1_000_000 > swapped) == side) for side in (False, True)]
        assert min(sides) >= 5, sides
        self.say(f"the chart of pump-1/pressure in bar: {sides[0]} seconds before and {sides[1]} after the swap, as sampled")

    @staticmethod
    def check_range(samples, most):
        marked = [one for one in samples if "out_of_range" in one[3]]
        assert 0 < len(marked) < len(samples), f"{len(marked)} of {len(samples)} are out of range"
        wrong = [one for one in samples if ("out_of_range" in one[3]) != (one[1] > most)]
        assert not wrong, f"{wrong[0]}"

    def check_rows(self):
        store = self.hub.call("GET", "/api/v1/system")["store"]
        rows = store["hot_rows"] + store["sealed_rows"] + store["out_of_range_rows"]
        series = self.hub.pages("/api/v1/series")
        assert len(series) == 2 * len(PROPERTIES) + 1, series
        count = 0
        for one in series:
            samples = self.history(one["thing"], one["property"])[1]
            count += len(samples)
            assert len({at for at, _, _, _ in samples}) == len(samples), f"{one['thing']}/{one['property']} has a time twice"
        assert rows == count, f"{rows} rows in the store, {count} samples"
        self.say(f"{rows} rows in the store, none twice")

    def check_record(self, swapped):
        events = self.events("pump-1", "binding.changed")
        assert len(events) == 1, events
        body = events[0]["body"]
        assert body["reason"] == "new electronics" and events[0]["actor_role"] == "administrator", events
        change = next(one for one in body["changes"] if one.get("property") == "pressure")
        assert change["before"]["source"] == f"opcua pump-1-old of edge {EDGE}", change
        assert change["after"]["source"] == f"modbus pump-1-new of edge {EDGE}", change
        assert (change["before"]["unit"], change["after"]["unit"], change["after"]["address"]) == ("bar", "kPa", "holding:102")
        assert len(body["changes"]) == len(PROPERTIES), body
        beside, = self.events("pump-2", "binding.changed")
        assert beside["body"]["reason"] == "speed is not needed", beside
        assert [one["property"] for one in beside["body"]["changes"]] == ["speed"], beside
        configured = self.events(EDGE, "edge.configured")
        assert {"revision": body["revision"], "connections": 2} in [one["body"] for one in configured], configured
        self.say("the change is on record: " + json.dumps(change))

    def check_kept(self):
        """Without a hub an edge that starts again reads what it was assigned last."""
        self.edge.stop()
        before = self.edge.ledger()["pump-1/pulses"][0]
        self.hub.kill()
        self.new.served_log.unlink()
        self.new.start()
        self.edge.start()
        wait_for("the device is polled", lambda: self.new.served_log.exists() and len(self.new.served()) > 20, 30)
        self.edge.stop()
        more = self.edge.ledger()["pump-1/pulses"][0] - before
        polls = len(self.new.served())
        assert polls - 1 <= more <= polls, f"{polls} polls were answered, {more} samples spooled without a hub"
        self.say(f"restarted without a hub: {more} samples more by the kept assignment")

    def end(self):
        for process in (self.edge, self.hub, self.old, self.new, self.beside):
            process.kill()


def main():
    with tempfile.TemporaryDirectory() as scratch:
        test = SwapTest(*sys.argv[1:4], scratch)
        try:
            test.run()
        except AssertionError as error:
            print(f"FAILED: {error}\n--- hub\n{test.hub.tail(15)}\n--- edge\n{test.edge.tail(30)}")
            return 1
        finally:
            test.end()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
