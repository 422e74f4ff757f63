"""What staff do by command, over the real socket: who did it is whom the kernel names, and why is nobody else's business."""

import contextlib
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


def test_consent():
    """consent withdrawn on the telephone and given again on paper, both in the ledger, oldest first"""
    me = pwd.getpwuid(os.getuid()).pw_name
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        for wrong in (["--given"], ["--given", "--how", "paper"], ["--withdrawn", "--why", "x"], ["--how", "paper"],
                      ["--given", "--withdrawn", "--how", "a", "--source", "b", "--why", "x"]):
            assert refused(clinic, "consent", "r-1042", *wrong)[0] == 2, wrong
        assert clinic.ctl("consent", "r-1042", "--withdrawn", "--source", "voicemail", "--why", CANARY) == "r-1042 is stopped\n"
        code, error = refused(clinic, "reply", "r-1042", "hello")
        assert code == 1 and "stopped by the client: needs START" in error, error
        assert clinic.ctl("consent", "r-1042", "--given", "--how", "paper", "--why", CANARY) == "r-1042 is active\n"
        ledger = [(entry["consent"], entry["source"], entry["by"]) for entry in clinic.ctl_json("consent", "r-1042")]
        assert ledger == [("given", "config", "mreyes"), ("withdrawn", "voicemail", me), ("given", "paper", me)], ledger
        shown = clinic.ctl("consent", "r-1042").splitlines()
        assert shown[0].split() == ["at", "consent", "how", "by", "recorded"] and "voicemail" in shown[2], shown


def test_setback_and_reply():
    """a setback and a conversation are seen with the client, and the story tells them in order without words"""
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        assert refused(clinic, "setback", "r-1042")[0] == 2
        clinic.ctl("setback", "r-1042", "--why", CANARY)
        assert "reminders wait until 2026-11-23T16:" in clinic.ctl("reply", "r-1042", "I have thirty minutes for you now")
        client = clinic.ctl_json("client", "r-1042")
        assert client["setback"] and client["conversation"] and client["cases"][0]["reason"] == "setback", client
        assert "no milestones" in clinic.ctl("client", "r-1042")
        story = clinic.ctl("why", "r-1042")
        assert story.index("consent") < story.index("setback") < story.index("reply-1"), story
        assert "thirty minutes" not in story and "opened: urgent" in story, story
        assert "thirty minutes" in clinic.ctl("why", "r-1042", "--text")
        assert refused(clinic, "why", "17", "--text")[0] == 2
        assert "is over" in clinic.ctl("reply", "r-1042", "--end")
        assert refused(clinic, "reply", "r-1042", "--end")[0] == 1
        assert clinic.ctl_json("number", "r-1042")[0]["number"] == "+13125550142"
        clinic.daemon.stop()
        assert "Esmeralda" not in clinic.daemon.output() and "thirty" not in clinic.daemon.output()


def test_inbox():
    """what somebody wrote is shown to who is on record for it, and moves no cursor"""
    me = pwd.getpwuid(os.getuid()).pw_name
    with Clinic() as clinic:
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        clinic.daemon.stop()
        with contextlib.closing(sqlite3.connect(clinic.state / "holdfast.db")) as db, db:
            at = db.execute("SELECT number FROM meta WHERE name = 'cursor'").fetchone()[0]
            for number, handle in ((1, "r-1042"), (2, "?1")):
                db.execute("INSERT INTO inbox (gateway, gateway_id, sender, recipient, text, said, at, handle) "
                           "VALUES ('primary', ?, '+13125550142', '', 'call\x1b[2Jme', 0, ?, ?)", (str(number), at, handle))
        clinic.start_daemon(rehearse="2026-11-23 12:00", speed=1)
        shown = clinic.ctl("inbox", "--client", "r-1042")
        assert "call [2Jme" in shown and "?1" not in shown, shown
        unread = clinic.ctl_json("inbox", "--unread")
        assert [text["client"] for text in unread] == ["?1"] and unread[0]["text"] == "call\x1b[2Jme", unread
        assert clinic.ctl_json("inbox", "--unread") == []
        clinic.daemon.stop()
        with sqlite3.connect(clinic.state / "holdfast.db") as db:
            acts = db.execute("SELECT user, client, detail FROM audit WHERE verb = 'read' ORDER BY id").fetchall()
        assert acts == [(me, "r-1042", "text 1 of the inbox"), (me, "?1", "text 2 of the inbox")], acts


if __name__ == "__main__":
    run(test_pause_resume_stop, test_words, test_not_said_right, test_consent, test_setback_and_reply, test_inbox)
