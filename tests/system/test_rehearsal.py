#!/usr/bin/python3
"""Holds what the service sends against what its own preview promised for the same weeks, to the byte and the minute.

The sandbox's log is the truth: which text reached which number, at which minute of the client's own clock.
CLIENTS and SEED in the environment choose other clients.
"""
import collections
import datetime
import json
import os
import random
import re
import subprocess
import zoneinfo

from almanac import DAY, midnight
from harness import BUILD, ROOT, Clinic, run
from test_calendar import CLOSED, SITE_ZONE, seconds, some_client, some_plan, write

CLIENTS = int(os.environ.get("CLIENTS", 300))
SEED = int(os.environ.get("SEED", 1))
WORDS = ['message = "note";', 'message = "call|alone";', 'messages = [ "note", "call|alone", "day" ];']
MESSAGES = {
    "en": """
  note = "{site}: a short walk, {name}? “Ten minutes” counts…";
  call = "{site}: could you call {trusted} tonight, {name}?";
  alone = "{site}: who could you call tonight, {name}?";
  day = "{site}: {sponsor|someone you trust} may be glad of a call – ☎ or a visit.";""",
    "es": """
  note = "{site}: ¿un paseo corto, {name}? «Diez minutos» cuentan…";
  call = "{site}: ¿podría llamar a {trusted} esta noche, {name}?";
  alone = "{site}: ¿a quién podría llamar esta noche, {name}?";
  day = "{site}: a {sponsor|alguien de confianza} le alegraría una llamada – ☎ o una visita.";""",
}


# --- both sides -------------------------------------------------------------------------------------------

def asked_again(clinic):
    """Nobody answers in a rehearsal: a question is asked once more, and staff hear of the silence.  A preview only plans.

    What matches is the message "nudge" of a language and nothing else, with any words for its fields.
    """
    templates = [template for file in sorted((clinic.config / "messages").iterdir())
                 for template in re.findall(r'^\s*nudge\s*=\s*"([^"]*)"', file.read_text(), re.M)]
    assert len(templates) == len(MESSAGES), templates
    return re.compile("|".join(".+".join(map(re.escape, re.split(r"\{[^}]*\}", template))) for template in templates))


def phones(clinic):
    """{client: number}, as the configuration has them."""
    pattern = re.compile(r'\bid\s*=\s*"([^"]+)";(?:\s*//.*)?\s*name\s*=\s*"[^"]+";\s*phone\s*=\s*"([^"]+)"')
    return dict(match for file in (clinic.config / "clients").iterdir() for match in pattern.findall(file.read_text()))


def promised(clinic, since, until):
    """(number, minute, text) of all that goes out before the end."""
    done = subprocess.run([str(BUILD / "holdfastctl"), "preview", str(clinic.config), "--json", "--from", since,
                           "--until", until], capture_output=True, text=True)
    assert done.returncode == 0, "\n".join(row for row in done.stderr.splitlines() if ": warning: " not in row)[:2000]
    numbers, end = phones(clinic), midnight(zoneinfo.ZoneInfo(SITE_ZONE), datetime.date.fromisoformat(until))
    return collections.Counter((numbers[row["client"]], row["due"][:16], row["text"]) for row in json.loads(done.stdout)
                               if row["send"] and seconds(row["due"]) < end)


def sent(clinic, *moments):
    """Each stretch by a holdfastd of its own, over one store."""
    clinic.gateway()
    clinic.start_sandbox()
    for since, until in zip(moments, moments[1:]):
        daemon = clinic.start_daemon(rehearse=f"{since}/{until}", speed=0)
        courier = clinic.start_courier()
        assert daemon.wait() == 0, "the rehearsal failed"
        courier.stop()
    assert not any(request["repeat"] or not request["delivered"] for request in clinic.requests())
    people, nudge = set(phones(clinic).values()), asked_again(clinic)
    return collections.Counter((r["to"], r["said_at"][:16], r["text"]) for r in clinic.requests()
                               if r["to"] in people and not nudge.fullmatch(r["text"]))


def compare(clinic, *moments):
    expected, actual = promised(clinic, moments[0], moments[-1]), sent(clinic, *moments)
    different = [f"{word} {row}" for word, rows in (("never sent:", expected - actual), ("unforeseen:", actual - expected))
                 for row in sorted(rows.elements())]
    assert not different, f"seed {SEED}: {len(different)} differences\n" + "\n".join(different[:10])
    return sum(actual.values())


# --- clinics ------------------------------------------------------------------------------------------------

def newcomer(random, number, plans, since):
    """A client who begins in these weeks, as a rehearsal welcomes whoever is new to its store."""
    client = some_client(random, number, plans, since)
    start = client["start"] = since + random.randint(1, 12) * DAY
    client.update(name=random.choice(["Kim", "Ana", "Zoë", "Łukasz"]), pauses=[], language=random.choice(["en", "es"]),
                  consent=start + random.choice([-9, -9, 0, 4]) * DAY,
                  until=start + random.randint(0, 40) * DAY if random.random() < 0.2 else None)
    if random.random() < 0.4:
        first = since + random.randint(0, 18) * DAY
        client["pauses"].append((first, first + random.randint(0, 6) * DAY))
    for item in client["own"]:
        item["words"] = random.choice(WORDS)
        if "when" in item:
            item["when"] = datetime.datetime.combine(since + random.randint(1, 25) * DAY, item["at"])
    return client


def test_example():
    """the example clinic, six weeks from before anyone's start, over the end of summer time"""
    with Clinic() as clinic:
        count = compare(clinic, "2026-10-20", "2026-12-05")
        assert count > 40, count
        return f"{count} texts"


def write_words(clinic):
    """English loses the accents of a name, which make its welcome too long for check; Spanish keeps them."""
    for language, more in MESSAGES.items():
        example = (ROOT / "config/messages" / f"{language}.conf").read_text()
        accents = 'accents = "plain";\n' if language == "en" else ""
        assert ('accents = "keep";' in example) == (language == "es"), language
        clinic.write(f"messages/{language}.conf", accents + example.replace("messages = {", "messages = {" + more, 1))
    conf = (clinic.config / "holdfast.conf").read_text()
    clinic.write("holdfast.conf", conf.replace("daily_limit = 20", "daily_limit = 2", 1))


def test_generated():
    """generated clients in forty zones, three weeks over the end of summer time, with two restarts"""
    chance = random.Random(SEED)
    since = datetime.date(2026, 10, 18)
    closed = {since + chance.randint(0, 21) * DAY for _ in CLOSED}
    plans = [some_plan(chance, number, since) for number in range(8)]
    for item in (item for plan in plans for item in plan["items"]):
        item["words"] = chance.choice(WORDS)
    clients = [newcomer(chance, number, plans, since) for number in range(CLIENTS)]
    with Clinic() as clinic:
        write(clinic, plans, clients, closed)
        write_words(clinic)
        moments = str(since), f"{since + 8 * DAY} 10:00", f"{since + 15 * DAY} 20:30", str(since + 21 * DAY)
        count = compare(clinic, *moments)
        assert count > 5 * CLIENTS, count
        words = " ".join(request["text"] for request in clinic.requests())
        assert "Zoë" in words and "Zoe" in words, "accents were to be kept in Spanish and lost in English"
        return f"seed {SEED}, {CLIENTS} clients, {count} texts"


if __name__ == "__main__":
    run(test_example, test_generated)
