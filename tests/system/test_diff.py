#!/usr/bin/python3
"""What `holdfastctl diff` says of an edit, before it is loaded and after."""
import json
import re
import subprocess

from harness import BUILD, Clinic, client, clients, run, wait

NOW = "2026-11-23 12:00"  # a Monday


def served(clinic):
    clinic.gateway()
    clinic.start_daemon(rehearse=NOW)


def diff(clinic, *arguments, code=0):
    done = subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(clinic.run / "api.sock"), "diff",
                           str(clinic.config), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, f"{done.returncode}: {done.stderr}"
    return done.stdout if code == 0 else done.stderr


def changes(clinic, *arguments):
    """[(change, client, reminder, before, after)], the last two as local times."""
    rows = json.loads(diff(clinic, "--json", *arguments))
    times = [(row["after"] if row["change"] != "removed" else row["before"])["due"] for row in rows]
    assert [t for t in times if t.endswith("-06:00")] == sorted(t for t in times if t.endswith("-06:00")), times
    return [(row["change"], row["client"], row["reminder"], *(side and side["due"][5:16] for side in (row["before"], row["after"])))
            for row in rows]


def edit(clinic, file, old, new):
    text = (clinic.config / file).read_text()
    assert text.count(old) == 1, f"{old} is {text.count(old)} times in {file}"
    clinic.write(file, text.replace(old, new))


def loaded(clinic):
    """An edit that is loaded changes nothing any more."""
    clinic.ctl("reload")
    assert diff(clinic) == "nothing changes in the next 14 days\n"
    assert diff(clinic, "--json") == "[]\n"


def a_time():
    """a reminder at another time moves, and nothing else"""
    with Clinic() as clinic:
        served(clinic)
        assert diff(clinic) == "nothing changes in the next 14 days\n"
        edit(clinic, "plans/aftercare.conf", 'on = "SU"; at = "17:00"', 'on = "SU"; at = "18:15"')
        assert changes(clinic) == [("moved", "r-1042", "sponsor", f"{day}T17:00", f"{day}T18:15") for day in ("11-29", "12-06")]
        assert changes(clinic, "--days", "9") == [("moved", "r-1042", "sponsor", "11-29T17:00", "11-29T18:15")]
        assert changes(clinic, "--days", "3") == []
        assert diff(clinic, "--days", "1") == "nothing changes in the next 1 day\n"
        text = diff(clinic)
        assert "Sunday 29 November 2026\n~  18:15  r-1042  sponsor      was 17:00: Riverside: have you talked" in text, text
        assert text.endswith("\n\n2 at another time\n"), text
        loaded(clinic)


def a_lead():
    """a reminder that goes earlier moves; one lead more is a new text"""
    with Clinic() as clinic:
        served(clinic)
        edit(clinic, "clients/jordan.conf", 'place = "St Mark\'s hall"; remind = [ "2h" ]', 'place = "St Mark\'s hall"; remind = [ "3h", "1d" ]')
        found = changes(clinic, "--days", "5")
        assert found == [("added", "r-1042", "tue", None, "11-23T19:00"), ("moved", "r-1042", "tue", "11-24T17:00", "11-24T16:00")], found


def an_appointment():
    """an appointment on another day moves with its words"""
    with Clinic() as clinic:
        served(clinic)
        edit(clinic, "clients/jordan.conf", "2026-12-02 14:00", "2026-12-04 09:30")
        found = [row for row in changes(clinic) if row[2] == "review"]
        assert found == [("moved", "r-1042", "review", "11-29T14:00", "12-01T09:30"),
                         ("moved", "r-1042", "review", "12-01T14:00", "12-03T09:30")], found
        text = re.sub(r"\s+", " ", diff(clinic))
        assert "was 2026-11-29 14:00: Riverside: you see Dr. Shah on Friday, December 4 at 9:30 am" in text, text
        assert "before: Riverside: you see Dr. Shah on Wednesday, December 2 at 2:00 pm" in text, text
        loaded(clinic)


def a_wording():
    """other words show both, for everyone who gets them"""
    with Clinic() as clinic:
        served(clinic)
        edit(clinic, "messages/en.conf", "a short walk before dinner? It counts.", "a walk around the block?")
        rows = json.loads(diff(clinic, "--json"))
        assert {(row["change"], row["reminder"]) for row in rows} == {("reworded", "coping")}, rows
        assert all("short walk" in row["before"]["text"] and "around the block" in row["after"]["text"] for row in rows)
        assert {row["client"] for row in rows} == {"r-1042", "r-1057", "r-1061"} - {"r-1057"}, rows
        text = diff(clinic)
        assert "~  16:30" in text and "Riverside: a walk around the block?\n" in text, text
        assert "before: Riverside: a short walk before dinner? It counts.\n" in text, text
        loaded(clinic)


def who_comes_and_goes():
    """a new client's texts are new, also those that will not go; who is taken out gets none"""
    with Clinic() as clinic:
        clinic.only_clients(clients(client(1), client(3)))
        served(clinic)
        clinic.only_clients(clients(client(2, start="2026-11-24"), client(3), client(4).replace("consent =", "// consent ="),
                                    client(5)))
        days = ["11-24", "11-25"]
        found = changes(clinic, "--days", "2")
        gone = [("removed", "c-00001", "daily", f"{day}T10:00", None) for day in days]
        come = [("added", "c-00002", "welcome", None, "11-24T09:00")] + \
            [("added", "c-00002", "daily", None, f"{day}T10:00") for day in days]
        assert [row for row in found if row[1] == "c-00001"] == gone, found
        assert [row for row in found if row[1] == "c-00002"] == come, found
        # Her plan has begun: she is greeted as soon as the edit is loaded, and on from there.
        assert [row for row in found if row[1] == "c-00005"] == [("added", "c-00005", "welcome", None, "11-23T12:00")] + \
            [("added", "c-00005", "daily", None, f"{day}T10:00") for day in days], found
        held = [row for row in found if row[1] == "c-00004"]
        assert held and all(row[0] == "held" and row[3] is None for row in held), found
        assert len(found) == len(gone) + len(come) + 3 + len(held), found
        assert re.search(r"\n!  10:00  c-00004  note +not sent: no consent recorded\n", diff(clinic)), diff(clinic)
        loaded(clinic)


def a_pause():
    """a pause takes texts away and says so; its end gives them back"""
    with Clinic() as clinic:
        served(clinic)
        pause = 'sponsor  = "Sam";\npause = { from = "2026-11-24"; until = "2026-11-27"; why = "away"; };'
        edit(clinic, "clients/jordan.conf", 'sponsor  = "Sam";', pause.replace("= {", "= ( {").replace("};", "} );"))
        found = changes(clinic)
        assert found == [("removed", "r-1042", "tue", "11-24T17:00", "11-24T17:00"),
                         ("removed", "r-1042", "avoid-WE-1715", "11-25T17:15", "11-25T17:15"),
                         ("removed", "r-1042", "checkin", "11-26T10:00", "11-26T10:00"),
                         ("removed", "r-1042", "coping", "11-27T16:30", "11-27T16:30")], found
        assert "-  17:00  r-1042  meeting      paused: Riverside: your Tuesday group" in diff(clinic), diff(clinic)
        assert json.loads(diff(clinic, "--json"))[0]["after"]["reason"] == "paused"
        loaded(clinic)
        edit(clinic, "clients/jordan.conf", 'until = "2026-11-27"', 'until = "2026-11-25"')
        found = changes(clinic)
        assert [row[:3] for row in found] == [("added", "r-1042", "checkin"), ("added", "r-1042", "coping")], found


def a_zone():
    """who moves to another zone gets each text at the same local time, which is another moment"""
    with Clinic() as clinic:
        clinic.only_clients(clients(client(1), client(2)))
        served(clinic)
        clinic.only_clients(clients(client(1), client(2, zone="America/New_York")))
        rows = json.loads(diff(clinic, "--json", "--days", "3"))
        assert [(r["client"], r["change"], r["before"]["due"][5:], r["after"]["due"][5:]) for r in rows] == [
            ("c-00002", "moved", f"{day}T10:00:00-06:00", f"{day}T10:00:00-05:00") for day in ("11-24", "11-25", "11-26")], rows
        text = diff(clinic)
        assert "10:00 New York  c-00002  note         was 10:00 America/Chicago: Riverside" in text, text
        loaded(clinic)


def who_gets_none_now():
    """texts that are foreseen for who has stopped, or is paused by staff, are marked"""
    with Clinic() as clinic:
        served(clinic)
        clinic.ctl("stop", "r-1057", "--why", "asked by telephone")
        clinic.ctl("pause", "r-1061", "--until", "2026-11-30", "--why", "in hospital")
        assert diff(clinic, "--json") == "[]\n"
        edit(clinic, "plans/aftercare.conf", 'on = "FR"; at = "16:30"', 'on = "FR"; at = "16:45"')
        rows = json.loads(diff(clinic, "--json"))
        assert [(row["client"], row["halt"]) for row in rows] == [
            ("r-1042", None), ("r-1057", "stopped"), ("r-1061", "paused"),
            ("r-1042", None), ("r-1057", "stopped"), ("r-1061", None)], rows
        text = diff(clinic)
        assert "r-1057  coping       (has stopped texts) was 16:30: Riverside:" in text, text
        assert text.count("r-1061  coping       (paused by staff) was 16:30: Riverside:") == 1, text


def what_has_gone_today():
    """what has gone out this morning does not go again this evening, and diff knows it"""
    with Clinic() as clinic:
        clinic.gateway()
        clinic.only_clients(clients(client(1)))
        clinic.start_sandbox()
        clinic.start_daemon(rehearse="2026-11-23 09:59:00", speed=20)
        clinic.start_courier()
        wait(lambda: [m for m in clinic.ctl_json("messages") if m["reminder"] == "daily" and m["state"] == "accepted"], "the text")
        clinic.only_clients(clients(client(1, at="18:00")))
        found = changes(clinic, "--days", "2")
        assert found == [("held", "c-00001", "daily", None, "11-23T18:00")] + \
            [("moved", "c-00001", "daily", f"{day}T10:00", f"{day}T18:00") for day in ("11-24", "11-25")], found
        assert "not sent: has gone out today, at another time" in diff(clinic)


def what_is_refused():
    """faults are listed as check lists them; without a daemon it says so"""
    with Clinic() as clinic:
        served(clinic)
        edit(clinic, "plans/aftercare.conf", 'on = "SU"; at = "17:00"', 'on = "SO"; at = "17:00"')
        told = subprocess.run([str(BUILD / "holdfastctl"), "check", str(clinic.config)], capture_output=True, text=True)
        assert told.returncode == 1 and "aftercare.conf:" in told.stderr
        assert diff(clinic, code=1) == told.stderr
        edit(clinic, "plans/aftercare.conf", 'on = "SO"', 'on = "SU"')
        for days in ("0", "32", "x", "-1", ""):
            assert "1 to 31" in diff(clinic, f"--days={days}", code=2)
        clinic.daemon.stop()
        assert "nobody answers" in diff(clinic, code=3)


def many():
    """a thousand clients, one of them edited"""
    with Clinic() as clinic:
        clinic.only_clients(clients(*[client(n) for n in range(1000)]))
        served(clinic)
        clinic.only_clients(clients(*[client(n, at="10:30" if n == 777 else "10:00") for n in range(1000)]))
        found = changes(clinic)
        assert len(found) == 14 and {row[:2] for row in found} == {("moved", "c-00777")}, found
        text = clinic.daemon.output()
        assert "message=" not in text and "Canary" not in text and "state=accepted" not in text


if __name__ == "__main__":
    run(a_time, a_lead, an_appointment, a_wording, who_comes_and_goes, a_pause, a_zone, who_gets_none_now, what_has_gone_today, what_is_refused, many)
