"""Runs the real programs against the real peers, and says what happened in TAP.

A Clinic is a temporary directory with a configuration, a store, a runtime directory and credentials, and the
processes that run there.  Nothing sleeps for a fixed time: wait() watches for an event until a deadline.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))
SECRET = "canary-secret-5d1f"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# Seconds.  Long, for what comes costs no more for it, and a busy machine is no fault of the program.
PATIENCE = 180


def wait(condition, what):
    """The first true value of condition(), or an AssertionError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s in vain for {what}")
        time.sleep(0.01)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        return True
    except OSError:
        return False


class Process:
    """A program whose standard error is kept in a file."""

    def __init__(self, log, *command, **options):
        self.log_path = pathlib.Path(log)
        self.log = open(log, "ab")
        self.started = time.time()
        self.process = subprocess.Popen([str(c) for c in command], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, **options)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def output(self):
        return self.log_path.read_text(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def wait(self):
        return self.process.wait(PATIENCE)


def written_when_true(config):
    """The example's files, as written on the day on which all of it was true: later its appointment is past."""
    for path in config.rglob("*.conf"):
        os.utime(path, (1795953600, 1795953600))  # 2026-11-29 12:00 UTC


class Clinic:
    def __init__(self, config=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hf-system-"))
        self.config = self.dir / "config"
        shutil.copytree(config or ROOT / "config", self.config, dirs_exist_ok=True)
        written_when_true(self.config)
        self.state, self.run, self.credentials = (self.dir / d for d in ("state", "run", "credentials"))
        for directory in (self.state, self.run, self.credentials):
            directory.mkdir(mode=0o700)
        self.processes = []
        self.daemon = self.courier = self.sandbox = None
        self.port = free_port()
        self.truth = self.dir / "sandbox.log"
        self.credential("sandbox", SECRET)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for process in reversed(self.processes):
            if kind:
                lines = process.output().splitlines()[-15:]
                print("\n".join(f"# {process.process.args[0]}: {line}" for line in lines))
            process.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- what staff and the administrator write

    def credential(self, name, value):
        path = self.credentials / name
        path.write_text(value + "\n")
        path.chmod(0o600)

    def write(self, name, text):
        path = self.config / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def gateway(self, **keys):
        keys = {"preset": "sandbox", "base": f"http://127.0.0.1:{self.port}", "from": "+13125550199",
                "secret": "sandbox", "rate": 1000.0, **keys}
        lines = [f"{key} = {json.dumps(value)};" for key, value in keys.items() if value is not None]
        self.write("gateways/primary.conf", "\n".join(lines) + "\n")

    def only_clients(self, text):
        for old in (self.config / "clients").glob("*.conf"):
            old.unlink()
        self.write("clients/all.conf", text)

    # --- the programs

    def start(self, name, *arguments, **options):
        process = Process(self.dir / f"{name}.{len(self.processes)}.log", BUILD / name, *arguments, **options)
        self.processes.append(process)
        return process

    def start_sandbox(self, *arguments):
        secret = self.dir / "sandbox.secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        self.sandbox = self.start("holdfast-sandbox", "--listen", f"127.0.0.1:{self.port}", "--log", self.truth,
                                  "--secret-file", secret, *arguments)
        wait(lambda: answers(self.port), "the sandbox")

    def start_daemon(self, rehearse=None, speed=1, **options):
        arguments = ["--config", self.config / "holdfast.conf", "--state-dir", self.state, "--runtime-dir", self.run]
        if rehearse:
            arguments += ["--rehearse", rehearse, "--speed", speed]
        self.daemon = self.start("holdfastd", *arguments, **options)
        self.ready()
        return self.daemon

    def start_courier(self, name="primary", listen=None, **options):
        hooks = ["--listen", listen] if listen else []
        self.courier = self.start("holdfast-courier", name, "--config", self.config / "holdfast.conf",
                                  "--runtime-dir", self.run, "--credentials", self.credentials, *hooks, **options)
        return self.courier

    def ctl(self, *arguments, code=0):
        done = subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(self.run / "api.sock"),
                               *[str(a) for a in arguments]], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == code, f"holdfastctl {arguments}: {done.returncode}: {done.stderr}"
        return done.stdout

    def ctl_json(self, *arguments):
        return json.loads(self.ctl(*arguments, "--json"))

    def ready(self):
        wait(lambda: (self.run / "api.sock").exists() and self.try_status(), "holdfastd's socket")

    def try_status(self):
        try:
            return self.ctl_json("status")
        except (AssertionError, ValueError):
            return None

    # --- the ground truth

    def requests(self):
        """Every request that reached the sandbox, oldest first."""
        if not self.truth.exists():
            return []
        whole = self.truth.read_text().split("\n")[:-1]  # whoever reads while it is written may see half a line
        return [json.loads(line) for line in whole]

    def delivered(self):
        return [r for r in self.requests() if r["delivered"] and not r["repeat"]]

    def control(self, **fault):
        return post(self.port, "/control", fault)


def post(port, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return answer.read()


def client(number, at="10:00", start="2026-11-01", message="coping_walk", extra="", zone="America/Chicago"):
    """One enrolled person, numbered, with one daily reminder of her own."""
    return f"""{{ id = "c-{number:05d}"; name = "Canary{number}"; phone = "+1312{5560000 + number}"; timezone = "{zone}";
  start = "{start}"; consent = {{ at = "{start}"; how = "paper"; by = "mreyes"; }};
  reminders = ( {{ id = "daily"; kind = "note"; on = "MO-SU"; at = "{at}"; message = "{message}"; }} ); {extra} }}"""


def clients(*list):
    return "clients = (\n" + ",\n".join(list) + "\n);\n"


def run(*tests):
    """Runs the test functions in order and prints TAP; a failure shows its reason and does not stop the rest."""
    only = sys.argv[1:]
    failed = 0
    file = pathlib.Path(sys.argv[0]).stem
    for test in tests:
        if only and test.__name__ not in only:
            continue
        name = f"{file}: {(test.__doc__ or test.__name__).strip().splitlines()[0]}"
        started = time.monotonic()
        try:
            note = test()
            print(f"ok - {name} ({time.monotonic() - started:.1f} s){': ' + note if note else ''}", flush=True)
        except Exception as error:  # a test may fail in any way
            failed += 1
            frame = error.__traceback__
            while frame.tb_next:
                frame = frame.tb_next
            print(f"# {type(error).__name__} at line {frame.tb_lineno}: {error}".replace("\n", "\n# "))
            print(f"not ok - {name}", flush=True)
    sys.exit(1 if failed else 0)
