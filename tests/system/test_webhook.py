#!/usr/bin/python3
"""What a gateway brings by itself: heard only from the gateway, answered only when it is stored."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import shutil
import signal
import socket
import sqlite3
import threading
import time
import urllib.parse

from harness import BUILD, Clinic, PATIENCE, Process, SECRET, client, clients, free_port, post, run, wait

FROM, TO = "+13125560001", "+13125550199"
CANARY = "canary text: I am fine"
BODY_MAX = 64 * 1024


class Ear(Clinic):
    """A clinic whose courier can be called."""

    def __init__(self):
        super().__init__()
        self.ear = free_port()
        self.gateway(public_url=f"http://127.0.0.1:{self.ear}/hooks/primary")
        self.only_clients(clients(client(1)))

    def up(self, daemon=True, rehearse=None):
        self.start_sandbox("--webhook", f"http://127.0.0.1:{self.ear}/hooks/primary")
        if daemon:
            self.start_daemon(rehearse=rehearse)
        self.listen()
        if daemon:
            wait(lambda: "carrying texts" in self.courier.output(), "the wire")
        return self

    def listen(self, *before):
        """The courier, started by the command `before` where one is given."""
        self.courier = Process(self.dir / "courier.log", *before, BUILD / "holdfast-courier", "primary", "--config",
                               self.config / "holdfast.conf", "--runtime-dir", self.run, "--credentials",
                               self.credentials, "--listen", f"127.0.0.1:{self.ear}")
        self.processes.append(self.courier)
        wait(lambda: self.ask("/nothing")[0] == 404, "the courier")

    def ask(self, path, body=b"", method="POST", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.ear, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None, b""
        finally:
            connection.close()

    def bring(self, id, text=None, secret=SECRET, age=0, alter=None, **more):
        """A reply, signed as the sandbox does it."""
        body = json.dumps({"type": "inbound", "id": id, "from": FROM, "to": TO, "text": text or f"{CANARY} {id}",
                           "at": "2026-11-23T10:00:00Z", **more}).encode()
        stamp = str(int(time.time()) - age)
        signature = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        return self.ask("/hooks/primary", alter(body) if alter else body, Content_Type="application/json",
                        X_Sandbox_Timestamp=stamp, X_Sandbox_Signature=signature)

    def stored(self, columns="gateway_id"):
        """What is in the inbox, read from a copy: the database is holdfastd's alone."""
        copy = self.dir / "copy.db"
        for end in ("", "-wal"):
            if (self.state / f"holdfast.db{end}").exists():
                shutil.copy(self.state / f"holdfast.db{end}", f"{copy}{end}")
        with contextlib.closing(sqlite3.connect(copy)) as db:
            return [row[0] if len(row) == 1 else row
                    for row in db.execute(f"SELECT {columns} FROM inbox ORDER BY id").fetchall()]

    def write_back(self, text):
        status, body = post(self.port, "/api/reply", {"from": FROM, "to": TO, "text": text})
        assert status == 202, body
        return json.loads(body)["id"]


def test_stored_first():
    """a signed reply is 200 when it is committed, byte for byte, and five copies at once are one text"""
    with Ear().up() as clinic:
        assert clinic.bring("A1", "1 thanks \U0001f44d é") == (200, b"")
        seen = clinic.stored("gateway_id, sender, text")
        assert seen == [("A1", FROM, "1 thanks \U0001f44d é")], seen
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(clinic.bring("A2"))) for _ in range(5)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert answers == [(200, b"")] * 5, answers
        assert clinic.stored() == ["A1", "A2"], clinic.stored()


def test_refused():
    """unsigned, altered, with another secret or from an hour ago: 403, an empty body, no effect"""
    with Ear().up() as clinic:
        refused = (403, b"")
        assert clinic.ask("/hooks/primary", b'{"type":"inbound"}', Content_Type="application/json") == refused
        assert clinic.ask("/hooks/primary", method="GET") == refused
        assert clinic.bring("A1", secret="another") == refused
        assert clinic.bring("A1", age=3600) == refused and clinic.bring("A1", age=-3600) == refused
        assert clinic.bring("A1", alter=lambda body: body.replace(b"fine", b"fina")) == refused
        assert clinic.stored() == []
        assert clinic.courier.output().count("refused") == 4, "one line a minute for each reason"
        assert "canary" not in clinic.courier.output() + clinic.daemon.output()


def test_wrong():
    """another address, method, size or form: 404, 405, 413"""
    with Ear().up() as clinic:
        for path in ("/", "/hooks/", "/hooks/other", "/hooks/primaryx", "/hooks/primary%2f", "/x/hooks/primary"):
            assert clinic.ask(path)[0] == 404, path
        assert clinic.ask("/hooks/primary", method="DELETE")[0] == 405
        assert clinic.ask("/hooks/primary%00")[0] in (400, 404)
        assert clinic.ask("/hooks/primary", b"x" * (BODY_MAX + 1))[0] in (413, None)
        assert clinic.stored() == []


def test_unfit():
    """what is signed and fits no rule is kept, counted and named; with a sender and a text it is a text"""
    with Ear().up() as clinic:
        assert clinic.bring("A1", type="inbound", **{"from": ""}) == (200, b"")
        assert clinic.bring("A2", type="voicemail", text="", **{"from": TO}) == (200, b"")
        assert clinic.bring("A3", type="voicemail") == (200, b"")
        assert clinic.stored() == ["A3"], clinic.stored()
        assert "webhooks        2 that fit no rule of their preset" in clinic.ctl("status")
        assert clinic.ctl_json("status")["webhooks_unread"] == 2
        kept = clinic.ctl_json("inbox", "--webhooks")
        assert len(kept) == 2 and all(one["gateway"] and one["content"] and one["why"] for one in kept), kept
        assert kept[0]["content"][:20] in clinic.ctl("inbox", "--webhooks")
        for why in ("a text without a sender", "it fits no rule of the preset"):
            assert f"1 webhook(s) kept: {why}" in clinic.courier.output(), clinic.courier.output()
        assert "canary" not in clinic.courier.output() + clinic.daemon.output()


class Twilio(Ear):
    """The same ear, told to a Twilio that does not send."""

    def __init__(self):
        super().__init__()
        self.hook = f"http://127.0.0.1:{self.ear}/hooks/primary"
        self.gateway(preset="twilio", account="AC1", public_url=self.hook)
        self.start_daemon()
        self.listen()

    def call(self, method="POST", query="", **fields):
        """A webhook, signed as Twilio does it: the address, and of a form the parameters in their order."""
        form = urllib.parse.urlencode(fields)
        query = "?" + "&".join(part for part in (query, form if method == "GET" else "") if part)
        url = self.hook + (query if query != "?" else "")
        signed = url + ("".join(key + fields[key] for key in sorted(fields)) if method == "POST" else "")
        signature = base64.b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        headers = {"X_Twilio_Signature": signature}
        if method == "POST":
            headers["Content_Type"] = "application/x-www-form-urlencoded"
        return self.ask(url[url.index("/hooks"):], form.encode() if method == "POST" else b"", method, **headers)


def test_method():
    """Twilio's console offers GET; and parameters vary: a STOP is one in each way"""
    with Twilio() as clinic:
        text = {"From": FROM, "To": TO}
        status, body = clinic.call("GET", Body="hello", SmsStatus="received", MessageSid="SM1", **text)
        assert status == 200 and body.endswith(b"<Response/>"), (status, body)
        assert clinic.call("POST", Body="and", SmsStatus="receiving", MessageSid="SM2", **text)[0] == 200
        assert clinic.call("GET", Body="STOP", MessageSid="SM3", **text)[0] == 200
        assert clinic.call("GET", MessageSid="SM4", **text)[0] == 200
        assert clinic.stored("gateway_id, text") == [("SM1", "hello"), ("SM2", "and"), ("SM3", "STOP")]
        assert clinic.ctl_json("client", "c-00001")["consent"] == "withdrawn"
        assert clinic.ctl_json("status")["webhooks_unread"] == 1
        assert "kept: it came by GET" in clinic.courier.output()


def test_slow():
    """a client that stalls is closed, and does not keep others from being heard"""
    with Ear().up() as clinic:
        slow = [socket.create_connection(("127.0.0.1", clinic.ear)) for _ in range(10)]
        for connection in slow:
            connection.sendall(b"POST /hooks/primary HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        started = time.monotonic()
        assert clinic.bring("A1")[0] == 200
        for connection in slow:
            connection.settimeout(PATIENCE)
            while connection.recv(1000):
                pass
        assert time.monotonic() - started < 60


def test_crowd():
    """hundreds who connect and say nothing keep nobody out: a reply, holdfastctl and the courier are heard in seconds"""
    def silent(kind, where, says=b""):
        connection = socket.socket(*kind)
        connection.connect(where)
        connection.sendall(says) if says else None
        return connection

    hook = ((socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1",))
    with Ear().up() as clinic, contextlib.ExitStack() as crowd:
        slowest = 0.0
        for turn in range(5):
            for _ in range(100):
                half = silent(hook[0], (*hook[1], clinic.ear), b"POST /hooks/primary HTTP/1.1\r\nHost: x\r\n")
                crowd.enter_context(half)
            began = time.monotonic()
            assert clinic.bring(f"A{turn}")[0] == 200
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 2, slowest
        for _ in range(100):
            crowd.enter_context(silent((socket.AF_UNIX, socket.SOCK_STREAM), str(clinic.run / "api.sock"), b"GET "))
        began = time.monotonic()
        clinic.ctl("status")
        assert time.monotonic() - began < 2
        clinic.courier.stop()
        for _ in range(200):
            crowd.enter_context(silent((socket.AF_UNIX, socket.SOCK_SEQPACKET), str(clinic.run / "wire.sock")))
        began = time.monotonic()
        clinic.listen()
        wait(lambda: clinic.bring("B1")[0] == 200, "the wire")
        assert time.monotonic() - began < 5
        assert clinic.daemon.output().count("let go") < 5, clinic.daemon.output()
        return f"500 half requests: {slowest:.2f} s"


def test_away():
    """while holdfastd is away the answer is 503, and the gateway's next try brings the text"""
    with Ear().up() as clinic:
        clinic.daemon.stop()
        wait(lambda: "holdfastd is away" in clinic.courier.output(), "the courier to notice")
        assert clinic.bring("A1") == (503, b"")
        id = clinic.write_back("2")
        wait(lambda: clinic.courier.running(), "the courier to run")
        clinic.start_daemon()
        wait(lambda: clinic.stored() == [id], "the next try")


def test_asked_for():
    """what no webhook brought is asked for when the courier comes back"""
    with Ear().up() as clinic:
        clinic.courier.stop()
        ids = [clinic.write_back(f"text {n}") for n in range(60)]
        clinic.ear = free_port()  # where no webhook goes
        clinic.listen()
        wait(lambda: clinic.stored() == ids, "the texts")


def test_rotation():
    """the secret of before is believed while it stands in the second line, and not after"""
    with Ear() as clinic:
        clinic.credential("sandbox", f"{SECRET}-new\n{SECRET}")
        clinic.up()
        assert clinic.bring("A1", secret=f"{SECRET}-new")[0] == 200
        assert clinic.bring("A2", secret=SECRET)[0] == 200
        clinic.credential("sandbox", f"{SECRET}-new")
        clinic.courier.process.send_signal(1)
        wait(lambda: "is read again" in clinic.courier.output(), "the reload")
        assert clinic.bring("A3", secret=SECRET)[0] == 403
        assert clinic.stored() == ["A1", "A2"]


def test_reload():
    """read again while texts and replies are under way: each text leaves once, each reply is stored, none hangs up"""
    with Ear() as clinic:
        clinic.gateway(public_url=f"http://127.0.0.1:{clinic.ear}/hooks/primary", rate=20.0)
        clinic.only_clients(clients(*[client(n, at="18:00", start="2026-11-23") for n in range(1, 41)]))
        clinic.up(rehearse="2026-11-23 09:00:00")
        answers, enough = [], threading.Event()

        def bring():
            while not enough.is_set():
                answers.append(clinic.bring(f"A{len(answers)}"))

        replies = threading.Thread(target=bring)
        replies.start()
        for reloads in range(1, 11):
            clinic.courier.process.send_signal(signal.SIGHUP)
            wait(lambda: clinic.courier.output().count("is read again") >= reloads, "a reload")
            before = len(answers)
            wait(lambda: len(answers) > before, "a reply")
        wait(lambda: len({r["to"] for r in clinic.delivered()}) == 40, "the texts")
        enough.set()
        replies.join()
        ids = [f"A{n}" for n in range(len(answers))]
        assert answers == [(200, b"")] * len(ids), answers
        assert clinic.stored() == ids, clinic.stored()
        wait(lambda: clinic.ctl_json("status")["claimed"] == 0, "the last outcome")
        assert clinic.ctl_json("status")["unknown"] == 0
        assert not any(r["repeat"] for r in clinic.requests()), clinic.requests()
        assert "the courier is gone" not in clinic.daemon.output(), clinic.daemon.output()
        return f"{reloads} reloads, {len(ids)} replies"


def test_dead_resolver():
    """name servers that do not answer: the text waits, and meanwhile webhooks and SIGHUP are answered in a second"""
    resolvers = ["127.0.0.77", "127.0.0.78", "127.0.0.79"]
    with Ear() as clinic, contextlib.ExitStack() as silent:
        for address in resolvers:
            silent.enter_context(socket.socket(type=socket.SOCK_DGRAM)).bind((address, 53))
        resolv = clinic.dir / "resolv.conf"
        resolv.write_text("".join(f"nameserver {address}\n" for address in resolvers))
        nsswitch = clinic.dir / "nsswitch.conf"
        nsswitch.write_text("hosts: files dns\n")
        clinic.gateway(public_url=f"http://127.0.0.1:{clinic.ear}/hooks/primary", base="https://gateway.example.org")
        clinic.start_daemon()  # a rehearsal wants a gateway on this machine
        clinic.listen("unshare", "--mount", "sh", "-c", f"mount --bind {resolv} /etc/resolv.conf &&"
                      f' mount --bind {nsswitch} /etc/nsswitch.conf && exec "$@"', "sh")
        slowest = {"webhook": 0.0, "SIGHUP": 0.0}
        tried = 0
        while tried < 2:  # the second try begins when the first has been given up
            began = time.monotonic()
            assert clinic.bring("A1", text="I want to kill myself")[0] == 200  # answered at any hour
            slowest["webhook"] = max(slowest["webhook"], time.monotonic() - began)
            began = time.monotonic()
            read = clinic.courier.output().count("is read again")
            clinic.courier.process.send_signal(signal.SIGHUP)
            wait(lambda: clinic.courier.output().count("is read again") > read, "SIGHUP")
            slowest["SIGHUP"] = max(slowest["SIGHUP"], time.monotonic() - began)
            assert max(slowest.values()) < 1, slowest
            tried = max((m["attempts"] for m in clinic.ctl_json("messages")), default=0)
        return ", ".join(f"{what} {seconds:.2f} s" for what, seconds in slowest.items())


if __name__ == "__main__":
    run(test_stored_first, test_refused, test_wrong, test_unfit, test_method, test_slow, test_crowd, test_away, test_asked_for, test_rotation,
        test_reload, test_dead_resolver)
