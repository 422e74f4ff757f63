#!/usr/bin/python3
"""Holds holdfastctl's preview against a second calculation, row for row.

Clients are generated from a seed, with every way to say when, over zones that each do something else with their
clocks.  CLIENTS and SEED in the environment choose another number and other clients, SHOWN how many rows a
difference prints.
"""
import collections
import datetime
import json
import os
import random
import re
import subprocess
import zoneinfo

from almanac import CLOSES, DAY, OPENS, WEEKDAYS, before, expires, instant, midnight, opening, rows_of
from harness import BUILD, Clinic, run

CLIENTS = int(os.environ.get("CLIENTS", 200))
SEED = int(os.environ.get("SEED", 1))
MONTHS = 16
SITE_ZONE = "America/Chicago"

# Summer time at midnight, by half an hour, by two hours, in winter, during Ramadan, by decree, and none.
ZONES = """Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg America/Anchorage America/Argentina/Ushuaia
America/Asuncion America/Chicago America/Denver America/Havana America/Los_Angeles America/Mexico_City America/Miquelon
America/New_York America/Nuuk America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns Antarctica/Troll
Asia/Beirut Asia/Gaza Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Tehran Asia/Tokyo Atlantic/Azores Australia/Adelaide
Australia/Lord_Howe Australia/Sydney Europe/Berlin Europe/Chisinau Europe/Dublin Europe/London Pacific/Apia Pacific/Auckland
Pacific/Chatham Pacific/Easter Pacific/Kiritimati""".split()

LEADS = ["15m", "90m", "1h", "2h", "12h", "24h", "36h", "48h", "1d", "2d", "3d", "1w"]
CLOSED = ["12-25", "01-01", "07-04", "11-26"]


# --- clients from a seed ----------------------------------------------------------------------------------

def some(random, of, least=1, most=3):
    return random.sample(of, random.randint(least, most))


def numbers(random, of, most=3):
    return ",".join(str(n) for n in sorted(some(random, of, 1, most)))


def some_on(random):
    return sorted(some(random, WEEKDAYS), key=WEEKDAYS.index)


def some_rule(random, start, window):
    """(rule, skip)"""
    days = ",".join(some_on(random))
    nth = ",".join(f"{random.choice([1, 2, 3, 4, 5, -1, -2])}{day}" for day in some(random, WEEKDAYS, 1, 2))
    late = numbers(random, range(26, 32))
    month = f"BYMONTH={numbers(random, range(1, 13), 5)}"
    rule = random.choice([
        "FREQ=DAILY", f"FREQ=DAILY;BYDAY={days}", f"FREQ=DAILY;{month}", f"FREQ=DAILY;BYMONTHDAY={late}",
        "FREQ=WEEKLY", f"FREQ=WEEKLY;BYDAY={days}", f"FREQ=WEEKLY;BYDAY={days};BYSETPOS={random.choice([1, -1])}",
        f"FREQ=WEEKLY;BYDAY={days};{month}",
        "FREQ=MONTHLY", f"FREQ=MONTHLY;BYDAY={days}", f"FREQ=MONTHLY;BYDAY={nth}", f"FREQ=MONTHLY;BYMONTHDAY={late}",
        f"FREQ=MONTHLY;BYMONTHDAY={numbers(random, range(1, 32))}", f"FREQ=MONTHLY;BYMONTHDAY={random.randint(-28, -1)}",
        f"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={random.choice(['1', '-1', '2,-2', '10'])}",
        f"FREQ=MONTHLY;BYDAY={days};BYMONTHDAY=13,14,15,16,17,18,19", f"FREQ=MONTHLY;BYMONTHDAY={late};{month}",
        f"FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS={random.choice([-1, 2])}",
        "FREQ=YEARLY", f"FREQ=YEARLY;{month}", f"FREQ=YEARLY;{month};BYMONTHDAY={late}", f"FREQ=YEARLY;BYMONTHDAY={late}",
        f"FREQ=YEARLY;{month};BYDAY={nth}", f"FREQ=YEARLY;BYDAY={random.choice([1, 20, 40, -1])}{random.choice(WEEKDAYS)}",
        f"FREQ=YEARLY;BYDAY={days};BYSETPOS={random.choice(['1', '-1', '50,100'])}",
        f"FREQ=YEARLY;BYYEARDAY={numbers(random, [1, 59, 60, 100, 200, 300, 365, 366])}",
        f"FREQ=YEARLY;BYYEARDAY={random.choice([-1, -100, -365])}",
        f"FREQ=YEARLY;BYWEEKNO={random.choice([1, 10, 30, 52, 53, -1])};BYDAY={days}",
    ])
    # How intervals of years meet weeks that lie across two of them is not laid down.
    if random.random() < 0.5 and "BYWEEKNO" not in rule:
        rule += f";INTERVAL={random.randint(2, 2 if 'YEARLY' in rule else 5)}"
    if random.random() < 0.5:
        rule += f";WKST={random.choice(WEEKDAYS)}"
    if random.random() < 0.2:
        rule += f";COUNT={random.randint(1, 60)}"
    elif random.random() < 0.2:
        end = window + random.randint(-300, 600) * DAY
        rule += f";UNTIL={end:%Y%m%d}" + random.choice(["", "T120000", "T120000Z"])
    # A month that lacks all the days that are named would leave nothing, which is refused.
    return rule, random.random() < 0.3 and not ("BYMONTH=" in rule and "BYMONTHDAY=" in rule)


def some_time(random, night):
    """Where clocks change, if it may be at night; what can never go out is refused."""
    if night and random.random() < 0.5:
        return datetime.time(random.choice([0, 1, 2, 3, 23]), random.choice([0, 15, 30, 59]))
    return datetime.time(random.randint(6, 20), random.choice([0, 1, 15, 30, 59]))


def can_go(item, lead):
    """Without a change of the clock in between."""
    zone = zoneinfo.ZoneInfo("UTC")
    at = instant(zone, datetime.datetime.combine(datetime.date(2026, 1, 5), item["at"]))
    due = before(zone, at, lead) if lead else at
    return opening(zone, due) < expires(zone, item["kind"], at, due)


def sendable(random, item):
    """What can never go out is refused, so it is left out or put to another time."""
    item["remind"] = [lead for lead in item["remind"] if can_go(item, lead)]
    if item["kind"] in ("meeting", "appointment"):
        item["remind"] = item["remind"] or ["1d"]
    while not item["remind"] and not can_go(item, None):
        item["at"] = some_time(random, True)
    return item


def some_when(random, item, start, window):
    way = random.choice(["on", "rrule", "rrule", "rrule"])
    if way == "on":
        item.update(on=some_on(random), every=random.choice([1, 1, 2, 3, 4]))
    else:
        item["rrule"], item["skip"] = some_rule(random, start, window)
    return item


def some_plan(random, number, window):
    phases = [(random.randint(1, 20), some_on(random), random.choice([1, 1, 2, 3])) for _ in range(random.randint(1, 4))]
    items = [
        {"id": "checkin", "kind": "check-in", "at": some_time(random, False), "phases": phases},
        {"id": "sponsor", "kind": "sponsor", "at": some_time(random, False), "needs": "sponsor",
         "on": some_on(random), "every": random.choice([1, 2])},
        {"id": "milestone", "kind": "milestone", "at": some_time(random, True),
         "days": sorted(some(random, range(1, 700), 3, 9))},
    ]
    if random.random() < 0.7:
        items.append({"id": "closing", "kind": "closing", "at": some_time(random, False)})
    for item in items:
        item.update(remind=[], planned=True)
        sendable(random, item)
    return {"plan": f"plan-{number}", "weeks": random.choice([None, 1, 8, 30, 60, 100]), "items": items}


def some_client(random, number, plans, since):
    """A window of her own: most begin around it, some long before, some while it is on."""
    start = since + random.randint(-800, 400) * DAY
    plan = random.choice(plans)
    own = []
    for i in range(random.randint(0, 2)):
        own.append(some_when(random, {"id": f"note-{i}", "kind": random.choice(["note", "coping"]),
                                      "at": some_time(random, False), "remind": []}, start, since))
    if random.random() < 0.3:
        own.append({"id": "mark", "kind": "milestone", "at": some_time(random, True), "remind": some(random, LEADS, 0, 1),
                    "days": sorted(some(random, range(1, 900), 1, 5))})
    for i in range(random.randint(0, 2)):
        own.append(some_when(random, {"id": f"meet-{i}", "kind": "meeting", "at": some_time(random, True),
                                      "site": random.random() < 0.3, "remind": some(random, LEADS)}, start, since))
    for i in range(random.randint(0, 3)):
        when = datetime.datetime.combine(since + random.randint(-10, 500) * DAY, some_time(random, True))
        own.append({"id": f"see-{i}", "kind": "appointment", "at": when.time(), "when": when, "remind": some(random, LEADS)})
    if random.random() < 0.2:
        own.append({"id": "last", "kind": "closing", "at": some_time(random, False), "remind": []})
    for item in own:
        item["planned"] = False
        sendable(random, item)
    pauses = []
    for _ in range(random.choice([0, 0, 1, 2])):
        first = since + random.randint(-20, 480) * DAY
        pauses.append((first, first + random.randint(0, 25) * DAY))
    zone = ZONES[number % len(ZONES)]
    return {"id": f"c-{number:05d}", "number": number, "zone": zoneinfo.ZoneInfo(zone), "start": start, "plan": plan,
            "until": start + random.randint(0, 900) * DAY if random.random() < 0.3 else None,
            "recovery": start - random.randint(-40, 300) * DAY if random.random() < 0.4 else None,
            "weeks": plan["weeks"], "sponsor": random.random() < 0.5, "pauses": pauses, "own": own, "items": plan["items"] + own}


# So long that no two of them are one text: which go together is not for this calculation.
ALONE = " " + "Bring a friend, or a book, or nothing at all. " * 3

# --- as staff write it ----------------------------------------------------------------------------------------

def quoted(words):
    return "[ " + ", ".join(f'"{word}"' for word in words) + " ]"


def item_text(item):
    text = f'id = "{item["id"]}"; '
    if item["kind"] == "meeting":
        text += f'title = "group"; place = "Room 4"; site = {json.dumps(item["site"])}; '
    elif item["kind"] == "appointment":
        text += f'with = "Dr. Shah"; when = "{item["when"]:%Y-%m-%d %H:%M}"; '
    else:
        # No two of a day say the same, for the second would not be said.
        words = item.get("words", f'message = "note"; say = "{item["id"]}";')
        text += f'kind = "{item["kind"]}"; {words} '
    if item["kind"] != "appointment":
        text += f'at = "{item["at"]:%H:%M}"; '
    if item["remind"]:
        text += f'remind = {quoted(item["remind"])}; '
    if "on" in item:
        text += f'on = "{",".join(item["on"])}"; every = {item["every"]}; '
    if "rrule" in item:
        text += f'rrule = "{item["rrule"]}"; skip = {json.dumps(item["skip"])}; '
    if "days" in item:
        text += f'days = [ {", ".join(map(str, item["days"]))} ]; '
    if "phases" in item:
        phases = ", ".join(f'{{ weeks = {w}; on = "{",".join(on)}"; every = {n}; }}' for w, on, n in item["phases"])
        text += f"phases = ( {phases} ); "
    if item.get("needs"):
        text += f'needs = "{item["needs"]}"; '
    return "{ " + text + "}"


def client_text(client):
    text = f'{{ id = "{client["id"]}"; name = "{client.get("name", "Kim")}"; phone = "+1312{5560000 + client["number"]}"; ' \
           f'timezone = "{client["zone"].key}"; plan = "{client["plan"]["plan"]}"; start = "{client["start"]}"; ' \
           f'language = "{client.get("language", "en")}"; ' \
           f'consent = {{ at = "{client.get("consent", "2024-01-01")}"; how = "paper"; }};\n'
    if client["until"]:
        text += f'  until = "{client["until"]}";\n'
    if client["recovery"]:
        text += f'  recovery_date = "{client["recovery"]}";\n'
    if client["sponsor"]:
        text += '  sponsor = "Sam";\n'
    for key, kinds in (("meetings", ["meeting"]), ("appointments", ["appointment"]),
                       ("reminders", ["note", "coping", "milestone", "closing"])):
        items = [item_text(item) for item in client["own"] if item["kind"] in kinds]
        if items:
            text += f"  {key} = (\n    " + ",\n    ".join(items) + " );\n"
    if client["pauses"]:
        text += "  pause = ( " + ", ".join(f'{{ from = "{a}"; until = "{b}"; }}' for a, b in client["pauses"]) + " );\n"
    return text + "}"


def write(clinic, plans, clients, closed):
    clinic.write("holdfast.conf", f"""site = {{ name = "Riverside"; phone = "+13125550100"; hours = "MO-FR 08:00-18:00";
  timezone = "{SITE_ZONE}"; language = "en"; }};
texting = {{ hours = "{OPENS:%H:%M}-{CLOSES:%H:%M}"; daily_limit = 20;
  most_per_hour = 100000; most_per_day = 100000; }};
gateways = [ "primary" ];
closed = {quoted(sorted(map(str, closed)))};
""")
    (clinic.config / "messages/es.conf").unlink()
    messages = (clinic.config / "messages/en.conf").read_text()
    messages = messages.replace("messages = {", 'messages = {\n  note = "{site}: {say}, a short walk?";', 1)
    clinic.write("messages/en.conf", re.sub(r'^(  (?:note|meeting|meeting_ahead|meeting_tonight|appointment) *= ".*?)"', rf'\1{ALONE}"', messages,
                                            flags=re.M))
    for plan in plans:
        reminders = ",\n  ".join(item_text(item) for item in plan["items"])
        weeks = f"weeks = {plan['weeks']};\n" if plan["weeks"] else ""
        clinic.write(f"plans/{plan['plan']}.conf", f'plan = "{plan["plan"]}"; title = "A plan";\n{weeks}reminders = (\n  {reminders} );\n')
    for old in (clinic.config / "clients").glob("*.conf"):
        old.unlink()
    for first in range(0, len(clients), 500):
        texts = [client_text(client) for client in clients[first:first + 500]]
        clinic.write(f"clients/{first}.conf", "clients = (\n" + ",\n".join(texts) + "\n);\n")


# --- the comparison --------------------------------------------------------------------------------------------

def seconds(text):
    return text and int(datetime.datetime.fromisoformat(text).timestamp())


def said(clinic, since, until):
    done = subprocess.run([str(BUILD / "holdfastctl"), "preview", str(clinic.config), "--json", "--from", str(since),
                           "--until", str(until)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    for row in json.loads(done.stdout):
        yield (row["client"], row["kind"], row["reminder"], row["lead"], seconds(row["occurrence"]), seconds(row["planned"]),
               seconds(row["due"]), row["send"], row["reason"])


def describe(row, clients):
    client = clients[int(row[0][2:])]
    items = [item for item in client["items"] if item["id"] == row[2]]
    times = [str(datetime.datetime.fromtimestamp(at, client["zone"])) if at else "-" for at in row[4:7]]
    return f"{row[:4]} occurrence {times[0]}, planned {times[1]}, due {times[2]}, send {row[7]} ({row[8]})\n" \
           f"    in {client['zone'].key}: {client_text({**client, 'own': items})}"


def compare(expected, actual, clients):
    missing, surplus = expected - actual, actual - expected
    if not missing and not surplus:
        return
    shown = [f"{word}: {describe(row, clients)}" for word, rows in (("missing", missing), ("surplus", surplus))
             for row in sorted(rows, key=lambda row: (row[5], row[:4]))[:int(os.environ.get("SHOWN", 5))]]
    raise AssertionError(f"seed {SEED}: {sum(missing.values())} missing, {sum(surplus.values())} surplus\n" + "\n".join(shown))


def generated_clients():
    """what goes out and what does not equals a second calculation"""
    chance = random.Random(SEED)
    since = datetime.date(2026, 1, 1) + chance.randint(0, 700) * DAY
    until = since + datetime.timedelta(days=round(MONTHS * 30.44))
    closed = {datetime.date.fromisoformat(f"{year}-{day}") for year in range(since.year, until.year + 1) for day in CLOSED}
    plans = [some_plan(chance, number, since) for number in range(12)]
    clients = [some_client(chance, number, plans, since) for number in range(CLIENTS)]
    with Clinic() as clinic:
        write(clinic, plans, clients, closed)
        actual = collections.Counter(said(clinic, since, until))

    site = zoneinfo.ZoneInfo(SITE_ZONE)
    window = midnight(site, since), midnight(site, until)
    expected = collections.Counter(row for client in clients for row in rows_of(client, *window, closed))
    compare(expected, actual, clients)
    assert sum(expected.values()) > 50 * CLIENTS, "hardly anything was compared"
    return f"seed {SEED}, {CLIENTS} clients, {len(ZONES)} zones, {since} to {until}, {sum(expected.values())} texts"


if __name__ == "__main__":
    run(generated_clients)
