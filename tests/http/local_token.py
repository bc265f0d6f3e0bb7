#!/usr/bin/env python3
"""The token that a hub leaves in its data directory: the command line on the same machine needs no
login, and nobody else gets anything from it."""
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path

MILLRACE = sys.argv.pop(1)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class LocalToken(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name) / "hub"
        self.file = self.data / "local-token"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        self.environment["HOME"] = self.folder.name

    def tearDown(self):
        if self.hub.poll() is None:
            self.hub.kill()
            self.hub.wait()
        self.folder.cleanup()

    def start(self):
        self.file.unlink(missing_ok=True)
        self.hub = subprocess.Popen([MILLRACE, "hub", "--data-dir", str(self.data), "--http-port", str(free_port())],
                                    env=self.environment, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not self.file.exists():
            self.assertIsNone(self.hub.poll(), "the hub ended")
            self.assertLess(time.monotonic(), end, "no local token")
            time.sleep(0.05)
        token, address = self.file.read_text().splitlines()
        return token, address

    def run_cli(self, *arguments):
        return subprocess.run([MILLRACE, *arguments], env=self.environment, capture_output=True, text=True)

    def status(self, token, address):
        connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
        connection.request("GET", "/api/v1/me", headers={"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def test_commands_on_this_machine_find_the_hub_and_need_no_login(self):
        token, address = self.start()
        self.assertEqual(stat.S_IMODE(self.file.lstat().st_mode), 0o600)
        things = self.run_cli("things", "--data-dir", str(self.data), "--json")
        self.assertEqual(things.returncode, 0, things.stderr)
        self.assertEqual(json.loads(things.stdout), {"items": []})
        refused = self.run_cli("things", "--hub", address)
        self.assertIn("millrace login", refused.stderr)
        status, body = self.status(token, address)
        self.assertEqual((status, json.loads(body)["role"]), (200, "administrator"))
        self.hub.send_signal(signal.SIGTERM)
        self.assertEqual(self.hub.wait(30), 0)
        self.assertFalse(self.file.exists())

    def test_what_rest_can_do_the_command_line_can(self):
        self.start()

        def run(*arguments, code=0):
            done = self.run_cli(*arguments, "--data-dir", str(self.data), "--json")
            self.assertEqual(done.returncode, code, f"{arguments}: {done}")
            return json.loads(done.stdout)

        made = run("tokens", "create", "grafana", "--role", "viewer")
        self.assertEqual([one["id"] for one in run("tokens", "list")["items"]], [made["id"]])
        run("tokens", "create", "grafana", "--role", "viewer", code=6)
        run("tokens", "revoke", made["id"])
        self.assertEqual(run("tokens", "list")["items"], [])
        self.assertEqual(run("system", "seal")["hot_rows"], 0)
        backup = run("backup", "create")
        self.assertTrue(run("backup", "verify", backup["name"])["valid"])
        with (Path(backup["path"]) / "meta.db").open("r+b") as file:
            file.seek(100)
            file.write(b"altered")
        self.assertFalse(run("backup", "verify", backup["name"], code=3)["valid"])
        run("backup", "verify", "2020-01-01T000000Z", code=4)
        site = Path(self.folder.name) / "site.yaml"
        site.write_text("kind: Site\nname: works\nspec: {title: Works}\n")
        run("apply", str(site))
        self.assertEqual(run("delete", "Site", "works")["revision"], 2)
        run("delete", "Site", "works", code=4)
        self.assertEqual(run("corrections", "list")["items"], [])
        run("corrections", "create", "invalidate", "pump-1", "flow", "--start", "now-1h", "--end", "now", "--reason", "x", code=4)
        self.correct_by_file(run)
        self.describe_by_file(run)
        self.assertEqual(run("onboarding", "list")["items"], [])
        run("onboarding", "browse", "nowhere", code=4)
        run("property", "write", "pump-1", "speed", "-5", code=4)
        run("action", "invoke", "pump-1", "stop", code=4)

    def correct_by_file(self, run):
        folder = Path(self.folder.name)
        table = folder / "pump.csv"
        table.write_text("time,flow\n" + "".join(f"2026-03-01T05:{minute:02}:00Z,{minute}.5\n" for minute in range(30) if not 10 <= minute < 15))
        mapping = folder / "pump.yaml"
        mapping.write_text("thing: pump-1\nsite: works\ntime: {column: time}\nproperties: [{column: flow, name: flow}]\n")
        run("import", "--mapping", str(mapping), str(table))
        entry = "- {{thing: pump-1, property: flow, start: 2026-03-01T05:{}:00Z, end: 2026-03-01T05:{}:00Z, reason: Walked, {}}}\n"
        file = folder / "corrections.yaml"
        file.write_text(entry.format("00", "05", "action: replace, value: 7") + entry.format("09", "15", "action: fill, method: linear, interval_ms: 60000"))
        tried = run("corrections", "apply", str(file), "--dry-run")
        self.assertEqual((tried["new"], tried["commit"]), (2, None))
        self.assertEqual(run("corrections", "list")["items"], [])
        self.assertEqual(run("corrections", "apply", str(file))["new"], 2)
        again = run("corrections", "apply", str(file))
        self.assertEqual((again["new"], again["there"], again["commit"]), (0, 2, None))
        exported = folder / "exported.yaml"
        run("corrections", "export", "-o", str(exported))
        self.assertEqual(run("corrections", "apply", str(exported))["there"], 2)
        exported.write_text(exported.read_text().replace("action: replace", "action: mend"))
        self.assertEqual(run("corrections", "apply", str(exported), "--dry-run", code=3)["problems"][0]["line"], 6)
        run("corrections", "apply", str(exported), code=2)
        self.assertEqual(len(run("corrections", "list")["items"]), 2)

    def describe_by_file(self, run):
        lamp = Path(self.folder.name) / "lamp.json"
        document = {"@context": "https://www.w3.org/2022/wot/td/v1.1", "id": "urn:example:lamp", "title": "Lamp",
                    "security": "nosec_sc", "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}}
        lamp.write_text(json.dumps(document))
        self.assertEqual(run("descriptions", "put", str(lamp), "--new")["items"], [{"id": "urn:example:lamp", "done": "registered"}])
        run("descriptions", "put", str(lamp), "--new", code=6)
        self.assertEqual(run("descriptions", "put", str(lamp))["items"][0]["done"], "replaced")
        self.assertEqual([one["title"] for one in run("descriptions", "list")["items"]], ["Lamp"])
        lamp.write_text(json.dumps(run("descriptions", "show", "urn:example:lamp") | {"title": "Lamp 2"}))
        run("descriptions", "put", str(lamp))
        self.assertEqual(run("descriptions", "show", "urn:example:lamp")["title"], "Lamp 2")
        lamp.write_text(json.dumps({"title": "no security"}))
        run("descriptions", "put", str(lamp), code=2)
        run("descriptions", "delete", "urn:example:lamp")
        run("descriptions", "delete", "urn:example:lamp", code=4)

    def test_a_token_that_a_killed_hub_left_opens_nothing(self):
        old, _ = self.start()
        self.hub.kill()
        self.hub.wait()
        self.assertTrue(self.file.exists())
        token, address = self.start()
        self.assertNotEqual(token, old)
        self.assertEqual(self.status(old, address)[0], 401)
        self.assertEqual(self.status(token, address)[0], 200)

    def test_a_hub_that_finds_the_data_directory_in_use_leaves_the_token_of_the_other(self):
        token, address = self.start()
        second = self.run_cli("hub", "--data-dir", str(self.data), "--http-port", "0")
        self.assertNotEqual(second.returncode, 0)
        self.assertEqual(self.file.read_text().splitlines(), [token, address])


if __name__ == "__main__":
    unittest.main()
