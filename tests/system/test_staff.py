"""What staff do by command, over the real socket: who did it is whom the kernel names, and why is nobody else's business."""

import os
import pwd
import sqlite3
import subprocess

from harness import BUILD, Clinic, run

CANARY = "her sister Esmeralda called from the ward"


def refused(clinic, *arguments):
    done = subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(clinic.run / "api.sock"), *arguments],
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_pause_resume_stop():
    """pause, resume and stop are recorded with the Unix user and the why, which no log shows"""
    me = pwd.getpwuid(os.getuid()).pw_name
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        assert "paused until 2026-12-01" in clinic.ctl("pause", "r-1042", "--until", "2026-12-01", "--why", CANARY)
        assert "paused until 2026-12-01" in clinic.ctl("clients")
        shown = clinic.ctl("client", "r-1042")
        assert f"by {me}" in shown and CANARY in shown, shown
        assert refused(clinic, "send", "r-1042", "hello")[0] == 1
        assert clinic.ctl("resume", "r-1042", "--why", CANARY) == "r-1042 is active\n"
        code, error = refused(clinic, "resume", "r-1042", "--why", CANARY)
        assert code == 1 and "not paused" in error, error
        clinic.ctl("stop", "r-1042", "--why", CANARY)
        stopped = clinic.ctl_json("client", "r-1042")["stopped"]
        assert (stopped["by"], stopped["why"]) == (me, CANARY), stopped
        clinic.daemon.stop()
        assert "pause of r-1042" in clinic.daemon.output()
        assert "Esmeralda" not in clinic.daemon.output()
        with sqlite3.connect(clinic.state / "holdfast.db") as db:
            acts = db.execute("SELECT uid, user, verb, why FROM audit ORDER BY id").fetchall()
        assert acts == [(os.getuid(), me, verb, CANARY) for verb in ("pause", "resume", "stop")], acts


def test_words():
    """a text by hand that gives the treatment away is refused, by its word, unless it is meant and says why"""
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        code, error = refused(clinic, "send", "r-1042", "Your NA meeting moved to the harbour")
        assert code == 1 and '"NA' in error and "--anyway" in error and "harbour" not in error, error
        assert refused(clinic, "send", "r-1042", "Your NA meeting moved to the harbour", "--anyway")[0] == 1
        clinic.ctl("send", "r-1042", "Your NA meeting moved to the harbour", "--anyway", "--why", "she asked")
        act = clinic.ctl_json("client", "r-1042")["acts"][0]
        assert act["verb"] == "send" and act["why"] == "she asked" and "harbour" not in str(act), act


def test_not_said_right():
    """without --why nothing is asked of the daemon, and the exit is 2"""
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        for verb in ("pause", "resume", "stop"):
            code, error = refused(clinic, verb, "r-1042")
            assert code == 2 and "--why" in error, error
            assert refused(clinic, verb, "nobody", "--why", "x")[0] == 1
        assert clinic.ctl_json("client", "r-1042")["acts"] == []


if __name__ == "__main__":
    run(test_pause_resume_stop, test_words, test_not_said_right)
