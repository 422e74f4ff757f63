#!/usr/bin/python3
"""Whatever dies, nothing is forgotten and nothing is sent twice."""
import collections
import os
import random
import time

from harness import Clinic, client, clients, run, wait

TEXTS = 1000
KILLS = 50
SEED = int(os.environ.get("SEED", "1729"))


def many(clinic, count, rate):
    clinic.gateway(rate=rate)
    clinic.only_clients(clients(*(client(n, at="10:00", start="2026-11-23") for n in range(count))))
    conf = (clinic.config / "holdfast.conf").read_text()
    clinic.write("holdfast.conf", conf.replace("daily_limit  = 2", "daily_limit  = 9"))


def copies(clinic):
    return collections.Counter((r["to"], r["text"]) for r in clinic.delivered())


def test_kills():
    """kill -9 of either daemon at 50 random times in a run of 1,000 texts: none missing, none twice"""
    dice = random.Random(SEED)
    with Clinic() as clinic:
        many(clinic, TEXTS // 2, 60.0)
        clinic.start_sandbox()
        clinic.control(fault="delay", delay_ms=15, count=0, deliver=True)
        began = time.monotonic()

        def moment():
            at = 10 * 3600 - 2 + int(time.monotonic() - began)
            return f"2026-11-23 {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"

        clinic.start_daemon(rehearse=moment())
        clinic.start_courier()
        kills = collections.Counter()
        while sum(kills.values()) < KILLS:
            last = len(clinic.requests())
            pause = dice.uniform(0.02, 0.5)
            # At a random time, but not before the run has moved on: each kill hits work under way.
            end = time.monotonic() + pause
            wait(lambda: time.monotonic() >= end and (len(clinic.requests()) > last or
                 len(copies(clinic)) >= TEXTS), "progress")
            victim = dice.choice(("daemon", "courier"))
            kills[victim] += 1
            getattr(clinic, victim).kill()
            if victim == "daemon":
                clinic.start_daemon(rehearse=moment())
            else:
                clinic.start_courier()
        wait(lambda: len(copies(clinic)) >= TEXTS, "all texts")
        wait(lambda: settled(clinic), "every text to be settled")
        counts = copies(clinic)
        assert len(counts) == TEXTS, len(counts)
        assert max(counts.values()) == 1, counts.most_common(3)
        messages = clinic.ctl_json("messages")
        assert len(messages) == TEXTS and {m["state"] for m in messages} == {"accepted"}
        repeats = sum(r["repeat"] for r in clinic.requests())
        return f"{dict(kills)} kills, {repeats} repeats answered by key, seed {SEED}"


def settled(clinic):
    status = clinic.try_status()
    return status and status["claimed"] == 0 and status["unknown"] == 0 and status["due"] == 0


def test_restart():
    """a restart in the middle sends nothing again"""
    with Clinic() as clinic:
        many(clinic, 50, 1000.0)
        clinic.start_sandbox()
        clinic.start_daemon(rehearse="2026-11-23 09:59:40", speed=10)
        clinic.start_courier()
        wait(lambda: len(copies(clinic)) == 100, "the first round")
        wait(lambda: settled(clinic), "all settled")
        assert clinic.daemon.stop() == 0
        clinic.start_daemon(rehearse="2026-11-23 10:05:00", speed=60)
        wait(lambda: (clinic.try_status() or {}).get("gateways"), "the daemon")
        wait(lambda: clinic.try_status()["gateways"][0]["connected"], "the courier to come back")
        assert len(clinic.requests()) == 100


if __name__ == "__main__":
    run(test_restart, test_kills)
