#!/usr/bin/python3
"""A STOP that comes while texts are leaving."""
import concurrent.futures
import random
import sqlite3
import time

from harness import Clinic, free_port, post, run, wait

RACES = 200
FIRST = 300  # the numbers before are those of staff
EACH = 10  # texts that each client would get, one a minute
SPEED = 60  # a minute in a second
TOGETHER = 8  # fingers that write STOP at the same time


def person(number):
    reminders = ",\n".join(f'{{ id = "n{i}"; kind = "note"; on = "MO-SU"; at = "10:{i:02d}"; message = "avoid"; say = "a short walk {i}"; }}'
                           for i in range(EACH))
    return f"""{{ id = "c-{number:05d}"; name = "Canary{number}"; phone = "+1312{5560000 + number}"; start = "2026-11-01";
  consent = {{ at = "2026-11-01"; how = "paper"; by = "mreyes"; }}; reminders = ( {reminders} ); }}"""


def start(clinic, hooks):
    clinic.gateway(rate=300.0)
    conf = (clinic.config / "holdfast.conf").read_text()
    clinic.write("holdfast.conf", conf.replace("daily_limit  = 2", "daily_limit  = 20").replace("most_per_hour = 0", "most_per_hour = 100000").replace("most_per_day = 0", "most_per_day = 100000"))
    clinic.only_clients("clients = (\n" + ",\n".join(person(n) for n in range(FIRST, FIRST + RACES)) + "\n);\n")
    clinic.start_sandbox("--webhook", f"http://127.0.0.1:{hooks}/hooks/primary")
    clinic.start_daemon(rehearse="2026-11-23 09:55/2026-11-23 10:13", speed=SPEED)
    clinic.start_courier(listen=f"127.0.0.1:{hooks}")


def say_stop(clinic, number, after):
    time.sleep(after)  # what races is spread over the whole batch
    status, _ = post(clinic.port, "/api/reply", {"from": f"+1312{5560000 + number}", "to": "+13125550199", "text": "STOP"})
    assert status == 202, status


def read(clinic, sql, *values):
    with sqlite3.connect(f"file:{clinic.state}/holdfast.db?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def test_races():
    """nothing is claimed for a client after the commit of her STOP, however many texts were about to leave"""
    with Clinic() as clinic:
        start(clinic, free_port())
        # The first text of each goes before; then there is enough under way to come between.
        wait(lambda: sum("walk" in r["text"] for r in clinic.delivered()) > RACES, "the batch")
        with concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
            pause = EACH * 60 / SPEED / RACES * TOGETHER
            list(pool.map(lambda n: say_stop(clinic, n, random.uniform(0, pause)), range(FIRST, FIRST + RACES)))
        # It ends minutes after the last text would have gone; nobody else opens its database while it runs.
        assert clinic.daemon.wait() == 0, "the rehearsal failed"
        stops = dict(read(clinic, "SELECT client, min(at) FROM consent WHERE consent = 2 GROUP BY client"))
        assert len(stops) == RACES
        rows = read(clinic, "SELECT o.client, o.reminder, h.at FROM history h JOIN outbox o ON o.id = h.message "
                            "WHERE h.state = 'claimed'")
        late = [row for row in rows if row[1].startswith("n") and row[2] >= stops[row[0]]]
        assert not late, late[:3]
        waiting = read(clinic, "SELECT client, reminder FROM outbox WHERE state IN (0, 1) AND reminder LIKE 'n%'")
        assert not waiting, waiting[:3]
        claimed, came = {}, {}
        for client, reminder, _ in rows:
            claimed[client] = claimed.get(client, 0) + reminder.startswith("n")
        for text in clinic.delivered():
            came[text["to"]] = came.get(text["to"], 0) + ("walk" in text["text"])
        for n in range(FIRST, FIRST + RACES):
            assert came[f"+1312{5560000 + n}"] == claimed[f"c-{n:05d}"], n
        between = sum(0 < count < EACH for count in claimed.values())
        confirmed = sum("no more texts" in text["text"] for text in clinic.delivered())
        assert confirmed == RACES, confirmed
        assert between >= RACES / 2, f"only {between} stops came between two texts"
        return f"{RACES} races, {between} of them between two texts of the same client, none after"


if __name__ == "__main__":
    run(test_races)
