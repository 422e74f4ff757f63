#!/usr/bin/python3
"""A clock that is not believed: the programs themselves, and the machine's own clock."""
import datetime
import os
import sqlite3
import subprocess
import time

from harness import BUILD, Clinic, run, wait

DAY = 86400 * 1000000
HERE = os.path.dirname(os.path.abspath(__file__))


def move_record(clinic, by):
    """As if the clock had been set: the instant on record is another one."""
    with sqlite3.connect(clinic.state / "holdfast.db") as db:
        db.execute("UPDATE meta SET number = number + ? WHERE name = 'cursor'", (by,))
    db.close()


def start(clinic, **options):
    clinic.start_daemon(**options)
    wait(lambda: clinic.ctl_json("status")["gateways"][0]["connected"], "the courier")


def hold_and_confirm(by, word):
    with Clinic() as clinic:
        clinic.gateway()
        clinic.start_sandbox()
        clinic.start_courier()
        start(clinic)
        assert clinic.ctl_json("status")["held"] is None
        assert "nothing is held" in refused(clinic)
        assert clinic.daemon.stop() == 0
        move_record(clinic, by)

        start(clinic)
        held = clinic.ctl_json("status")["held"]
        assert word in held["why"] and held["since"] and held["last"], held
        assert "nothing is sent" in clinic.ctl("status")
        assert clinic.daemon.output().count("nothing is sent") == 1
        sent = len(clinic.requests())
        clinic.daemon.kill()
        start(clinic)
        assert clinic.ctl_json("status")["held"] == held
        clinic.ctl("send", "r-1042", "Riverside: see you soon.")
        assert len(clinic.requests()) == sent

        clinic.ctl("confirm", "--why", "the power was off")
        assert clinic.ctl_json("status")["held"] is None
        clinic.daemon.kill()
        start(clinic)
        assert clinic.ctl_json("status")["held"] is None
        assert "the power was off" not in clinic.daemon.output()


class ToldClock:
    """The clock of one process, as far off as a file says: what the network sets right is set right at a word."""

    def __init__(self, clinic):
        self.file = clinic.state / "clock-offset"
        self.library = clinic.state / "told_clock.so"
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", self.library, f"{HERE}/told_clock.c", "-ldl"],
                       check=True)
        self.set(0)

    def set(self, seconds):
        coming = self.file.with_suffix(".new")
        coming.write_text(str(int(seconds)))
        coming.rename(self.file)

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(self.library), "TOLD_CLOCK": str(self.file),
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


def status_time(status, *path):
    for name in path:
        status = status[name]
    return datetime.datetime.fromisoformat(status).timestamp()


def test_behind():
    """a machine that wakes up two hours in the past and is set right: held, over a restart too, and on by itself"""
    with Clinic() as clinic:
        clinic.gateway()
        clinic.start_sandbox()
        clinic.start_courier()
        clock = ToldClock(clinic)
        start(clinic)
        assert clinic.daemon.stop() == 0
        sent = len(clinic.requests())

        clock.set(-7200)
        for _ in range(2):
            start(clinic, env=clock.environment())
            status = clinic.ctl_json("status")
            assert "by themselves" in status["held"]["why"] and status["next_due"] is None, status
            assert status_time(status, "held", "until") == status_time(status, "held", "last"), status
            assert -7300 < status_time(status, "now") - time.time() < -7100, status
            assert status["clock_was_behind"] is None
            assert "nothing is sent until" in clinic.ctl("status")
            clinic.ctl("send", "r-1042", "Riverside: see you soon.")
            assert len(clinic.requests()) == sent
            clinic.daemon.kill()

        start(clinic, env=clock.environment())
        clock.set(-60)
        clinic.ctl("reload")  # whatever happens, the clock is looked at
        assert clinic.ctl_json("status")["held"], "it is where it was, but for a minute"
        clock.set(0)
        clinic.ctl("reload")
        wait(lambda: clinic.ctl_json("status")["held"] is None, "the hold to end")
        assert "texts go out again: the clock was behind" in clinic.daemon.output()
        behind = clinic.ctl_json("status")["clock_was_behind"]
        assert -7300 < status_time(behind, "since") - status_time(behind, "until") < -7100, behind
        assert "texts went on by themselves" in clinic.ctl("status")
        assert clinic.ctl_json("status")["next_due"], "the schedule goes on"
        assert "nothing is held" in refused(clinic)


def test_set():
    """a clock that was set four hours ahead while holdfastd runs, or between two of its runs: held, and on when it is set back"""
    with Clinic() as clinic:
        clinic.gateway()
        clinic.start_sandbox()
        clinic.start_courier()
        clock = ToldClock(clinic)
        start(clinic, env=clock.environment())
        expired = len(clinic.ctl_json("messages", "--state", "expired"))
        for restarted in (False, True):
            if restarted:
                assert clinic.daemon.stop() == 0
            clock.set(4 * 3600)
            if restarted:
                start(clinic, env=clock.environment())
            clinic.ctl("reload")
            held = clinic.ctl_json("status")["held"]
            assert held and "was set" in held["why"], held
            assert "the clock was set" in clinic.ctl("status")
            clock.set(0)
            clinic.ctl("reload")
            wait(lambda: clinic.ctl_json("status")["held"] is None, "the hold to end")
        clock.set(3 * 86400)
        clinic.ctl("reload")
        assert "it jumped" in clinic.ctl_json("status")["held"]["why"]
        assert len(clinic.ctl_json("messages", "--state", "expired")) == expired
        clinic.ctl("confirm")
        assert clinic.ctl_json("status")["held"] is None


def refused(clinic):
    done = subprocess.run([BUILD / "holdfastctl", "--socket", clinic.run / "api.sock", "confirm"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done
    return done.stderr


def test_ahead():
    """two days without power: held over a restart and a kill, until somebody confirms"""
    hold_and_confirm(-2 * DAY, "the machine was off")


def test_back():
    """a clock that was set back, and is right: the same"""
    hold_and_confirm(DAY // 24, "set back")


if __name__ == "__main__":
    run(test_ahead, test_back, test_behind, test_set)
