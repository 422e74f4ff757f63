#!/usr/bin/python3
"""Under the real systemd: installed as the manual says, sending, reloading, hung, stopped."""
import datetime
import hashlib
import hmac
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

from harness import SECRET, client, clients, run, wait
from machine import Machine, make_install

# In tenths.  Of holdfastd's 0.3, 0.2 are for PrivateUsers=, which would hide who calls.
SERVICES = {"holdfastd.service": 3, "holdfast-courier@.service": 10}
RUNNING = ("holdfastd.service", "holdfast-courier@primary.service")
SOCKETS = ("holdfast-api.socket", "holdfast-wire.socket")
WEBHOOKS = "holdfast-webhook@primary.socket"
CALL = """
import sys, urllib.request
headers, body = sys.stdin.read().split("\\n\\n", 1)
request = urllib.request.Request("http://127.0.0.1:8026/hooks/primary", body.encode(),
                                 dict(line.split(": ") for line in headers.splitlines()))
try:
    print(urllib.request.urlopen(request, timeout=60).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""
TRUTH = "/var/log/sandbox.log"
OTHER = "holdfast-courier@other.service"
OTHER_SECRET = "canary-other-91c4"
# What a courier that was taken over could do: enters the process's mounts as its user, reads whatever it can, and
# tries the staff's socket.  All that is needed is imported before, for nothing can be executed in there.
TAKEN = """
import ctypes, json, os, socket, stat, sys
process, canaries = sys.argv[1], sys.stdin.read().split()
status = dict(line.split(":\\t") for line in open(f"{process}/status").read().splitlines() if ":\\t" in line)
uid, gid = int(status["Uid"].split()[0]), int(status["Gid"].split()[0])
"".encode("idna")
kinds = {"pid": 0x20000000, "mnt": 0x00020000, "user": 0x10000000}
kinds = {kind: flag for kind, flag in kinds.items()
         if os.stat(f"{process}/ns/{kind}").st_ino != os.stat(f"/proc/self/ns/{kind}").st_ino}
os.setgroups([])
for namespace, flag in [(os.open(f"{process}/ns/{kind}", os.O_RDONLY), flag) for kind, flag in kinds.items()]:
    assert ctypes.CDLL(None, use_errno=True).setns(namespace, flag) == 0, ctypes.get_errno()
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os.setresgid(gid, gid, gid)
os.setresuid(uid, uid, uid)
read, found, sockets = [], [], []
programs = {"proc", "sys", "dev", "usr", "bin", "lib", "lib64"}
def look(top):
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if folder != top or f not in programs]
        for name in names:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISSOCK(os.stat(path).st_mode):
                    sockets.append(path)
                elif stat.S_ISREG(os.stat(path).st_mode):
                    text = open(path, "rb").read()
                    read.append(path)
                    found.extend([path, canary] for canary in canaries if canary.encode() in text)
            except OSError:
                pass
look("/")
for process in filter(str.isdigit, os.listdir("/proc")):
    look(f"/proc/{process}/root")
print(json.dumps({"uid": uid, "read": read, "found": found, "sockets": sockets}))
"""
machine = Machine()


def noon():
    """(zone, date) where it is about noon now: inside texting hours whenever this runs."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return f"Etc/GMT{now.hour - 12:+d}", now.date().isoformat()


def reached():
    """Every request that reached the sandbox."""
    return [json.loads(line) for line in machine.run("cat", TRUTH, code=None).splitlines()]


def connected():
    status = machine.status()
    return bool(status) and any(gateway["connected"] for gateway in status["gateways"])


def test_units():
    """the installed units are sound, and expose no more than 0.3 (holdfastd) and 1.0 (a courier)"""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="hf-system-", dir="/tmp"))
    try:
        make_install(f"PREFIX={directory}/usr", f"SYSCONFDIR={directory}/etc")
        units = directory / "usr/lib/systemd/system"
        names = [str(units / name) for name in (*RUNNING, *SOCKETS, WEBHOOKS)]
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True)
        ours = [line for line in done.stderr.splitlines() if "holdfast" in line]
        assert done.returncode == 0 and not ours, "\n".join(ours) or done.stderr
        scores = []
        for name, threshold in SERVICES.items():
            done = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=yes",
                                   f"--threshold={threshold}", units / name], capture_output=True, text=True)
            assert done.returncode == 0, f"{name}: {done.stdout.splitlines()[-1:]}"
            scores.append(done.stdout.splitlines()[-1].split(": ")[-1])
        return "; ".join(scores)
    finally:
        shutil.rmtree(directory)


def test_start():
    """in a fresh Debian, what `make install` says to type brings everything to active"""
    machine.boot()
    make_install(f"DESTDIR={machine.root}", "PREFIX=/usr")
    zone, today = noon()
    shutil.rmtree(machine.root / "etc/holdfast/clients")
    machine.write("/etc/holdfast/clients/all.conf", clients(client(1, at="18:00", start=today, zone=zone)))
    machine.write("/etc/holdfast/credentials/primary/sandbox", SECRET + "\n", mode="0600")
    machine.write("/etc/systemd/system/holdfastd.service.d/watchdog.conf", "[Service]\nWatchdogSec=3\n")
    # A system call that the units refuse is an error; here it is the end, so that none goes unnoticed.
    for unit in ("holdfastd", "holdfast-courier@"):
        machine.write(f"/etc/systemd/system/{unit}.service.d/denied.conf", "[Service]\nSystemCallErrorNumber=kill\n")
    machine.run("systemd-run", "--unit=sandbox", "holdfast-sandbox", "--log", TRUTH, "--secret-file",
                "/etc/holdfast/credentials/primary/sandbox")

    machine.run("systemd-sysusers")
    machine.run("systemd-tmpfiles", "--create")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "enable", "--now", "holdfastd", "holdfast-courier@primary")
    states = machine.run("systemctl", "is-active", *RUNNING, *SOCKETS).split()
    assert states == ["active"] * 4, states
    types = {machine.property(unit, "Type") for unit in RUNNING}
    assert types == {"notify"}, types
    assert machine.run("stat", "-c", "%U:%G %a", "/run/holdfast/api.sock").strip() == "root:holdfast 660"
    assert machine.run("stat", "-c", "%U:%G %a", "/etc/holdfast/clients/all.conf").strip() == "root:holdfast 660"


def test_text():
    """a text leaves through the courier's service and reaches the gateway"""
    wait(lambda: reached() and machine.status()["claimed"] == 0, "the welcome")
    texts = [(text["to"], text["delivered"], "hi Canary1" in text["text"]) for text in reached()]
    assert texts == [("+13125560001", True, True)], reached()
    assert machine.status()["sent_last_hour"] == 1


def test_reload():
    """`systemctl reload` with a broken file keeps the schedule of before, and status says so"""
    before = machine.status()
    machine.write("/etc/holdfast/clients/broken.conf", "id = \"c-2\n", mode="0660", group="holdfast")
    machine.run("systemctl", "reload", "holdfastd")
    wait(lambda: machine.status()["reload"], "the reload")
    status = machine.status()
    error = status["reload"]["error"]
    assert error and error.startswith("clients/broken.conf:1:"), status["reload"]
    assert [status[key] for key in ("clients", "next_due")] == [before[key] for key in ("clients", "next_due")]
    assert machine.property("holdfastd", "ActiveState") == "active"

    machine.run("rm", "/etc/holdfast/clients/broken.conf")
    machine.run("systemctl", "reload", "holdfastd")
    wait(lambda: machine.status()["reload"]["error"] is None, "the reload of what is whole again")
    return error.split(";")[0]


def test_watchdog():
    """a daemon that hangs is restarted by the watchdog, and sends nothing twice"""
    pid = machine.property("holdfastd", "MainPID")
    machine.run("systemctl", "kill", "--kill-who=main", "--signal=STOP", "holdfastd")
    wait(lambda: machine.property("holdfastd", "NRestarts") == "1", "the watchdog")
    wait(connected, "the courier to be back")
    assert machine.property("holdfastd", "ActiveState") == "active"
    assert machine.property("holdfastd", "MainPID") != pid
    assert len(reached()) == 1, reached()
    said = [entry for entry in machine.journal() if "Watchdog timeout" in str(entry.get("MESSAGE"))]
    assert said, "the journal says nothing of a watchdog"


def bring(id, secret=SECRET):
    """The status of a reply, signed as the sandbox does it; called with our own Python on the container's network."""
    body = json.dumps({"type": "inbound", "id": id, "from": "+13125560001", "to": "+13125550199",
                       "text": f"Canary: it went well {id}", "at": "2026-11-23T10:00:00Z"})
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), (body + stamp).encode(), hashlib.sha256).hexdigest()
    request = (f"Content-Type: application/json\nX-Sandbox-Timestamp: {stamp}\n"
               f"X-Sandbox-Signature: {signature}\n\n{body}")
    done = subprocess.run(["nsenter", "-t", str(machine.init), "-n", "/usr/bin/python3", "-c", CALL], input=request,
                          capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_webhook():
    """with its socket a signed webhook reaches holdfastd's inbox, wakes a courier that is not there, and is kept once"""
    machine.run("systemctl", "stop", "holdfast-courier@primary")
    machine.run("systemctl", "enable", "--now", WEBHOOKS)
    machine.run("systemctl", "start", "holdfast-courier@primary")
    wait(connected, "the courier")
    inbox = lambda: [text["id"] for text in json.loads(machine.run("holdfastctl", "--json", "inbox"))]
    assert bring("A1", secret="another") == 403 and inbox() == []
    assert bring("A1") == 200
    assert bring("A1") == 200
    assert len(inbox()) == 1, inbox()

    machine.run("systemctl", "stop", "holdfast-courier@primary")
    wait(lambda: bring("A2") == 200, "the courier that the webhook starts")
    assert len(inbox()) == 2, inbox()
    assert machine.property("holdfast-courier@primary", "ActiveState") == "active"


def test_journal():
    """the journal has each text's id, client and state, and no name, number, text or secret"""
    entries = machine.journal()
    texts = [entry for entry in entries if "HOLDFAST_MESSAGE_ID" in entry]
    states = [entry["HOLDFAST_STATE"] for entry in texts]
    assert "accepted" in states, states
    # The client, and whoever is on call, who is told at once of what she wrote in her first days.
    told = {entry["HOLDFAST_CLIENT"] for entry in texts}
    assert told == {"@mreyes", *(f"c-{n:05d}" for n in range(1, 31))}, told
    whole = json.dumps(entries)
    for canary in ("Canary", "5560001", "agreed to get texts", SECRET):
        assert canary not in whole, next(entry for entry in entries if canary in json.dumps(entry))
    return f"{len(entries)} entries, {len(states)} of texts"


def taken(unit, *canaries):
    """What somebody who has taken over that service's process can find."""
    pid = machine.property(unit, "MainPID")
    done = subprocess.run(["/usr/bin/python3", "-c", TAKEN, f"/proc/{machine.init}/root/proc/{pid}"],
                          input="\n".join(canaries), capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_load():
    """under load no system call is refused that a daemon makes: here each such one would be its end"""
    for unit in RUNNING:
        assert machine.property(unit, "SystemCallErrorNumber") == "2147483646", "a refused call is no end"
    restarts = [machine.property(unit, "NRestarts") for unit in RUNNING]
    zone, today = noon()
    more = [client(n, at="18:00", start=today, zone=zone) for n in range(1, 31)]
    machine.write("/etc/holdfast/clients/all.conf", clients(*more), mode="0660", group="holdfast")
    machine.run("systemctl", "reload", "holdfastd")
    for i in range(10):
        assert bring(f"L{i}") == 200
        machine.run("systemctl", "kill", "--signal=HUP", *RUNNING)
        for command in (("status",), ("cases",), ("cases", "--names"), ("clients",), ("inbox",), ("messages",),
                        ("preview", "--client", "c-00001"), ("why", "c-00001"), ("diff",),
                        ("send", "c-00001", f"Riverside: text {i}")):
            machine.run("holdfastctl", *command)
    wait(lambda: len({text["to"] for text in reached()}) > 30, "thirty welcomes, and who is on call")
    wait(lambda: machine.status()["claimed"] == 0, "the last text")
    assert [machine.property(unit, "NRestarts") for unit in RUNNING] == restarts
    said = [entry["MESSAGE"] for entry in machine.journal() if entry.get("_COMM") in ("holdfastd", "holdfast-courie")]
    denied = [line for line in said if "ermission denied" in line or "not permitted" in line]
    assert said and not denied, denied
    return f"{len(reached())} texts"


def test_taken():
    """a courier that was taken over reads its own gateway's file and secret, and nothing of another's or of clients"""
    machine.write("/etc/holdfast/credentials/other/sandbox", OTHER_SECRET + "\n", mode="0600")
    machine.write("/etc/holdfast/gateways/other.conf",
                  (machine.root / "etc/holdfast/gateways/primary.conf").read_text() + "// canary-other-file\n")
    machine.run("systemctl", "start", OTHER)
    canaries = (SECRET, OTHER_SECRET, "canary-other-file", "5560001")
    primary, other = taken(RUNNING[1], *canaries), taken(OTHER, *canaries)
    assert {canary for _, canary in primary["found"]} == {SECRET}, primary["found"]
    assert {canary for _, canary in other["found"]} == {OTHER_SECRET, "canary-other-file"}, other["found"]
    for name, found in (("primary", primary), ("other", other)):
        ours = [path for path in found["read"] if path.startswith("/etc/holdfast/")]
        assert ours == [f"/etc/holdfast/gateways/{name}.conf"], ours
        assert not [path for path in found["sockets"] if path.endswith("api.sock")], found["sockets"]
    assert 0 not in (primary["uid"], other["uid"]) and primary["uid"] != other["uid"], "couriers share a user"
    # holdfastd has no secret of a gateway.
    daemon = taken(RUNNING[0], *canaries)
    assert {canary for _, canary in daemon["found"]} == {"5560001", "canary-other-file"}, daemon["found"]
    machine.run("systemctl", "stop", OTHER)
    machine.run("rm", "/etc/holdfast/gateways/other.conf")
    return f"{len(primary['read'])} files readable outside of /usr, of which 1 is in /etc/holdfast"


def test_stop():
    """stopped, everything leaves with 0, and nothing has failed"""
    machine.run("systemctl", "stop", WEBHOOKS, "holdfast-courier@primary", "holdfastd", *SOCKETS)
    for unit in RUNNING:
        result = [machine.property(unit, name) for name in ("ActiveState", "Result", "ExecMainStatus")]
        assert result == ["inactive", "success", "0"], f"{unit}: {result}"
    failed = machine.run("systemctl", "--failed", "--no-legend", "--plain").strip()
    assert failed == "", failed


if __name__ == "__main__":
    with machine:
        run(test_units, test_start, test_text, test_reload, test_watchdog, test_webhook, test_load, test_taken, test_journal, test_stop)
