#!/usr/bin/env python3
"""Imports the real data sets with the real command line into a real hub, and compares what the hub
exports again, sample by sample, with the second reader of data_test.py. Twice, and with the hub and the
command line killed at random moments. usage: hub_test.py MILLRACE [DATA_FOLDER]"""
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
import data_test  # noqa: E402
import plant  # noqa: E402

MILLRACE, DATA = "", Path()
MAPPINGS = Path(__file__).resolve().parents[2] / "examples/import"


class HubImports(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="millrace-import-")
        cls.hub = plant.Hub(MILLRACE, cls.folder.name)
        cls.hub.start()
        cls.hub.wait_ready(60)
        cls.hub.call("GET", "/api/v1/me")

    @classmethod
    def tearDownClass(cls):
        cls.hub.stop()
        cls.folder.cleanup()

    def command(self, *arguments):
        return [MILLRACE, *arguments, "--hub", f"http://127.0.0.1:{self.hub.http_port}"]

    def environment(self, **more):
        return {**os.environ, "MILLRACE_TOKEN": self.hub.token, **more}

    def run_cli(self, *arguments, code=0):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, env=self.environment())
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def exported(self, site):
        """{thing/property: [[µs, value text]…]} of everything of a site, by the export command."""
        path = Path(self.folder.name) / "export.csv"
        self.run_cli("export", "--format", "csv", "--site", site, "--start", "1999-01-01T00:00:00Z", "-o", str(path))
        series = {}
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                moment = datetime.fromisoformat(row["time"].replace("Z", "+00:00")).astimezone(timezone.utc)
                series.setdefault(f"{row['thing']}/{row['property']}", []).append([data_test.us(moment), row["value"]])
        return series

    def marks(self, thing, name):
        """The reasons of all marked samples of a series, by the query command."""
        answer = json.loads(self.run_cli("query", thing, name, "--start", "1999-01-01", "--include", "reasons", "--json"))
        self.assertEqual(answer["columns"], ["time", "value", "quality", "reasons"])
        return [row[3] for row in answer["rows"] if row[3]]

    def compare(self, series, expected):
        """Every series has exactly the values of the file at their times."""
        for key, lines in expected.lines.items():
            found = []
            for moment, value in series[key]:
                shown = "-" if value == "" else value if value in ("true", "false") else "%.17g" % float(value)
                found.append(f"{moment} {shown}")
            wanted = [" ".join(line.split()[:2]) for line in lines]
            self.assertEqual(sorted(found), sorted(wanted), key)

    def test_cmapss_arrives_whole_and_a_second_time_changes_nothing(self):
        path = DATA / "cmapss/train_FD001.txt.gz"
        first = json.loads(self.run_cli("import", str(path), "--mapping", str(MAPPINGS / "cmapss.yaml"), "--json"))
        self.assertEqual(first["files"][0]["import"]["samples"], 20631 * 24)
        again = json.loads(self.run_cli("import", str(path), "--mapping", str(MAPPINGS / "cmapss.yaml"), "--json"))
        self.assertEqual(again["files"][0]["import"], first["files"][0]["import"])
        series = {key: rows for key, rows in self.exported("cmapss").items() if key.startswith("train_fd001-")}
        self.assertEqual(len(series), 100 * 24)
        self.compare(series, data_test.cmapss(path))

    def test_repeated_hours_gaps_and_missing_values_keep_their_marks_in_the_hub(self):
        files = {"hourly": ["eload", "temp"], "school": ["eload", "temp"], "daily": ["eload"]}
        folder = {"hourly": "hourly_building", "school": "school", "daily": "daily_building"}
        for name, tables in files.items():
            paths = [str(DATA / "building_mv" / folder[name] / f"{table}.csv") for table in tables]
            self.run_cli("import", *paths, "--mapping", str(MAPPINGS / f"building_mv_{name}.yaml"))
        series = self.exported("building-mv")
        for name, key, path in (("mv-hourly-building", "electricity", "hourly_building/eload.csv"),
                                ("mv-hourly-building", "outdoor-temperature", "hourly_building/temp.csv"),
                                ("mv-daily-building", "electricity", "daily_building/eload.csv")):
            self.compare(series, data_test.building(name)(DATA / "building_mv" / path))
        self.compare(series, data_test.building("mv-school", is_missing_kept=True)(DATA / "building_mv/school/eload.csv"))
        self.assertEqual(self.marks("mv-hourly-building", "electricity"), [])
        self.assertEqual(self.marks("mv-daily-building", "electricity"), [["ambiguous_time"]] * 3)
        school = self.marks("mv-school", "electricity")
        self.assertEqual(school.count(["missing_value"]), 13)
        self.assertEqual(sum("ambiguous_time" in one for one in school), 2)
        temperature = self.marks("mv-school", "outdoor-temperature")
        self.assertEqual(sum("duplicate" in one for one in temperature), 1)
        self.assertEqual(sum("ambiguous_time" in one for one in temperature), 1)

    def test_a_proposed_mapping_reads_the_files_as_they_are(self):
        """Printed for people and scripts; a dry run with it refuses no row and finds every column."""
        for name, series in (("building_mv/hourly_building/eload.csv", 1), ("building_mv/hourly_building/occupancy.csv", 1),
                             ("building_mv/daily_building/temp.csv", 1), ("building_mv/school/op_mode.csv", 4),
                             ("building_mv/school/temp.csv", 1), ("skab/valve1/0.csv", 10), ("skab/other/12.csv", 10),
                             ("skab/anomaly-free/anomaly-free.csv", 8)):
            mapping = Path(self.folder.name) / "proposed.yaml"
            mapping.write_text(self.run_cli("import", str(DATA / name), "--propose"))
            self.assertIn("# The thing is named after the file", mapping.read_text())
            shown = json.loads(self.run_cli("import", str(DATA / name), "--mapping", str(mapping), "--dry-run", "--json"))
            totals = shown["files"][0]["totals"]
            self.assertEqual((totals["refused_rows"], totals["bad_cells"], totals["series"]), (0, 0, series), name)
        told = json.loads(self.run_cli("import", str(DATA / "ai4i2020/ai4i2020.csv"), "--propose", "--json"))
        self.assertIs(told["complete"], False)
        self.assertIn("No column is a time", " ".join(told["notes"]))
        self.run_cli("import", str(DATA / "skab/valve1/0.csv"), code=2)

    def test_everything_arrives_once_although_hub_and_client_are_killed(self):
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        path = DATA / "cmapss/test_FD004.txt.gz"
        kills, reached = {"hub": 0, "client": 0}, []
        for attempt in range(60):
            client = subprocess.Popen(self.command("import", str(path), "--mapping", str(MAPPINGS / "cmapss.yaml"),
                                                   "--chunk-samples", "10000"),
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment())
            if attempt < 8:
                time.sleep(chance.uniform(0.5, 2.0))
                who = chance.choice(["hub", "client"])
                kills[who] += 1
                if who == "hub":
                    self.hub.kill()
                    self.hub.start()
                    self.hub.wait_ready(60)
                client.send_signal(signal.SIGKILL)
                client.wait()
                reached += [one["next_row"] for one in self.hub.pages("/api/v1/imports")
                            if one["file_name"] == path.name]
            elif client.wait() == 0:
                break
        print(f"seed {seed}: killed {kills} at rows {reached}", file=sys.stderr)
        self.assertTrue(any(0 < row < 41214 for row in reached), "no kill came in the middle of the import")
        series = {key: rows for key, rows in self.exported("cmapss").items() if key.startswith("test_fd004-")}
        self.assertEqual(sum(map(len, series.values())), 41214 * 24, f"seed {seed}")
        self.compare(series, data_test.cmapss(path))

    def test_what_a_script_may_rely_on(self):
        self.run_cli("import", str(DATA / "none.csv"), "--mapping", str(MAPPINGS / "cmapss.yaml"), code=4)
        self.run_cli("import", str(DATA / "README.md"), "--mapping", str(MAPPINGS / "skab.yaml"), code=4)
        self.run_cli("things", "--bad-option", code=2)
        self.run_cli("things", "no-such-thing", code=4)
        system = json.loads(self.run_cli("system", "--json"))
        self.assertIn("version", system)
        self.assertIsInstance(json.loads(self.run_cli("imports", "--json"))["items"], list)
        refused = subprocess.run(self.command("system"), env=self.environment(MILLRACE_TOKEN="wrong"),
                                 capture_output=True, text=True)
        self.assertEqual(refused.returncode, 5)
        self.assertIn("millrace login", refused.stderr)
        nobody = subprocess.run([MILLRACE, "system", "--hub", f"http://127.0.0.1:{plant.free_port()}"],
                                env=self.environment(), capture_output=True, text=True)
        self.assertEqual(nobody.returncode, 7)

    def test_a_request_nested_too_deep_is_refused_and_the_hub_lives(self):
        deep = b'{"file_name":"a","file_hash":"' + b"a" * 64 + b'","file_bytes":1,"rows_total":1,"targets":[{"thing":"a",'
        deep += b'"property":"b","type":"f64"}],"mapping":{"x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.hub.http_port}/api/v1/imports", data=deep, method="POST",
                                         headers={"Authorization": f"Bearer {self.hub.token}"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        self.assertEqual(refused.exception.code, 400)
        self.assertTrue(self.hub.is_running())

    def test_login_keeps_a_token_that_others_cannot_read(self):
        home = {"XDG_CONFIG_HOME": self.folder.name + "/config", "MILLRACE_TOKEN": ""}
        environment = self.environment(**home, MILLRACE_PASSWORD=plant.PASSWORD)
        subprocess.run(self.command("login"), env=environment, check=True, capture_output=True)
        saved = Path(home["XDG_CONFIG_HOME"]) / "millrace/credentials.json"
        self.assertEqual(saved.stat().st_mode & 0o777, 0o600)
        done = subprocess.run(self.command("things", "--json"), env=self.environment(**home), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    MILLRACE = sys.argv[1]
    root = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("MILLRACE_SHARED", "") + "/data"
    DATA = Path(root)
    if not DATA.joinpath("cmapss").is_dir():
        print(f"SKIP: the data sets are not at '{DATA}'; set MILLRACE_SHARED")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
