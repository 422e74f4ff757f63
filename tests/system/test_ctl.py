#!/usr/bin/python3
"""What every command of holdfastctl asks of holdfastd and what it prints, to the letter.

The answers are those that the unit test of the staff's door has on record (tests/unit/answers.json), so that both
sides are held to one file.  What is printed is in ctl.golden; GOLDEN=write writes it anew: look at the difference.
"""
import http.server
import json
import os
import pathlib
import pty
import re
import shlex
import socketserver
import subprocess
import tempfile
import threading
import urllib.parse

from harness import BUILD, PATIENCE, ROOT, Clinic, run

GOLDEN = pathlib.Path(__file__).with_name("ctl.golden")
ANSWERS = json.loads((ROOT / "tests/unit/answers.json").read_text())
WRITE = os.environ.get("GOLDEN") == "write"
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm", "COLUMNS": "90"}


def parsed(target):
    url = urllib.parse.urlsplit(target)
    return url.path, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))


class Door(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Gives the answers on record; notes what was asked."""
    daemon_threads = True

    def __init__(self, path):
        self.asked, self.instead = [], {}
        super().__init__(str(path), Handler)

    def find(self, method, target, body):
        """That very request; else the first of the same path."""
        if target in self.instead:
            return self.instead[target]
        same = [a for a in ANSWERS if a["request"].split(" ")[0] == method and parsed(a["request"].split(" ")[1])[0] == parsed(target)[0]]
        exact = [a for a in same if parsed(a["request"].split(" ")[1]) == parsed(target) and (not body or not a["body"] or
                 json.loads(body) == (json.loads(a["body"]) if a["body"].startswith("{") else None))]
        found = (exact or same or [{"status": 404, "answer": {"error": "nothing is on record for this"}}])[0]
        return found["status"], found["answer"]


class Handler(http.server.BaseHTTPRequestHandler):
    def address_string(self):
        return "-"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append(f"> {self.command} {self.path}" + (f" {body}" if body else ""))
        status, answer = self.server.find(self.command, self.path, body)
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer


class Book:
    """Commands with what they asked and printed, as ctl.golden has them under a heading."""

    def __init__(self, title):
        self.title, self.lines = title, []
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-ctl-"))
        self.door = Door(self.dir / "api.sock")

    def __enter__(self):
        threading.Thread(target=self.door.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind, value, trace):
        self.door.shutdown()
        self.door.server_close()
        (self.dir / "api.sock").unlink()
        self.dir.rmdir()
        if not kind:
            self.compare()

    def note(self, arguments, code, out, error, directory):
        text = [f"$ holdfastctl {shlex.join(arguments)}".rstrip(), *self.door.asked, *out.splitlines(),
                *(f"! {line}" for line in error.splitlines()), f"= {code}", ""]
        self.lines += [line.replace(directory, "DIR") if directory else line for line in text]
        self.door.asked = []

    def ctl(self, *arguments, directory=None):
        done = subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(self.dir / "api.sock"), *arguments],
                              capture_output=True, text=True, timeout=PATIENCE, env=ENVIRONMENT)
        self.note(arguments, done.returncode, done.stdout, done.stderr, directory)

    def ctl_on_a_terminal(self, *arguments, directory=None):
        """Colours stand as {1m} and the like."""
        ours, theirs = pty.openpty()
        done = subprocess.Popen([str(BUILD / "holdfastctl"), "--socket", str(self.dir / "api.sock"), *arguments],
                                stdout=theirs, stderr=subprocess.PIPE, stdin=theirs, env=ENVIRONMENT)
        os.close(theirs)
        patience = threading.Timer(PATIENCE, done.kill)
        patience.start()
        out = b""
        try:
            while more := os.read(ours, 65536):
                out += more
        except OSError:  # EIO: the program has ended
            pass
        os.close(ours)
        patience.cancel()
        error = done.communicate(timeout=PATIENCE)[1].decode()
        text = re.sub("\x1b\\[(\\d+m)", r"{\1}", out.decode().replace("\r\n", "\n"))
        self.note(["(on a terminal)", *arguments], done.returncode, text, error, directory)

    def compare(self):
        golden = GOLDEN.read_text() if GOLDEN.exists() else ""
        chapters = {part.split("\n", 1)[0]: part for part in re.split(r"^### ", golden, flags=re.M) if part}
        found = "\n".join([self.title, "", *self.lines]) + "\n"
        if WRITE:
            chapters[self.title] = found
            GOLDEN.write_text("".join(f"### {chapter}" for chapter in chapters.values()))
            return
        expected = chapters.get(self.title, "").splitlines()
        for number, (a, b) in enumerate(zip(expected, found.splitlines())):
            command = [line for line in expected[:number + 1] if line.startswith("$")][-1:]
            assert a == b, f"{command}\nexpected: {a}\nfound:    {b}"
        assert len(expected) == len(found.splitlines()), "the chapter has another length"


def status():
    """status, and what stands out in it"""
    with Book("status") as book:
        plain = next(a for a in ANSWERS if a["request"] == "GET /v1/status")["answer"]
        book.ctl("status")
        book.ctl("--json", "status")
        held = {**plain, "held": {"since": "2026-11-23T15:00:00-06:00", "last": "2026-11-20T15:00:00-06:00", "until": None,
                                  "why": "the clock is far ahead"},
                "missed": {"count": 3, "since": "2026-11-21T15:00:00-06:00", "until": "2026-11-22T15:00:00-06:00"},
                "next_due": None, "reload": {"at": "2026-11-23T15:00:00-06:00", "error": None},
                "gateways": [{"name": "a", "connected": True, "credit": 9, "in_flight": 2, "held_until": None, "held_why": None,
                              "held_said": None},
                             {"name": "b", "connected": True, "credit": 0, "in_flight": 0,
                              "held_until": "2026-11-23T16:00:00-06:00", "held_why": "it refuses one text after the other",
                              "held_said": "the request is refused (HTTP 400, code 21703)"}], "failed_last_day": 3}
        book.door.instead["/v1/status"] = 200, held
        book.ctl("status")
        book.ctl_on_a_terminal("status")
        behind = {**held["held"], "last": "2026-11-23T17:00:00-06:00", "until": "2026-11-23T17:00:00-06:00", "why": "the clock went back"}
        book.door.instead["/v1/status"] = 200, {**held, "held": behind}
        book.ctl("status")
        was = {"since": "2026-11-23T15:00:00-06:00", "until": "2026-11-23T17:06:00-06:00"}
        book.door.instead["/v1/status"] = 200, {**plain, "clock_was_behind": was}
        book.ctl("status")
        book.ctl("status", "now")


def clients():
    """clients and client: who is enrolled, and how she stands"""
    with Book("clients") as book:
        for arguments in (["clients"], ["clients", "--names"], ["clients", "--json"], ["client", "r-1042"], ["client", "r-1042", "--json"],
                          ["client", "r-1061", "--names"], ["client", "r-1057"], ["client", "nobody"], ["client"],
                          ["client", "r-1042", "--name"], ["number", "r-1042"], ["number", "r-1042", "--json"],
                          ["consent", "r-1061"], ["consent", "r-1061", "--json"]):
            book.ctl(*arguments)
        for arguments in (["--alone", "--soso", "2w", "--lost=3w", "--sort", "answer"], ["--sort", "answer"], ["--lost", "soon"], ["--lost"]):
            book.ctl("clients", *arguments)
        kept = dict(next(a for a in ANSWERS if a["request"] == "GET /v1/clients/r-1042")["answer"])
        counts = {"checkins": {"asked": 8, "answered": 6, "after_nudge": 2}, "meetings": {"asked": 4, "answered": 3, "done": 2},
                  "appointments": {"asked": 1, "answered": 1, "done": 1}, "reminders": {"asked": 0, "answered": 0, "done": 0}}
        kept["kept"] = {"weeks": counts, "stay": {**counts, "checkins": {"asked": 11, "answered": 9, "after_nudge": 0}},
                        "afterwards": [{"reminder": "tue", "occurrence": f"2026-11-{day}T19:00:00-06:00", "done": done}
                                       for day, done in ((24, None), (17, False), (10, True))]}
        book.door.instead["/v1/clients/r-1042"] = book.door.instead["/v1/clients/r-1042?names=1"] = 200, kept
        book.ctl("client", "r-1042")
        kept["others"] = [{"name": "Rosa", "phone": "+13125550176"}]
        book.ctl("client", "r-1042", "--names")
        del book.door.instead["/v1/clients/r-1042"]
        stopped = dict(next(a for a in ANSWERS if a["request"] == "GET /v1/clients/r-1061" and a["status"] == 200)["answer"])
        stopped["conversation"] = "2026-11-24T15:00:00-06:00"
        book.door.instead["/v1/clients/r-1061"] = 200, stopped
        book.ctl("client", "r-1061")
        paused = next(a for a in ANSWERS if a["request"] == "GET /v1/clients/r-1057")["answer"]
        book.door.instead["/v1/clients"] = 200, [{**paused, "paused_until": "2026-12-01"}, {**paused, "id": "\x1b[2J"}]
        book.ctl("clients")
        book.ctl_on_a_terminal("clients")


def messages():
    """messages, inbox and why: texts either way, and what became of them"""
    with Book("messages") as book:
        for arguments in (["messages"], ["messages", "--text", "--client", "r-1042"], ["messages", "--state", "delivered"],
                          ["messages", "--state", "lost"], ["messages", "--since", "2026-11-23 08:00", "--json"],
                          ["inbox"], ["inbox", "--unread", "--client", "r-1042", "--since", "2026-11-23"], ["inbox", "--json"],
                          ["why", "1"], ["why", "1", "--json"], ["why", "99"], ["why", "1", "--text"],
                          ["why", "r-1042"], ["why", "r-1042", "--text"], ["why", "r-1042", "--json"], ["why"]):
            book.ctl(*arguments)


def pages():
    """a list is asked for page after page, and printed as one"""
    with Book("pages") as book:
        text = next(a for a in ANSWERS if a["request"] == "GET /v1/messages")["answer"][0]
        first = [{**text, "id": number} for number in range(1, 1001)]
        book.door.instead = {"/v1/messages": (200, first), "/v1/messages?after=1000": (200, [{**text, "id": 1001}])}
        book.ctl("messages")
        head, tail = book.lines[:8], book.lines[-8:]
        book.lines = [*head, "...", *tail]
        client = {"id": "r 1", "plan": None, "day": None, "state": "active", "counselor": None, "timezone": "UTC"}
        book.door.instead = {"/v1/clients": (200, [client] * 1000), "/v1/clients?after=r%201": (200, [])}
        book.ctl("clients", "--json")
        book.lines = [*book.lines[:-1000], *book.lines[-4:]]
        book.door.instead = {"/v1/cases": (200, [])}
        book.ctl("cases")
        book.ctl("cases", "--json")


def cases():
    """cases and case: the morning list, and what was done about it"""
    with Book("cases") as book:
        for arguments in (["cases"], ["cases", "--names"], ["cases", "--all", "--client", "r-1042"], ["cases", "--json"],
                          ["cases", "--all", "--open"], ["case", "1"], ["case", "1", "--names"], ["case", "1", "--json"], ["case", "99"],
                          ["case", "1", "ack"], ["case", "1", "ack", "--json"], ["case", "1", "attempt", "left-message", "--note", "her sister"],
                          ["case", "1", "attempt", "wrote"], ["case", "1", "attempt"], ["case", "1", "close", "--why", "all is well"],
                          ["case", "1", "close"], ["case", "1", "open"], ["case", "1", "ack", "--why", "x"], ["case"]):
            book.ctl(*arguments)
        case = next(a for a in ANSWERS if a["request"] == "GET /v1/cases")["answer"][0]
        book.door.instead["/v1/cases"] = 200, [{**case, "case": n, "minutes_open": minutes} for n, minutes in
                                               enumerate((0, 119, 120, 2879, 2880, 9000), 1)]
        book.ctl("cases")
        book.door.instead["/v1/cases/1/attempt"] = 200, {**case, "state": "open", "urgency": "urgent"}
        book.ctl("case", "1", "attempt", "no-answer")


def acts():
    """pause, resume, stop, setback, consent, send, reply, reload, confirm: what is asked for, and what is said of it"""
    with Book("acts") as book:
        for arguments in (["pause", "r-1057", "--until", "2026-12-01", "--why", "in hospital"], ["pause", "r-1057", "--why", "still there"],
                          ["pause", "r-1057", "--until=2026-11-01", "--why=x"], ["pause", "r-1057"], ["pause", "r-1057", "--why", ""],
                          ["pause", "--json", "r-1057", "--why", "still there"], ["resume", "r-1057", "--why", "at home again"],
                          ["resume", "r-1057", "--until", "2026-12-01"], ["stop", "r-1061", "--why", "moved away"],
                          ["setback", "r-1057", "--why", "she called"],
                          ["consent", "r-1061", "--given", "--how", "paper", "--why", "signed anew"],
                          ["consent", "r-1061", "--withdrawn", "--source", "voicemail", "--why", "heard on Monday"],
                          ["consent", "r-1061", "--given", "--how", "staff", "--why", "x"], ["consent", "r-1061", "--given", "--why", "x"],
                          ["consent", "r-1061", "--given", "--how", "paper"], ["consent", "r-1061", "--given", "--withdrawn", "--how", "a"],
                          ["send", "r-1057", "Llame cuando pueda."], ["send", "r-1057", "--message", "welcome"],
                          ["send", "--json", "r-1057", "Llame cuando pueda."], ["send", "r-1042", "The NA meeting moved."],
                          ["send", "r-1042", "The NA meeting moved.", "--anyway", "--why", "she asked"],
                          ["send", "r-1042", "--", "--json"], ["send", "r-1042"], ["send", "r-1042", "a", "b"],
                          ["reply", "r-1042", "How are you now?"], ["reply", "r-1042", "Hm", "--anyway", "--why", "w"],
                          ["reply", "r-1042", "--end"], ["reply", "r-1042", "--end", "x"], ["reply", "r-1042", "--json", "--end"],
                          ["message", "2", "again", "--why", "she has not got it"], ["message", "2", "sent"],
                          ["message", "--json", "2", "drop", "--why", "no use"], ["message", "2", "--why", "x"],
                          ["reload"], ["reload", "--json"], ["confirm"], ["confirm", "--why", "looked at it"], ["reload", "x"]):
            book.ctl(*arguments)
        faults = [a for a in ANSWERS if a["request"] == "POST /v1/reload"][-1]
        book.door.instead["/v1/reload"] = faults["status"], faults["answer"]
        book.ctl("reload")
        book.ctl("reload", "--json")
        book.door.instead["/v1/confirm"] = 200, {"now": "2026-11-23T15:00:00-06:00", "missed": None}
        book.ctl("confirm")
        book.door.instead["/v1/clients/r-1042/reply"] = 200, {"client": "r-1042", "conversation": None}
        book.ctl("reply", "r-1042", "--end")
        book.door.instead["/v1/send"] = 200, {"id": 7, "client": "r-1042", "due": "2026-11-24T08:00:00-06:00", "reason": "outside of hours"}
        book.ctl("send", "r-1042", "Hm")


def edited(clinic, file, old, new):
    text = (clinic.config / file).read_text()
    assert text.count(old) == 1, f"{old} is {text.count(old)} times in {file}"
    clinic.write(file, text.replace(old, new))


def configuration():
    """check, preview and diff: what files say, and what an edit changes"""
    with Book("configuration") as book, Clinic() as clinic:
        files = str(clinic.config)

        def ctl(*arguments):
            book.ctl(*arguments, directory=files)

        days = ["--from", "2026-11-23", "--until", "2026-11-27"]
        ctl("check", files)
        ctl("check", files, "--json")
        ctl("preview", files, *days)
        ctl("preview", files, *days, "--client", "r-1042", "--json")
        ctl("preview", files, "--from", "2026-12-20", "--until", "2026-12-22 12:00", "--client", "r-1061")
        ctl("preview", files, "--from", "2026-12-20", "--until", "2026-12-22 12:00", "--client", "r-1061", "--json")
        ctl("preview", files, "--from", "2026-11-23", "--until", "2026-11-23", "--client", "r-1042")
        ctl("preview", files, "--from", "2026-12-20", "--until", "+2d", "--client", "r-1061")
        ctl("preview", files, "--from", "2026-12-20", "--until", "+1x")
        ctl("preview", files, "--client", "nobody")
        ctl("preview", files, "--from", "noon")
        ctl("preview", files, "another")
        book.ctl_on_a_terminal("preview", files, "--from", "2026-12-20", "--until", "2026-12-22 12:00", "--client", "r-1061", directory=files)

        # Both sides of a difference begin in the same moment, which is on record.
        ctl("diff", files, "--days", "3")
        ctl("diff", files, "--days", "3", "--json")
        edited(clinic, "clients/jordan.conf", 'place = "St Mark\'s hall"; remind = [ "2h" ]', 'place = "the Annex"; remind = [ "3h", "1d" ]')
        (clinic.config / "clients/evening-group.conf").write_text(
            (clinic.config / "clients/evening-group.conf").read_text().replace('"18:30"', '"19:15"'))
        ctl("diff", files, "--days", "3")
        ctl("diff", files, "--days", "3", "--json")
        book.ctl_on_a_terminal("diff", files, "--days", "3", directory=files)
        ctl("diff", files, "--days", "0")

        clinic.write("clients/wrong.conf", 'clients = ( { id = "x"; phon = "1"; } );\n')
        for command in ("check", "preview", "diff"):
            ctl(command, files)
        ctl("check", files, "--json")


def command_line():
    """what is not said right, and nobody who answers"""
    with Book("command line") as book:
        for arguments in (["--help"], ["--version"], [], ["statu"], ["xyzzy"], ["status", "--jsn"], ["clients", "--names=1"],
                          ["messages", "--state"], ["--", "status"], ["messages", "--client=r-1042", "--stat=x"]):
            book.ctl(*arguments)
        book.lines = [re.sub(r"^holdfastctl [\d.]+.*", "holdfastctl VERSION", line) for line in book.lines]
        book.ctl("--socket", "/nowhere/api.sock", "status")
        book.ctl("--socket=/nowhere/api.sock", "pause", "r-1042", "--why", "x")
        book.door.instead["/v1/status"] = 503, {"error": "holdfastd could not do it (No space left on device); see its journal"}
        book.ctl("status")
        book.ctl("why", "x" * 2500)
        book.lines = [re.sub("x{2500}", "xxx...", line) for line in book.lines]


def documents():
    """--help, the man page and the completion know the same commands and options"""
    text = subprocess.run([str(BUILD / "holdfastctl"), "--help"], capture_output=True, text=True, check=True).stdout
    usage = dict(re.findall(r"^  (\w+)(.*)$", text, re.M))
    options = {command: sorted(set(re.findall(r"--(\w+)", words))) for command, words in usage.items()}
    assert len(usage) > 20 and options["messages"] == ["client", "since", "state", "text"], options

    man = (ROOT / "contrib/man/holdfastctl.1").read_text()
    told = {}
    for command, words in re.findall(r"^\.It Cm (\w+)(.*)$", man, re.M):
        told.setdefault(command, set()).update(re.findall(r"Fl Fl (\w+)", words))
    assert {command: sorted(found) for command, found in told.items()} == options, f"the man page: {told}"

    script = (ROOT / "contrib/completions/holdfastctl").read_text()
    assert sorted(re.search(r"commands='(.*)'", script)[1].split()) == sorted(usage), "the completion has other commands"
    offered = {command: set() for command in usage}
    for commands, words in re.findall(r"^\t(\w+:-\*(?: \| \w+:-\*)*)\).*-W '(.*?)'", script, re.M):
        for command in re.findall(r"(\w+):", commands):
            offered[command] = set(re.findall(r"--(\w+)", words)) - {"json"}
    assert {command: sorted(found) for command, found in offered.items()} == options, f"the completion: {offered}"


run(status, clients, messages, pages, cases, acts, configuration, command_line, documents)
