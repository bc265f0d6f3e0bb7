#!/usr/bin/env python3
"""Walks every operation of api/openapi.yaml against a running hub (http_test_hub): answers must fit
their schemas, and what is wrong must be refused in the contract's way. The contract itself is read
from the hub. An operation of the contract that nobody called fails the walk."""
import csv
import gzip
import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent))
from schema import Schemas  # noqa: E402

HUB = None


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Hub:
    def __init__(self, program, environment=None):
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        web = root / "web"
        (web / "assets").mkdir(parents=True)
        (web / "index.html").write_text("<!doctype html><title>app</title>")
        (web / "assets" / "app-1a2b.js").write_text("let a = 1;\n" * 200)
        (web / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let a = 1;\n" * 200))
        (root / "secret.txt").write_text("not for the web")
        self.data = root / "data"
        self.data.mkdir()
        self.process = subprocess.Popen([program, str(self.data), str(web)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        assert line.startswith("port "), line
        self.port = int(line.split()[1])
        self.called = set()
        self.contract = None
        self.token = self.call("POST", "/api/v1/login", {"user": "admin", "password": "correct horse"},
                               token=None).json()["token"]
        self.contract = json.loads(self.call("GET", "/api/v1/openapi.json").body)
        self.schemas = Schemas(self.contract)
        self.say("batch 41.7")
        self.say("history 120")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().startswith("done "), line

    def call(self, method, path, body=None, token="mine", headers=None):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = "Bearer " + (self.token if token == "mine" else token)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        if self.contract:
            self.check(method, path, answer)
        return answer

    def operation(self, method, path):
        path = path.split("?")[0]
        for pattern, methods in self.contract["paths"].items():
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", pattern), path) and method.lower() in methods:
                return pattern, methods[method.lower()]
        return None, None

    def check(self, method, path, answer):
        """Status, content type and body against the contract, wherever it has the operation."""
        pattern, operation = self.operation(method, path)
        if not operation:
            return
        self.called.add((method.lower(), pattern))
        if answer.status == 500:
            raise AssertionError(f"{method} {path}: {answer.body[:300]}")
        response = operation["responses"].get(str(answer.status))
        assert response, f"{method} {path}: status {answer.status} is not in the contract: {answer.body[:300]}"
        content = self.schemas.resolve(response).get("content", {})
        kind = (answer.headers.get("Content-Type") or "").split(";")[0]
        if not content:
            assert not answer.body, f"{method} {path}: a body where none belongs"
            return
        assert kind in content, f"{method} {path}: {kind} is none of {list(content)}"
        if kind.endswith("json"):
            problems = list(self.schemas.problems(answer.json(), content[kind]["schema"]))
            assert not problems, f"{method} {path}: {problems[:5]}"
            names = self.schemas.names_of(content[kind]["schema"])
            said = answer.json()
            unknown = set(said) - names if names and isinstance(said, dict) else set()
            assert not unknown, f"{path}: {unknown}"

    def stop(self):
        began = time.monotonic()
        self.process.stdin.write("stop\n")
        self.process.stdin.close()
        self.process.stdout.read()
        code = self.process.wait(20)
        self.folder.cleanup()
        return code, time.monotonic() - began


class Stream:
    """A live stream, read by a thread into (event, data) pairs."""

    def __init__(self, path, token="mine"):
        self.socket = socket.create_connection(("127.0.0.1", HUB.port), 20)
        token = HUB.token if token == "mine" else token
        login = f"Authorization: Bearer {token}\r\n" if token else ""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n{login}\r\n".encode())
        self.file = self.socket.makefile("r", encoding="utf-8", newline="\n")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass
        self.events, self.comments, self.has_ended = [], 0, False
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        event = None
        try:
            for line in self.file:
                with self.changed:
                    if line.startswith(":"):
                        self.comments += 1
                    elif line.startswith("event: "):
                        event = line[7:].strip()
                    elif line.startswith("data: "):
                        self.events.append((event, json.loads(line[6:])))
                    self.changed.notify_all()
        except OSError:
            pass
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def wait(self, condition, seconds=10):
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), seconds)

    def values(self, name):
        return [data for event, data in self.events if event == "value" and data["property"] == name]

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Access(unittest.TestCase):
    def test_health_needs_no_login_and_everything_else_does(self):
        self.assertEqual(HUB.call("GET", "/healthz", token=None).status, 200)
        for path, methods in HUB.contract["paths"].items():
            for method, operation in methods.items():
                if operation.get("security") == []:
                    continue
                concrete = re.sub(r"\{[^}]*\}", "1", path)
                self.assertEqual(HUB.call(method.upper(), concrete, token=None).status, 401, path)
                self.assertEqual(HUB.call(method.upper(), concrete, token="mrs_forged").status, 401, path)

    def test_a_session_says_who_it_is_and_ends_with_logout(self):
        session = HUB.call("POST", "/api/v1/login", {"user": "admin", "password": "correct horse"}, token=None).json()
        self.assertEqual(HUB.call("GET", "/api/v1/me", token=session["token"]).json()["via"], "session")
        self.assertEqual(HUB.call("POST", "/api/v1/logout", token=session["token"]).status, 204)
        self.assertEqual(HUB.call("GET", "/api/v1/me", token=session["token"]).status, 401)

    def test_a_cookie_reads_but_changes_only_with_its_header(self):
        login = HUB.call("POST", "/api/v1/login", {"user": "admin", "password": "correct horse"}, token=None)
        cookie = login.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        cookie = {"Cookie": cookie.split(";")[0]}
        self.assertEqual(HUB.call("GET", "/api/v1/me", token=None, headers=cookie).status, 200)
        name = {"name": "from-cookie", "role": "viewer"}
        self.assertEqual(HUB.call("POST", "/api/v1/tokens", name, token=None, headers=cookie).status, 403)
        cookie["X-Millrace-Request"] = "1"
        self.assertEqual(HUB.call("POST", "/api/v1/tokens", name, token=None, headers=cookie).status, 201)

    def test_a_viewer_reads_and_may_not_change_anything(self):
        made = HUB.call("POST", "/api/v1/tokens", {"name": "watcher", "role": "viewer"})
        self.assertEqual(made.status, 201)
        viewer = made.json()["token"]
        self.assertEqual(HUB.call("GET", "/api/v1/things", token=viewer).status, 200)
        for method, path in [("GET", "/api/v1/tokens"), ("POST", "/api/v1/tokens"), ("POST", "/api/v1/system/backup"),
                             ("POST", "/api/v1/system/seal"), ("POST", "/api/v1/system/backup/verify"), ("DELETE", "/api/v1/tokens/x")]:
            body = {"name": "more", "role": "administrator"} if path.endswith("tokens") and method == "POST" else None
            self.assertEqual(HUB.call(method, path, body, token=viewer).status, 403, path)
        self.assertEqual(HUB.call("POST", "/api/v1/tokens", {"name": "watcher", "role": "viewer"}).status, 409)
        self.assertEqual(HUB.call("DELETE", "/api/v1/tokens/" + made.json()["id"]).status, 204)
        self.assertEqual(HUB.call("GET", "/api/v1/things", token=viewer).status, 401)
        self.assertEqual(HUB.call("DELETE", "/api/v1/tokens/" + made.json()["id"]).status, 404)
        self.assertNotIn("watcher", [t["name"] for t in HUB.call("GET", "/api/v1/tokens").json()["items"]])

    def test_bodies_with_wrong_members_are_refused_by_name(self):
        for body, words in [(b"{", "not JSON"), (b"[]", "not a JSON object"), ({"user": "a"}, "/password is missing"),
                            ({"user": "a", "password": "b", "pasword": 1}, "/pasword is unknown"),
                            ({"user": 5, "password": "b"}, "/user is not a text")]:
            answer = HUB.call("POST", "/api/v1/login", body, token=None)
            self.assertEqual(answer.status, 400)
            self.assertIn(words, answer.json()["what"])


class Accounts(unittest.TestCase):
    path = "/api/v1/accounts"

    def make(self, token="mine", **body):
        return HUB.call("POST", self.path, body, token=token)

    def test_accounts_are_made_listed_renewed_and_removed(self):
        made = self.make(kind="edge", name="edge-1", site="riverside")
        self.assertEqual((made.status, len(made.json()["password"])), (201, 32))
        self.assertEqual(self.make(kind="device", name="meter", topics=["hall/#"]).status, 201)
        self.assertIs(self.make(kind="consumer", name="scada", may_command=True).json()["may_command"], True)
        self.assertEqual(self.make(kind="consumer", name="edge-1").status, 409)
        first = HUB.call("GET", self.path + "?limit=2").json()
        rest = HUB.call("GET", f"{self.path}?cursor={first['next']}").json()
        listed = first["items"] + rest["items"]
        self.assertEqual([(one["name"], one["connected"]) for one in listed], [("edge-1", True), ("meter", None), ("scada", None)])
        self.assertFalse([one for one in listed if "password" in one])
        renewed = HUB.call("POST", self.path + "/edge-1/password")
        self.assertEqual((renewed.status, renewed.json()["name"]), (200, "edge-1"))
        self.assertNotEqual(renewed.json()["password"], made.json()["password"])
        for name in ("edge-1", "meter", "scada"):
            self.assertEqual(HUB.call("DELETE", f"{self.path}/{name}").status, 204)
        self.assertEqual(HUB.call("DELETE", self.path + "/edge-1").status, 404)
        self.assertEqual(HUB.call("POST", self.path + "/edge-1/password").status, 404)
        self.assertEqual(HUB.call("GET", self.path).json()["items"], [])

    def test_what_is_wrong_is_refused_and_who_may_not(self):
        for body in [{"kind": "edge", "name": "e"}, {"kind": "edge", "name": "E 1", "site": "s"}, {"kind": "robot", "name": "e"},
                     {"kind": "device", "name": "d"}, {"kind": "device", "name": "d", "topics": ["#"]}, {"name": "e"},
                     {"kind": "device", "name": "d", "topics": [1]}, {"kind": "consumer", "name": "c", "topics": ["a/#"]},
                     {"kind": "consumer", "name": "c", "password": "mine"}]:
            self.assertEqual(self.make(**body).status, 400, body)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "accountless", "role": "ot_engineer"}).json()["token"]
        self.assertEqual(self.make(token=viewer, kind="edge", name="e", site="s").status, 403)
        for method, path in [("GET", self.path), ("POST", self.path + "/e/password"), ("DELETE", self.path + "/e")]:
            self.assertEqual(HUB.call(method, path, token=viewer).status, 403, path)


class AccessFile(unittest.TestCase):
    TEXT = "accounts:\n  - {kind: edge, name: filed-1, site: riverside}\ntokens:\n  - {name: filed, role: viewer}\n"

    def plan(self, text=TEXT, **options):
        return HUB.call("POST", "/api/v1/access/plan", {"text": text, **options})

    def test_a_file_is_planned_carried_out_by_the_other_calls_and_given_back(self):
        plan = self.plan().json()
        self.assertEqual([(c["action"], c["of"], c["name"]) for c in plan["changes"]],
                         [("create", "account", "filed-1"), ("create", "token", "filed")])
        self.assertEqual(HUB.call("POST", "/api/v1/accounts", plan["changes"][0]["account"]).status, 201)
        token = HUB.call("POST", "/api/v1/tokens", plan["changes"][1]["token"]).json()
        self.assertEqual((self.plan().json()["changes"], self.plan().json()["unchanged"]), ([], 2))
        exported = HUB.call("GET", "/api/v1/access/export")
        self.assertEqual(exported.headers["Content-Type"].split(";")[0], "application/yaml")
        again = self.plan(exported.body.decode()).json()
        self.assertEqual((again["problems"], again["changes"]), ([], []))
        other = self.plan(self.TEXT.replace("viewer", "operator"), replace=True).json()
        self.assertEqual([(c["action"], c["token_id"]) for c in other["changes"]], [("replace", token["id"])])
        gone = self.plan("accounts: []", prune=True).json()
        self.assertIn(("remove", "account", "filed-1"), [(c["action"], c["of"], c["name"]) for c in gone["changes"]])
        self.assertEqual(HUB.call("DELETE", "/api/v1/accounts/filed-1").status, 204)
        self.assertEqual(HUB.call("DELETE", "/api/v1/tokens/" + token["id"]).status, 204)

    def test_what_is_wrong_has_its_line_and_who_may_not_is_refused(self):
        wrong = self.plan("tokens:\n  - {name: filed, role: boss}\n  - {name: x, rolle: viewer, role: viewer}\n").json()
        self.assertEqual(([p["line"] for p in wrong["problems"]], wrong["changes"]), ([2, 3], []))
        self.assertEqual(HUB.call("POST", "/api/v1/access/plan", {"file": "x"}).status, 400)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "fileless", "role": "ot_engineer"}).json()["token"]
        self.assertEqual(HUB.call("GET", "/api/v1/access/export", token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", "/api/v1/access/plan", {"text": "tokens: []"}, token=viewer).status, 403)
        schema = HUB.call("GET", "/api/v1/access/schema").json()
        self.assertEqual(set(schema["properties"]), {"accounts", "tokens"})


class Twins(unittest.TestCase):
    def test_things_values_and_places_are_there(self):
        thing = HUB.call("GET", "/api/v1/things/pump-1").json()
        self.assertEqual([p["name"] for p in thing["properties"]], ["count", "flow", "mode", "running", "wave"])
        current = {p["name"]: p["current"]["value"] for p in thing["properties"]}
        self.assertEqual(current["count"], str(2**60), "beyond 2^53 a number is a text")
        self.assertEqual(current["mode"], 'auto "1" 泵')
        self.assertIs(current["running"], True)
        self.assertEqual(current["wave"]["base64"], "AQID")
        value = HUB.call("GET", "/api/v1/things/pump-1/properties/flow").json()
        self.assertEqual((value["value"], value["quality"], value["unit"]), (41.7, "good", "m3/h"))
        self.assertIn("riverside", [site["name"] for site in HUB.call("GET", "/api/v1/sites").json()["items"]])
        self.assertEqual(len(HUB.call("GET", "/api/v1/series?things=pump-1").json()["items"]), 5)
        self.assertEqual(len(HUB.call("GET", "/api/v1/values?things=pump-1").json()["rows"]), 5)

    def test_unknown_names_are_answered_with_the_nearest(self):
        answer = HUB.call("GET", "/api/v1/things/pmup-1")
        self.assertEqual((answer.status, answer.json()["hint"]), (404, "Did you mean pump-1?"))
        answer = HUB.call("GET", "/api/v1/things/pump-1/properties/flwo")
        self.assertEqual((answer.status, answer.json()["hint"]), (404, "Did you mean flow?"))
        answer = HUB.call("GET", "/api/v1/things?limt=3")
        self.assertEqual((answer.status, answer.json()["hint"]), (400, "Did you mean limit?"))
        self.assertEqual(HUB.call("GET", "/api/v1/edges/edge-2").json()["hint"], "Did you mean edge-1?")

    def test_lists_come_in_pages_that_hold_everything_once(self):
        HUB.say("many 57")
        for path, key in [("/api/v1/things?limit=10", lambda t: t["id"]), ("/api/v1/series?limit=13", lambda s: s["id"])]:
            seen, cursor = [], ""
            while cursor is not None:
                page = HUB.call("GET", path + (f"&cursor={cursor}" if cursor else "")).json()
                seen += [key(item) for item in page["items"]]
                cursor = page["next"]
            self.assertEqual(len(seen), len(set(seen)))
            self.assertGreaterEqual(len(seen), 58)
            self.assertEqual(seen, sorted(seen))
        seen, cursor = [], ""
        while cursor is not None:
            page = HUB.call("GET", "/api/v1/values?site=riverside&limit=7" + (f"&cursor={cursor}" if cursor else "")).json()
            seen += [tuple(row[:2]) for row in page["rows"]]
            cursor = page["next"]
        self.assertEqual(len(seen), 57 + 5)
        self.assertEqual(seen, sorted(set(seen)))

    def test_wrong_parameters_are_refused(self):
        for query in ["limit=0", "limit=1001", "limit=x", "cursor=!!", "site=No", "quality=fine", "limit=1&limit=2", "q=%zz"]:
            self.assertEqual(HUB.call("GET", "/api/v1/things?" + query).status, 400, query)
        self.assertEqual(HUB.call("GET", "/api/v1/things?q=PUMP").json()["items"][0]["id"], "pump-1")
        self.assertEqual(HUB.call("GET", "/api/v1/things?site=nowhere").json()["items"], [])


class Onboarding(unittest.TestCase):
    def test_topics_that_nothing_binds_wait_with_their_values(self):
        HUB.say("topics 5")
        seen, cursor = [], ""
        while cursor is not None:
            page = HUB.call("GET", "/api/v1/onboarding?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
            seen += page["items"]
            cursor = page["next"]
        self.assertEqual(sorted(one["source"] for one in seen), [f"hall/{i}/state" for i in range(5)])
        one = HUB.call("GET", "/api/v1/onboarding?q=hall/3").json()["items"][0]
        self.assertEqual((one["id"], one["kind"], one["thing"]), ("mqtt:hall/3/state", "mqtt", "mqtt-hall-3-state"))
        self.assertEqual([(p["address"], p["type"], p["recent"][-1]["value"]) for p in one["properties"]],
                         [("/n", "i64", 3), ("/on", "bool", True), ("/p/kpa", "f64", 1.5)])
        listed = {thing["id"] for thing in HUB.call("GET", "/api/v1/things?limit=1000").json()["items"]}
        self.assertNotIn(one["thing"], listed)
        self.assertEqual(HUB.call("GET", "/api/v1/things/" + one["thing"]).status, 200)
        self.assertEqual(HUB.call("GET", "/api/v1/onboarding?cursor=!!").status, 400)


class History(unittest.TestCase):
    flow = "/api/v1/things/pump-1/properties/flow/history"

    def test_raw_rows_come_in_pages_without_loss(self):
        whole = HUB.call("GET", self.flow + "?start=now-2m").json()
        rows, cursor = [], ""
        while cursor is not None:
            page = HUB.call("GET", f"{self.flow}?start={whole['start']}&end={whole['end']}&limit=7"
                            + (f"&cursor={cursor}" if cursor else "")).json()
            rows += page["rows"]
            cursor = page["next"]
        self.assertEqual(rows, whole["rows"])
        self.assertGreater(len(rows), 100)
        self.assertEqual(whole["columns"], ["time", "value", "quality"])

    def test_buckets_hold_what_the_raw_rows_say(self):
        start, end = "now-90s", "now"
        bucket = HUB.call("GET", f"{self.flow}?start={start}&step=30s&aggregate=sum,count,min,max,avg").json()
        raw = HUB.call("GET", f"{self.flow}?start={bucket['start']}&end={bucket['end']}").json()["rows"]
        good = [row[1] for row in raw if row[2] != "bad"]
        self.assertEqual(bucket["columns"], ["time", "sum", "count", "min", "max", "avg"])
        self.assertEqual(sum(row[2] for row in bucket["rows"]), len(good))
        self.assertAlmostEqual(sum(row[1] for row in bucket["rows"] if row[1] is not None), sum(good), 6)

    def test_more_columns_come_in_the_order_asked_for(self):
        answer = HUB.call("GET", self.flow + "?start=now-1m&include=quality_code,reasons").json()
        self.assertEqual(answer["columns"], ["time", "value", "quality", "quality_code", "reasons"])
        self.assertEqual(len(answer["rows"][0]), 5)

    def test_a_chart_gets_raw_rows_or_the_smallest_round_step(self):
        body = {"properties": [{"thing": "pump-1", "property": "flow"}, {"thing": "pump-1", "property": "mode"}],
                "start": "now-2m", "end": "now", "max_points": 20}
        flow, mode = HUB.call("POST", "/api/v1/query/history", body).json()["items"]
        self.assertEqual((flow["step_ms"], mode["step_ms"]), (10_000, None))
        self.assertLessEqual(len(flow["rows"]), 20)
        body["max_points"] = 5000
        flow = HUB.call("POST", "/api/v1/query/history", body).json()["items"][0]
        self.assertIsNone(flow["step_ms"])
        for wrong in [{**body, "step": "1m"}, {**body, "properties": []}, {**body, "aggregate": ["avrg"]},
                      {**body, "max_points": 3}, {**body, "start": "soon"}, {**body, "end": "now-1h"}]:
            self.assertEqual(HUB.call("POST", "/api/v1/query/history", wrong).status, 400, wrong)

    def test_what_is_too_much_or_makes_no_sense_is_refused(self):
        for query, status in [("step=1ms&start=now-1d", 413), ("step=0", 400), ("step=1m&aggregate=avrg", 400),
                              ("aggregate=avg", 400), ("start=now&end=now-1m", 400), ("start=yesterday", 400),
                              ("limit=100001", 400), ("cursor=xyz", 400), ("include=colour", 400)]:
            self.assertEqual(HUB.call("GET", f"{self.flow}?{query}").status, status, query)
        self.assertEqual(HUB.call("GET", "/api/v1/things/pump-1/properties/mode/history?step=1m").status, 501)

    def test_times_with_an_offset_may_come_unescaped(self):
        answer = HUB.call("GET", self.flow + "?start=2026-01-01T00:00:00+01:00&end=2026-01-02").json()
        self.assertEqual((answer["start"], answer["end"]), ("2025-12-31T23:00:00Z", "2026-01-02T00:00:00Z"))


class Corrections(unittest.TestCase):
    count = "/api/v1/things/pump-1/properties/flow/history"

    def correct(self, **body):
        return HUB.call("POST", "/api/v1/corrections", {"thing": "pump-1", "property": "flow", "reason": "Sensor was being cleaned", **body})

    def test_a_correction_changes_what_is_seen_and_its_restore_brings_the_original_back(self):
        whole = HUB.call("GET", self.count + "?start=now-2m").json()
        span = {"start": whole["rows"][10][0], "end": whole["rows"][20][0]}
        query = f"{self.count}?start={span['start']}&end={span['end']}&include=reasons"
        before = HUB.call("GET", query).json()
        made = self.correct(action="replace", value=5, **span)
        self.assertEqual(made.status, 201)
        after = HUB.call("GET", query).json()
        self.assertEqual([row[1:] for row in after["rows"]], [[5, "good", ["corrected"]]] * 10)
        self.assertGreaterEqual(after["commit"], made.json()["commit"])
        self.assertEqual(HUB.call("GET", query + "&corrections=off").json()["rows"], before["rows"])
        self.assertEqual(HUB.call("GET", f"{query}&as_of={made.json()['commit'] - 1}").json()["rows"], before["rows"])
        chart = {"properties": [{"thing": "pump-1", "property": "flow"}], "step": "1m", "aggregate": ["min"], **span}
        self.assertEqual(HUB.call("POST", "/api/v1/query/history", chart).json()["items"][0]["rows"][0][1], 5)
        chart["corrections"] = "off"
        self.assertNotEqual(HUB.call("POST", "/api/v1/query/history", chart).json()["items"][0]["rows"][0][1], 5)
        file = HUB.call("GET", f"/api/v1/export?format=csv&things=pump-1&properties=flow&originals=true&start={span['start']}&end={span['end']}")
        rows = list(csv.DictReader(io.StringIO(file.body.decode())))
        self.assertEqual([(row["value"], row["correction"]) for row in rows], [("5.0", str(made.json()["id"]))] * 10)
        self.assertEqual([float(row["original_value"]) for row in rows], [row[1] for row in before["rows"]])
        self.assertEqual(self.correct(action="restore", **span).status, 201)
        self.assertEqual(HUB.call("GET", query).json()["rows"], before["rows"])
        listed = HUB.call("GET", "/api/v1/corrections?thing=pump-1&property=flow&limit=1").json()
        self.assertEqual(listed["items"][0]["action"], "restore")
        rest = HUB.call("GET", f"/api/v1/corrections?thing=pump-1&cursor={listed['next']}").json()["items"]
        self.assertIn((made.json()["id"], "replace", 5), [(one["id"], one["action"], one["value"]) for one in rest])
        events = HUB.call("GET", "/api/v1/events?kind=correction.made").json()["items"]
        self.assertEqual((events[0]["subject"], events[0]["actor_role"]), ("pump-1", "administrator"))

    def test_scores_follow_corrections_and_say_their_data_version(self):
        rows = HUB.call("GET", self.count + "?start=now-30m").json()["rows"]
        start, end, spoilt = rows[10][0], rows[20][0], sum(row[2] != "bad" for row in rows[10:20])
        query = f"/api/v1/quality/scores?level=property&thing=pump-1&start={rows[0][0]}&end={rows[-1][0]}&step=1h"

        def scores(more=""):
            answer = HUB.call("GET", query + more).json()
            [flow] = [row for row in answer["rows"] if row["property"] == "flow"]
            return answer["commit"], flow["validity"], flow["samples"]
        _, before, samples = scores()
        made = self.correct(action="invalidate", start=start, end=end)
        self.assertEqual(made.status, 201)
        commit, after, same = scores()
        self.assertGreaterEqual(commit, made.json()["commit"])
        self.assertEqual(same, samples)
        self.assertAlmostEqual(after, before - spoilt / samples)
        self.assertGreater(spoilt, 0)
        self.assertEqual(scores("&corrections=off")[1:], (before, samples))
        self.assertEqual(HUB.call("GET", query + "&corrections=on").status, 400)
        self.assertEqual(self.correct(action="restore", start=start, end=end).status, 201)
        self.assertEqual(scores()[1:], (before, samples))

    def test_a_watcher_sees_the_current_value_change(self):
        HUB.say("batch 41.7")
        stream = Stream("/api/v1/live?things=pump-1&properties=flow&interval=100ms")
        self.assertTrue(stream.wait(lambda s: s.values("flow")))
        newest = HUB.call("GET", "/api/v1/things/pump-1/properties/flow").json()
        end = re.sub(r"(\.\d+)?Z$", lambda m: f"{m.group(1) or '.0'}99Z", newest["time"])
        self.assertEqual(self.correct(action="invalidate", start=newest["time"], end=end).status, 201)
        self.assertTrue(stream.wait(lambda s: s.values("flow")[-1]["quality"] == "bad"))
        self.assertEqual(HUB.call("GET", "/api/v1/things/pump-1/properties/flow").json()["reasons"], ["corrected"])
        self.assertEqual(self.correct(action="restore", start=newest["time"], end=end).status, 201)
        self.assertTrue(stream.wait(lambda s: s.values("flow")[-1]["quality"] == "good"))
        stream.close()

    def test_who_may_not_and_what_makes_no_sense_is_refused(self):
        span = {"start": "now-2m", "end": "now-1m"}
        for body, status in [({"action": "replace", **span}, 400), ({"action": "replace", "value": "x", **span}, 400),
                             ({"action": "mend", **span}, 400), ({"action": "invalidate", "value": 1, **span}, 400),
                             ({"action": "fill", "value": 1, **span}, 400), ({"action": "restore", "reason": " ", **span}, 400),
                             ({"action": "restore", "start": "now", "end": "now-1m"}, 400),
                             ({"action": "fill", "method": "constant", "value": 1, "start": "now", "end": "now-1s"}, 400),
                             ({"action": "fill", "method": "constant", "value": 1, "interval_ms": 1, "start": "now-1d", "end": "now"}, 400),
                             ({"action": "restore", "property": "flwo", **span}, 404)]:
            self.assertEqual(self.correct(**body).status, status, body)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "reader", "role": "viewer"}).json()["token"]
        refused = HUB.call("POST", "/api/v1/corrections", {"thing": "pump-1", "property": "flow", "action": "restore", "reason": "x", **span}, token=viewer)
        self.assertEqual(refused.status, 403)
        self.assertEqual(HUB.call("GET", "/api/v1/corrections", token=viewer).status, 200)
        for query in ["property=flow", "start=soon", "thing=pump-1&start=now&end=now-1m", "cursor=!!"]:
            self.assertEqual(HUB.call("GET", "/api/v1/corrections?" + query).status, 400, query)
        self.assertEqual(HUB.call("GET", "/api/v1/corrections?thing=pmup-1").status, 404)
        self.assertEqual(HUB.call("GET", self.count + "?corrections=on").status, 400)
        self.assertEqual(HUB.call("GET", self.count + "?as_of=0").status, 400)


    def test_a_file_of_corrections_is_tried_applied_once_and_exported(self):
        path = "/api/v1/corrections/file"

        def send(yaml, query="", **more):
            return HUB.call("POST", path + query, yaml.encode(), headers={"Content-Type": "application/yaml"}, **more)
        rows = HUB.call("GET", self.count + "?start=now-3m").json()["rows"]

        def entry(rest):
            return f"- {{thing: pump-1, property: flow, start: '{rows[30][0]}', end: '{rows[40][0]}', reason: By file, {rest}}}\n"
        file = "# two\n" + entry("action: replace, value: 3") + entry("action: restore")
        tried = send(file, "?dry_run=true").json()
        self.assertEqual((tried["new"], tried["there"], tried["made"], tried["commit"], tried["problems"]), (2, 0, 2, None, []))
        self.assertEqual([(one["line"], one["state"]) for one in tried["entries"]], [(2, "new"), (3, "new")])
        applied = send(file).json()
        self.assertEqual((applied["new"], applied["made"]), (2, 2))
        listed = HUB.call("GET", "/api/v1/corrections?thing=pump-1&limit=2").json()["items"]
        self.assertEqual([(one["action"], one["commit"]) for one in listed], [(one, applied["commit"]) for one in ("restore", "replace")])
        again = send(file).json()
        self.assertEqual((again["new"], again["there"], again["commit"]), (0, 2, None))
        self.assertEqual(send(json.dumps([{"thing": "pump-1", "property": "flow", "start": rows[30][0], "end": rows[40][0],
                                           "reason": "By file", "action": "restore"}])).json()["there"], 1, "JSON is YAML")
        exported = HUB.call("GET", path + "?thing=pump-1&property=flow")
        self.assertEqual(exported.headers["Content-Type"].split(";")[0], "application/yaml")
        whole = send(exported.body.decode()).json()
        self.assertEqual((whole["new"], whole["problems"]), (0, []))
        wrong = entry("action: replace, value: high") + entry("action: mend") + "- 5\n"
        found = send(wrong, "?dry_run=true").json()
        self.assertEqual(([one["line"] for one in found["problems"]], found["entries"][0]["state"]), ([1, 2, 3], "refused"))
        refused = send(wrong)
        self.assertEqual((refused.status, len(refused.json()["problems"])), (400, 3))
        bomb = "- &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"- &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8))
        for text in ["", "a: b", bomb, "[" * 100_000, " " * (9 << 20)]:
            self.assertEqual(send(text).status, 400, text[:20])
        self.assertEqual(send("[]").json()["entries"], [])
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "filer", "role": "viewer"}).json()["token"]
        self.assertEqual(send(file, "?dry_run=true", token=viewer).status, 403)
        self.assertEqual(HUB.call("GET", path, token=viewer).status, 200)
        for query in ["?property=flow", "?limit=5", "?start=soon"]:
            self.assertEqual(HUB.call("GET", path + query).status, 400, query)
        self.assertEqual(HUB.call("GET", path + "?thing=pmup-1").status, 404)


class DataQuality(unittest.TestCase):
    def test_scores_are_shares_by_thing_and_step(self):
        answer = HUB.call("GET", "/api/v1/quality/scores?level=property&thing=pump-1&start=now-1h&step=1h").json()
        flow = [row for row in answer["rows"] if row["property"] == "flow"]
        self.assertEqual(answer["step_ms"], 3_600_000)
        self.assertGreaterEqual(sum(row["samples"] for row in flow), 120)
        self.assertGreater(max(row["expected"] or 0 for row in flow), 0)
        self.assertEqual({row["completeness"] for row in answer["rows"] if row["property"] == "mode"}, {None})
        things = HUB.call("GET", "/api/v1/quality/scores?level=thing&site=riverside&start=now-1h").json()["rows"]
        self.assertIn("pump-1", {row["thing"] for row in things})
        sites = HUB.call("GET", "/api/v1/quality/scores?level=site&start=now-1h").json()["rows"]
        self.assertEqual({row["thing"] for row in sites}, {None})

    def test_a_problem_names_rule_time_effects_and_next_step(self):
        HUB.say("batch 101")
        found = HUB.call("GET", "/api/v1/quality/problems?thing=pump-1&active=true").json()["items"]
        [problem] = [item for item in found if item["rule"] == "out_of_range"]
        self.assertEqual((problem["property"], problem["severity"], problem["active"]), ("flow", "bad", True))
        self.assertIn({"kind": "alarm", "name": "high"}, problem["affects"])
        self.assertIn("100", problem["advice"])
        HUB.say("batch 41.7")
        again = HUB.call("GET", "/api/v1/quality/problems?thing=pump-1").json()["items"]
        self.assertIs([item for item in again if item["rule"] == "out_of_range"][0]["active"], False)

    def test_the_filters_report_is_there_and_narrows_by_edge(self):
        [report] = HUB.call("GET", "/api/v1/filters/report").json()["items"]
        self.assertEqual((report["sent"], report["policy"]), (10, "deadband 0.1, heartbeat 60 s"))
        self.assertEqual(HUB.call("GET", "/api/v1/filters/report?edge=edge-9").json()["items"], [])

    def test_nonsense_is_refused(self):
        for query, status in [("scores", 400), ("scores?level=plant", 400), ("scores?level=thing&step=1s", 400),
                              ("scores?level=thing&thing=pump-9", 404), ("problems?active=maybe", 400),
                              ("scores?level=thing&start=now&end=now-1h", 400), ("problems?start=yesterday", 400),
                              ("scores?level=thing&start=2000-01-01&step=1m", 413)]:
            self.assertEqual(HUB.call("GET", f"/api/v1/quality/{query}").status, status, query)


class FleetAndSystem(unittest.TestCase):
    def test_edges_losses_events_and_the_hub_itself_answer(self):
        self.assertEqual([e["name"] for e in HUB.call("GET", "/api/v1/edges").json()["items"]], ["edge-1", "node-2"])
        self.assertEqual(HUB.call("GET", "/api/v1/edges/node-2").json()["delivery"], "at_most_once")
        self.assertEqual(HUB.call("GET", "/api/v1/edges/edge-1/losses").json()["items"][0]["batches"], 81)
        held = HUB.call("GET", "/api/v1/edges/edge-1/losses").json()["items"][1]
        self.assertEqual((held["reason"], held["thing"], held["property"], held["samples"]),
                         ("held", "pump-1", "pressure", 37))
        self.assertEqual(HUB.call("GET", "/api/v1/edges/edge-9/losses").status, 404)
        kinds = [e["kind"] for e in HUB.call("GET", "/api/v1/events?kind=edge").json()["items"]]
        self.assertEqual(kinds, ["edge.connected"])
        self.assertEqual(HUB.call("GET", "/api/v1/events?end=2020-01-01").json()["items"], [])
        system = HUB.call("GET", "/api/v1/system").json()
        self.assertEqual((system["broker"]["kind"], system["time_zone"]), ("embedded", "Europe/Berlin"))
        self.assertIn(b"millrace_ingest_samples_total", HUB.call("GET", "/metrics").body)

    def test_a_backup_holds_all_stores(self):
        backup = HUB.call("POST", "/api/v1/system/backup")
        self.assertEqual(backup.status, 201)
        path = Path(backup.json()["path"])
        name = {"name": backup.json()["name"]}
        verified = HUB.call("POST", "/api/v1/system/backup/verify", name).json()
        self.assertEqual((verified["valid"], verified["checksum"]), (True, backup.json()["checksum"]))
        self.assertEqual((verified["files"], verified["bytes"]), (2, backup.json()["bytes"]))
        sums = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=path, capture_output=True)
        self.assertEqual(sums.returncode, 0, sums.stderr)
        with open(path / "meta.db", "r+b") as file:
            file.seek(100)
            byte = file.read(1)
            file.seek(100)
            file.write(bytes([byte[0] ^ 1]))
        verified = HUB.call("POST", "/api/v1/system/backup/verify", name).json()
        self.assertEqual((verified["valid"], verified["problems"]), (False, ["meta.db differs"]))
        with open(path / "meta.db", "r+b") as file:
            file.seek(100)
            file.write(byte)
        for other, status in [("2020-01-01T000000Z", 404), ("../backup/" + name["name"], 400), ("..", 400), ("", 400)]:
            self.assertEqual(HUB.call("POST", "/api/v1/system/backup/verify", {"name": other}).status, status, other)
        self.assertTrue((path / "meta.db").stat().st_size > 0)
        self.assertTrue((path / "series").is_dir())
        self.assertEqual(HUB.call("POST", "/api/v1/system/seal").status, 200)

    def test_a_unit_is_answered_in_its_one_spelling_or_with_the_next_step(self):
        ask = lambda text: HUB.call("GET", "/api/v1/units/check?unit=" + quote(text)).json()  # noqa: E731
        self.assertEqual(ask("Nm³/h"), {"unit": "Nm³/h", "canonical": "Nm3/h", "hint": None})
        self.assertEqual(ask("kpa"), {"unit": "kpa", "canonical": None, "hint": "Did you mean 'kPa'?"})
        self.assertEqual(ask("C"), {"unit": "C", "canonical": None, "hint": "Write °C, or coulomb."})
        self.assertIsNotNone(ask("(")["hint"])
        self.assertEqual(HUB.call("GET", "/api/v1/units/check").status, 400)
        self.assertEqual(HUB.call("GET", "/api/v1/units/check?unit=" + "m" * 65).status, 400)

    def test_the_contract_is_served_in_three_forms(self):
        yaml = HUB.call("GET", "/api/v1/openapi.yaml").body
        self.assertEqual(yaml, Path("api/openapi.yaml").read_bytes())
        page = HUB.call("GET", "/api/docs").body.decode()
        for methods in HUB.contract["paths"].values():
            for operation in methods.values():
                self.assertIn(f'id="{operation["operationId"]}"', page)
        self.assertNotRegex(page, r'(src|href)="(https?:)?//')


class Files(unittest.TestCase):
    request = {"file_name": "pump.csv", "file_hash": hashlib.sha256(b"pump").hexdigest(), "file_bytes": 4, "rows_total": 5,
               "mapping": {"time": {"column": "t"}},
               "targets": [{"thing": "rig-1", "property": "torque", "type": "f64", "unit": "Nm", "site": "lab",
                            "thing_title": "Test rig"},
                           {"thing": "rig-1", "property": "cycles", "type": "u64"},
                           {"thing": "rig-1", "property": "note", "type": "text"}]}
    t0 = 1_772_344_800_000_000

    def chunk(self, first, count):
        rows = list(range(first, first + count))
        return {"row_count": count, "blocks": [{"rows": rows, "times_us": [self.t0 + r * 1_000_000 for r in rows], "columns": [
            {"target": 0, "values": [None if r == 3 else r + 0.5 for r in rows],
             "quality_codes": [0x80000011 if r == 3 else 0 for r in rows]},
            {"target": 1, "values": [str(2**63 + r) for r in rows]},
            {"target": 2, "values": [None if r else "start" for r in rows]}]}]}

    def test_a_file_is_imported_once_however_often_it_is_sent(self):
        made = HUB.call("POST", "/api/v1/imports", self.request)
        self.assertEqual(made.status, 201)
        rows = f"/api/v1/imports/{made.json()['id']}/rows/"
        self.assertEqual(HUB.call("PUT", rows + "0", self.chunk(0, 2)).json()["next_row"], 2)
        self.assertEqual(HUB.call("PUT", rows + "3", self.chunk(3, 2)).status, 409, "a hole")
        again = HUB.call("POST", "/api/v1/imports", self.request)
        self.assertEqual((again.status, again.json()["next_row"]), (200, 2))
        self.assertEqual(HUB.call("PUT", rows + "0", self.chunk(0, 2)).json()["samples"], 5, "sent again, stored once")
        done = HUB.call("PUT", rows + "1", self.chunk(1, 4)).json()
        self.assertEqual((done["state"], done["next_row"], done["samples"], done["samples_bad"]), ("complete", 5, 11, 1))
        history = HUB.call("GET", "/api/v1/things/rig-1/properties/torque/history?start=2026-01-01&end=2027-01-01").json()
        self.assertEqual([(r[1], r[2]) for r in history["rows"]],
                         [(0.5, "good"), (1.5, "good"), (2.5, "good"), (None, "bad"), (4.5, "good")])
        cycles = HUB.call("GET", "/api/v1/things/rig-1/properties/cycles").json()
        self.assertEqual((cycles["value"], cycles["stale"]), (str(2**63 + 4), False))
        thing = HUB.call("GET", "/api/v1/things/rig-1").json()
        self.assertEqual((thing["title"], thing["source"], thing["site"]), ("Test rig", "import", "lab"))
        self.assertEqual(HUB.call("GET", "/api/v1/events?kind=import.completed").json()["items"][0]["subject"], done["id"])
        self.assertEqual(HUB.call("GET", "/api/v1/imports").json()["items"][0]["id"], done["id"])
        self.assertEqual(HUB.call("GET", "/api/v1/imports/" + done["id"]).json(), done)

    def test_what_contradicts_or_does_not_fit_is_refused(self):
        other = {**self.request, "file_hash": hashlib.sha256(b"other").hexdigest()}
        clash = {**other, "targets": [{"thing": "pump-1", "property": "flow", "type": "i64", "unit": "m3/h"}]}
        self.assertEqual(HUB.call("POST", "/api/v1/imports", clash).status, 409)
        for wrong in [{**other, "file_hash": "xyz"}, {**other, "targets": []}, {**other, "extra": 1},
                      {**other, "targets": [{"thing": "No", "property": "p", "type": "f64"}]},
                      {**other, "targets": [{"thing": "a", "property": "p", "type": "bytes"}]},
                      {**other, "targets": [{"thing": "a", "property": "p", "type": "f64"}] * 2}]:
            self.assertEqual(HUB.call("POST", "/api/v1/imports", wrong).status, 400, wrong)
        made = HUB.call("POST", "/api/v1/imports", {**other, "mapping": {"other": 1}}).json()
        rows = f"/api/v1/imports/{made['id']}/rows/0"
        good = self.chunk(0, 2)
        for change in [{"row_count": 0}, {"row_count": 6}, {"blocks": [{"rows": [0], "times_us": [], "columns": []}]},
                       {"blocks": [{"rows": [1, 0], "times_us": [0, 0], "columns": []}]},
                       {"blocks": [{"rows": [0], "times_us": [0], "columns": [{"target": 9, "values": [1]}]}]},
                       {"blocks": [{"rows": [0], "times_us": [0], "columns": [{"target": 0, "values": ["x"]}]}]}]:
            self.assertEqual(HUB.call("PUT", rows, {**good, **change}).status, 400, change)
        self.assertEqual(HUB.call("PUT", "/api/v1/imports/nothing/rows/0", good).status, 404)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "importless", "role": "viewer"}).json()["token"]
        engineer = HUB.call("POST", "/api/v1/tokens", {"name": "importer", "role": "ot_engineer"}).json()["token"]
        self.assertEqual(HUB.call("PUT", rows, good, token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", "/api/v1/imports", other, token=viewer).status, 403)
        self.assertEqual(HUB.call("PUT", rows, good, token=engineer).status, 200)

    def upload(self, text, name="line.csv", token="mine"):
        made = HUB.call("POST", f"/api/v1/imports/uploads?file_name={quote(name)}", text, token=token)
        self.assertEqual(made.status, 201, made.body)
        return made.json()

    def test_a_file_is_sent_checked_mended_and_imported_once(self):
        text = b"time,flow [m3/h]\n2026-02-01 06:00:00,41.5\n2026-02-01 06:00:01,oops\nnever,42\n"
        proposed = HUB.call("POST", "/api/v1/imports/proposal?file_name=line.csv&thing=sent-1", text[:40]).json()
        self.assertIs(proposed["complete"], True)
        self.assertIn("thing: sent-1", proposed["mapping"])
        mapping = proposed["mapping"].encode()
        sent = self.upload(text[:50])
        one = "/api/v1/imports/uploads/" + sent["id"]
        self.assertEqual(HUB.call("PUT", f"{one}/parts/60", text[60:]).status, 409, "a hole")
        self.assertEqual(HUB.call("PUT", f"{one}/parts/x", text[60:]).status, 400)
        self.assertEqual(HUB.call("PUT", f"{one}/parts/50", text[50:]).json()["bytes"], len(text))
        checked = HUB.call("POST", one + "/check?preview=5", mapping).json()["work"]
        report = checked["report"]
        self.assertEqual((checked["state"], report["totals"]["refused_rows"], report["totals"]["bad_cells"]), ("done", 1, 1))
        self.assertEqual([(p["weight"], p["line"]) for p in report["problems"] if p["line"]][-1], ("error", 4))
        self.assertEqual(HUB.call("GET", "/api/v1/things/sent-1").status, 404, "nothing is kept")
        refused = HUB.call("POST", one + "/import", mapping).json()["work"]
        self.assertEqual((refused["state"], refused["report"]["error"]["code"]), ("failed", "invalid"))
        self.assertIn("skip_bad_rows", refused["report"]["error"]["hint"])
        done = HUB.call("POST", one + "/import?skip_bad_rows=true", mapping).json()["work"]
        self.assertEqual((done["state"], done["report"]["import"]["state"], done["report"]["things"]), ("done", "complete", ["sent-1"]))
        self.assertEqual(list((HUB.data / "uploads").iterdir()), [], "the hub keeps no file")
        again = HUB.call("POST", "/api/v1/imports/uploads/" + self.upload(gzip.compress(text), "line.csv.gz")["id"]
                         + "/import?skip_bad_rows=true", mapping).json()["work"]
        self.assertEqual(again["report"]["import"], done["report"]["import"], "stored once")
        history = HUB.call("GET", "/api/v1/things/sent-1/properties/flow/history?start=2026-02-01&end=2026-02-02").json()
        self.assertEqual(len(history["rows"]), report["totals"]["samples"])
        created = [one for one in HUB.call("GET", "/api/v1/imports").json()["items"] if one["file_name"] == "line.csv"]
        self.assertEqual([one["id"] for one in created], [done["report"]["import"]["id"]])

    def test_a_sent_file_is_bounded_and_belongs_to_who_sent_it(self):
        bomb = self.upload(gzip.compress(b"time,v\n" + b"2026-02-01 06:00:00,1\n" * 10), "small.csv.gz")
        one = "/api/v1/imports/uploads/" + bomb["id"]
        self.assertEqual(HUB.call("POST", one + "/check", b"x" * ((1 << 20) + 1)).status, 413)
        self.assertEqual(HUB.call("POST", "/api/v1/imports/proposal?file_name=a", b"x" * ((1 << 20) + 1)).status, 413)
        for name in ("", "..", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "a%5Cb", "a%0Ab"):
            self.assertEqual(HUB.call("POST", "/api/v1/imports/uploads?file_name=" + name, b"x").status, 400, name)
        self.assertEqual(HUB.call("POST", "/api/v1/imports/uploads", b"x").status, 400)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "sendless", "role": "viewer"}).json()["token"]
        other = HUB.call("POST", "/api/v1/tokens", {"name": "sender", "role": "ot_engineer"}).json()["token"]
        for method, path in [("POST", one + "/check"), ("POST", one + "/import"), ("PUT", one + "/parts/0"), ("GET", one),
                             ("DELETE", one)]:
            self.assertEqual(HUB.call(method, path, b"x", token=viewer).status, 403, path)
            self.assertEqual(HUB.call(method, path, b"x", token=other).status, 404, path)
        self.assertEqual(HUB.call("POST", "/api/v1/imports/uploads?file_name=a", b"x", token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", "/api/v1/imports/proposal?file_name=a", b"x", token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", "/api/v1/imports/proposal?file_name=a&thing=No!", b"t,v\n1,2\n").status, 400)
        self.assertEqual(HUB.call("GET", one).json()["work"], None)
        self.assertEqual(HUB.call("DELETE", one).status, 204)
        self.assertEqual(HUB.call("GET", one).status, 404)

    def test_samples_leave_as_a_file_that_the_hub_does_not_keep(self):
        answer = HUB.call("GET", "/api/v1/export?format=csv&things=pump-1&properties=flow&start=now-1h")
        self.assertEqual(answer.status, 200)
        self.assertEqual(int(answer.headers["X-Millrace-Rows"]), len(answer.body.splitlines()) - 1)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        for _ in range(20):
            left = list((HUB.data / "export").iterdir())
            if not left:
                break
            time.sleep(0.1)
        self.assertEqual(left, [])
        for query, status in [("format=csv", 400), ("things=pump-1", 400), ("format=csv&things=pmup-1", 404),
                              ("format=csv&series=9999", 404), ("format=xls&series=1", 400)]:
            self.assertEqual(HUB.call("GET", "/api/v1/export?" + query).status, status, query)


    def test_an_exported_file_has_the_columns_of_the_contract(self):
        operation = HUB.contract["paths"]["/api/v1/export"]["get"]
        columns = operation["responses"]["200"]["content"]["text/csv"]["example"].splitlines()[0].split(",")
        answer = HUB.call("GET", "/api/v1/export?format=csv&things=pump-1&start=now-1h")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
        self.assertEqual(list(rows[0]), columns)
        flow = next(row for row in rows if row["property"] == "flow")
        self.assertEqual((flow["unit"], flow["quality"], flow["quality_code"]), ("m3/h", "good", "0"))
        listed = HUB.call("GET", "/api/v1/series?things=pump-1").json()["items"]
        self.assertIn(int(flow["series"]), [one["id"] for one in listed if one["property"] == "flow"])
        several = HUB.call("GET", "/api/v1/export?format=parquet&things=pump-1&start=now-1h")
        self.assertEqual((several.status, several.body[:4]), (200, b"PAR1"))


PLANT = """kind: Site
name: riverside
spec: {title: Riverside, enterprise: acme}
---
kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 100, mr:interval_ms: 1000}
    power: {type: number, unit: kW, readOnly: true}
  actions:
    set-speed: {title: Set speed, input: {type: number, unit: 1/min}}
---
kind: Thing
name: walked-1
spec:
  title: Walked pump
  model: pump@1
  place: {site: riverside, area: water, line: line-1, cell: c3}
  tags: {criticality: high}
"""


class Resources(unittest.TestCase):
    files = {"files": [{"path": "plant.yaml", "text": PLANT}]}

    @classmethod
    def setUpClass(cls):
        applied = HUB.call("POST", "/api/v1/resources/apply", {**cls.files, "reason": "the walk"})
        assert applied.status == 200, applied.body
        cls.revision = applied.json()["revision"]

    def test_files_are_validated_planned_and_applied(self):
        self.assertEqual(HUB.call("POST", "/api/v1/resources/validate", self.files).json(), {"problems": [], "resources": 3})
        plan = HUB.call("POST", "/api/v1/resources/plan", self.files).json()
        self.assertEqual((plan["changes"], plan["unchanged"]), ([], 3))
        wrong = {"files": [{"path": "things/a.yaml", "text": "kind: Thing\nname: a\nspec:\n  model: pmup@1\n"}]}
        problem = HUB.call("POST", "/api/v1/resources/validate", wrong).json()["problems"][0]
        self.assertEqual((problem["file"], problem["line"], problem["rule"]), ("things/a.yaml", 4, "unknown_reference"))
        self.assertIn("pump@1", problem["hint"])
        refused = HUB.call("POST", "/api/v1/resources/apply", wrong)
        self.assertEqual((refused.status, refused.json()["problems"]), (400, [problem]))
        self.assertEqual(HUB.call("POST", "/api/v1/resources/drift", wrong).status, 200)
        self.assertEqual(HUB.call("POST", "/api/v1/resources/drift", {"files": [{"path": "a", "text": ":"}]}).status, 400)
        stale = HUB.call("POST", "/api/v1/resources/apply", {**self.files, "revision": 0})
        self.assertEqual((stale.status, stale.json()["code"]), (409, "conflict"))
        for body in [{}, {"files": 1}, {"files": [{"path": "a"}]}, {**self.files, "prune": "yes"}, {**self.files, "x": 1}]:
            self.assertEqual(HUB.call("POST", "/api/v1/resources/plan", body).status, 400, body)

    def test_commands_are_checked_against_the_model_and_need_a_binding(self):
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "commandless", "role": "viewer"}).json()["token"]
        thing = "/api/v1/wot/t/walked-1"
        for method, path, body, status, word in [
                ("PUT", "properties/flow", b"42.5", 501, "bound to no device"), ("PUT", "properties/flow", b"101", 400, "above 100"),
                ("PUT", "properties/flow", b'"full"', 400, "does not fit"), ("PUT", "properties/flow", b"true", 400, "does not fit"),
                ("PUT", "properties/flow", b"{}", 400, "does not fit"), ("PUT", "properties/flow", b"", 400, "no value"),
                ("PUT", "properties/flow", b"null", 400, "no value"), ("PUT", "properties/flow", b"42,5", 400, "not JSON"),
                ("PUT", "properties/flow", b"[" * 100_000, 400, "nested"), ("PUT", "properties/power", b"1", 400, "read only"),
                ("PUT", "properties/flwo", b"1", 404, "no property"), ("POST", "actions/set-speed", b"1480", 501, "bound to no device"),
                ("POST", "actions/set-speed", b"", 400, "needs an input"), ("POST", "actions/set-speed", b"null", 400, "needs an input"),
                ("POST", "actions/set-sped", b"1", 404, "no action")]:
            answer = HUB.call(method, f"{thing}/{path}", body)
            self.assertEqual(answer.status, status, (path, body[:20], answer.body))
            self.assertIn(word, answer.json()["what"], (path, body[:20]))
        self.assertEqual(HUB.call("PUT", "/api/v1/wot/t/walked-9/properties/flow", 1).status, 404)
        self.assertEqual(HUB.call("PUT", thing + "/properties/flow", 1, token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", thing + "/actions/set-speed", 1, token=viewer).status, 403)
        self.assertEqual(HUB.call("GET", "/api/v1/events?kind=command").json()["items"], [])

    def test_a_new_model_version_shows_what_it_would_have_marked(self):
        text = PLANT.replace("walked-1", "pump-1").replace("version: 1", "version: 2").replace("pump@1", "pump@2")
        text = text.replace("maximum: 100", "maximum: 5")
        plan = HUB.call("POST", "/api/v1/resources/plan", {"files": [{"path": "p.yaml", "text": text}]}).json()
        self.assertEqual(plan["problems"], [])
        effect = next(e for e in plan["effects"] if e["rule"] == "out_of_range")
        self.assertEqual((effect["thing"], effect["property"], effect["severity"]), ("pump-1", "flow", "bad"))
        self.assertGreater(effect["samples"], 50)
        self.assertEqual((effect["since"], effect["until"], effect["days_seen"]), (None, None, 30))
        self.assertTrue(plan["replay"]["complete"])
        self.assertEqual((plan["replay"]["since"], plan["replay"]["properties_cut"]), (None, []))
        self.assertGreater(plan["replay"]["commit"], 0)
        self.assertLessEqual({"late", "clock", "out_of_order"}, {one["rule"] for one in plan["replay"]["rules_left_out"]})

    def test_a_new_version_of_a_base_model_is_tried_on_what_extends_it(self):
        def machine(version, most, more=""):
            return (f"kind: ThingModel\nname: walked-machine\nversion: {version}\nspec:\n  title: Machine\n  properties:\n"
                    f"    load: {{type: number, unit: kW, maximum: {most}}}\n{more}")

        fan = ("---\nkind: ThingModel\nname: walked-fan\nversion: 1\nspec:\n  title: Fan\n"
               "  links: [{rel: 'tm:extends', href: walked-machine@1}]\n"
               "  properties: {spare: {'tm:ref': 'walked-machine@1#/properties/spare'}}\n"
               "---\nkind: Thing\nname: walked-fan-1\nspec: {model: walked-fan@1}\n")
        spare = "    spare: {type: number}\n"
        first = {"files": [{"path": "fan.yaml", "text": machine(1, 100, spare) + fan}]}
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", first).status, 200)
        begun = int((time.time() - 86400) * 1e6)
        made = HUB.call("POST", "/api/v1/imports", {
            "file_name": "fan.csv", "file_hash": hashlib.sha256(b"fan").hexdigest(), "file_bytes": 4, "rows_total": 3,
            "mapping": {"time": {"column": "t"}}, "targets": [{"thing": "walked-fan-1", "property": "load", "type": "f64", "unit": "kW"}]}).json()
        rows = {"row_count": 3, "blocks": [{"rows": [0, 1, 2], "times_us": [begun, begun + 1, begun + 2],
                                            "columns": [{"target": 0, "values": [10, 60, 70]}]}]}
        self.assertEqual(HUB.call("PUT", f"/api/v1/imports/{made['id']}/rows/0", rows).json()["state"], "complete")

        def plan(text):
            answer = HUB.call("POST", "/api/v1/resources/plan", {"files": [{"path": "m.yaml", "text": text}]}).json()
            self.assertEqual(answer["problems"], [])
            return answer

        tried = plan(machine(2, 50, spare))
        self.assertEqual(tried["replay"]["models"], [{"model": "walked-machine@2", "instead_of": "walked-machine@1",
                                                      "through": ["walked-fan@1"], "things": 1}])
        self.assertEqual([(e["thing"], e["property"], e["rule"], e["samples"], e["checked"]) for e in tried["effects"]],
                         [("walked-fan-1", "load", "out_of_range", 2, 3)])
        broken = plan(machine(2, 50))
        self.assertEqual((broken["effects"], broken["replay"]["not_replayed"][0]["thing"]), ([], "walked-fan-1"))
        self.assertIn("walked-fan@1: tm:ref 'walked-machine@2#/properties/spare' leads nowhere", broken["replay"]["not_replayed"][0]["why"])
        self.assertEqual(HUB.call("GET", "/api/v1/resources/ThingModel/walked-machine?version=2").status, 404)
        for one in ["Thing/walked-fan-1", "ThingModel/walked-fan", "ThingModel/walked-machine"]:
            self.assertEqual(HUB.call("DELETE", "/api/v1/resources/" + one).status, 200, one)

    def test_a_retention_that_deletes_is_applied_only_when_that_is_confirmed(self):
        def keep(days):
            return {"files": [{"path": "keep.yaml", "text": f"kind: Retention\nname: walked\nspec: {{raw_d: {days}}}\n"}]}

        begun = int((time.time() - 400 * 86400) * 1e6)
        made = HUB.call("POST", "/api/v1/imports", {
            "file_name": "old.csv", "file_hash": hashlib.sha256(b"old").hexdigest(), "file_bytes": 4, "rows_total": 3,
            "mapping": {"time": {"column": "t"}}, "targets": [{"thing": "old-rig", "property": "torque", "type": "f64"}]}).json()
        rows = {"row_count": 3, "blocks": [{"rows": [0, 1, 2], "times_us": [begun, begun + 1, begun + 2],
                                            "columns": [{"target": 0, "values": [1, 2, 3]}]}]}
        self.assertEqual(HUB.call("PUT", f"/api/v1/imports/{made['id']}/rows/0", rows).json()["state"], "complete")
        plan = HUB.call("POST", "/api/v1/resources/plan", keep(3650)).json()
        self.assertEqual((plan["problems"], plan["deletes"]), ([], []))
        plan = HUB.call("POST", "/api/v1/resources/plan", keep(390)).json()
        self.assertEqual([(one["policy"], one["samples"]) for one in plan["deletes"]], [("raw_d", 3)])
        revision = HUB.call("GET", "/api/v1/revisions?limit=1").json()["items"][0]["revision"]
        refused = HUB.call("POST", "/api/v1/resources/apply", keep(390))
        self.assertEqual(refused.status, 409)
        self.assertIn("3 samples", refused.json()["what"])
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", {**keep(390), "confirm_deletion": "yes"}).status, 400)
        self.assertEqual(HUB.call("GET", "/api/v1/revisions?limit=1").json()["items"][0]["revision"], revision)
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", {**keep(390), "confirm_deletion": True}).status, 200)
        self.assertEqual(HUB.call("DELETE", "/api/v1/resources/Retention/walked").status, 200)

    def test_resources_are_listed_read_exported_and_deleted(self):
        items = HUB.call("GET", "/api/v1/resources?kind=Thing&q=WALKED").json()["items"]
        self.assertEqual([(i["name"], i["title"], i["version"]) for i in items], [("walked-1", "Walked pump", None)])
        first = HUB.call("GET", "/api/v1/resources?limit=2").json()
        rest = HUB.call("GET", "/api/v1/resources?limit=1000&cursor=" + first["next"]).json()
        self.assertEqual((len(first["items"]), len(rest["items"]), rest["next"]), (2, 1, None))
        model = HUB.call("GET", "/api/v1/resources/ThingModel/pump").json()
        self.assertEqual((model["version"], model["versions"]), (1, [1]))
        self.assertEqual(model["used_by"], [{"kind": "Thing", "name": "walked-1", "version": None}])
        self.assertEqual(HUB.call("GET", "/api/v1/resources/ThingModel/pump?version=9").status, 404)
        self.assertEqual(HUB.call("GET", "/api/v1/resources/Ting/pump").json()["hint"], "Did you mean Thing?")
        exported = HUB.call("GET", "/api/v1/resources/export").json()
        self.assertEqual([f["path"] for f in exported["files"]],
                         ["sites/riverside.yaml", "thing-models/pump@1.yaml", "things/walked-1.yaml"])
        again = HUB.call("POST", "/api/v1/resources/apply", {"files": exported["files"], "prune": True}).json()
        self.assertEqual((again["revision"], again["changes"]), (exported["revision"], []))
        needed = HUB.call("DELETE", "/api/v1/resources/ThingModel/pump")
        self.assertEqual(needed.status, 409)
        self.assertIn("Thing walked-1", needed.json()["what"])
        site = {"files": [{"path": "s.yaml", "text": "kind: Site\nname: short-lived\nspec: {}\n"}]}
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", site).status, 200)
        self.assertEqual(HUB.call("DELETE", "/api/v1/resources/Site/short-lived").status, 200)
        self.assertEqual(HUB.call("DELETE", "/api/v1/resources/Site/short-lived").status, 404)
        self.assertIn("deleted", HUB.call("POST", "/api/v1/resources/apply", site).json()["problems"][0]["what"])
        revisions = HUB.call("GET", "/api/v1/revisions?kind=Site&name=short-lived").json()["items"]
        self.assertEqual([r["changes"][0]["action"] for r in revisions], ["delete", "create"])
        oldest = HUB.call("GET", "/api/v1/revisions?limit=1000").json()["items"][-1]
        self.assertEqual((oldest["reason"], oldest["by"], oldest["role"]), ("the walk", "admin", "administrator"))

    def test_models_and_schemas_are_served_as_the_standards_have_them(self):
        models = HUB.call("GET", "/api/v1/thing-models?q=pump").json()["items"]
        self.assertEqual([(m["name"], m["version"], m["things"], m["latest"]) for m in models], [("pump", 1, 1, True)])
        model = HUB.call("GET", "/api/v1/thing-models/pump@1")
        self.assertEqual(model.headers["Content-Type"], "application/tm+json")
        self.assertEqual(model.json()["properties"]["flow"]["unit"], "m3/h")
        self.assertEqual(HUB.call("GET", "/api/v1/thing-models/pmup@1").json()["hint"], "Did you mean pump@1?")
        schema = HUB.call("GET", "/api/v1/schemas/Thing")
        self.assertEqual(schema.headers["Content-Type"], "application/schema+json")
        self.assertIn("$schema", schema.json())
        self.assertEqual(HUB.call("GET", "/api/v1/schemas/Nothing").status, 400)

    def test_a_model_is_served_with_all_that_it_inherits_written_out(self):
        texts = [("whole-base", "  tm:optional: [/properties/heat]\n  properties:\n"
                  "    heat: {type: number, unit: degC, maximum: 90, mr:interval_ms: 500, mr:alarms: [{name: high, above: 80}]}\n"),
                 ("whole-pump", "  links:\n    - {rel: \"tm:extends\", href: whole-base@1}\n"
                  "    - {rel: \"tm:submodel\", href: whole-base@1, instanceName: motor}\n  properties:\n"
                  "    heat: {title: Heat}\n    casing: {\"tm:ref\": \"whole-base@1#/properties/heat\", maximum: 85}\n")]
        files = [{"path": name, "text": f"kind: ThingModel\nname: {name}\nversion: 1\nspec:\n{text}"} for name, text in texts]
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", {"files": files}).status, 200)
        path = "/api/v1/thing-models/whole-pump@1"
        written, whole = HUB.call("GET", path).json(), HUB.call("GET", path + "?resolved=true")
        self.assertEqual((list(written["properties"]), len(written["links"])), (["heat", "casing"], 2))
        self.assertEqual(written, HUB.call("GET", path + "?resolved=false").json())
        self.assertEqual(whole.headers["Content-Type"], "application/tm+json")
        whole = whole.json()
        self.assertEqual(sorted(whole["properties"]), ["casing", "heat", "motor.heat"])
        self.assertNotIn("tm:ref", json.dumps(whole))
        self.assertNotIn("links", whole)
        heat = {"type": "number", "unit": "degC", "maximum": 90, "mr:interval_ms": 500, "mr:alarms": [{"name": "high", "above": 80}]}
        self.assertEqual(whole["properties"], {"heat": {**heat, "title": "Heat"}, "motor.heat": heat, "casing": {**heat, "maximum": 85}})
        self.assertEqual(sorted(whole["tm:optional"]), ["/properties/heat", "/properties/motor.heat"])
        self.assertEqual(HUB.call("GET", path + "?resolved=yes").status, 400)
        for name, _ in reversed(texts):
            self.assertEqual(HUB.call("DELETE", "/api/v1/resources/ThingModel/" + name).status, 200)

    def test_a_thing_that_is_configured_is_there_before_its_data(self):
        query = "tag=criticality:high&model=pump&cell=c3&site=riverside"
        things = HUB.call("GET", "/api/v1/things?" + query).json()["items"]
        self.assertEqual([t["id"] for t in things], ["walked-1"])
        self.assertEqual((things[0]["enterprise"], things[0]["quality"], things[0]["last_sample"]), ("acme", "uncertain", None))
        self.assertEqual(HUB.call("GET", "/api/v1/things?tag=criticality:high&tag=criticality:low").json()["items"], [])
        self.assertEqual(HUB.call("GET", "/api/v1/things?tag=criticality").json()["items"], [], "a key without a value")
        self.assertEqual(HUB.call("GET", "/api/v1/things?tag=:high").status, 400)
        thing = HUB.call("GET", "/api/v1/things/walked-1").json()
        flow = next(p for p in thing["properties"] if p["name"] == "flow")
        self.assertEqual((flow["series"], flow["contract"]["max"], flow["contract"]["interval_ms"]), (None, 100, 1000))
        self.assertEqual([(a["name"], a["bound"]) for a in thing["actions"]], [("set-speed", False)])
        history = HUB.call("GET", "/api/v1/things/walked-1/properties/flow/history?start=now-1h").json()
        self.assertEqual((history["rows"], history["series"]), ([], None))
        self.assertIsNone(HUB.call("GET", "/api/v1/things/walked-1/properties/flow").json()["value"])
        tags = HUB.call("GET", "/api/v1/tags").json()["items"]
        self.assertIn({"key": "criticality", "value": "high", "things": 1}, tags)
        sites = HUB.call("GET", "/api/v1/sites").json()["items"]
        riverside = next(s for s in sites if s["name"] == "riverside")
        self.assertEqual((riverside["title"], riverside["enterprise"]), ("Riverside", "acme"))

    def test_a_viewer_may_look_and_not_change(self):
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "onlooker", "role": "viewer"}).json()["token"]
        for path in ["plan", "validate", "drift"]:
            self.assertEqual(HUB.call("POST", f"/api/v1/resources/{path}", self.files, token=viewer).status, 403, path)
        self.assertEqual(HUB.call("POST", "/api/v1/resources/apply", self.files, token=viewer).status, 403)
        self.assertEqual(HUB.call("DELETE", "/api/v1/resources/Thing/walked-1", token=viewer).status, 403)


class Sql(unittest.TestCase):
    def ask(self, sql, status=200, **more):
        answer = HUB.call("POST", "/api/v1/query/sql", {"sql": sql, **more})
        self.assertEqual(answer.status, status, answer.body[:300])
        return answer.json()

    def test_a_question_is_answered_with_typed_columns(self):
        found = self.ask("SELECT thing, property, count(*) AS n, max(time) AS newest, avg(value) AS mean FROM samples "
                         "WHERE thing = 'pump-1' GROUP BY ALL ORDER BY property")
        self.assertEqual([(c["name"], c["type"]) for c in found["columns"]],
                         [("thing", "text"), ("property", "text"), ("n", "i64"), ("newest", "timestamp"), ("mean", "f64")])
        flow = next(row for row in found["rows"] if row[1] == "flow")
        self.assertGreaterEqual(flow[2], 120)
        self.assertRegex(flow[3], r"^20..-..-..T..:..:..(\.\d+)?Z$")
        self.assertFalse(found["truncated"])
        self.assertEqual(self.ask("SELECT value_u64, value_text, 0.5::DECIMAL(3,1), 'NaN'::DOUBLE, NULL, [1, 2] FROM samples "
                                  "WHERE property = 'count' LIMIT 1")["rows"],
                         [[str(1 << 60), None, 0.5, None, None, [1, 2]]])
        cut = self.ask("FROM range(10)", limit=3)
        self.assertEqual((cut["rows"], cut["truncated"]), ([[0], [1], [2]], True))

    def test_it_is_what_history_says(self):
        history = HUB.call("GET", "/api/v1/things/pump-1/properties/flow/history?start=now-10m&limit=100000").json()
        asked = self.ask("SELECT time, value, quality FROM samples WHERE thing = 'pump-1' AND property = 'flow' "
                         f"AND time >= '{history['start']}' AND time < '{history['end']}' ORDER BY time", limit=100000)
        self.assertEqual(sorted(map(str, asked["rows"])), sorted(map(str, history["rows"])))

    def test_what_is_no_question_is_refused(self):
        for sql in ["DROP TABLE series", "SELECT * FROM '/etc/passwd'", "SELECT 1; SELECT 2", "ATTACH '/tmp/x'", ""]:
            problem = self.ask(sql, 400)
            self.assertEqual(problem["code"], "invalid", sql)
        self.assertEqual(HUB.call("POST", "/api/v1/query/sql", {"sql": "SELECT 1", "limt": 3}).status, 400)
        self.assertEqual(HUB.call("POST", "/api/v1/query/sql", {"sql": "SELECT 1", "limit": 0}).status, 400)
        self.assertEqual(HUB.call("POST", "/api/v1/query/sql", {"sql": "SELECT length(range(1000000000))"}).status, 413)

    def test_tables_are_described_and_a_viewer_may_not_ask(self):
        tables = HUB.call("GET", "/api/v1/query/sql/tables").json()["items"]
        self.assertIn("samples", [table["name"] for table in tables])
        for table in tables:
            columns = [column["name"] for column in table["columns"]]
            asked = self.ask(f"SELECT * FROM {table['name']} LIMIT 1")["columns"]
            self.assertEqual([column["name"] for column in asked], columns)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "sql-viewer", "role": "viewer"}).json()["token"]
        self.assertEqual(HUB.call("GET", "/api/v1/query/sql/tables", token=viewer).status, 403)
        self.assertEqual(HUB.call("POST", "/api/v1/query/sql", {"sql": "SELECT 1"}, token=viewer).status, 403)


class SourcesOffered(unittest.TestCase):
    """What stands in an OPC UA server beside the hub, and tables of tags; it leaves nothing behind."""
    space = "nsu=urn:millrace:server:plant;s="

    @classmethod
    def setUpClass(cls):
        cls.url = (HUB.data / "opcua_url").read_text()
        cls.server = {"type": "opcua", "options": {"url": cls.url, "security": "none"}}
        text = f"kind: Connection\nname: pump-line\nspec:\n  edge: edge-1\n  opcua: {{url: '{cls.url}', security: none}}\n"
        assert HUB.call("POST", "/api/v1/resources/apply", {"files": [{"path": "c.yaml", "text": text}]}).status == 200

    @classmethod
    def tearDownClass(cls):
        for path in ["Binding/tagged-1-pump-line", "Thing/tagged-1", "ThingModel/tagged", "Connection/pump-line"]:
            answer = HUB.call("DELETE", "/api/v1/resources/" + path)
            assert answer.status == 200, (path, answer.body)

    def browse(self, body, **more):
        return HUB.call("POST", "/api/v1/onboarding/browse", body, **more)

    def propose(self, body, **more):
        return HUB.call("POST", "/api/v1/onboarding/proposal", body, **more)

    def test_a_server_is_browsed_whole_and_in_parts(self):
        found = self.browse({"connection": self.server}).json()
        self.assertFalse(found["truncated"])
        self.assertEqual(len(found["nodes"]), 8)
        pump = next(n for n in found["nodes"] if n["name"] == "Pump_1")
        self.assertEqual((pump["parent"], pump["variable"], pump["type"]), (None, False, None))
        flow = next(n for n in found["nodes"] if n["address"].endswith("Pump_1/Flow"))
        self.assertEqual((flow["parent"], flow["type"], flow["unit"], flow["min"], flow["max"], flow["writable"]),
                         (pump["address"], "f64", "l/min", 0, 2000, False))
        few = self.browse({"connection": "pump-line", "limit": 1}).json()
        self.assertEqual((len(few["nodes"]), few["truncated"]), (1, True))
        below = self.browse({"connection": "pump-line", "address": pump["address"]}).json()["nodes"]
        self.assertEqual([(n["parent"], n["name"]) for n in below],
                         [(None, "Flow"), (None, "DischargePressure"), (None, "Running")])

    def test_what_cannot_be_browsed_is_refused_with_a_next_step(self):
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "browser", "role": "viewer"}).json()["token"]
        self.assertEqual(self.browse({"connection": self.server}, token=viewer).status, 403)
        self.assertEqual(self.browse({"connection": "pump-lien"}).json()["hint"], "Did you mean pump-line?")
        modbus = self.browse({"connection": {"type": "modbus", "options": {"host": "127.0.0.1"}}})
        self.assertEqual(modbus.status, 501)
        away = self.browse({"connection": {"type": "opcua", "options": {"url": "opc.tcp://127.0.0.1:1", "security": "none"}}})
        self.assertEqual((away.status, away.json()["retry"]), (503, "later"))
        self.assertIn("It is the hub that asks", away.json()["hint"])
        self.assertEqual(self.browse({"connection": self.server, "address": self.space + "Pump_9"}).status, 404)
        bodies = [{}, {"connection": 1}, {"connection": {"type": "opcua"}}, {"connection": "Pump Line"},
                  {"connection": self.server, "limit": 0}, {"connection": self.server, "limit": 10001}, {"connection": self.server, "x": 1},
                  {"connection": {"type": "opcua", "options": {"url": "http://x"}}}, {"connection": self.server, "address": "no address"},
                  {"connection": {"type": "opcua", "options": {"url": self.url, "sekurity": "none"}}}]
        for body in bodies:
            answer = self.browse(body)
            self.assertEqual(answer.status, 400, body)
            self.assertTrue(answer.json()["what"], body)

    def test_a_proposal_passes_validation_and_says_what_it_stands_on(self):
        addresses = [self.space + "Pump_1/" + name for name in ["Flow", "DischargePressure", "Running"]]
        proposal = self.propose({"connection": "pump-line", "addresses": addresses, "place": {"site": "riverside"}}).json()
        self.assertEqual(proposal["thing"], "pump_1")
        files = {"files": proposal["files"]}
        self.assertEqual(HUB.call("POST", "/api/v1/resources/validate", files).json()["problems"], [])
        self.assertEqual([m["address"] for m in proposal["matches"]], addresses)
        for match in proposal["matches"]:
            self.assertTrue(match["reason"])
        new = self.propose({"connection": self.server, "addresses": [self.space + "Pump_1", self.space + "Pump_2"],
                            "model": "walked-pump@1", "thing": "walked-7",
                            "matches": [{"address": addresses[0], "property": None}, {"address": addresses[1], "property": "pressure"}]}).json()
        self.assertEqual((new["thing"], new["model"]), ("walked-7", "walked-pump@1"))
        self.assertEqual([m["property"] for m in new["matches"]][:3], [None, "pressure", "running"])
        kinds = [f["path"].split("/")[0] for f in new["files"]]
        self.assertEqual(sorted(kinds), ["bindings", "bindings", "connections", "thing-models", "things", "things"])
        self.assertEqual(HUB.call("POST", "/api/v1/resources/validate", {"files": new["files"]}).json()["problems"], [])

    def test_what_waits_is_proposed_with_its_source(self):
        HUB.say("topics 3")
        waiting = HUB.call("GET", "/api/v1/onboarding?q=hall/2").json()["items"][0]
        proposal = self.propose({"candidate": waiting["id"]}).json()
        self.assertEqual([m["address"] for m in proposal["matches"]], [p["address"] for p in waiting["properties"]])
        self.assertEqual(HUB.call("POST", "/api/v1/resources/validate", {"files": proposal["files"]}).json()["problems"], [])
        binding = next(f["text"] for f in proposal["files"] if f["path"].startswith("bindings/"))
        self.assertIn("hall/2/state", binding)

    def test_a_proposal_that_cannot_be_is_refused(self):
        one = self.space + "Pump_1/Flow"
        good = {"connection": "pump-line", "addresses": [one]}
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "proposer", "role": "viewer"}).json()["token"]
        self.assertEqual(self.propose(good, token=viewer).status, 403)
        self.assertEqual(self.propose({"candidate": "sparkplug:a/b/c"}).status, 404)
        self.assertEqual(self.propose({**good, "model": "pump@99"}).status, 404)
        self.assertEqual(self.propose({**good, "addresses": [self.space + "Nothing"]}).status, 404)
        for more in [{"addresses": []}, {"addresses": [1]}, {"candidate": "x"}, {"model": "pump"}, {"thing": "Pump 1"}, {"x": 1},
                     {"place": {"site": "A B"}}, {"place": {"area": "hall"}}, {"matches": [{"address": one}]},
                     {"matches": [{"address": one, "property": "a"}, {"address": one, "property": "b"}]},
                     {"matches": [{"address": "elsewhere", "property": "flow"}]}]:
            answer = self.propose({**good, **more})
            self.assertEqual(answer.status, 400, more)

    def test_a_table_of_tags_is_tried_and_applied(self):
        def send(csv, query="", **more):
            return HUB.call("POST", "/api/v1/onboarding/tags" + query, csv.encode() if isinstance(csv, str) else csv,
                            headers={"Content-Type": "text/csv"}, **more)
        head = "thing,model,connection,property,address,unit\n"
        good = head + "tagged-1,tagged@1,pump-line,flow,ns=2;s=A,l/min\ntagged-1,,pump-line,level,ns=2;s=B,mm\n"
        dry = send(good, "?dry_run=true").json()
        self.assertEqual((dry["revision"], [r["problem"] for r in dry["rows"]]), (None, [None, None]))
        self.assertEqual([(c["kind"], c["name"]) for c in dry["plan"]["changes"]],
                         [("ThingModel", "tagged"), ("Thing", "tagged-1"), ("Binding", "tagged-1-pump-line")])
        self.assertEqual(HUB.call("GET", "/api/v1/things/tagged-1").status, 404)
        wrong = send(head + "tagged-2,tagged@1,pump-lime,flow,ns=2;s=A,kg\n").json()
        self.assertEqual((wrong["revision"], wrong["rows"][0]["line"]), (None, 2))
        self.assertTrue(wrong["rows"][0]["problem"])
        applied = send(good, "?reason=walked").json()
        self.assertEqual(applied["revision"], dry["plan"]["revision"] + 1)
        self.assertEqual(HUB.call("GET", "/api/v1/things/tagged-1").status, 200)
        again = send(good).json()
        self.assertEqual((again["revision"], again["plan"]["changes"]), (None, []))
        self.assertEqual(HUB.call("GET", "/api/v1/revisions?limit=1").json()["items"][0]["reason"], "walked")
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "tagger", "role": "viewer"}).json()["token"]
        self.assertEqual(send(good, "?dry_run=true", token=viewer).status, 403)
        for csv, query in [("", ""), ("thing\n", ""), (b"thing,property,connection,address\n\xfc,b,c,d\n", ""), (good, "?dry_run=maybe"),
                           (good, "?dry=true")]:
            self.assertEqual(send(csv, query).status, 400, csv)
        many = "thing,property,connection,address\n" + "a,b,c,d\n" * 50_001
        self.assertEqual(send(many, "?dry_run=true").status, 413)

    def test_an_edge_that_reads_connections_stays(self):
        self.assertEqual(HUB.call("POST", "/api/v1/accounts", {"kind": "edge", "name": "reader-1", "site": "riverside"}).status, 201)
        text = "kind: Connection\nname: read-line\nspec: {edge: reader-1, modbus: {host: 127.0.0.1, port: 1502}}\n"
        HUB.call("POST", "/api/v1/resources/apply", {"files": [{"path": "line.yaml", "text": text}]})
        refused = HUB.call("DELETE", "/api/v1/accounts/reader-1")
        self.assertEqual((refused.status, refused.json()["what"]), (409, "edge reader-1 reads connections: read-line"))
        self.assertEqual(HUB.call("DELETE", "/api/v1/resources/Connection/read-line").status, 200)
        self.assertEqual(HUB.call("DELETE", "/api/v1/accounts/reader-1").status, 204)


class Limits(unittest.TestCase):
    def test_what_takes_too_long_is_stopped_with_504_and_a_next_step(self):
        hub = Hub(sys.argv[1], {"MILLRACE_QUERY_US": "0"})
        try:
            calls = [("GET", "/api/v1/things/pump-1/properties/flow/history?start=now-1h", None),
                     ("GET", "/api/v1/things/pump-1/properties/flow/history?start=now-1h&step=1m", None),
                     ("POST", "/api/v1/query/history", {"start": "now-1h", "max_points": 10,
                                                        "properties": [{"thing": "pump-1", "property": "flow"}]}),
                     ("POST", "/api/v1/query/sql", {"sql": "FROM samples"}),
                     ("GET", "/api/v1/export?format=csv&things=pump-1&start=now-1h", None)]
            for method, path, body in calls:
                answer = hub.call(method, path, body)
                self.assertEqual(answer.status, 504, path)
                problem = answer.json()
                self.assertEqual((problem["code"], problem["retry"]), ("timeout", "later"))
                self.assertIn("shorter range", problem["hint"])
            self.assertEqual(list((hub.data / "export").iterdir()), [])
            self.assertEqual(hub.call("GET", "/api/v1/things/pump-1").status, 200)
        finally:
            self.assertEqual(hub.stop()[0], 0)


class Abandoned(unittest.TestCase):
    """Statements that run for thirty seconds, two of which may run at a time."""

    slow = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3"

    def ask(self, hub):
        body = json.dumps({"sql": self.slow})
        asker = socket.create_connection(("127.0.0.1", hub.port), 20)
        asker.sendall(f"POST /api/v1/query/sql HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {hub.token}\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return asker

    def status(self, hub):
        return hub.call("POST", "/api/v1/query/sql", {"sql": "SELECT 1"}).status

    def wait_for(self, hub, status, seconds):
        began = time.monotonic()
        while self.status(hub) != status:
            self.assertLess(time.monotonic() - began, seconds, f"no {status}")
            time.sleep(0.02)

    def test_the_place_of_a_client_that_leaves_is_free_within_a_second(self):
        askers = [self.ask(HUB) for _ in range(2)]
        self.wait_for(HUB, 429, 10)
        for asker in askers:
            asker.close()
        self.wait_for(HUB, 200, 1)

    def test_a_hub_that_stops_waits_for_none(self):
        hub = Hub(sys.argv[1])
        askers = [self.ask(hub) for _ in range(2)]
        self.wait_for(hub, 429, 10)
        code, seconds = hub.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 2)
        for asker in askers:
            self.assertIn(b"the hub stops", asker.recv(65536))
            asker.close()


class Live(unittest.TestCase):
    def test_a_stream_opens_with_everything_and_goes_on_with_changes(self):
        stream = Stream("/api/v1/live?things=pump-1&properties=flow,mode&interval=100ms")
        self.assertEqual(stream.status, 200)
        self.assertTrue(stream.wait(lambda s: len(s.values("mode")) == 1 and len(s.values("flow")) == 1))
        self.assertEqual(stream.events[0][0], "hello")
        HUB.say("batch 43.5")
        self.assertTrue(stream.wait(lambda s: s.values("flow")[-1]["value"] == 43.5, 2))
        before = len(stream.values("flow"))
        HUB.say("history 5")
        time.sleep(0.5)
        self.assertEqual(len(stream.values("flow")), before, "a backlog moves no live value")
        self.assertTrue(stream.wait(lambda s: s.comments > 0, 4), "a silent stream sends a heartbeat")
        for event, data in stream.events:
            name = {"hello": "LiveHello", "value": "LiveValue", "edge": "Edge", "end": "LiveEnd"}[event]
            self.assertEqual(list(HUB.schemas.problems(data, {"$ref": f"#/components/schemas/{name}"})), [])
        HUB.say("batch 41.7")
        stream.close()

    def test_values_turn_stale_with_their_edge_and_fresh_again(self):
        stream = Stream("/api/v1/live?things=pump-1&properties=flow")
        self.assertTrue(stream.wait(lambda s: s.values("flow")))
        HUB.say("offline")
        self.assertTrue(stream.wait(lambda s: s.values("flow")[-1]["stale"], 4))
        self.assertIs(HUB.call("GET", "/api/v1/things/pump-1").json()["stale"], True)
        self.assertTrue(stream.wait(lambda s: any(e == "edge" and not d["connected"] and d["name"] == "edge-1"
                                                  for e, d in s.events), 4))
        HUB.say("online")
        self.assertTrue(stream.wait(lambda s: not s.values("flow")[-1]["stale"], 4))
        stream.close()

    def test_a_stream_ends_with_its_token(self):
        made = HUB.call("POST", "/api/v1/tokens", {"name": "short-lived", "role": "viewer"}).json()
        stream = Stream("/api/v1/live", made["token"])
        self.assertTrue(stream.wait(lambda s: s.events))
        HUB.call("DELETE", "/api/v1/tokens/" + made["id"])
        self.assertTrue(stream.wait(lambda s: s.has_ended, 4))
        self.assertEqual(stream.events[-1], ("end", {"reason": "session_ended"}))

    def test_two_hundred_idle_streams_get_one_change_and_are_freed_when_they_leave(self):
        self.assertEqual(HUB.call("GET", "/api/v1/live?things=pmup-1").status, 404)
        self.assertEqual(HUB.call("GET", "/api/v1/live?interval=1h").status, 400)
        streams = [Stream("/api/v1/live?things=pump-1&properties=flow&interval=100ms") for _ in range(200)]
        for stream in streams:
            self.assertTrue(stream.wait(lambda s: s.values("flow")))
        HUB.say("batch 77")
        began = time.monotonic()
        for stream in streams:
            self.assertTrue(stream.wait(lambda s: s.values("flow")[-1]["value"] == 77, 5))
        self.assertLess(time.monotonic() - began, 5)
        for stream in streams:
            stream.close()
        for _ in range(50):
            open_streams = re.search(rb"^millrace_http_live_streams (\d+)", HUB.call("GET", "/metrics").body, re.M)
            if int(open_streams[1]) == 0:
                break
            time.sleep(0.1)
        self.assertEqual(int(open_streams[1]), 0)
        HUB.say("batch 41.7")


class Web(unittest.TestCase):
    def test_pages_of_the_application_get_its_index_and_files_are_cached_by_kind(self):
        page = HUB.call("GET", "/things/pump-1", token=None)
        self.assertIn(b"<title>app", page.body)
        dotted = HUB.call("GET", "/things/building-node.building-1", token=None)
        self.assertIn(b"<title>app", dotted.body)
        self.assertEqual(page.headers["Cache-Control"], "no-cache")
        self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        again = HUB.call("GET", "/", token=None, headers={"If-None-Match": page.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        script = HUB.call("GET", "/assets/app-1a2b.js", token=None, headers={"Accept-Encoding": "gzip"})
        self.assertIn("immutable", script.headers["Cache-Control"])
        self.assertEqual(script.headers["Content-Encoding"], "gzip")
        self.assertTrue(gzip.decompress(script.body).startswith(b"let a"))

    def test_no_path_leads_out_of_the_folder(self):
        for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/.git/config",
                     "//etc/passwd.txt", "/..%5csecret.txt", "/missing.js", "/%00.js"]:
            answer = HUB.call("GET", path, token=None)
            self.assertIn(answer.status, (400, 403, 404), path)
            self.assertNotIn(b"not for the web", answer.body)

    def test_head_is_answered_wherever_get_is(self):
        for path in ["/", "/healthz", "/api/v1/things", "/api/v1/live", "/api/docs"]:
            answer = HUB.call("HEAD", path)
            self.assertEqual((answer.status, answer.body), (200, b""), path)

    def test_other_methods_unknown_paths_and_large_bodies_are_refused_as_problems(self):
        answer = HUB.call("DELETE", "/api/v1/things")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD"))
        self.assertEqual(HUB.call("GET", "/api/v1/nothing").status, 404)
        self.assertEqual(HUB.call("PATCH", "/api/v1/things").json()["code"], "unsupported")
        connection = HTTPConnection("127.0.0.1", HUB.port, timeout=10)
        connection.putrequest("POST", "/api/v1/login")
        connection.putheader("Content-Length", str(40 << 20))
        connection.endheaders()
        with connection.getresponse() as response:
            self.assertEqual(response.status, 413)
        connection.close()


class Wot(unittest.TestCase):
    things = "/api/v1/wot/things"
    own = things + "/" + quote("urn:millrace:test:walked-1", safe="")
    lamp = {"@context": "https://www.w3.org/2022/wot/td/v1.1", "title": "Lamp", "security": "nosec_sc",
            "securityDefinitions": {"nosec_sc": {"scheme": "nosec"}}}

    @classmethod
    def setUpClass(cls):
        applied = HUB.call("POST", "/api/v1/resources/apply", {"files": [{"path": "plant.yaml", "text": PLANT}]})
        assert applied.status == 200, applied.body

    def put(self, wot_id, **changes):
        body = {key: value for key, value in {**self.lamp, **changes}.items() if value is not None}
        return HUB.call("PUT", f"{self.things}/{quote(wot_id, safe='')}", body)

    def test_the_directory_is_found_without_a_login_and_leads_to_the_things(self):
        found = HUB.call("GET", "/.well-known/wot", token=None, headers={"Host": "hub.example:81"}).json()
        self.assertEqual((found["@type"], found["base"]), ("ThingDirectory", "http://hub.example:81/"))
        secure = HUB.call("GET", "/.well-known/wot", token=None, headers={"Host": "h", "X-Forwarded-Proto": "https"}).json()
        self.assertEqual(secure["base"], "https://h/")
        odd = HUB.call("GET", "/.well-known/wot", token=None, headers={"Host": "a\"/b"}).json()
        self.assertEqual(odd["base"], "http://localhost/")
        listed = HUB.call("GET", self.things)
        self.assertIn("urn:millrace:test:walked-1", [td["id"] for td in listed.json()])
        td = HUB.call("GET", self.own).json()
        self.assertEqual((td["title"], td["version"]["model"]), ("Walked pump", "1"))
        self.assertEqual(td["base"], f"http://127.0.0.1:{HUB.port}/api/v1/wot/t/walked-1/")
        model = next(link for link in td["links"] if link["rel"] == "type")
        self.assertEqual(HUB.call("GET", model["href"]).json()["@type"], "tm:ThingModel")
        self.assertEqual(HUB.call("GET", self.things + "/urn%3Ax").status, 404)

    def test_a_list_comes_in_pages_that_hold_everything_once_by_id(self):
        for i in range(7):
            self.assertEqual(self.put(f"urn:example:page-{i}").status, 201)
        whole = [td["id"] for td in HUB.call("GET", self.things).json()]
        seen, path = [], self.things + "?limit=3"
        while path:
            page = HUB.call("GET", path)
            seen += [td["id"] for td in page.json()]
            links = dict(reversed(re.fullmatch(r"<(.*)>; rel=\"(.*)\"", one).groups()) for one in page.headers["Link"].split(", "))
            self.assertEqual(links["canonical"], self.things)
            path = links.get("next")
        self.assertEqual(seen, whole)
        self.assertEqual(seen, sorted(set(seen)))
        for i in range(7):
            self.assertEqual(HUB.call("DELETE", f"{self.things}/urn%3Aexample%3Apage-{i}").status, 204)
        for query in ["limit=0", "limit=1001", "offset=-1", "limit=x", "offst=1"]:
            self.assertEqual(HUB.call("GET", f"{self.things}?{query}").status, 400, query)

    def test_others_are_registered_changed_and_removed(self):
        self.assertEqual(self.put("urn:example:lamp").status, 201)
        self.assertEqual(self.put("urn:example:lamp", title="Lamp 2").status, 204)
        path = self.things + "/urn%3Aexample%3Alamp"
        patch = HUB.call("PATCH", path, {"description": "At the gate", "title": "Lamp 3"})
        self.assertEqual(patch.status, 204)
        td = HUB.call("GET", path).json()
        self.assertEqual((td["id"], td["title"], td["description"]), ("urn:example:lamp", "Lamp 3", "At the gate"))
        self.assertIn("modified", td["registration"])
        self.assertEqual(HUB.call("DELETE", path).status, 204)
        self.assertEqual(HUB.call("DELETE", path).status, 404)
        self.assertEqual(HUB.call("PATCH", path, {}).status, 404)
        added = HUB.call("POST", self.things, self.lamp)
        self.assertEqual(added.status, 201)
        self.assertTrue(HUB.call("GET", added.headers["Location"]).json()["id"].startswith("urn:uuid:"))
        self.assertEqual(HUB.call("DELETE", added.headers["Location"]).status, 204)

    def test_a_description_is_replaced_only_where_it_is_as_its_writer_relies_on(self):
        path = self.things + "/urn%3Aexample%3Atagged"

        def put(title, **headers):
            return HUB.call("PUT", path, {**self.lamp, "title": title}, headers={name.replace("_", "-"): text for name, text in headers.items()})
        self.assertEqual(put("A", If_Match="*").status, 412)
        self.assertEqual(put("A", If_None_Match="*").status, 201)
        refused = put("B", If_None_Match="*")
        self.assertEqual((refused.status, refused.json()["code"]), (412, "conflict"))
        tag = HUB.call("GET", path).headers["ETag"]
        self.assertRegex(tag, '^"[0-9a-f]+"$')
        self.assertEqual(put("B", If_Match=tag).status, 204)
        self.assertEqual(put("C", If_Match=tag).status, 412)
        self.assertEqual(HUB.call("PATCH", path, {"title": "C"}, headers={"If-Match": tag}).status, 412)
        self.assertEqual(put("C", If_Match=f'"x", {HUB.call("GET", path).headers["ETag"]}').status, 204)
        self.assertEqual(HUB.call("GET", path).json()["title"], "C")
        self.assertNotIn("ETag", HUB.call("GET", self.own).headers)
        self.assertEqual(HUB.call("DELETE", path).status, 204)

    def test_what_is_no_description_is_refused_with_all_that_is_wrong(self):
        refused = self.put("urn:example:bad", security=None, title=None)
        self.assertEqual((refused.status, [one["description"] for one in refused.json()["validationErrors"]]),
                         (400, ["title is required", "security is required"]))
        self.assertEqual(HUB.call("POST", self.things, {**self.lamp, "id": "urn:a:b"}).status, 400)
        self.assertEqual(self.put("urn:example:bad", id="urn:example:other").status, 400)
        for body in [b"{", b"[]", b"5"]:
            self.assertEqual(HUB.call("PUT", self.things + "/urn%3Aa", body).status, 400)
        self.assertEqual(HUB.call("PUT", self.things + "/urn%3Aa", b" " * (300 << 10)).status, 413)
        for method, body in [("PUT", self.lamp), ("PATCH", {}), ("DELETE", None)]:
            self.assertEqual(HUB.call(method, self.own, body).status, 409)
        viewer = HUB.call("POST", "/api/v1/tokens", {"name": "wot-viewer", "role": "viewer"}).json()["token"]
        for method, path, body in [("PUT", self.things + "/urn%3Aa", self.lamp), ("POST", self.things, self.lamp),
                                   ("PATCH", self.things + "/urn%3Aa", {}), ("DELETE", self.things + "/urn%3Aa", None)]:
            self.assertEqual(HUB.call(method, path, body, token=viewer).status, 403)
        self.assertEqual(HUB.call("GET", self.own, token=viewer).status, 200)

    def test_values_are_bare_with_time_and_quality_beside_them(self):
        HUB.say("batch 41.7")
        flow = HUB.call("GET", "/api/v1/wot/t/pump-1/properties/flow")
        self.assertEqual((flow.body, flow.headers["X-Millrace-Quality"]), (b"41.7", "good"))
        self.assertEqual(flow.headers["X-Millrace-Time"], HUB.call("GET", "/api/v1/things/pump-1/properties/flow").json()["time"])
        self.assertEqual(HUB.call("GET", "/api/v1/wot/t/pump-1/properties").json(), {
            "count": 2**60, "flow": 41.7, "mode": 'auto "1" 泵', "running": True, "wave": "AQID"})
        none = HUB.call("GET", "/api/v1/wot/t/walked-1/properties/flow")
        self.assertEqual((none.status, none.json()["code"]), (503, "unavailable"))
        self.assertIn("has no value now: Nothing has come yet.", none.json()["what"])
        self.assertNotIn("flow", HUB.call("GET", "/api/v1/wot/t/walked-1/properties").json())
        self.assertEqual(HUB.call("GET", "/api/v1/wot/t/pump-1/properties/flwo").json()["hint"], "Did you mean flow?")
        self.assertEqual(HUB.call("GET", "/api/v1/wot/t/pmup-1/properties").status, 404)
        self.assertEqual(HUB.call("GET", "/api/v1/wot/t/pump-1/properties?x=1").status, 400)

    def test_a_property_is_observed_with_a_login_or_with_the_ticket_of_its_description(self):
        HUB.say("batch 41.7")
        observe = "/api/v1/wot/t/pump-1/properties/flow/observe"
        stream = Stream(observe)
        self.assertTrue(stream.wait(lambda s: s.events))
        HUB.say("batch 42.5")
        self.assertTrue(stream.wait(lambda s: (None, 42.5) in s.events))
        self.assertEqual(stream.events[0], (None, 41.7))
        stream.close()
        HUB.say("batch 41.7")
        form = next(form for form in HUB.call("GET", self.own).json()["properties"]["flow"]["forms"] if form.get("subprotocol") == "sse")
        path = f"/api/v1/wot/t/walked-1/{form['href']}"
        ticketed = Stream(path, token=None)
        self.assertEqual(ticketed.status, 200)
        self.assertTrue(ticketed.wait(lambda s: s.comments > 0, 4))
        ticketed.close()
        for wrong in [path[:-1] + ("0" if path[-1] != "0" else "1"), path.replace("walked-1", "pump-1"), observe,
                      path.replace("/observe", "")]:
            self.assertEqual(HUB.call("GET", wrong, token=None).status, 401, wrong)
        self.assertEqual(HUB.call("HEAD", path, token=None).status, 200)
        self.assertEqual(HUB.call("GET", "/api/v1/wot/t/pump-1/properties/flwo/observe").status, 404)

    def test_events_of_the_directory_come_as_a_stream(self):
        whole, only = Stream("/api/v1/wot/events?diff=true"), Stream("/api/v1/wot/events?type=thing_deleted")
        for stream in (whole, only):
            self.assertEqual(stream.status, 200)
        time.sleep(0.3)  # opened on the streams' thread
        self.put("urn:example:event")
        self.put("urn:example:event", title="Lamp 2")
        HUB.call("DELETE", self.things + "/urn%3Aexample%3Aevent")
        self.assertTrue(whole.wait(lambda s: len(s.events) == 3) and only.wait(lambda s: s.events))
        self.assertEqual([event for event, _ in whole.events], ["thing_created", "thing_updated", "thing_deleted"])
        self.assertEqual(whole.events[0][1], {**self.lamp, "id": "urn:example:event"})
        self.assertEqual(whole.events[1][1], {"id": "urn:example:event", "title": "Lamp 2"})
        self.assertEqual(only.events, [("thing_deleted", {"id": "urn:example:event"})])
        for stream in (whole, only):
            stream.close()
        self.assertEqual(HUB.call("GET", "/api/v1/wot/events?type=thing_delted").json()["hint"], "Did you mean thing_deleted?")
        self.assertEqual(HUB.call("GET", "/api/v1/wot/events?diff=1").status, 400)


class ZLast(unittest.TestCase):
    """Runs after the others: what they called, what ends the hub."""

    def test_1_every_operation_of_the_contract_was_called(self):
        wanted = {(method, path) for path, methods in HUB.contract["paths"].items() for method in methods}
        wanted -= {("get", "/api/v1/live")}  # read as a stream above
        self.assertEqual(sorted(wanted - HUB.called), [])

    def test_2_too_many_failed_logins_are_limited(self):
        wrong = {"user": "admin", "password": "wrong"}
        answers = [HUB.call("POST", "/api/v1/login", wrong, token=None) for _ in range(6)]
        self.assertEqual([a.status for a in answers[:4]], [401] * 4)
        self.assertEqual(answers[5].status, 429)
        self.assertEqual(answers[5].headers["Retry-After"], "60")

    def test_3_the_hub_says_goodbye_to_streams_and_stops(self):
        stream = Stream("/api/v1/live")
        self.assertTrue(stream.wait(lambda s: s.events))
        code, seconds = HUB.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
        self.assertTrue(stream.wait(lambda s: s.has_ended))
        self.assertEqual(stream.events[-1], ("end", {"reason": "stopping"}))


if __name__ == "__main__":
    HUB = Hub(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
