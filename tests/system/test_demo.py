#!/usr/bin/python3
"""The demo, as a newcomer runs it, and the phones page in a real browser."""
import os
import re
import subprocess

from harness import BUILD, ROOT, Clinic, client, clients, free_port, post, run, wait

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def demo(speed):
    done = subprocess.run(["sh", "contrib/demo/demo", str(BUILD)], cwd=ROOT, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, env={**os.environ, "DEMO_SPEED": str(speed),
                                                         "DEMO_PORT": str(free_port())})
    assert done.returncode == 0, done.stderr[-500:]
    assert "http://127.0.0.1:" in done.stdout
    return done.stdout


def busy():
    """Is there more to run than there are processors?  An hour of the demo is a third of a second."""
    return os.getloadavg()[0] > len(os.sched_getaffinity(0))


STORY = ["+13125550142 writes: 1", "+13125550142  Glad to hear it, Jordan", "client r-1057, no answer. Reply ACK 1",
         "+13125550111 writes: ACK 1", "Case 1 is yours", "+13125550111 writes: CALLED 1", "Case 1: noted",
         "+13125550142 writes: 3. bad night", "client r-1042, wants a call. Reply ACK", "+13125550111 writes: ACK 2",
         "Case 2 is yours", "+16025550161 writes: STOP", "+16025550161  Riverside: you will get no more texts",
         "client r-1061, ended the texts", "Monday, 08:00"]


def test_people():
    """clients answer, stay silent, say STOP and that they are not well; it ends with whom to call"""
    was_busy = busy()
    shown = demo(10080)
    calls = re.findall(r"^ +\d+ +(r-\d+) +(urgent|routine) +(\d+ silent check-ins|\w+)", shown, re.M)
    assert set(calls) >= {("r-1057", "urgent", "2 silent check-ins"), ("r-1042", "urgent", "need"),
                          ("r-1061", "routine", "stop")}, calls
    assert "+13125550157  Riverside: ¿qué tal va, Ana?" in shown, "Ana was not asked again"
    assert not re.search(r"2026-11-2[89].*\+16025550161", shown), "Lee was texted after his STOP"
    if was_busy or busy():
        return "on a busy machine answers come when they have lost their sense, so that the order is not looked at"
    places = [shown.find(line) for line in STORY]
    assert -1 not in places and places == sorted(places), list(zip(STORY, places))
    assert calls == [("r-1057", "urgent", "2 silent check-ins"), ("r-1042", "urgent", "need"), ("r-1061", "routine", "stop")], calls


def test_week():
    """the demo plays a week of the example clinic and prints what the phones got"""
    shown = demo(0)
    texts = re.findall(r"^  (\d{4}-\d\d-\d\d \d\d:\d\d)  (\+\d+)  (.*)$", shown, re.M)
    people = "+13125550142", "+13125550157", "+16025550161"
    planned = [text for _, to, text in texts if to in people and not re.search("checking in again|¿qué tal va, ", text)]
    assert len(planned) == 17, planned
    for to in people:
        first = next(text for _, number, text in texts if number == to)
        assert all(word in first for word in (("PARAR", "AYUDA") if to == people[1] else ("STOP", "HELP"))), first


def test_page():
    """Chromium shows each text on its phone, and text that looks like HTML as text"""
    with Clinic() as clinic:
        clinic.gateway()
        for language in ("en", "es"):
            messages = (clinic.config / "messages" / f"{language}.conf").read_text()
            odd = 'messages = {\n  odd = "<b id=\\"odd\\">3 < 4 & 5</b>";'
            clinic.write(f"messages/{language}.conf", messages.replace("messages = {", odd, 1))
        clinic.only_clients(clients(client(1, at="10:00", message="odd"), client(2, at="10:00")))
        clinic.start_sandbox()
        daemon = clinic.start_daemon(rehearse="2026-11-23 08:59:58/2026-11-24", speed=0)
        clinic.start_courier()
        assert daemon.wait() == 0, "the rehearsal failed"
        assert len(clinic.delivered()) == 4
        page = subprocess.run([*CHROMIUM, f"--user-data-dir={clinic.dir}/chromium", "--virtual-time-budget=4000",
                               "--dump-dom", f"http://127.0.0.1:{clinic.port}/#still"], capture_output=True, text=True,
                              timeout=300).stdout
        for shown in ("(312) 556-0001", "(312) 556-0002", "agreed to get texts", "a short walk before dinner",
                      "&lt;b id=\"odd\"&gt;3 &lt; 4 &amp; 5&lt;/b&gt;"):
            assert shown in page, shown
        assert '<b id="odd"' not in page


if __name__ == "__main__":
    run(test_people, test_week, test_page)
