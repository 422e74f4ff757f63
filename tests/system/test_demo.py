#!/usr/bin/python3
"""The demo, as a newcomer runs it, and the phones page in a real browser."""
import os
import re
import subprocess

from harness import BUILD, ROOT, Clinic, client, clients, free_port, post, run, wait

CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def test_week():
    """the demo plays a week of the example clinic and prints what the phones got"""
    done = subprocess.run(["sh", "contrib/demo/demo", str(BUILD)], cwd=ROOT, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, env={**os.environ, "DEMO_SPEED": "0",
                                                         "DEMO_PORT": str(free_port())})
    assert done.returncode == 0, done.stderr[-500:]
    assert "http://127.0.0.1:" in done.stdout
    texts = re.findall(r"^  (\d{4}-\d\d-\d\d \d\d:\d\d)  (\+\d+)  (.*)$", done.stdout, re.M)
    people = "+13125550142", "+13125550157", "+16025550161"
    planned = [text for _, to, text in texts if to in people and not re.search("checking in again|¿como va, ", text)]
    assert len(planned) == 16, len(planned)
    for to in people:
        first = next(text for _, number, text in texts if number == to)
        assert "STOP" in first and "HELP" in first, first


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
        assert daemon.wait(20) == 0, "the rehearsal failed"
        assert len(clinic.delivered()) == 4
        page = subprocess.run([*CHROMIUM, f"--user-data-dir={clinic.dir}/chromium", "--virtual-time-budget=4000",
                               "--dump-dom", f"http://127.0.0.1:{clinic.port}/#still"], capture_output=True, text=True,
                              timeout=300).stdout
        for shown in ("(312) 555-0001", "(312) 555-0002", "agreed to get texts", "a short walk before dinner",
                      "&lt;b id=\"odd\"&gt;3 &lt; 4 &amp; 5&lt;/b&gt;"):
            assert shown in page, shown
        assert '<b id="odd"' not in page


if __name__ == "__main__":
    run(test_week, test_page)
