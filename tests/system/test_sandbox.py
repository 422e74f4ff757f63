#!/usr/bin/python3
"""The pretend gateway: what it promises to couriers, to tests and to its page."""
import hashlib
import hmac
import http.client
import http.server
import json
import pathlib
import shutil
import tempfile
import threading
import time

from harness import BUILD, Process, SECRET, answers, free_port, run, wait


class Sandbox:
    def __init__(self, *arguments):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-"))
        self.port = free_port()
        self.truth = self.dir / "log"
        (self.dir / "secret").write_text(SECRET + "\n")
        self.process = Process(self.dir / "output", BUILD / "holdfast-sandbox", "--listen", f"127.0.0.1:{self.port}",
                               "--log", self.truth, "--secret-file", self.dir / "secret", *arguments)
        wait(lambda: answers(self.port), "the sandbox")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.process.stop()
        shutil.rmtree(self.dir)
        assert code == 0, code

    def ask(self, method, path, body=None, timeout=60, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def text(self, key, to="+13125550142", text="hello", secret=SECRET, timeout=60):
        status, body, _ = self.ask("POST", "/messages", {"key": key, "from": "+13125550199", "to": to, "text": text,
                                                         "at": "2026-11-23T10:00:00-06:00"}, timeout,
                                   Authorization=f"Bearer {secret}")
        return status, json.loads(body)

    def control(self, **fault):
        return self.ask("POST", "/control", fault)[0]

    def events(self, run="", after=0, timeout=60):
        return json.loads(self.ask("GET", f"/api/events?run={run}&after={after}", timeout=timeout)[1])

    def lines(self):
        return [json.loads(line) for line in self.truth.read_text().splitlines()]


def test_keys():
    """a key is one text, whatever comes with it; the log has both requests"""
    with Sandbox() as sandbox:
        assert sandbox.text("k") == (201, {"id": "SB000001", "status": "queued", "segments": 1})
        assert sandbox.text("k") == (200, {"id": "SB000001", "status": "queued", "segments": 1, "repeat": True})
        assert sandbox.text("other")[1]["id"] == "SB000002"
        assert [(line["n"], line["key"], line["repeat"], line["delivered"]) for line in sandbox.lines()] == [
            (1, "k", False, True), (2, "k", True, False), (3, "other", False, True)]
        assert len(sandbox.events()["bubbles"]) == 2
        assert json.loads(sandbox.ask("GET", "/log?after=2")[1]) == sandbox.lines()[2:]


def test_refusals():
    """a wrong token, number, text or JSON is refused, and nothing reaches a phone"""
    with Sandbox() as sandbox:
        assert sandbox.text("a", secret="wrong")[0] == 401
        assert sandbox.text("b", to="555-0142")[1]["code"] == 21211
        assert sandbox.text("c", text="")[1]["code"] == 21602
        assert sandbox.ask("POST", "/messages", "text", Authorization=f"Bearer {SECRET}")[0] == 400
        assert sandbox.ask("GET", "/nothing")[0] == 404
        assert sandbox.ask("GET", "/log", Host="evil.example")[0] == 403
        assert sandbox.ask("POST", "/api/clear", {}, Origin="http://evil.example")[0] == 403
        assert not any(line["delivered"] for line in sandbox.lines()) and len(sandbox.lines()) == 4
        assert sandbox.events()["bubbles"] == []


def broken(sandbox, key, **options):
    try:
        return sandbox.text(key, **options)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__


def test_faults():
    """each fault is acted out once, after the log has the request"""
    expected = {"reset": "ConnectionResetError", "drop": "RemoteDisconnected", "truncate": "IncompleteRead",
                "garbage": "BadStatusLine", "slow_headers": "TimeoutError"}
    with Sandbox() as sandbox:
        for fault, error in expected.items():
            assert sandbox.control(fault=fault, count=1, delay_ms=2000) == 200
            patience = 1 if error == "TimeoutError" else 60
            assert broken(sandbox, fault, timeout=patience) == error, fault
            assert sandbox.lines()[-1]["fault"] == fault and sandbox.lines()[-1]["delivered"]
            assert sandbox.text(fault)[0] == 200
        for fault in ("delay", "drip"):
            sandbox.control(fault=fault, count=1, delay_ms=1)
            assert sandbox.text(fault)[0] == 201


def test_status():
    """a status, for a number and a count; texts are not delivered unless it is told so"""
    with Sandbox() as sandbox:
        sandbox.control(fault="status", status=429, retry_after=7, count=2, to="+13125550142")
        status, _, headers = sandbox.ask("POST", "/messages", {"key": "k", "from": "1", "to": "+13125550142", "text": "x"},
                                         Authorization=f"Bearer {SECRET}")
        assert (status, headers["Retry-After"]) == (429, "7")
        assert sandbox.text("other", to="+13125550157")[0] == 201
        assert sandbox.text("k")[0] == 429
        assert sandbox.text("k")[0] == 201
        sandbox.control(fault="status", status=500, deliver=True)
        assert sandbox.text("lost")[0] == 500
        sandbox.control(fault="none")
        assert sandbox.text("lost")[0] == 200
        assert sandbox.control(fault="status", status=42) == 400 and sandbox.control(fault="thunder") == 400
        assert [line["delivered"] for line in sandbox.lines()] == [False, True, False, True, True, False]


def test_limits():
    """of faults and of a phone's texts"""
    with Sandbox() as sandbox:
        for _ in range(64):
            assert sandbox.control(fault="drop", count=1) == 200
        assert sandbox.control(fault="drop", count=1) == 409
        sandbox.ask("POST", "/api/clear", {})
        for i in range(205):
            assert sandbox.text(f"k{i}", text=f"text {i}")[0] == 201
        bubbles = sandbox.events()["bubbles"]
        assert len(bubbles) == 200 and bubbles[0]["text"] == "text 5"


def test_events():
    """a page that waits is told as soon as there is something, and begins anew after a clearing"""
    with Sandbox() as sandbox:
        first = sandbox.events()
        answers_ = []
        waiter = threading.Thread(target=lambda: answers_.append(sandbox.events(first["run"], first["next"], 20)))
        started = time.monotonic()
        waiter.start()
        sandbox.text("k", text="<b>news</b>")
        waiter.join()
        assert time.monotonic() - started < 20  # it gives up after 25
        assert [b["text"] for b in answers_[0]["bubbles"]] == ["<b>news</b>"]
        sandbox.ask("POST", "/api/clear", {})
        assert sandbox.events(first["run"], 99)["run"] != first["run"]


def test_page():
    """the page carries everything itself, under a strict policy"""
    with Sandbox() as sandbox:
        for name, kind in (("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript"),
                           ("page.svg", "image/svg+xml")):
            status, body, headers = sandbox.ask("GET", f"/{name}")
            assert status == 200 and headers["Content-Type"].startswith(kind)
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            text = body.decode().replace("http://www.w3.org/2000/svg", "")
            assert "http" not in text.replace("{location.origin}", "") and "innerHTML" not in text, name


class Hook(http.server.BaseHTTPRequestHandler):
    seen, receipts = [], []
    answer = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = Hook.receipts if json.loads(body)["type"] == "receipt" else Hook.seen
        kind.append((self.headers, body))
        self.send_response(Hook.answer if len(kind) > 1 else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_reply():
    """what a client writes is signed, tried again after a 503, and shown as delivered"""
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Sandbox("--webhook", f"http://127.0.0.1:{server.server_port}/hooks/primary") as sandbox:
        sandbox.text("k")
        status, body, _ = sandbox.ask("POST", "/api/reply", {"from": "+13125550142", "to": "+13125550199", "text": "1"})
        assert (status, json.loads(body)) == (202, {"id": "IN000001"})
        wait(lambda: sandbox.events()["bubbles"][-1]["state"] == "delivered", "the delivery")
    server.shutdown()
    assert len(Hook.seen) == 2
    for headers, body in Hook.seen:
        signed = hmac.new(SECRET.encode(), body + headers["X-Sandbox-Timestamp"].encode(), hashlib.sha256).hexdigest()
        assert headers["X-Sandbox-Signature"] == signed
        assert abs(int(headers["X-Sandbox-Timestamp"]) - time.time()) < 60
    inbound = json.loads(Hook.seen[0][1])
    assert inbound.pop("at").startswith("2026-11-23T10:00:0")
    assert inbound == {"type": "inbound", "id": "IN000001", "from": "+13125550142", "to": "+13125550199", "text": "1"}


def test_reply_to_nobody():
    """without a webhook the page says so; a webhook elsewhere is refused at the start"""
    with Sandbox() as sandbox:
        sandbox.ask("POST", "/api/reply", {"from": "+13125550142", "to": "+13125550199", "text": "1"})
        assert sandbox.events()["bubbles"][0]["state"] == "no webhook"
        for arguments in (("--listen", "0.0.0.0:0"), ("--webhook", "http://example.org/"), ("--wrong",), ("extra",)):
            assert Process(sandbox.dir / "other", BUILD / "holdfast-sandbox", *arguments).wait() == 2, arguments


if __name__ == "__main__":
    run(test_keys, test_refusals, test_faults, test_status, test_limits, test_events, test_page, test_reply,
        test_reply_to_nobody)
