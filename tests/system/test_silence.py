#!/usr/bin/python3
"""A service that does not run is heard: by a heartbeat that stops, a text to whoever is on call, and an exit code."""
import datetime
import http.server
import os
import pathlib
import signal
import subprocess
import threading

from harness import BUILD, Clinic, client, clients, free_port, run, wait

HERE = pathlib.Path(__file__).resolve().parent
WORDS = "the text service is not well"


class Monitor:
    """Who listens at the heartbeat's address."""

    def __init__(self):
        self.port, self.pings = free_port(), []
        monitor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                monitor.pings.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()


def noon_here():
    """A zone in which it is about noon: inside texting hours whenever this runs."""
    return f"Etc/GMT{datetime.datetime.now(datetime.timezone.utc).hour - 12:+d}"


def quiet_clinic(clinic, monitor):
    """It texts nobody by itself, and its timers of minutes are short."""
    zone = noon_here()
    site = (clinic.config / "holdfast.conf").read_text()
    clinic.write("holdfast.conf", site.replace("America/Chicago", zone))
    clinic.gateway(heartbeat=f"http://127.0.0.1:{monitor.port}/ping/1")
    clinic.only_clients(clients(client(1, start="2030-01-01", zone=zone)))
    library = clinic.dir / "fast_timers.so"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", library,
                    HERE / "fast_timers.c", "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": str(library),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


def check(clinic):
    done = subprocess.run([BUILD / "holdfastctl", "--socket", clinic.run / "api.sock", "status", "--check"],
                          capture_output=True, text=True)
    return done.returncode, done.stdout


def alarms(clinic):
    return [r for r in clinic.requests() if WORDS in r["text"]]


def test_silence():
    """holdfastd hangs: the heartbeat ends, its courier texts whoever is on call, and both end when it goes on"""
    with Monitor() as monitor, Clinic() as clinic:
        fast = quiet_clinic(clinic, monitor)
        clinic.start_sandbox()
        clinic.start_daemon(env=fast)
        clinic.start_courier(env=fast)
        wait(lambda: len(monitor.pings) >= 3, "heartbeats")
        assert set(monitor.pings) == {"/ping/1"}
        assert check(clinic) == (0, "ok: 1 clients, 0 open cases\n"), check(clinic)
        assert alarms(clinic) == []

        clinic.daemon.process.send_signal(signal.SIGSTOP)
        try:
            wait(lambda: alarms(clinic), "the alarm")
            assert alarms(clinic)[0]["to"] in ("+13125550111", "+13125550112"), alarms(clinic)
            wait(lambda: len(alarms(clinic)) >= 2, "the second, four hours later")
        finally:
            clinic.daemon.process.send_signal(signal.SIGCONT)
        heard = len(monitor.pings)
        wait(lambda: len(monitor.pings) > heard + 1, "the heartbeat again")
        told = len(alarms(clinic))
        heard = len(monitor.pings)
        wait(lambda: len(monitor.pings) > heard + 5, "half an hour of heartbeats")
        assert len(alarms(clinic)) == told
        for canary in ("3125550111", "3125550112", "not well"):
            assert canary not in clinic.daemon.output() + clinic.courier.output().replace("or not well", ""), canary


def test_dead():
    """holdfastd is killed and stays so: its courier texts whoever is on call, and status --check is critical"""
    with Monitor() as monitor, Clinic() as clinic:
        fast = quiet_clinic(clinic, monitor)
        clinic.start_sandbox()
        clinic.start_daemon(env=fast)
        clinic.start_courier(env=fast)
        wait(lambda: monitor.pings, "a heartbeat")
        clinic.daemon.kill()
        wait(lambda: alarms(clinic), "the alarm")
        assert check(clinic) == (2, "critical: holdfastd does not answer\n")


def test_not_well():
    """no courier, then a clock that is not believed: critical, in words, and no heartbeat while it lasts"""
    with Monitor() as monitor, Clinic() as clinic:
        fast = quiet_clinic(clinic, monitor)
        clinic.start_sandbox()
        clinic.start_daemon()
        code, words = check(clinic)
        assert code == 2 and words.startswith("critical: gateway primary has no courier"), words
        clinic.daemon.stop()
        clinic.start_daemon()  # it was on record a moment ago; now it is two days later
        clinic.daemon.stop()
        library = clinic.dir / "told_clock.so"
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", library,
                        HERE / "told_clock.c", "-ldl"], check=True)
        (clinic.dir / "offset").write_text(str(2 * 86400))
        clinic.start_daemon(env={**fast, "LD_PRELOAD": str(library), "TOLD_CLOCK": str(clinic.dir / "offset")})
        clinic.start_courier(env=fast)
        wait(lambda: "no heartbeat: holdfastd is silent, or not well" in clinic.courier.output(), "its word")
        code, words = check(clinic)
        assert code == 2 and words.startswith("critical: nothing is sent: the clock is far ahead"), words
        assert monitor.pings == []
        clinic.ctl("confirm", "--why", "the power was off")
        wait(lambda: check(clinic)[0] == 0, "all to be well")


if __name__ == "__main__":
    run(test_silence, test_dead, test_not_well)
