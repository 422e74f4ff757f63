"""The morning list over the real socket: who must be called, who was told of it, and who did what about it."""

import os
import pwd
import sqlite3
import subprocess
from contextlib import closing

from harness import BUILD, Clinic, run, wait

START = 1795456800000000  # 2026-11-23 12:00 in Chicago, in microseconds
CANARY = "her sister Esmeralda answered"


def refused(clinic, *arguments):
    done = subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(clinic.run / "api.sock"), *arguments],
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def open_cases(clinic, *cases):
    """As if somebody had written before holdfastd was last stopped."""
    clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1).stop()
    with closing(sqlite3.connect(clinic.state / "holdfast.db")) as db, db:
        for client, reason, urgency, ago in cases:
            opened = START - ago * 60_000_000
            db.execute("INSERT INTO cases (client, reason, urgency, state, opened, last, alert_at) "
                       "VALUES (?, ?, ?, 0, ?, ?, ?)",
                       (client, reason, urgency, opened, opened, opened if urgency else 2 ** 63 - 1))
    clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)


def test_morning_list():
    """holdfastctl cases is in the order in which to call, and case N takes what was done, with the Unix user"""
    me = pwd.getpwuid(os.getuid()).pw_name
    with Clinic() as clinic:
        open_cases(clinic, ("r-1042", 5, 0, 3 * 1440), ("r-1057", 1, 1, 90))
        assert clinic.ctl_json("status")["cases_open"] == 2
        cases = clinic.ctl_json("cases")
        assert [(c["case"], c["client"], c["reason"], c["urgency"], c["state"]) for c in cases] == [
            (2, "r-1057", "need", "urgent", "open"), (1, "r-1042", "silent", "routine", "open")], cases
        assert cases[0]["opened"].endswith("-06:00") and "phone" not in cases[0], cases[0]
        shown = clinic.ctl("cases")
        assert "90 min" in shown and "3 days" in shown and "Ana" not in shown and "+1312" not in shown, shown
        named = clinic.ctl("cases", "--names")
        assert "Ana" in named and "+13125550157" in named, named

        clinic.ctl("case", 2, "attempt", "no-answer", "--note", CANARY)
        assert clinic.ctl("case", 2, "ack") == f"case 2: {me} has it\n"
        assert [c["case"] for c in clinic.ctl_json("cases")] == [2, 1]
        assert "no answer" in clinic.ctl("cases")
        assert clinic.ctl("case", 2, "close", "--why", CANARY) == "case 2: closed\n"
        assert [c["case"] for c in clinic.ctl_json("cases", "--all")] == [1, 2]
        assert clinic.ctl_json("cases", "--client", "r-1057") == []
        life = clinic.ctl_json("case", 2)["history"]
        told = [(e["event"], e["by"], e["note"]) for e in life]
        assert told == [("alerted", None, "@mreyes"), ("no answer", me, CANARY), ("acknowledged", me, None),
                        ("closed", me, CANARY)], told
        assert CANARY in clinic.ctl("case", 2)
        clinic.daemon.stop()
        assert "Esmeralda" not in clinic.daemon.output() and "Ana" not in clinic.daemon.output()
        with sqlite3.connect(clinic.state / "holdfast.db") as db:
            acts = db.execute("SELECT user, verb, client, detail FROM audit ORDER BY id").fetchall()
        assert acts == [(me, "names", "", "cases"), (me, "attempt", "r-1057", "case 2: no answer"),
                        (me, "acknowledge", "r-1057", "case 2"), (me, "close", "r-1057", "case 2")], acts


def test_alert_is_texted():
    """whoever is on call gets the handle and a neutral word, over the gateway"""
    with Clinic() as clinic:
        clinic.gateway()
        clinic.start_sandbox()
        open_cases(clinic, ("r-1057", 0, 1, 1))
        clinic.start_courier()

        def alerts():
            return [r for r in clinic.delivered() if r["to"] == "+13125550111"]

        wait(alerts, "the alert")
        assert alerts()[0]["text"] == "Case 1: client r-1057, please call now. Reply ACK 1.", alerts()


def test_not_said_right():
    """what cannot be is refused with a reason, 1 by holdfastd and 2 before it is asked"""
    with Clinic() as clinic:
        open_cases(clinic, ("r-1042", 5, 0, 1))
        for wrong in (["case"], ["case", "1", "sleep"], ["case", "1", "ack", "now"], ["case", "1", "close"],
                      ["case", "1", "attempt"], ["case", "1", "ack", "--why", "x"], ["cases", "1"],
                      ["cases", "--all", "--open"]):
            code, error = refused(clinic, *wrong)
            assert code == 2 and "Usage" in error, (wrong, code, error)
        for no in (["case", "7"], ["case", "x"], ["case", "7", "ack"], ["case", "1", "attempt", "slept"]):
            code, error = refused(clinic, *no)
            assert code == 1 and error, (no, code, error)
        assert [c["state"] for c in clinic.ctl_json("cases")] == ["open"]


if __name__ == "__main__":
    run(test_morning_list, test_alert_is_texted, test_not_said_right)
