#!/usr/bin/python3
"""A database that goes back in time, is emptied, or is gone: nobody is texted again, and no STOP is forgotten."""
import collections
import contextlib
import datetime
import os
import shutil
import sqlite3
import subprocess

from harness import BUILD, Clinic, client, clients, run, wait

COUNT = 20
KEPT = ("holdfast.db", "holdfast.db-wal")


def noon():
    """Somewhere it is noon, and texts may go out: (the zone's name, the time there)."""
    now = datetime.datetime.now(datetime.timezone.utc)
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT", now + datetime.timedelta(hours=ahead)


class Store(Clinic):
    """Twenty clients whose reminder of today is due at once, and a gateway whose log is the truth."""

    def __init__(self):
        super().__init__()
        self.gateway(rate=1000.0)
        zone, now = noon()
        self.only_clients(clients(*(client(n, at=now.strftime("%H:%M"), start=now.strftime("%Y-%m-%d"), zone=zone)
                                    for n in range(COUNT))))
        self.start_sandbox()

    def both(self, **options):
        self.start_daemon(**options)
        self.start_courier()
        wait(lambda: self.ctl_json("status")["gateways"][0]["connected"], "the courier")

    def copies(self):
        return collections.Counter((r["to"], r["text"]) for r in self.delivered())

    def settled(self):
        status = self.try_status()
        return status and status["claimed"] == 0 and len(self.copies()) >= COUNT and status

    def stop_of(self, number):
        self.ctl("stop", f"c-{number:05d}", "--why", "she said so by telephone")

    def try_send(self, client):
        return subprocess.run([str(BUILD / "holdfastctl"), "--socket", str(self.run / "api.sock"), "send", client,
                               "Riverside: are you well?"], capture_output=True, text=True, timeout=60)

    def copy(self, name):
        folder = self.dir / name
        folder.mkdir()
        for file in KEPT:
            if (self.state / file).exists():
                shutil.copy(self.state / file, folder / file)
        return folder

    def put_back(self, folder):
        for file in KEPT:
            (self.state / file).unlink(missing_ok=True)
            if (folder / file).exists():
                shutil.copy(folder / file, self.state / file)

    def end(self):
        self.daemon.kill()
        self.courier.kill()

    def expect_held(self, word):
        held = self.ctl_json("status")["held"]
        assert held and word in held["why"], held
        return held

    def expect_nobody_again(self):
        """Confirmed, and a turn of everything later: each text was sent once, and who said STOP got none since."""
        self.ctl("confirm", "--why", "I have looked")
        self.ctl("send", "c-00003", "Riverside: see you soon.")
        wait(lambda: any("see you soon" in r["text"] for r in self.delivered()), "a text of now")
        again = {what: n for what, n in self.copies().items() if n > 1}
        assert not again, again
        assert self.ctl_json("status")["held"] is None


def at_work(clinic):
    """All have their text of today."""
    clinic.both()
    wait(clinic.settled, "the texts of today")


def test_older():
    """a copy of before put back: held, what went out since is listed and not sent again"""
    with Store() as clinic:
        clinic.start_daemon()  # nobody carries texts yet
        assert clinic.daemon.stop() == 0
        before = clinic.copy("before")
        at_work(clinic)
        sent = clinic.copies()
        clinic.end()
        clinic.put_back(before)
        clinic.both()
        held = clinic.expect_held("older than what was sent")
        assert held["may_have_gone"] == len(sent), (held, len(sent))
        unknown = clinic.ctl_json("messages", "--state", "unknown")
        assert len(unknown) == len(sent) and all("may have gone out" in m["reason"] for m in unknown)
        assert "may have gone" in clinic.ctl("status")
        clinic.end()
        clinic.both()  # a restart does not end it
        clinic.expect_held("older than what was sent")
        clinic.expect_nobody_again()
        clinic.end()
        clinic.both()
        assert clinic.ctl_json("status")["held"] is None


def test_wal():
    """the write-ahead log deleted, or its middle overwritten, after a kill"""
    for damage in ("gone", "flipped"):
        with Store() as clinic:
            at_work(clinic)
            clinic.end()
            wal = clinic.state / "holdfast.db-wal"
            if damage == "gone":
                wal.unlink()
            else:
                size = wal.stat().st_size
                with open(wal, "r+b") as file:
                    file.seek(size // 3)
                    file.write(os.urandom(100))
            clinic.both()
            held = clinic.ctl_json("status")["held"]
            assert held and ("older" in held["why"] or "another database" in held["why"]), held
            clinic.expect_nobody_again()


def test_empty():
    """a database of no bytes is held; one that is gone is not made anew without a word"""
    with Store() as clinic:
        at_work(clinic)
        clinic.end()
        for file in KEPT:
            (clinic.state / file).unlink(missing_ok=True)
        options = ["--config", clinic.config / "holdfast.conf", "--state-dir", clinic.state, "--runtime-dir", clinic.run]
        gone = clinic.start("holdfastd", *options)
        assert gone.wait() == 65, gone.output()
        assert "is gone" in gone.output() and "--new-store" in gone.output()
        assert not (clinic.state / "holdfast.db").exists()

        (clinic.state / "holdfast.db").touch(mode=0o600)
        clinic.both()
        clinic.expect_held("another database")
        clinic.expect_nobody_again()
        clinic.end()

        for file in KEPT:
            (clinic.state / file).unlink(missing_ok=True)
        anew = clinic.start("holdfastd", *options, "--new-store")
        assert anew.wait() == 0, anew.output()
        again = clinic.start("holdfastd", *options, "--new-store")
        assert again.wait() == 65 and "is there" in again.output()
        sent = len(clinic.requests())
        clinic.both()
        assert clinic.ctl_json("status")["held"] is None
        clinic.ctl("send", "c-00004", "Riverside: see you then.")
        wait(lambda: len(clinic.requests()) > sent, "a text of now")
        again = {what: n for what, n in clinic.copies().items() if n > 1}
        assert not again, again


def test_stops():
    """who said STOP gets nothing from an older copy, an empty database or a new one, until she says START"""
    with Store() as clinic:
        clinic.start_daemon()
        assert clinic.daemon.stop() == 0
        before = clinic.copy("before")
        clinic.both()
        wait(clinic.settled, "the texts of today")
        stopped = "c-00007"
        clinic.stop_of(7)
        stops = (clinic.state / "holdfast.stops").read_text()
        assert stops.count("stop ") == 1 and stopped not in stops
        for name in ("holdfast.stops", "holdfast.stops.key"):
            assert (clinic.state / name).stat().st_mode & 0o777 == 0o600
        sent = len(clinic.requests())

        def texts_to(number):
            return [r for r in clinic.requests()[sent:] if r["to"] == f"+1312{5560000 + number}"]

        for what in ("older", "empty", "new"):
            clinic.end()
            clinic.put_back(before)
            if what != "older":
                for file in KEPT:
                    (clinic.state / file).unlink(missing_ok=True)
                options = ["--config", clinic.config / "holdfast.conf", "--state-dir", clinic.state]
                if what == "empty":
                    (clinic.state / "holdfast.db").touch(mode=0o600)
                else:
                    assert clinic.start("holdfastd", *options, "--new-store").wait() == 0
            clinic.both()
            if what != "new":
                clinic.ctl("confirm")
            assert clinic.ctl_json("client", stopped)["consent"] == "withdrawn", what
            done = clinic.try_send(stopped)
            assert done.returncode == 1, done
            before_next = len(clinic.requests())
            clinic.ctl("send", "c-00008", f"Riverside: see you, {what}.")
            wait(lambda: len(clinic.requests()) > before_next, "a text of now")
            assert not texts_to(7), what

        clinic.ctl("consent", stopped, "--given", "--how", "paper", "--why", "she signed again")
        clinic.end()
        clinic.both()
        assert clinic.ctl_json("client", stopped)["consent"] == "given"
        clinic.end()
        (clinic.state / "holdfast.stops.key").unlink()
        refused = clinic.start("holdfastd", "--config", clinic.config / "holdfast.conf", "--state-dir", clinic.state)
        assert refused.wait() == 65 and "put it back" in refused.output()


def test_altered():
    """a database with somebody's own trigger is refused; one that is open to others is closed, with a word"""
    with Store() as clinic:
        clinic.start_daemon()
        assert clinic.daemon.stop() == 0
        clinic.state.chmod(0o755)
        (clinic.state / "holdfast.db").chmod(0o666)
        clinic.start_daemon()
        assert clinic.daemon.output().count("was open to others") == 2
        assert clinic.state.stat().st_mode & 0o777 == 0o700
        assert (clinic.state / "holdfast.db").stat().st_mode & 0o777 == 0o600
        assert clinic.daemon.stop() == 0
        with contextlib.closing(sqlite3.connect(clinic.state / "holdfast.db")) as db, db:
            db.execute("CREATE TRIGGER own AFTER INSERT ON outbox BEGIN DELETE FROM outbox; END")
        refused = clinic.start("holdfastd", "--config", clinic.config / "holdfast.conf", "--state-dir", clinic.state)
        assert refused.wait() == 65 and "was altered" in refused.output()


def test_witness_gone():
    """the record beside the database is lost, and then the whole directory is put back under a courier that lives on"""
    with Store() as clinic:
        at_work(clinic)
        clinic.daemon.kill()
        whole = clinic.dir / "whole"
        shutil.copytree(clinic.state, whole)
        (clinic.state / "holdfast.seen").unlink()
        clinic.start_daemon()
        clinic.expect_held("is missing")
        wait(lambda: clinic.ctl_json("status")["gateways"][0]["connected"], "the courier")
        clinic.expect_nobody_again()

        clinic.daemon.kill()
        shutil.rmtree(clinic.state)
        shutil.copytree(whole, clinic.state)
        clinic.start_daemon()
        wait(lambda: clinic.ctl_json("status")["gateways"][0]["connected"], "the courier")
        clinic.expect_held("older than what was sent")


if __name__ == "__main__":
    run(test_older, test_wal, test_empty, test_stops, test_altered, test_witness_gone)
