"""What must go out, calculated a second time, with dateutil and zoneinfo: no line of it is the service's.

A client is a dictionary: id, zone, start, until, recovery, sponsor, pauses and items; an item says when in one of the
ways that a configuration has.
"""
import calendar
import datetime

from dateutil import rrule

OPENS, CLOSES = datetime.time(8), datetime.time(21)  # texting hours
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
DAY = datetime.timedelta(1)
HOUR = 3600
NEVER = float("inf")


# --- clocks --------------------------------------------------------------------------------------

def instant(zone, naive):
    """RFC 5545: of two the first (fold 0), and in a gap the offset before it (fold 0 again)."""
    return int(naive.replace(tzinfo=zone, fold=0).timestamp())


def local(zone, at):
    return datetime.datetime.fromtimestamp(at, zone).replace(tzinfo=None, fold=0)


def midnight(zone, day):
    return instant(zone, datetime.datetime.combine(day, datetime.time()))


def opening(zone, at):
    """The instant itself within texting hours, else when they open next."""
    now = local(zone, at)
    if OPENS <= now.time() < CLOSES:
        return at
    day = now.date() if now.time() < OPENS else now.date() + DAY
    return instant(zone, datetime.datetime.combine(day, OPENS))


def before(zone, at, lead):
    """Minutes and hours are elapsed; days and weeks are the same time by the clock."""
    number, unit = int(lead[:-1]), lead[-1]
    if unit in "mh":
        return at - number * (60 if unit == "m" else HOUR)
    return instant(zone, local(zone, at) - number * (7 if unit == "w" else 1) * DAY)


# --- which days ------------------------------------------------------------------------------------

def month_length(day):
    return calendar.monthrange(day.year, day.month)[1]


def days_of(parts, start, until):
    """All that BYSETPOS counts is in its period, before the start too; dateutil would begin a week at the start."""
    begin = start
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        begin -= (start.weekday() - WEEKDAYS.index(parts.get("WKST", "MO"))) % 7 * DAY
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    return rrule.rrulestr(text, dtstart=begin).between(start, until, inc=True)


def in_weeks(parts, start, until):
    """By the definition alone, as dateutil errs about the last week of some years: a week is of its fourth day's year."""
    weeks, wkst = [int(n) for n in parts["BYWEEKNO"].split(",")], WEEKDAYS.index(parts.get("WKST", "MO"))
    for day in days_of({"FREQ": "DAILY", "BYDAY": parts["BYDAY"]}, start, until):
        fourth = day - (day.weekday() - wkst) % 7 * DAY + 3 * DAY
        number, is_last = (fourth.timetuple().tm_yday + 6) // 7, (fourth + 7 * DAY).year > fourth.year
        if number in weeks or (is_last and -1 in weeks):
            yield day


def with_last_days(parts, start, until):
    """A day that a month lacks is its last; only where days are named by number."""
    parts = dict(parts)
    if parts["FREQ"] == "YEARLY" and not {"BYMONTH", "BYMONTHDAY", "BYYEARDAY"} & parts.keys():
        parts["BYMONTH"] = str(start.month)
    if not {"BYMONTHDAY", "BYYEARDAY"} & parts.keys():
        parts["BYMONTHDAY"] = str(start.day)
    found = set(days_of(parts, start, until))
    for part, length in (("BYMONTHDAY", month_length), ("BYYEARDAY", lambda d: 365 + calendar.isleap(d.year))):
        if part in parts:
            most = max(int(n) for n in parts[part].split(","))
            last = days_of({**parts, part: "-1"}, start, until)
            found |= {day for day in last if length(day) < most}
    return sorted(found)


def rule_days(text, skip, zone, start, until):
    parts = dict(part.split("=") for part in text.split(";"))
    count, end = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if "BYWEEKNO" in parts:
        found = list(in_weeks(parts, start, until))
    elif parts["FREQ"] in ("MONTHLY", "YEARLY") and not skip and not {"BYDAY", "BYSETPOS"} & parts.keys():
        found = with_last_days(parts, start, until)
    else:
        found = days_of(parts, start, until)
    if count:
        found = found[:int(count)]
    if end:
        moment = datetime.datetime.strptime(end.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in end else "%Y%m%d")
        moment += datetime.timedelta(hours=23, minutes=59, seconds=59) if "T" not in end else 0 * DAY
        last = instant(datetime.timezone.utc if end.endswith("Z") else zone, moment)
        found = [when for when in found if instant(zone, when) <= last]
    return found


def weekly_days(on, every, begin, at, until):
    """Weeks are counted from the day of the start, so they begin on its weekday."""
    return rrule.rrule(rrule.WEEKLY, dtstart=datetime.datetime.combine(begin, at), interval=every, until=until,
                       wkst=begin.weekday(), byweekday=[WEEKDAYS.index(day) for day in on])


def last_day(item, client):
    """The last of an item's days, or None: a plan's reminders end with the plan."""
    ends = [client["until"], client["start"] + (7 * client["weeks"] - 1) * DAY if item["planned"] and client["weeks"] else None]
    return min((end for end in ends if end), default=None)


def closing_day(item, client):
    """None where there is no end, or where she leaves before the plan's."""
    last = last_day(item, client)
    early = item["planned"] and client["weeks"] and client["until"] == last < client["start"] + (7 * client["weeks"] - 1) * DAY
    return None if early else last


def occurrences(item, client, until):
    """Local times, as they are written."""
    start, at = client["start"], item["at"]
    if item["kind"] == "closing":
        day = closing_day(item, client)
        return [datetime.datetime.combine(day, at)] if day else []
    if "when" in item:
        return [item["when"]] if item["when"].date() >= start else []
    if "days" in item:
        base = client["recovery"] or start
        return [datetime.datetime.combine(base + n * DAY, at) for n in item["days"] if base + n * DAY >= start]
    if "rrule" in item:
        return rule_days(item["rrule"], item["skip"], client["zone"], datetime.datetime.combine(start, at), until)
    if "on" in item:
        return weekly_days(item["on"], item["every"], start, at, until)

    found, begin = [], start
    for weeks, on, every in item["phases"]:
        end = begin + 7 * weeks * DAY
        found += weekly_days(on, every, begin, at, datetime.datetime.combine(end - DAY, at))
        begin = end
    return found


# --- what becomes of each -------------------------------------------------------------------------------

def expires(zone, kind, at, due):
    if kind in ("milestone", "closing"):
        return midnight(zone, local(zone, due).date() + DAY)
    if kind == "meeting":
        return at
    if kind == "appointment":
        return due + (at - due) / 2
    return NEVER if kind == "welcome" else due + 3 * HOUR


def pause_end(client, at):
    """The first instant after the pause that covers one; None where there is none."""
    day = local(client["zone"], at).date()
    for first, last in client["pauses"]:
        if first <= day <= last:
            return midnight(client["zone"], last + DAY)
    return None


def welcome_time(client, due):
    """A welcome waits for whatever keeps it."""
    at = due
    while True:
        until = pause_end(client, at) or opening(client["zone"], at)
        if until == at:
            return at
        at = until


def waits(client, item, at, due, welcomed, now):
    """Has it been looked at when it was due, and is it still to go?"""
    opens, end = opening(client["zone"], due), expires(client["zone"], item["kind"], at, due)
    kept = due < welcomed or due < opens < end
    return due == now or (due < now < end and kept and not pause_end(client, due))


def span(lead):
    """In the order in which texts that are due at one instant take each other's place: clock time after elapsed time."""
    number, unit = int(lead[:-1] or 0), lead[-1:]
    return (number * (7 if unit == "w" else 1), 0) if unit in ("d", "w") else (0, number * (60 if unit == "m" else HOUR))


def fate(client, item, at, due, closed, welcomed, later):
    """(when it goes, or None; why not)"""
    end, now = expires(client["zone"], item["kind"], at, due), due
    at_site = item["kind"] == "appointment" or item.get("site")

    def is_followed(now):
        return any(waits(client, item, at, other, welcomed, now) for other in later)

    while True:
        if end <= now:
            return None, "a later one takes its place" if is_followed(end) else "too late"
        if at_site and local(client["zone"], at).date() in closed:
            return None, "closed that day"
        if pause_end(client, now):
            return None, "paused"
        if now < welcomed:
            now = welcomed
            continue
        if is_followed(now):
            return None, "a later one takes its place"
        opens = opening(client["zone"], now)
        if opens == now:
            return now, None
        if opens >= end:
            return None, "outside texting hours"
        now = opens


def rows_of(client, since, until, closed):
    """(client, kind, reminder, lead, occurrence, planned, due, send, reason)"""
    zone, horizon = client["zone"], datetime.datetime.fromtimestamp(until + 20 * 24 * HOUR)
    welcomed, first = -NEVER, opening(zone, midnight(zone, client["start"]))
    if first >= since:
        welcomed = welcome_time(client, first)
        if first < until:
            yield client["id"], "welcome", "welcome", "", None, first, welcomed, True, None

    for item in client["items"]:
        if item.get("needs") and not client[item["needs"]]:
            continue
        for when in occurrences(item, client, horizon):
            at = instant(zone, when)
            if last_day(item, client) and when.date() > last_day(item, client):
                continue
            dues = [(lead, before(zone, at, lead) if lead else at) for lead in item["remind"] or [""]]
            dues = [(lead, due) for lead, due in dues if since <= due and local(zone, due).date() >= client["start"]]
            for lead, due in dues:
                later = [other for name, other in dues if (other, span(name)) > (due, span(lead))]
                if due < until:
                    goes, why = fate(client, item, at, due, closed, welcomed, later)
                    yield (client["id"], item["kind"], item["id"], lead, at, due, due if why else goes, not why, why)
