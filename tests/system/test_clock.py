#!/usr/bin/python3
"""A clock that is not believed: the programs themselves, and the machine's own clock."""
import sqlite3
import subprocess

from harness import BUILD, Clinic, run, wait

DAY = 86400 * 1000000


def move_record(clinic, by):
    """As if the clock had been set: the instant on record is another one."""
    with sqlite3.connect(clinic.state / "holdfast.db") as db:
        db.execute("UPDATE meta SET number = number + ? WHERE name = 'cursor'", (by,))
    db.close()


def start(clinic):
    clinic.start_daemon()
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


def refused(clinic):
    done = subprocess.run([BUILD / "holdfastctl", "--socket", clinic.run / "api.sock", "confirm"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done
    return done.stderr


def test_ahead():
    """two days without power: held over a restart and a kill, until somebody confirms"""
    hold_and_confirm(-2 * DAY, "the machine was off")


def test_back():
    """a clock that was set back: the same"""
    hold_and_confirm(DAY // 24, "set back")


if __name__ == "__main__":
    run(test_ahead, test_back)
