#!/usr/bin/python3
"""A STOP that comes while texts are leaving."""
import concurrent.futures
import sqlite3

from harness import Clinic, free_port, post, run, wait

RACES = 200
EACH = 12  # texts that each client would get
TOGETHER = 8  # fingers that write STOP at the same time


def person(number):
    reminders = ",\n".join(f'{{ id = "n{i}"; kind = "note"; on = "MO-SU"; at = "10:00"; message = "coping_walk"; }}'
                           for i in range(EACH))
    return f"""{{ id = "c-{number:05d}"; name = "Canary{number}"; phone = "+1312{5550000 + number}"; start = "2026-11-01";
  consent = {{ at = "2026-11-01"; how = "paper"; by = "mreyes"; }}; reminders = ( {reminders} ); }}"""


def start(clinic, hooks):
    clinic.gateway(rate=400.0)
    conf = (clinic.config / "holdfast.conf").read_text()
    clinic.write("holdfast.conf", conf.replace("daily_limit  = 2", "daily_limit  = 20"))
    clinic.only_clients("clients = (\n" + ",\n".join(person(n) for n in range(RACES)) + "\n);\n")
    clinic.start_sandbox("--webhook", f"http://127.0.0.1:{hooks}/hooks/primary")
    clinic.start_daemon(rehearse="2026-11-23 09:59:00", speed=10)
    clinic.start_courier(listen=f"127.0.0.1:{hooks}")


def say_stop(clinic, number):
    status, _ = post(clinic.port, "/api/reply", {"from": f"+1312{5550000 + number}", "to": "+13125550199", "text": "STOP"})
    assert status == 202, status


def read(clinic, sql, *values):
    with sqlite3.connect(f"file:{clinic.state}/holdfast.db?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def stops(clinic):
    return dict(read(clinic, "SELECT client, min(at) FROM consent WHERE consent = 2 GROUP BY client"))


def test_races():
    """nothing is claimed for a client after the commit of her STOP, however many texts were about to leave"""
    with Clinic() as clinic:
        start(clinic, free_port())
        # The first text of each goes before; then there is enough under way to come between.
        wait(lambda: sum("walk" in r["text"] for r in clinic.delivered()) > RACES, what="the batch")
        with concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
            list(pool.map(lambda n: say_stop(clinic, n), range(RACES)))
        wait(lambda: len(stops(clinic)) == RACES, what="all stops")
        wait(lambda: clinic.ctl_json("status")["claimed"] == 0, what="the last text")
        stopped = stops(clinic)
        rows = read(clinic, "SELECT o.client, o.reminder, h.at FROM history h JOIN outbox o ON o.id = h.message "
                            "WHERE h.state = 'claimed'")
        late = [row for row in rows if row[1].startswith("n") and row[2] >= stopped[row[0]]]
        assert not late, late[:3]
        waiting = read(clinic, "SELECT client, reminder FROM outbox WHERE state IN (0, 1) AND reminder LIKE 'n%'")
        assert not waiting, waiting[:3]
        cancelled = dict(read(clinic, "SELECT client, count(*) FROM outbox WHERE state = 10 GROUP BY client"))
        came = {}
        for text in clinic.delivered():
            came[text["to"]] = came.get(text["to"], 0) + ("walk" in text["text"])
        between = sum(0 < cancelled.get(f"c-{n:05d}", 0) < EACH for n in range(RACES))
        for n in range(RACES):
            texts = came.get(f"+1312{5550000 + n}", 0)
            assert texts == EACH - cancelled.get(f"c-{n:05d}", 0), (n, texts, cancelled.get(f"c-{n:05d}"))
        confirmed = sum("no more texts" in text["text"] for text in clinic.delivered())
        assert confirmed == RACES, confirmed
        assert between >= RACES / 4, f"only {between} stops came between two texts"
        return f"{RACES} races, {between} of them between two texts of the same client, none after"


if __name__ == "__main__":
    run(test_races)
