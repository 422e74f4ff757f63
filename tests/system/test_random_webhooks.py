#!/usr/bin/python3
"""Webhooks as gateways bring them, changed at random and signed: each ends as a stored text, a receipt, a counted
webhook that fits no rule, or a refusal with its reason in the journal, and the sums agree.  WEBHOOKS says how many."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import shutil
import sqlite3
import threading
import time
import urllib.parse

from harness import PATIENCE, SECRET, run
from test_webhook import TO, Ear

COUNT = int(os.environ.get("WEBHOOKS", "3000"))
SEED = int(os.environ.get("SEED", time.strftime("%j")))
THREADS = 8
HOOK = "/hooks/primary"
TEXTS = ("STOP", "1", "hola, ¿cómo está?", "STOP \U0001f620", "ya no quiero vivir", "", "Loved “it”", "x" * 700)


def some_bytes(dice):
    return bytes(dice.randrange(256) for _ in range(dice.randrange(6, 18)))  # no two are the same


def sender(dice):
    return f"+1312{dice.randrange(2000000, 10000000)}"


def change(dice, pairs):
    """Up to three random changes to [(name, bytes)]."""
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        at = dice.randrange(len(pairs)) if pairs else 0
        what = dice.randrange(7)
        if not pairs or what == 0:
            pairs.insert(at, (f"X{dice.randrange(1000)}", some_bytes(dice)))
        elif what == 1:
            del pairs[at]
        elif what == 2:
            pairs[at] = (pairs[at][0], b"")
        elif what == 3:
            pairs[at] = (pairs[at][0], some_bytes(dice))
        elif what == 4:
            pairs[at] = (pairs[at][0].lower() if dice.random() < 0.5 else f"Y{dice.randrange(1000)}", pairs[at][1])
        elif what == 5:
            pairs.append(pairs[at])
        else:
            dice.shuffle(pairs)
    return pairs


def encode(pairs):
    return "&".join(f"{urllib.parse.quote(name)}={urllib.parse.quote_from_bytes(value)}" for name, value in pairs)


def spoil(dice, key):
    """Now and then it is somebody else who signs."""
    return key if dice.random() < 0.97 else key + "x"


def kannel(dice, number, url):
    key = spoil(dice, SECRET)
    if dice.random() < 0.5:
        charset = dice.choice(("UTF-8", "UTF-16BE", "ISO-8859-1", "8-BIT", "", "nonsense"))
        text = dice.choice(TEXTS) + f" {number}"
        try:
            text = text.encode(charset or "UTF-8")
        except (LookupError, UnicodeError):
            text = text.encode("UTF-16BE")
        pairs = [("from", sender(dice).encode()), ("to", TO.encode()), ("text", text), ("id", b"K%d" % number),
                 ("charset", charset.encode())]
    else:
        pairs = [("dlr", dice.choice((b"1", b"2", b"8", b"16", b"99"))), ("key", b"key-%d" % number)]
    query = encode(change(dice, pairs))
    return dice.choice(("GET", "GET", "POST")), f"{HOOK}/{key}?{query}", b"", {}


def twilio(dice, number, url):
    if dice.random() < 0.5:
        query = ""
        pairs = [("From", sender(dice).encode()), ("To", TO.encode()), ("Body", dice.choice(TEXTS).encode() + b" %d" % number),
                 ("MessageSid", b"SM%d" % number), ("SmsStatus", b"received")]
    else:
        query = f"key=key-{number}"
        pairs = [("MessageSid", b"SM%d" % number), ("MessageStatus", dice.choice((b"sent", b"delivered", b"failed", b"new")))]
    pairs = change(dice, pairs)
    if dice.random() < 0.3:
        query, body, signed = "&".join(part for part in (query, encode(pairs)) if part), b"", b""
        method, headers = "GET", {}
    else:
        body = encode(pairs).encode()
        # Of a pair that is there twice Twilio signs one; here both are signed, so that such a webhook is refused.
        signed = b"".join(name.encode() + value for name, value in sorted(pairs, key=lambda p: (p[0].encode(), p[1])))
        method, headers = "POST", {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    target = HOOK + (f"?{query}" if query else "")
    digest = hmac.new(spoil(dice, SECRET).encode(), (url + target).encode() + signed, hashlib.sha1).digest()
    return method, target, body, {**headers, "X-Twilio-Signature": base64.b64encode(digest).decode()}


def sandbox(dice, number, url):
    if dice.random() < 0.5:
        pairs = [("type", b"inbound"), ("id", b"IN%d" % number), ("from", sender(dice).encode()), ("to", TO.encode()),
                 ("text", dice.choice(TEXTS).encode() + b" %d" % number)]
    else:
        pairs = [("type", b"receipt"), ("id", b"SB%d" % number), ("key", b"key-%d" % number),
                 ("state", dice.choice((b"sent", b"delivered", b"undelivered", b"new"))), ("error", b"30005")]
    thing = {name: value.decode("latin-1" if dice.random() < 0.1 else "utf-8", "replace")
             for name, value in change(dice, pairs)}
    body = json.dumps(thing, ensure_ascii=dice.random() < 0.5).encode()
    if dice.random() < 0.1:
        at = dice.randrange(len(body))
        body = dice.choice((body[:at], body[:at] + some_bytes(dice) + body[at:], b"\xef\xbb\xbf" + body,
                            body.decode().encode("utf-16")))
    stamp = str(int(time.time()))
    headers = {"X-Sandbox-Timestamp": stamp, "X-Sandbox-Signature": hmac.new(
        spoil(dice, SECRET).encode(), body + stamp.encode(), hashlib.sha256).hexdigest()}
    if dice.random() < 0.9:
        headers["Content-Type"] = dice.choice(("application/json", "application/json", "text/plain"))
    return "POST", HOOK, body, headers


def bring(clinic, make, numbers, statuses):
    connection = http.client.HTTPConnection("127.0.0.1", clinic.ear, timeout=PATIENCE)
    for number in numbers:
        method, target, body, headers = make(random.Random(SEED * 1000000 + number), number,
                                             f"http://127.0.0.1:{clinic.ear}")
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        except (OSError, http.client.HTTPException) as error:
            statuses.append(str(error))
            connection.close()
    connection.close()


def rows(clinic):
    """How many texts and receipts are stored, read from a copy: the database is holdfastd's alone."""
    copy = clinic.dir / "copy.db"
    for end in ("", "-wal"):
        if (clinic.state / f"holdfast.db{end}").exists():
            shutil.copy(clinic.state / f"holdfast.db{end}", f"{copy}{end}")
    with contextlib.closing(sqlite3.connect(copy)) as db:
        return [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("inbox", "receipts")]


def journal(log, what):
    return sum(int(count) for count in re.findall(rf"(\d+) webhook\(s\) {what}", log))


def check(make, count, **keys):
    with Ear() as clinic:
        clinic.gateway(public_url=f"http://127.0.0.1:{clinic.ear}/hooks/primary", **keys)
        clinic.start_daemon()
        clinic.listen()
        statuses, started = [], time.monotonic()
        threads = [threading.Thread(target=bring, args=(clinic, make, range(first, count, THREADS), statuses))
                   for first in range(THREADS)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        seconds = time.monotonic() - started
        unread = clinic.ctl_json("status")["webhooks_unread"]
        clinic.courier.stop()
        clinic.daemon.stop()
        texts, receipts = rows(clinic)
        log = clinic.courier.output()
        stored = sum(status == 200 for status in statuses)
        refused = sum(status in (400, 403, 404, 405) for status in statuses)
        assert len(statuses) == count and stored + refused == count, {s: statuses.count(s) for s in set(statuses)}
        assert texts + receipts + unread == stored, (texts, receipts, unread, stored)
        assert journal(log, "kept") == unread, (journal(log, "kept"), unread)
        # The listening was seen to by asking for an address that is not there.
        assert journal(log, "refused") == refused + journal(log, "refused: its address"), (log[-2000:], refused)
        assert min(texts, receipts, unread, refused) > count // 200, (texts, receipts, unread, refused)
        return (f"{count} webhooks in {seconds:.0f} s: {texts} texts, {receipts} receipts, {unread} kept, "
                f"{refused} refused (seed {SEED})")


def test_kannel():
    """Kannel's, changed at random: the sums agree"""
    return check(kannel, COUNT // 3, preset="kannel", account="tester", base="http://127.0.0.1:1")


def test_twilio():
    """Twilio's, changed at random: the sums agree"""
    return check(twilio, COUNT // 3, preset="twilio", account="AC1", base="http://127.0.0.1:1")


def test_sandbox():
    """the sandbox's, changed at random: the sums agree"""
    return check(sandbox, COUNT - 2 * (COUNT // 3), base="http://127.0.0.1:1")


if __name__ == "__main__":
    run(test_kannel, test_twilio, test_sandbox)
