#!/usr/bin/python3
"""Time zone data that is upgraded while holdfastd runs: noticed by itself, and planned anew."""
import os
import shutil
import subprocess

from harness import Clinic, client, clients, run, wait

ZONEINFO = "/usr/share/zoneinfo"


class Zones:
    """A directory of zone files, with one place whose rules we make, by zic(8)."""

    def __init__(self, clinic):
        self.dir, self.work = clinic.dir / "zoneinfo", clinic.dir / "zic"
        (self.dir / "America").mkdir(parents=True)
        shutil.copy(f"{ZONEINFO}/America/Chicago", self.dir / "America/Chicago")
        (self.dir / "Test").mkdir()
        self.environment = {**os.environ, "TZDIR": str(self.dir)}

    def put(self, file):
        """As dpkg does: written beside the old file, then renamed."""
        beside = self.dir / "Test/Place.dpkg-new"
        shutil.copy(file, beside)
        beside.rename(self.dir / "Test/Place")

    def rule(self, text):
        self.work.mkdir(exist_ok=True)
        source = self.work / "source"
        source.write_text(text)
        subprocess.run(["/usr/sbin/zic", "-d", str(self.work / "out"), str(source)], check=True)
        self.put(self.work / "out/Test/Place")

    def nonsense(self):
        bad = self.work / "bad"
        bad.write_bytes(b"TZif2 and nothing more")
        self.put(bad)


def place(offset):
    return f"Zone Test/Place {offset} - LMT\n"


def next_due(clinic):
    return clinic.ctl_json("client", "c-00000")["next"][0]["due"]


def begin(clinic, zones, moment):
    zones.rule(place("-5:00"))
    clinic.gateway()
    clinic.only_clients(clients(client(0, at="10:00", start="2026-06-01", zone="Test/Place")))
    clinic.start_daemon(rehearse=moment, env=zones.environment)


def upgrade_noticed():
    """a zone file that is replaced is noticed without a reload: the next text follows the new rules"""
    with Clinic() as clinic:
        zones = Zones(clinic)
        begin(clinic, zones, "2026-06-02 06:00")
        assert next_due(clinic) == "2026-06-02T10:00:00-05:00", next_due(clinic)

        zones.rule(place("-6:00"))
        wait(lambda: next_due(clinic) == "2026-06-02T10:00:00-06:00", "the new rules")
        assert clinic.daemon.output().count("time zone data has changed") == 1, clinic.daemon.output()

        # Announced for the night after tomorrow.
        zones.rule("Zone Test/Place -6:00 - LMT 2026 Jun 4\n\t\t-5:00 - LMT\n")
        wait(lambda: "2026-06-04T10:00:00-05:00" in [row["due"] for row in clinic.ctl_json("client", "c-00000")["next"]],
             "the announced change")
        assert next_due(clinic) == "2026-06-02T10:00:00-06:00", next_due(clinic)


def damaged_file():
    """a zone file that makes no sense, or is gone, changes nothing; the next good one does"""
    with Clinic() as clinic:
        zones = Zones(clinic)
        begin(clinic, zones, "2026-06-02 06:00")
        zones.nonsense()
        wait(lambda: "file cannot be read" in clinic.daemon.output(), "the warning")
        assert next_due(clinic) == "2026-06-02T10:00:00-05:00"
        (zones.dir / "Test/Place").unlink()
        zones.rule(place("-7:00"))
        wait(lambda: next_due(clinic) == "2026-06-02T10:00:00-07:00", "the new rules")


if __name__ == "__main__":
    run(upgrade_noticed, damaged_file)
