#!/usr/bin/python3
"""Edits while texts are leaving: good ones and broken ones, and each client gets each of her texts once.

The sandbox's log is the truth.  SEED in the environment chooses another order of the edits.
"""
import collections
import os
import random
import signal

from harness import Clinic, client, clients, run, wait

CLIENTS = 1000
RATE = 150.0  # segments a second, so that the texts last longer than the edits
SEED = int(os.environ.get("SEED", 1))

# The three whom the edits are about: nothing of theirs is due that day.
OTHERS = """clients = (
  { id = "o-1"; name = "Jo"; phone = "+13125570001"; plan = "aftercare"; start = "2026-12-01";
    consent = { at = "2026-12-01"; how = "paper"; by = "mreyes"; }; counselor = "mreyes"; },
  { id = "o-2"; name = "Bo"; phone = "+13125570002"; plan = "aftercare"; start = "2026-12-01";
    meetings = ( { id = "tue"; title = "Tuesday group"; on = "TU"; at = "19:00"; place = "Room 4"; remind = [ "2h" ]; } ); },
  { id = "o-3"; name = "Mo"; phone = "+13125570003"; plan = "aftercare"; start = "2026-12-02"; }
);
"""
NEW = """{ id = "o-4"; name = "Al"; phone = "+13125570004"; start = "2026-12-03"; },
  { id = "o-3";"""

# (file, what stands there, what is written instead); good ones stay.
GOOD = [
    ("clients/others.conf", 'name = "Jo"', 'name = "Joan"'),
    ("clients/others.conf", "+13125570002", "+13125570009"),
    ("clients/others.conf", 'name = "Bo";', 'name = "Bo"; timezone = "America/Denver";'),
    ("clients/others.conf", 'at = "19:00"', 'at = "18:30"'),
    ("clients/others.conf", '{ id = "o-3";', NEW),
    ("clients/others.conf", 'remind = [ "2h" ]', 'remind = [ "1d", "1h" ]'),
    ("clients/all.conf", "clients = (", "// Read anew, and the same.\nclients = ("),
    ("clients/more.conf", "", 'id = "o-5"; name = "Ed"; phone = "+13125570005"; start = "2026-12-04";\n'),
    ("plans/aftercare.conf", 'at = "10:00"', 'at = "11:00"'),
    ("plans/aftercare.conf", "weeks = 8;", "weeks = 10;"),
    ("plans/aftercare.conf", "days = [ 30,", "days = [ 14, 30,"),
    ("plans/short.conf", "", 'plan = "short"; title = "Four weeks";\nreminders = (\n  { id = "plan"; kind = "coping"; on = "FR"; '
                             'at = "16:00"; message = "coping_plan"; } );\n'),
    ("messages/en.conf", "a short walk before dinner?", "a walk before dinner?"),
    ("messages/en.conf", "have you talked to {sponsor}", "did you talk to {sponsor}"),
    ("messages/en.conf", "Have a good day.", "Have a good one."),
    ("messages/es.conf", "Que le vaya bien.", "Que tenga buen día."),
    ("holdfast.conf", '"2027-01-01" ]', '"2027-01-01", "2027-05-31" ]'),
    ("holdfast.conf", "MO-FR 08:00-18:00", "MO-FR 08:00-17:00"),
    ("staff.conf", "D. Cole", "Dana Cole"),
    ("staff.conf", 'acknowledge_within = "15m"', 'acknowledge_within = "10m"'),
]

# Broken ones are undone after they were refused; the fault stands in the line that the edit begins in.
BROKEN = [
    ("holdfast.conf", "daily_limit ", "dayly_limit "),
    ("holdfast.conf", "max_segments = 2;", 'max_segments = "two";'),
    ("holdfast.conf", '"09:00-20:00"', '"09:00-22:00"'),
    ("holdfast.conf", '"2026-12-25"', '"2026-02-30"'),
    ("holdfast.conf", 'on_unknown   = "hold"', 'on_unknown   = "guess"'),
    ("holdfast.conf", '[ "primary" ]', '[ "primary", "second" ]'),
    ("plans/aftercare.conf", 'plan  = "aftercare";', 'plan  = aftercare";'),
    ("plans/aftercare.conf", 'at = "16:30"', 'at = "24:30"'),
    ("plans/aftercare.conf", 'answers = "how_are_you"', 'answers = "how_is_it"'),
    ("plans/aftercare.conf", 'on = "SU"', 'rrule = "FREQ=HOURLY"'),
    ("clients/others.conf", 'plan = "aftercare"', 'plan = "aftercar"'),
    ("clients/others.conf", 'id = "o-3"', 'id = "o-1"'),
    ("clients/others.conf", "+13125570001", "5570001"),
    ("clients/others.conf", 'start = "2026-12-02"', 'start = "2026-13-02"'),
    ("clients/others.conf", 'counselor = "mreyes"', 'counselor = "mreye"'),
    ("clients/all.conf", 'timezone = "America/Chicago"', 'timezone = "America/Chicgo"'),
    ("clients/all.conf", 'message = "coping_plan"', 'message = "coping_plans"'),
    ("messages/en.conf", "{trusted} tonight", "{trusty} tonight"),
    ("messages/en.conf", "{since}, {name}", "{since, {name}"),
    ("staff.conf", 'staff = "dcole"', 'staff = "dcoles"'),
]


class Editor:
    """Staff who edit, and reload in the one way and the other in turn."""

    def __init__(self, clinic):
        self.clinic = clinic
        self.count = 0

    def reload(self, code):
        heard = self.clinic.daemon.output().count("reloaded: ")
        self.count += 1
        if self.count % 2:
            self.clinic.daemon.process.send_signal(signal.SIGHUP)
        else:
            self.clinic.ctl("reload", code=code)
        wait(lambda: self.clinic.daemon.output().count("reloaded: ") > heard, "the reload")
        return self.clinic.ctl_json("status")["reload"]["error"]

    def good(self, name, old, new):
        path = self.clinic.config / name
        before = path.read_text() if path.exists() else ""
        assert old in before, (name, old)
        self.clinic.write(name, before.replace(old, new, 1) if old else new)
        error = self.reload(0)
        assert error is None, (name, new, error)

    def broken(self, name, old, new):
        before = (self.clinic.config / name).read_text()
        assert old in before, (name, old)
        self.clinic.write(name, before.replace(old, new, 1))
        error = self.reload(1)
        line = before[:before.index(old)].count("\n") + 1
        assert error and error.startswith(f"{name}:{line}: "), (name, new, line, error)
        self.clinic.write(name, before)


def test_edits():
    """20 good edits and 20 broken ones while 1,000 clients are texted: nothing lost, nothing twice"""
    edits = [("good", edit) for edit in GOOD] + [("broken", edit) for edit in BROKEN]
    random.Random(SEED).shuffle(edits)
    with Clinic() as clinic:
        clinic.gateway(rate=RATE)
        clinic.only_clients(clients(*(client(n, at="09:00", start="2026-11-23", message="coping_plan")
                                      for n in range(CLIENTS))))
        clinic.write("clients/others.conf", OTHERS)
        clinic.start_sandbox()
        clinic.control(fault="delay", delay_ms=15, count=0, deliver=True)
        clinic.start_daemon(rehearse="2026-11-23 08:59:58")
        clinic.start_courier()

        # Each edit at its own place among the texts, the last well before the last text.
        editor, texts = Editor(clinic), 2 * CLIENTS
        for i, (kind, edit) in enumerate(edits):
            wait(lambda: len(clinic.requests()) > i * texts // 50, "more texts")
            getattr(editor, kind)(*edit)
        during = len(clinic.requests())
        assert during < texts, "the texts were gone before the edits"
        assert editor.reload(0) is None
        status = clinic.ctl_json("status")
        assert status["clients"] == CLIENTS + 5, status["clients"]

        wait(lambda: len(clinic.delivered()) >= texts, "all texts")
        wait(lambda: clinic.ctl_json("status")["claimed"] == 0, "the last answers")
        counts = collections.Counter((r["to"], "agreed" in r["text"]) for r in clinic.delivered())
        numbers = {f"+1312{5560000 + n}" for n in range(CLIENTS)}
        assert {(number, first) for number in numbers for first in (True, False)} == set(counts), len(counts)
        assert max(counts.values()) == 1, counts.most_common(3)
        assert {m["state"] for m in clinic.ctl_json("messages")} == {"accepted"}
        return f"{texts} texts, {during} of them before the last edit, seed {SEED}"


if __name__ == "__main__":
    run(test_edits)
