#!/usr/bin/env python3
"""Imports the real data sets and compares every sample with what a second reader, written here with
Python's csv, gzip and zoneinfo, finds in the same files: counts, sums, minima, maxima, and a SHA-256
over (time, value, reasons) of each series. usage: data_test.py IMPORT_SUMMARY [DATA_FOLDER]"""
import csv
import gzip
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

SUMMARY, DATA = "", Path()
MAPPINGS = Path(__file__).resolve().parents[2] / "examples/import"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def us(moment):
    delta = moment - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def read(path):
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def local_times(texts, zone):
    """(µs, reasons) of wall-clock texts: two equal ones in a row are the two passes through a repeated
    hour; other repeated or skipped times are ambiguous."""
    moments, found = [datetime.fromisoformat(text) for text in texts], []
    for i, moment in enumerate(moments):
        first = moment.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
        second = moment.replace(tzinfo=zone, fold=1).astimezone(timezone.utc)
        if first == second:
            found.append((us(first), []))
        elif first > second:  # skipped: zoneinfo gives the offset after it for fold 1
            found.append((us(first), ["ambiguous_time"]))
        elif i + 1 < len(moments) and moments[i + 1] == moment:
            found.append((us(first), []))
        elif i > 0 and moments[i - 1] == moment:
            found.append((us(second), []))
        else:
            found.append((us(first), ["ambiguous_time"]))
    return found


class Expected:
    """Samples by series, in the order of the file."""

    def __init__(self):
        self.lines, self.values = {}, {}

    def add(self, key, time_us, value, reasons=()):
        shown = "-" if value is None else str(value).lower() if isinstance(value, bool) else "%.17g" % value
        self.lines.setdefault(key, []).append(" ".join([str(time_us), shown, *reasons]) + "\n")
        if value is not None:
            self.values.setdefault(key, []).append(float(value))

    def series(self):
        found = {}
        for key, lines in self.lines.items():
            values, total = self.values.get(key, []), 0.0
            for value in values:  # not sum(), which compensates
                total += value
            found[key] = {"samples": len(lines), "values": len(values), "sum": total,
                          "min": min(values, default=0), "max": max(values, default=0),
                          "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}
        return found


def cmapss(path):
    expected, start = Expected(), datetime(2008, 1, 1, tzinfo=timezone.utc)
    names = (["setting-1", "setting-2", "setting-3", "t2", "t24", "t30", "t50", "p2", "p15", "p30", "nf", "nc",
              "epr", "ps30", "phi", "nrf", "nrc", "bpr", "farb", "htbleed", "nf-dmd", "pcnfr-dmd", "w31", "w32"])
    for line in read(path).decode().splitlines():
        fields = line.split()
        moment = us(start + timedelta(hours=int(fields[1]) - 1))
        for name, field in zip(names, fields[2:], strict=True):
            expected.add(f"{path.name.split('.')[0].lower()}-engine-{fields[0]}/{name}", moment, float(field))
    return expected


def table(path, delimiter=","):
    rows = list(csv.reader(io.StringIO(read(path).decode("utf-8")), delimiter=delimiter))
    return rows[0], rows[1:]


SKAB = {"Accelerometer1RMS": "vibration-1", "Accelerometer2RMS": "vibration-2", "Current": "current",
        "Pressure": "pressure", "Temperature": "temperature", "Thermocouple": "fluid-temperature",
        "Voltage": "voltage", "Volume Flow RateRMS": "flow", "anomaly": "anomaly", "changepoint": "changepoint"}
MV = {"eload": "electricity", "temp": "outdoor-temperature", "pct_occupancy": "occupancy",
      "school_holidays": "holidays", "summer_maintenance": "summer-maintenance", "summer_school": "summer-school",
      "pre-class_ramp_up": "pre-class-ramp-up"}


def skab(path):
    expected, (header, rows) = Expected(), table(path, ";")
    for row in rows:
        moment = us(datetime.fromisoformat(row[0]).replace(tzinfo=timezone.utc))
        for column, field in zip(header[1:], row[1:], strict=True):
            value = float(field) == 1 if column in ("anomaly", "changepoint") else float(field)
            expected.add(f"skab-{path.parent.name}-{path.stem}/{SKAB[column]}", moment, value)
    return expected


def bdg2(path):
    expected, (header, rows) = Expected(), table(path)
    for row in rows:
        moment = us(datetime.fromisoformat(row[0]).replace(tzinfo=timezone.utc))
        for column, field in zip(header[1:], row[1:], strict=True):
            if field != "":
                expected.add(f"{column.lower()}/electricity", moment, float(field))
    return expected


def building(thing, flags=(), is_missing_kept=False):
    def reader(path):
        expected, (header, rows) = Expected(), table(path)
        times = local_times([row[0] for row in rows], ZoneInfo("America/Los_Angeles"))
        for (moment, marks), row in zip(times, rows, strict=True):
            for column, field in zip(header[1:], row[1:], strict=True):
                key = f"{thing}/{MV[column]}"
                if field == "" and is_missing_kept:
                    expected.add(key, moment, None, ["missing_value", *marks])
                elif field != "":
                    expected.add(key, moment, float(field) == 1 if column in flags else float(field), marks)
        return expected
    return reader


SCHOOL_FLAGS = ("school_holidays", "summer_maintenance", "summer_school", "pre-class_ramp_up")


class DataSets(unittest.TestCase):
    maxDiff = 4000

    def imported(self, mapping, path, *more):
        done = subprocess.run([SUMMARY, MAPPINGS / mapping, path, *more], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def compare(self, mapping, path, reader):
        expected = reader(path).series()
        seed = str(random.SystemRandom().randrange(1 << 32))
        whole, torn = self.imported(mapping, path), self.imported(mapping, path, "--interrupt", seed)
        self.assertEqual(whole["series"], torn["series"], f"interrupted with seed {seed}")
        for series in whole["series"].values():
            series.pop("reasons")
        self.assertEqual(sorted(whole["series"]), sorted(expected))
        for key, found in whole["series"].items():
            self.assertEqual(found, expected[key], f"{path}: {key}")
        self.assertEqual(whole["content_sha256"], hashlib.sha256(read(path)).hexdigest())
        self.assertEqual(whole["totals"]["samples"], sum(one["samples"] for one in expected.values()))
        self.assertEqual(whole["totals"]["refused_rows"], 0)
        return whole

    def test_cmapss_every_engine_is_a_thing(self):
        for name, rows, engines in (("train_FD001", 20631, 100), ("test_FD001", 13096, 100),
                                    ("train_FD004", 61249, 249), ("test_FD004", 41214, 248)):
            totals = self.compare("cmapss.yaml", DATA / f"cmapss/{name}.txt.gz", cmapss)["totals"]
            self.assertEqual((totals["rows"], totals["things"], totals["series"], totals["samples"]),
                             (rows, engines, engines * 24, rows * 24))

    def test_skab_every_experiment_is_a_thing(self):
        files = sorted((DATA / "skab").glob("*/*.csv"))
        self.assertEqual(len(files), 24)
        rows = sum(self.compare("skab.yaml", path, skab)["totals"]["rows"] for path in files)
        self.assertEqual(rows, 34662)

    def test_bdg2_every_column_is_a_building_and_an_empty_cell_no_sample(self):
        things = 0
        for path in sorted((DATA / "bdg2_subset").glob("*.csv.gz")):
            totals = self.compare("bdg2.yaml", path, bdg2)["totals"]
            self.assertEqual(totals["rows"], 17544)
            self.assertEqual(totals["samples"] + totals["empty_cells"], 17544 * totals["things"])
            things += totals["things"]
        self.assertEqual(things, 47)

    def check_building(self, mapping, name, reader, **facts):
        found = self.compare(mapping, DATA / "building_mv" / name, reader)
        found["totals"].update(found["problems"])
        self.assertEqual({key: found["totals"].get(key, 0) for key in facts}, facts, name)

    def test_hourly_building_both_passes_of_each_november_survive(self):
        reader = building("mv-hourly-building")
        self.check_building("building_mv_hourly.yaml", "hourly_building/eload.csv", reader, rows=17448,
                            samples=17448, ambiguous_rows=4, unresolved_rows=0, nonexistent_rows=0,
                            repeated_times=0, samples_uncertain=0, samples_bad=0)
        self.check_building("building_mv_hourly.yaml", "hourly_building/temp.csv", reader, rows=17301,
                            samples=17301, ambiguous_rows=4, unresolved_rows=0, nonexistent_rows=0,
                            repeated_times=0, samples_uncertain=0)
        self.check_building("building_mv_hourly.yaml", "hourly_building/occupancy.csv", reader, rows=688,
                            samples=688, ambiguous_rows=0, repeated_times=1, samples_uncertain=0)

    def test_hourly_building_has_no_gap_in_march_and_keeps_its_real_ones(self):
        for name, gaps in (("eload", 0), ("temp", 10)):
            _, rows = table(DATA / f"building_mv/hourly_building/{name}.csv")
            times = [moment for moment, _ in local_times([r[0] for r in rows], ZoneInfo("America/Los_Angeles"))]
            steps = [b - a for a, b in zip(times, times[1:])]
            self.assertEqual(sum(step != 3600_000_000 for step in steps), gaps, name)

    def test_daily_building_is_a_row_each_24_hours(self):
        reader = building("mv-daily-building")
        for name in ("eload", "temp"):
            self.check_building("building_mv_daily.yaml", f"daily_building/{name}.csv", reader, rows=1095,
                                samples=1095, ambiguous_rows=3, unresolved_rows=3, samples_uncertain=3,
                                nonexistent_rows=0, repeated_times=0)

    def test_school_marks_what_its_clock_cannot_mean(self):
        reader = building("mv-school", SCHOOL_FLAGS, is_missing_kept=True)
        self.check_building("building_mv_school.yaml", "school/eload.csv", reader, rows=8760, samples=8760,
                            samples_bad=13, samples_uncertain=2, ambiguous_rows=1, unresolved_rows=1,
                            nonexistent_rows=1)
        self.check_building("building_mv_school.yaml", "school/temp.csv", reader, rows=8760, samples=8760,
                            samples_bad=0, samples_uncertain=1, ambiguous_rows=1, unresolved_rows=1,
                            nonexistent_rows=0, repeated_times=1)
        self.check_building("building_mv_school.yaml", "school/op_mode.csv", reader, rows=365,
                            samples=365 * 4, samples_uncertain=0)


if __name__ == "__main__":
    SUMMARY = sys.argv[1]
    root = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("MILLRACE_SHARED", "") + "/data"
    DATA = Path(root)
    if not DATA.joinpath("cmapss").is_dir():
        print(f"SKIP: the data sets are not at '{DATA}'; set MILLRACE_SHARED")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
